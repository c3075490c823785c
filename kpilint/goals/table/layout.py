"""Where the goals tables of a sheet begin and end, and what each of their columns holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kpilint.goals.quantity import read_quantity
from kpilint.goals.table.grid import Cell, Grid, folded
from kpilint.goals.table.heading import KINDS, Said, Stretch, Year, heading

_DEEPEST = 3  # rows of one heading: the year, the month, target or actual
_TITLE = 2  # cells in a row of a title: the words and a note on units
_NAMING = frozenset({"label", "metric"})
_BESIDE = frozenset({"owner", "deadline", "period", "target", "role", "department", "parent"})


@dataclass(frozen=True, slots=True)
class Column:
    """One column: a part of a goal (``role``) or the values of a ``stretch`` of time.

    ``kind`` is target, actual or other; ``cells`` are its headings from the top down, and
    ``year`` is the one that a heading above it names.
    """

    number: int
    role: str | None
    kind: str | None
    stretch: Stretch | None
    year: Year | None
    cells: tuple[Cell, ...]

    @property
    def heading(self) -> Cell:
        """The lowest of its headings."""
        return self.cells[-1]

    @property
    def aims(self) -> bool:
        """Whether it holds targets over time."""
        return self.stretch is not None and self.kind in (None, "target")


@dataclass(frozen=True, slots=True)
class Table:
    """One goals table of a sheet: its columns, its rows, and what stands above it."""

    grid: Grid
    columns: tuple[Column, ...]
    first: int
    last: int
    above: tuple[Cell, ...]

    def column(self, role: str) -> Column | None:
        """The first column that holds this part of a goal."""
        return next((c for c in self.columns if c.role == role), None)

    def cell(self, row: int, role: str) -> Cell | None:
        """What a row says of a part of its goal; a merged cell speaks for all its rows."""
        column = self.column(role)
        return self.grid.spoken(row, column.number) if column else None


def tables_of(grid: Grid) -> tuple[Table, ...]:
    """The goals tables of a sheet, from the top down; none where no row reads like a heading."""
    heads = list(_heads(grid))
    if not heads:
        return ()
    floors = [0, *(body for _top, body in heads)]
    leads = [_lead(grid, top, floor) for (top, _body), floor in zip(heads, floors, strict=False)]
    ends = [lead - 1 for lead in leads[1:]] + [grid.last]
    return tuple(
        Table(
            grid,
            _settled(grid, _columns(grid, range(top, body)), range(body, end + 1)),
            body,
            end,
            tuple(c for _n, cells in grid.rows(lead, top - 1) for c in cells),
        )
        for (top, body), end, lead in zip(heads, ends, leads, strict=True)
    )


def _lead(grid: Grid, top: int, floor: int) -> int:
    """The first row of a table's title: all above the first table, else up to a blank row."""
    if floor == 0:
        return 1
    lead = top
    while lead > floor and 1 <= len(grid.row(lead - 1)) <= _TITLE:
        lead -= 1
    return top if grid.row(lead - 1) else lead


def _heads(grid: Grid) -> Iterator[tuple[int, int]]:
    """The first row of each heading, and the first row below it."""
    row = 1
    while row <= grid.last:
        if not _is_head(grid.row(row)):
            row += 1
            continue
        top = row
        while top > 1 and row - top < _DEEPEST - 1 and _spans(grid, top - 1, row):
            top -= 1
        below = row + 1
        while below - top < _DEEPEST and _goes_on(grid.row(below)):
            below += 1
        yield top, below
        row = below


def _is_head(cells: Sequence[Cell]) -> bool:
    said = [heading(c.text) for c in cells if _wordy(c)]
    roles = {s.role for s in said if s.role}
    stretches = sum(s.stretch is not None for s in said)
    if roles & _NAMING:
        return len(roles & (_NAMING | _BESIDE)) + min(stretches, 1) >= 2
    return bool(roles & {"owner", "department"}) and stretches >= 2


def _wordy(cell: Cell) -> bool:
    """Whether a cell can be a heading: text, or the date that stands for a month."""
    return not cell.numeric and len(cell.text) <= 40


