"""What is expected of each source, written for teams that have Great Expectations already."""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import nullcontext
from datetime import date
from pathlib import Path

import click

from kpilint import atomic
from kpilint.data.dataset import Dataset
from kpilint.data.quality import suite_json
from kpilint.data.suite import expected
from kpilint.errors import Misuse
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _


def refuse(*, fix: bool, diff: bool, watching: bool) -> None:
    """Say so where another option would have to be done first, or never ends."""
    if fix or diff or watching:
        raise Misuse(_("--write-suite goes neither with --fix and --diff nor with --watch."))


def save(
    files: Iterable[GoalSet], folder: Path, *, as_of: date, offline: bool, quiet: bool
) -> None:
    """Write one JSON file a source to ``folder``; of a preset only what the export has columns for.

    Raises Misuse where two sources would share a file, and Unavailable without the library.
    """
    texts: dict[Path, str] = {}
    for goals in files:
        with nullcontext() if offline else Dataset.of(goals) as data:
            for name, source in goals.sources.items():
                if not expected(source):
                    continue
                path = folder / f"{_safe(name)}.json"
                if path in texts:
                    raise Misuse(_("Two sources would be written to {path}.", path=path))
                texts[path] = suite_json(data, source, as_of)
    for path, text in texts.items():
        atomic.write(path, text)
        if not quiet:
            click.echo(_("Written: {path}", path=path), err=True)


def _safe(name: str) -> str:
    """A source's name as a file's, which leads to no other folder."""
    return re.sub(r"[^\w.-]|^[.]+", "_", name)
