"""A month's folder appears whole or not at all: written beside, then moved into place."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex

from kpilint.errors import FileProblem, Misuse
from kpilint.i18n import _
from kpilint.scratch import lock

RETRIES = 8  # doubling pauses from 20 ms: five seconds in all


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A fresh folder that takes the place of ``target`` when the block ends well.

    Until then ``target`` keeps its old content; if the block raises, the fresh folder goes. What
    a killed run has left is tidied first. Raises Misuse while another run writes the same folder
    and FileProblem where the disk refuses.
    """
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        with _locked(target):
            _settle(target)
            fresh = target.with_name(f".{target.name}.new.{token_hex(4)}")
            fresh.mkdir()  # not mkdtemp: its folders are closed to everyone else
            try:
                yield fresh
                _swap(fresh, target)
            finally:
                shutil.rmtree(fresh, ignore_errors=True)
    except OSError as problem:
        raise unwritable(target, problem) from problem


def unwritable(path: Path, problem: OSError) -> FileProblem:
    """The sentence about a file or folder that cannot be written."""
    return FileProblem(
        _(
            "{path} cannot be written: {reason}. The earlier report is untouched.",
            path=problem.filename or path,
            reason=problem.strerror or str(problem),
        )
    )


def _settle(target: Path) -> None:
    """Undo what a killed run began: give back the old folder, drop unfinished ones."""
    old = target.with_name(f".{target.name}.old")
    if old.exists() and not target.exists():
        _rename(old, target)
    shutil.rmtree(old, ignore_errors=True)
    for unfinished in target.parent.glob(f".{target.name}.new.*"):
        shutil.rmtree(unfinished, ignore_errors=True)


def _swap(fresh: Path, target: Path) -> None:
    _flush(fresh)
    if target.exists() and _exchanged(fresh, target):
        return  # what was there is now in ``fresh``, which goes
    old = target.with_name(f".{target.name}.old")
    if target.exists():
        _rename(target, old)
    try:
        _rename(fresh, target)
    except OSError:
        if old.exists():
            _rename(old, target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _exchanged(one: Path, other: Path) -> bool:
    """Swap two folders in one step, so that there is no moment without one; False if it cannot be.

    Linux has it for the file systems that it is usually on.
    """
    if sys.platform != "linux":
        return False
    from ctypes import CDLL

    rename = getattr(CDLL(None), "renameat2", None)  # not in every C library
    here, exchange = -100, 2  # AT_FDCWD and RENAME_EXCHANGE of <fcntl.h>
    return rename is not None and rename(here, bytes(one), here, bytes(other), exchange) == 0


def _flush(folder: Path) -> None:
    """Have the disk hold what is written before its name is: a machine may stop at any moment."""
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _rename(source: Path, target: Path) -> None:
    """Rename, patiently: on Windows a virus scanner may hold a new file for a moment."""
    for attempt in range(RETRIES):
        try:
            os.replace(source, target)
            return
        except PermissionError:
            if attempt == RETRIES - 1:
                raise
            time.sleep(0.02 * 2**attempt)


@contextmanager
def _locked(target: Path) -> Iterator[None]:
    """Hold the folder for this run; the system lets go of the lock even when a run is killed."""
    with target.with_name(f".{target.name}.lock").open("a+b") as file:
        try:
            lock(file)
        except OSError:
            raise Misuse(
                _("Another run is writing {path}; wait until it has finished.", path=target)
            ) from None
        yield
