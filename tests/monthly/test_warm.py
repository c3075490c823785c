"""Kernels that are forked end with whoever asked for them, and leave nothing behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kpilint.monthly.kernel import environment
from kpilint.monthly.warm import Warm

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux forks its kernels")

STARTER = """
import sys, time
from kpilint.monthly.kernel import environment
from kpilint.monthly.warm import Warm
warm = Warm.start(environment())
kernel = warm.fork(["-f", str(warm.folder / "k.json")], "/", environment())
print(warm.folder, kernel.pid, flush=True)
time.sleep(600)
"""


def until(true: Callable[[], bool]) -> None:
    for _turn in range(600):
        if true():
            return
        time.sleep(0.05)
    raise AssertionError("it never became true")


def runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_a_kernel_lives_until_it_is_ended(tmp_path: Path) -> None:
    with Warm.start(environment()) as warm:
        arguments = ["-f", str(warm.folder / "k.json")]
        one, other = (warm.fork(arguments, str(tmp_path), environment()) for _ in range(2))
        assert one is not None and other is not None
        assert one.poll() is None and runs(one.pid)
        assert Path(f"/proc/{one.pid}/cwd").resolve() == tmp_path.resolve()
        one.kill()
        assert one.wait() == 0 and one.poll() == 0
        assert other.poll() is None
    until(lambda: not runs(other.pid))
    other.kill()  # it is gone already, and nobody is hit in its place
    assert other.wait() == 0
    assert not warm.folder.exists()


def test_a_warm_process_that_has_gone_forks_nothing() -> None:
    with Warm.start(environment()) as warm:
        warm._process.kill()
        assert warm.fork(["-f", "k.json"], "/", environment()) is None


def test_whoever_forked_nothing_does_not_wait_for_imports() -> None:
    with Warm.start(environment()) as warm:
        (warm.folder / "left").touch()
    assert warm._process.returncode == -signal.SIGKILL
    assert not warm.folder.exists()


def test_a_killed_starter_leaves_nothing() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", STARTER], stdout=subprocess.PIPE, text=True
    ) as starter:
        assert starter.stdout is not None
        folder, pid = starter.stdout.readline().rsplit(" ", 1)
        assert runs(int(pid)) and Path(folder).is_dir()
        os.kill(starter.pid, signal.SIGKILL)
        starter.wait()
    until(lambda: not Path(folder).exists())
    assert not runs(int(pid))  # ended before: it would have written there again
