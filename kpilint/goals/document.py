"""A goals file in whatever form people keep it: YAML, an Excel workbook or CSV."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from kpilint.errors import FileProblem, Misuse
from kpilint.goals import goalfile
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.node import EMPTY
from kpilint.i18n import _

TABLES = frozenset({".xlsx", ".xlsm", ".csv", ".tsv", ".xls", ".xlsb", ".ods", ".numbers"})


def is_table(path: str | Path) -> bool:
    """Whether a file is a spreadsheet by its name."""
    return Path(path).suffix.lower() in TABLES


def read(
    path: str | Path,
    *,
    source: bytes | str | None = None,
    instead: Mapping[str, str] = MappingProxyType({}),
    metrics: str | Path | None = None,
    language: str | None = None,
) -> GoalSet:
    """Read goals, by the file's name as a table or as YAML; ``source`` stands in for a YAML file.

    ``instead`` holds texts by path that are read in place of YAML files, included ones too.
    ``metrics`` is the goals file that a table's names refer to. Faults in the file become
    ``GoalSet.faults``; only a file that cannot be read at all raises
    :class:`~kpilint.errors.FileProblem`.
    """
    if source is None and is_table(path):
        from kpilint.goals.table.reading import read_table  # most goals files are YAML

        return read_table(path, metrics=metrics, told=language)
    if metrics is not None:
        message = _("--metrics belongs to a table; {path} holds its own metrics.", path=path)
        raise Misuse(message)
    return goalfile.read(path, source=source, instead=instead, language=language)


def legible(
    path: str | Path, *, metrics: str | Path | None = None, language: str | None = None
) -> GoalSet:
    """As ``read``, for whoever works with the goals and lists no faults.

    A file of which nothing could be read has no goals to work with, which is another thing than
    having none: it raises :class:`~kpilint.errors.FileProblem` with its place and reason.
    """
    goals = read(path, metrics=metrics, language=language)
    for fault in goals.faults if goals.node is EMPTY else ():
        raise FileProblem(f"{fault.span.path}:{fault.span.line}: {fault.message}")
    return goals
