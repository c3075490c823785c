"""The kernel that notebooks run on: this very interpreter, whatever kernels are installed."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from itertools import count
from subprocess import DEVNULL
from typing import Any, ClassVar
from uuid import uuid4

import zmq
from ipykernel.kernelspec import get_kernel_dict
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning.local_provisioner import LocalProvisioner

from kpilint.monthly.warm import Warm

_THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


class OwnKernel(AsyncKernelManager):
    """A kernel of the running interpreter; a kernelspec named python3 may belong to another."""

    warm: ClassVar[Warm | None] = None
    numbers: ClassVar[Iterator[int]] = count()
    running: ClassVar[list[Any]] = []  # processes, as subprocess shows them

    @property
    def kernel_spec(self) -> KernelSpec:
        """How the kernel is started."""
        return KernelSpec(**get_kernel_dict())

    async def start_kernel(self, **options: Any) -> None:  # type: ignore[override]
        """Start it without its chatter, with figures as data, and unheard by other users."""
        options["env"] = environment()
        if self.warm is None:
            self.transport_encryption = "auto" if zmq.has("curve") else "disabled"
        else:  # sockets in a folder that is closed to others; no ports that two might take
            self.transport = "ipc"
            self.connection_file = str(self.warm.folder / f"{next(self.numbers)}.json")
            self.kernel_id = str(uuid4())
            self.provisioner = _Forking(
                parent=self, kernel_id=self.kernel_id, kernel_spec=self.kernel_spec
            )
        await self._async_start_kernel(stdout=DEVNULL, stderr=DEVNULL, **options)
        self.running.append(getattr(self.provisioner, "process", None))

    @classmethod
    def stop(cls) -> None:
        """End every kernel that was started, whoever waits for it."""
        for process in cls.running:
            if process is not None and process.poll() is None:
                process.kill()


class _Forking(LocalProvisioner):
    """Forks the kernel from the warm process, or starts it as usual where that has gone."""

    parent: OwnKernel
    process: Any

    async def launch_kernel(self, cmd: list[str], **options: Any) -> KernelConnectionInfo:
        warm = self.parent.warm
        arguments = cmd[cmd.index("ipykernel_launcher") + 1 :]
        folder = options.get("cwd") or os.getcwd()
        forked = warm.fork(arguments, folder, options["env"]) if warm else None
        if forked is None:
            return await super().launch_kernel(cmd, **options)
        self.process = forked
        self.pid = self.pgid = forked.pid
        self.cwd = folder
        return self.connection_info


def environment() -> Mapping[str, str]:
    """Ours, with figures as data; notebooks beside each other need no threads for algebra."""
    return {**dict.fromkeys(_THREADS, "1"), **os.environ, "PLOTLY_RENDERER": "plotly_mimetype"}


@contextmanager
def kernels() -> Iterator[type[OwnKernel]]:
    """What starts the kernels inside the block; none of them outlives it.

    On Linux they are forked from one process that has imported what they all need, which takes
    seconds; elsewhere a fork of a process with such libraries is not safe.
    """
    with Warm.start(environment()) if sys.platform == "linux" else nullcontext() as started:

        class Kernel(OwnKernel):
            warm = started
            numbers = count()
            running: ClassVar[list[Any]] = []

        try:
            yield Kernel
        finally:
            Kernel.stop()
