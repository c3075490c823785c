"""A sheet's cells as a table of text: where its headings stand, and its records below them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import reduce
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from kpilint.data.aside import SEEN, Line, below, filled

_BLOCK = 20_000  # rows
_EXACT = 1e15  # Excel keeps fifteen digits
_WRAPPED = re.compile(r"(?<=[^\x00-\x7f])\s*\n\s*(?=[^\x00-\x7f])")  # Japanese has no spaces

Row = Sequence[object]
Merge = tuple[tuple[int, int], tuple[int, int]]
"""The first and the last cell of a merged range, row and column each, counted from 0."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a table stands in its sheet.

    ``top`` is the first row of its headings and ``first`` that of its first record, counted from
    0; ``headings`` are one a column, and empty for a column without.
    """

    top: int
    first: int
    headings: tuple[str, ...]

    @property
    def width(self) -> int:
        """How many columns have a heading."""
        return sum(heading != "" for heading in self.headings)


def layout_of(rows: Sequence[Row], merges: Sequence[Merge]) -> Layout | None:
    """Find the headings at a sheet's beginning; None where it has none.

    They stand in the first row that fills more than half of the table's width with different
    cells, most of them words; titles, dates and filters above are narrower or repeat one cell.
    Headings merged over several columns are joined with those below or above them, as in
    ``商談 金額``. ``merges`` count rows and columns as ``rows`` does.
    """
    return _Top.of(rows[:SEEN], merges).layout()


@dataclass(frozen=True, slots=True)
class _Top:
    """The rows at a sheet's beginning, every cell of a merged range filled with its text."""

    words: Sequence[Sequence[bool]]
    texts: Sequence[Sequence[str]]
    merged: Mapping[tuple[int, int], Merge]
    width: int

    @classmethod
    def of(cls, rows: Sequence[Row], merges: Sequence[Merge]) -> _Top:
        merged = {
            (row, column): merge
            for merge in merges
            for row in range(merge[0][0], min(merge[1][0] + 1, len(rows)))
            for column in range(merge[0][1], merge[1][1] + 1)
        }
        filled = [sum(cell != "" for cell in row) for row in rows]

        def behind(row: int, column: int) -> object:
            row, column = merged.get((row, column), ((row, column), None))[0]
            return rows[row][column] if column < len(rows[row]) else ""

        cells = [[behind(r, c) for c in range(len(row))] for r, row in enumerate(rows)]
        words = [[isinstance(cell, str) and cell != "" for cell in row] for row in cells]
        texts = [[_heading(cell) for cell in row] for row in cells]
        return cls(words, texts, merged, max(filled, default=0))

    def layout(self) -> Layout | None:
        main = next((row for row in range(len(self.texts)) if self._is_wide(row)), None)
        if main is None:
            return None
        top = main
        while top and self._groups(top - 1, top):
            top -= 1
        bottom = main
        while bottom + 1 < len(self.texts) and self._divides(bottom + 1, bottom):
            bottom += 1
        columns = zip(*self.texts[top : bottom + 1], strict=True)
        joined = tuple(" ".join(dict.fromkeys(filter(None, parts))) for parts in columns)
        return Layout(top, bottom + 1, joined)

    def _is_wide(self, row: int) -> bool:
        texts = [text for text in self.texts[row] if text]
        return len({*texts}) * 2 > self.width and sum(self.words[row]) * 2 > len(texts)

    def _groups(self, above: int, row: int) -> bool:
        """Whether the row above names groups of columns, and is no title merged over some."""
        texts = {text for text in self.texts[above] if text}
        shared = any(self._is_shared(above, row, c) for c in range(len(self.texts[row])))
        return shared or (len(texts) > 1 and any(self._is_group(above)))

    def _divides(self, below: int, row: int) -> bool:
        """Whether the row below divides the groups of ``row``, and holds no record."""
        groups = self._is_group(row)
        columns = range(len(groups))
        own = [c for c in columns if self.texts[below][c] and not self._is_shared(row, below, c)]
        words = all(self.words[below][c] for c in own)
        return words and bool(own) and all(groups[c] for c in own)

    def _is_shared(self, above: int, below: int, column: int) -> bool:
        """Whether one merged cell reaches over both rows."""
        merge = self.merged.get((above, column))
        return merge is not None and merge == self.merged.get((below, column))

    def _is_group(self, row: int) -> list[bool]:
        """For each column whether its cell is merged over several, yet not over all."""
        spans = [self.merged.get((row, c)) for c in range(len(self.texts[row]))]
        return [m is not None and 0 < m[1][1] - m[0][1] < self.width - 1 for m in spans]


