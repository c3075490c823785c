"""``kpilint check --watch``: look again whenever a file changes."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import click

from kpilint.errors import KpilintError, Unavailable
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _
from kpilint.settings import projects

PAUSE = 0.05  # seconds between two looks at the files' dates
Stamp = tuple[int, int, int] | None
Stamps = dict[Path, Stamp]


def watch(
    look: Callable[[], tuple[int, Sequence[GoalSet]]],
    others: Callable[[], Iterable[Path]],
    *,
    quiet: bool,
) -> int:
    """Look, then wait for a save of what was read, and look again; Ctrl-C ends it with 0.

    ``others`` are the files that matter beside those that the goals name. The first look may
    fail; a later one, as when a file is away for a moment, is told and waited out.
    """
    stamps = _stamps(others())
    goals: Sequence[GoalSet] = ()
    try:
        while True:
            since = time.time_ns()
            try:
                _code, goals = look()
            except KpilintError as problem:
                if not goals:
                    raise
                click.echo(f"kpilint: {problem}", err=True)
            if not quiet:
                click.echo(_("Watching; Ctrl-C ends it."), err=True)
            gc.unfreeze()  # a look freezes what it read; the next one reads it anew
            gc.collect()
            stamps = _changed(goals, stamps, others, since)
            click.clear()
    except KeyboardInterrupt:
        return 0


def _changed(
    goals: Sequence[GoalSet], before: Stamps, others: Callable[[], Iterable[Path]], since: int
) -> Stamps:
    """Wait until a file differs from what it was before the look began, at ``since``."""
    while True:
        now = _stamps({*others(), *(path for each in goals for path in _files(each))})
        fresh = now.keys() - before.keys()  # the look brought these in
        before |= {path: now[path] for path in fresh}
        saved = (now[path] for path in fresh)
        if now != {path: before[path] for path in now} or any(s and s[0] > since for s in saved):
            return now
        time.sleep(PAUSE)


def _stamps(paths: Iterable[Path]) -> Stamps:
    return {path: _stamp(path) for path in paths}


def _stamp(path: Path) -> Stamp:
    """What changes when a file is saved; None where there is none."""
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _files(goals: GoalSet) -> Iterator[Path]:
    """The goals file, what it includes, the settings above it, and the files of its sources."""
    from kpilint.data.files import files_of

    yield from map(Path, goals.texts)
    yield from (goals.folder / name for name in goals.include)
    yield from projects(goals.folder)
    for source in goals.sources.values():
        try:
            yield from files_of(source, goals.folder)
        except Unavailable:
            if source.path is not None:
                yield goals.folder / source.path
