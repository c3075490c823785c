"""A process that has imported what notebooks need, and from which their kernels are forked."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, Self

from kpilint.scratch import Scratch

_NUMBER = struct.Struct("!I")
# What every notebook loads, beside kpilint itself.
_NEEDED = ("ipykernel.ipkernel", "ibis.backends.duckdb", "plotly.graph_objects", "scipy.stats")


@dataclass(slots=True)
class Forked:
    """A forked kernel as ``subprocess.Popen`` would show it; ``life`` ends when it does."""

    pid: int
    life: socket.socket
    stdin: None = None
    stdout: None = None
    stderr: None = None
    returncode: int | None = None

    def poll(self) -> int | None:
        """None while it runs; how it ended is not known."""
        if self.returncode is None:
            try:
                running = bool(self.life.recv(1, socket.MSG_DONTWAIT))
            except BlockingIOError:
                running = True
            except OSError:
                running = False
            if not running:
                self.returncode = 0
                self.life.close()
        return self.returncode

    def wait(self) -> int:
        """Until it has ended."""
        while self.poll() is None:
            self.life.settimeout(None)
            with suppress(OSError):
                self.life.recv(1)
        return 0

    def send_signal(self, number: int) -> None:
        """To it and to what it has started."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


@dataclass(slots=True)
class Warm:
    """The warm process; leaving it as a context manager ends it, and with it its kernels.

    ``folder`` is for their sockets and temporary files; the process removes it at its end, also
    when whoever started it was killed.
    """

    _scratch: Scratch
    _channel: socket.socket
    _process: subprocess.Popen[bytes]
    _asking: Lock = field(default_factory=Lock)
    _forked: bool = False

    @property
    def folder(self) -> Path:
        """Where they are while they run."""
        return self._scratch.path

    @classmethod
    def start(cls, environment: Mapping[str, str]) -> Self:
        """Begin to import; whoever asks for a kernel before that is done will wait for it."""
        ours, theirs = socket.socketpair()
        scratch = Scratch()
        with theirs:
            process = subprocess.Popen(
                # -P: nothing in the folder that the user happens to be in is imported.
                [sys.executable, "-P", "-m", __name__, str(theirs.fileno()), str(scratch.path)],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for whoever started it
                env={**environment, "TMPDIR": str(scratch.path)},
            )
        return cls(scratch, ours, process)

    def fork(
        self, arguments: Sequence[str], folder: str, environment: Mapping[str, str]
    ) -> Forked | None:
        """A kernel with those arguments in that folder; None where the process is gone."""
        own = {**environment, "TMPDIR": str(self.folder)}
        wanted = {"arguments": list(arguments), "folder": folder, "environment": own}
        asked = json.dumps(wanted).encode()
        life, theirs = socket.socketpair()
        with theirs, suppress(OSError):
            with self._asking:
                self._forked = True
                socket.send_fds(self._channel, [_NUMBER.pack(len(asked))], [theirs.fileno()])
                self._channel.sendall(asked)
            theirs.close()
            pid = _exactly(life, _NUMBER.size)
            if pid:
                return Forked(_NUMBER.unpack(pid)[0], life)
        life.close()
        return None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._channel.close()
        if not self._forked:  # it may be importing yet, and has nobody to end
            self._process.kill()
        try:
            self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._scratch.close()


def _exactly(channel: socket.socket, size: int) -> bytes:
    """That many bytes; fewer where the other side has gone."""
    found = b""
    while len(found) < size and (more := channel.recv(size - len(found))):
        found += more
    return found


def _main(descriptor: int, folder: str) -> None:
    channel = socket.socket(fileno=descriptor)
    _import()
    kernels: list[int] = []
    while True:
        header, descriptors, _flags, _address = socket.recv_fds(channel, _NUMBER.size, 1)
        asked = _exactly(channel, _NUMBER.unpack(header)[0]) if descriptors else b""
        if not asked:  # whoever started us has ended, well or badly
            _end(kernels)
            shutil.rmtree(folder, ignore_errors=True)
            return
        if (kernel := os.fork()) == 0:
            break  # out of the loop, so that the kernel ends as any process does
        kernels.append(kernel)
        os.close(descriptors[0])
    channel.close()
    _become(socket.socket(fileno=descriptors[0]), json.loads(asked))


def _end(kernels: Sequence[int]) -> None:
    """End them with what they have started; only then does nobody write into the folder.

    None was waited for before, so that no other process can have its number by now.
    """
    for kernel in kernels:
        for kill in (os.killpg, os.kill):  # one just forked leads no group yet
            with suppress(ProcessLookupError):
                kill(kernel, signal.SIGKILL)
        os.waitpid(kernel, 0)


def _import() -> None:
    from importlib import import_module

    for name in _NEEDED:
        import_module(name)
    public = import_module("kpilint")  # what notebooks see; its rooms are above this one
    for name in public.__all__:
        getattr(public, name)


def _become(life: socket.socket, asked: Mapping[str, Any]) -> None:
    """Be the kernel that was asked for; ``life`` closes with this process."""
    import numpy as np
    from ipykernel.kernelapp import IPKernelApp

    parent = os.getppid()
    os.setsid()
    np.random.seed()  # as in a process of its own, not the same in all
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(asked["folder"])
    life.sendall(_NUMBER.pack(os.getpid()))
    IPKernelApp.launch_instance(argv=asked["arguments"], parent_handle=parent)
    life.close()


if __name__ == "__main__":
    _main(int(sys.argv[1]), sys.argv[2])