def _heading(cell: object) -> str:
    """A heading on one line, however it is wrapped in its cell."""
    return " ".join(_WRAPPED.sub("", _shown(cell)).split())


def _shown(cell: object) -> str:
    text: str | None = texts([cell])[0].as_py()
    return text or ""


def texts(column: Sequence[object]) -> pa.Array:
    """Cells of any types as text, NULL where they are blank: 7 for 7.0, dates as ISO."""
    kinds = {type(cell) for cell in column} - {type(None)}
    found = [_text_of(kind, column, len(kinds) == 1) for kind in kinds]
    whole = pc.coalesce(*found) if found else pa.nulls(len(column), pa.string())
    return pc.if_else(pc.equal(whole, ""), pa.scalar(None, pa.string()), whole)


def _text_of(kind: type, column: Sequence[object], alone: bool) -> pa.Array:
    """The cells of one type as text, NULL in place of all others."""
    cells = column if alone else [cell if type(cell) is kind else None for cell in column]
    if kind is timedelta:
        return pa.array([None if cell is None else _duration(cell) for cell in cells])  # type: ignore[arg-type]
    array = pa.array(cells)
    if kind is float:
        whole = pc.and_(pc.equal(pc.floor(array), array), pc.less(pc.abs(array), _EXACT))
        integers = pc.cast(pc.if_else(whole, array, None), pa.int64()).cast(pa.string())
        return pc.coalesce(integers, pc.cast(array, pa.string()))
    if kind in (datetime, time):  # Excel's fractions of days miss the second by a hair
        array = pc.round_temporal(array, unit="millisecond")
        return pc.replace_substring_regex(pc.cast(array, pa.string()), r"\.?0+$", "")
    text = pc.cast(array, pa.string())
    return pc.utf8_upper(text) if kind is bool else text


def _duration(length: timedelta) -> str:
    minutes, seconds = divmod(round(length.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


def completed(
    rows: Iterable[Row], untold: Mapping[tuple[int, int], str], left: int
) -> Iterator[Row]:
    """All rows, with the ``untold`` cells in their places; ``left`` is the column they begin at."""
    by_row: dict[int, list[tuple[int, str]]] = {}
    for (row, column), text in untold.items():
        by_row.setdefault(row, []).append((column - left, text))
    number, width = -1, 0
    for number, cells in enumerate(rows):
        width = len(cells)
        yield _filled([*cells], by_row[number]) if number in by_row else cells
    for beyond in range(number + 1, max(by_row, default=-1) + 1):
        yield _filled([""] * width, by_row.get(beyond, []))


def _filled(cells: list[object], untold: Sequence[tuple[int, str]]) -> list[object]:
    for column, text in untold:
        if 0 <= column < len(cells):  # beyond stands no heading either
            cells[column] = text
    return cells


def records(rows: Iterable[Row], layout: Layout, row: str) -> pa.Table:
    """The records below the headings as text columns ``c0 c1 …``, beside them ``row``.

    ``rows`` begin with the first record. ``row`` is where a record stands as Excel counts rows;
    blank rows are left out.
    """
    names = [f"c{n}" for n in range(len(layout.headings))]
    schema = pa.schema([(row, pa.int64()), *((name, pa.string()) for name in names)])
    start = layout.first + 1
    blocks = []
    for block in _blocks(iter(rows)):
        columns = [texts(column) for column in zip(*block, strict=True)]
        numbers = pa.array(range(start, start + len(block)))
        start += len(block)
        told = reduce(pc.or_, (column.is_valid() for column in columns))
        blocks.append(pa.table([numbers, *columns], schema=schema).filter(told))
    return pa.concat_tables(blocks) if blocks else schema.empty_table()


def lines(rows: Sequence[Row]) -> list[Line]:
    """The rows at a sheet's beginning, with their numbers as Excel counts them."""
    return [(number, filled([_shown(cell) for cell in row])) for number, row in enumerate(rows, 1)]


def parted(cells: pa.Table, width: int, row: str) -> tuple[pa.Table, list[Line]]:
    """The ``records`` alone, and apart from them the totals and notes that stand below."""
    last = cells.slice(max(0, len(cells) - SEEN)).to_pylist()
    rows = [(record.pop(row), [cell or "" for cell in record.values()]) for record in last]
    under = below(rows, width)
    return cells.slice(0, len(cells) - len(under)), under


def _blocks(rows: Iterator[Row]) -> Iterator[list[Row]]:
    """A few thousand rows at a time, so that a long sheet is never whole in Python's memory."""
    while block := list(islice(rows, _BLOCK)):
        yield block
