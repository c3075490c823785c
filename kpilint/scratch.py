"""Folders for a while: gone with whoever made them, also where that process was killed."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import IO
from weakref import finalize

_PREFIX = "kpilint-"
_LOCK = ".lock"
_YOUNG = 60  # seconds in which a folder may be there that is about to be locked


class Scratch:
    """A folder in the system's place for temporary files; closing it removes it.

    It is removed at the latest with the object, or at exit. A process that is killed leaves it
    behind with what may be a client's data; so the first one of a process removes those whose
    lock nobody holds. The system lets go of a lock however its process ends.
    """

    def __init__(self) -> None:
        _tidy(tempfile.gettempdir())
        self.path = Path(tempfile.mkdtemp(prefix=_PREFIX))
        file = (self.path / _LOCK).open("a+b")
        with suppress(OSError):  # a disk without locks: then nobody takes it for left behind
            lock(file)
        self._end = finalize(self, _remove, self.path, file, os.getpid())

    def close(self) -> None:
        """Remove it."""
        self._end()


def lock(file: IO[bytes]) -> None:
    """Hold an open file for this process; raises OSError where another one does."""
    if sys.platform == "win32":
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _remove(folder: Path, file: IO[bytes], owner: int) -> None:
    if os.getpid() == owner:  # and no child that was forked from it
        file.close()  # Windows removes no open file
        shutil.rmtree(folder, ignore_errors=True)


@cache
def _tidy(place: str) -> None:
    """Remove what killed processes have left there, once a process."""
    for left in Path(place).glob(f"{_PREFIX}*/{_LOCK}"):
        with suppress(OSError):  # in use, of another user, or removed just now
            if time.time() - left.stat().st_mtime < _YOUNG:
                continue
            with left.open("r+b") as file:
                lock(file)
            shutil.rmtree(left.parent, ignore_errors=True)
