"""Which rows of a table are goals, which are totals, and which belong to the goal above."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from kpilint.goals.node import Fault, span_of
from kpilint.goals.table.amount import note_in
from kpilint.goals.table.draft import Draft, Sheet, draft
from kpilint.goals.table.grid import Cell, folded
from kpilint.goals.table.heading import KINDS, is_total
from kpilint.goals.table.layout import Table
from kpilint.i18n import _

_TEXT_ROLES = ("label", "metric", "department", "owner", "number", "id")
_BEHIND = re.compile(r"\s*[(（\[【][^()（）\[\]【】]*[)）\]】]$")
_REMARKS = frozenset("※*＊■●◆▼☆★・#注")


class Total(NamedTuple):
    """A row that sums goals: all of its table, or with ``partial`` those since the last total."""

    row: int
    name: Cell
    partial: bool


def rows_of(sheet: Sheet) -> Iterator[Draft | Total]:
    """Goals and totals, from the top down; a row that is neither and holds a target is a fault."""
    table = sheet.table
    group, last = table.first, _last(table)
    for row, cells in table.grid.rows(table.first, last):
        kind = table.cell(row, "kind")
        own = _name(table, row)
        if own is not None and table.grid.at(row, own.column) is not None:
            group = row
        if kind is not None and KINDS.get(folded(kind.text), "target") != "target":
            continue
        name = own or (_name(table, group) if kind is not None else None)
        total = next((c for c in _texts(table, row) if is_total(c.text)), None)
        if total is not None:
            yield Total(row, total, "小" in total.text or "sub" in total.text.casefold())
        elif name is not None:
            if not _is_remark(cells, name):
                yield draft(sheet, row, group if kind else row, name, _title(sheet, name.text))
        elif nameless := _amounts(sheet, row):
            _tell_nameless(sheet, row, nameless)


def _name(table: Table, row: int) -> Cell | None:
    return table.cell(row, "label") or table.cell(row, "metric")


def _title(sheet: Sheet, text: str) -> str:
    """A name without the unit behind it, which is no part of it: 売上（千円）."""
    bare = _BEHIND.sub("", text)
    try:
        unit = note_in(text[len(bare) :])
    except ValueError:  # told where the unit is read
        unit = None
    return bare if bare and unit and not sheet.known.metric(text) else text


def _texts(table: Table, row: int) -> Iterator[Cell]:
    cells = (table.cell(row, role) for role in _TEXT_ROLES)
    return (cell for cell in cells if cell)


def _is_remark(cells: tuple[Cell, ...], name: Cell) -> bool:
    """Whether a row is a heading of a section or a remark, not a goal with nothing but a name."""
    return len(cells) == 1 and (cells[0].text[0] in _REMARKS or len(name.text) > 60)


def _last(table: Table) -> int:
    """The last row before the notes: lone cells below a blank row at the table's end."""
    rows = list(table.grid.rows(table.first, table.last))
    end = rows[-1][0] if rows else table.last
    for (above, _cells), (row, cells) in zip(reversed(rows[:-1]), reversed(rows[1:]), strict=True):
        if len(cells) > 1:
            break
        if row - above > 1:
            end = above
    return end


def _amounts(sheet: Sheet, row: int) -> Cell | None:
    """The first cell of a row that holds a target."""
    target = sheet.table.column("target")
    aims = [target.number] if target else []
    aims += [c.number for c in sheet.table.columns if c.aims]
    return next((c for n in aims if (c := sheet.table.grid.at(row, n))), None)


def _tell_nameless(sheet: Sheet, row: int, cell: Cell) -> None:
    message = _(
        "Row {row} holds a target but no name, so it is not read as a goal. Write what it is the "
        "target of.",
        row=row,
    )
    sheet.faults.append(Fault("E003", span_of(sheet.path, cell.node()), message, {"row": row}))