def _timely(cells: Sequence[Cell]) -> bool:
    """Whether a row says nothing but years, months, and target or actual."""
    said = [heading(c.text) for c in cells]
    return bool(cells) and all(
        _wordy(cell) and (s.stretch or s.year or s.kind)
        for cell, s in zip(cells, said, strict=True)
    )


def _spans(grid: Grid, row: int, head: int) -> bool:
    """Whether the row above a heading is a part of it: it stands over months, not over names."""
    cells = grid.row(row)
    named = next((c.column for c in grid.row(head) if heading(c.text).role), 0)
    return _timely(cells) and all(c.column > named for c in cells)


def _goes_on(cells: Sequence[Cell]) -> bool:
    """Whether a row below a heading still belongs to it; one lone word may be a row's own."""
    return len(cells) >= 2 and _timely(cells)


def _columns(grid: Grid, rows: range) -> Iterator[Column]:
    for number in grid.columns:
        cells = tuple(_stacked(grid, rows, number))
        if cells:
            yield _column(number, cells, [heading(cell.text) for cell in cells])


def _stacked(grid: Grid, rows: range, column: int) -> Iterator[Cell]:
    """The headings over a column; a blank one over months takes its left neighbour's."""
    told: Cell | None = None
    for row in rows:
        cell = grid.spoken(row, column)
        if cell is None and row < rows[-1] and (below := grid.at(rows[-1], column)):
            cell = _leftward(grid, row, column) if not heading(below.text).role else None
        if cell is not None and cell != told:
            told = cell
            yield cell


def _leftward(grid: Grid, row: int, column: int) -> Cell | None:
    """What was centred across columns, or merged before it was saved as CSV."""
    left = [c for c in grid.row(row) if c.column < column]
    return left[-1] if left and not heading(left[-1].text).role else None


def _column(number: int, cells: tuple[Cell, ...], said: list[Said]) -> Column:
    lowest = said[-1]
    kind = next((s.kind for s in reversed(said) if s.kind), None)
    year = next((s.year for s in reversed(said) if s.year), None)
    stretch = next((s.stretch for s in reversed(said) if s.stretch), None)
    if lowest.role and not (stretch and lowest.kind):
        return Column(number, lowest.role, None, None, year, cells)
    if stretch is None and kind is None:
        role = next((s.role for s in reversed(said) if s.role), None)
        return Column(number, role, None, None, year, cells)
    if stretch is None and kind == "target" and len(cells) > 1:
        return Column(number, "target", None, None, year, cells)
    return Column(number, None, kind, stretch, year, cells)


def _settled(grid: Grid, columns: Iterable[Column], rows: range) -> tuple[Column, ...]:
    """The columns, with each word that may mean two things read by what stands below it."""
    settled: list[Column] = []
    taken: set[str] = set()
    for column in columns:
        role = _role(grid, column, rows, taken)
        taken.add(role or "")
        settled.append(
            Column(column.number, role, column.kind, column.stretch, column.year, column.cells)
        )
    if not any(c.aims and c.stretch and c.stretch.kind != "whole" for c in settled):
        settled = [_as_target(c, taken) for c in settled]
    return tuple(settled)


def _role(grid: Grid, column: Column, rows: range, taken: set[str]) -> str | None:
    below = [c for row in rows if (c := grid.at(row, column.number))]
    kinds = [c for c in below if folded(c.text) in KINDS]
    if len(kinds) >= 2 and 2 * len(kinds) >= len(below) and column.stretch is None:
        return "kind"
    if column.role == "label" and _numbers(below) and folded(column.heading.text) in KINDS:
        return "target"
    if column.role == "label" and "label" in taken:
        return "metric" if "metric" not in taken else None
    return column.role if column.role not in taken or column.role == "note" else None


def _numbers(cells: Sequence[Cell]) -> bool:
    return bool(cells) and 2 * sum(c.numeric or _is_amount(c.text) for c in cells) > len(cells)


def _is_amount(text: str) -> bool:
    try:
        read_quantity(text)
    except ValueError:
        return False
    return True


def _as_target(column: Column, taken: set[str]) -> Column:
    """A yearly column with no months beside it is the target itself."""
    if not column.aims or column.stretch is None or "target" in taken:
        return column
    taken.add("target")
    return Column(column.number, "target", None, None, column.year, column.cells)
