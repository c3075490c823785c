"""How often each rule found something: a table for people, a list for programs."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby

from rich.cells import cell_len, set_cell_size

from kpilint.finding import Finding, Findings
from kpilint.i18n import _, speaking

_Row = tuple[str, str, int, int, int]


def statistics(findings: Findings) -> str:
    """A line a rule that found something: code, name, and how many are open, excused, known."""
    with speaking(findings.language):
        head = (_("Rule"), _("Name"), _("Unresolved"), _("Excused"), _("Known"))
    table = [head, *(tuple(map(str, row)) for row in _rows(findings))]
    widths = [max(map(cell_len, column)) for column in zip(*table, strict=True)]
    return "\n".join(_line(row, widths) for row in table)


def as_json(findings: Findings) -> str:
    """The same as a list of objects."""
    names = ("code", "name", "open", "excused", "known")
    rows = [dict(zip(names, row, strict=True)) for row in _rows(findings)]
    return json.dumps(rows, indent=1)


def _rows(findings: Findings) -> Iterable[_Row]:
    by_rule = sorted(findings, key=lambda f: (f.code, f.name))
    for (code, name), group in groupby(by_rule, key=lambda f: (f.code, f.name)):
        yield (code, name, *_counts(list(group)))


def _counts(group: list[Finding]) -> tuple[int, int, int]:
    excused = sum(f.excused is not None for f in group)
    known = sum(f.known for f in group)
    return len(group) - excused - known, excused, known


def _line(row: Iterable[str], widths: list[int]) -> str:
    """Names to the left, numbers to the right."""
    cells = [
        set_cell_size(cell, width) if number < 2 else " " * (width - cell_len(cell)) + cell
        for number, (cell, width) in enumerate(zip(row, widths, strict=True))
    ]
    return "  ".join(cells)
