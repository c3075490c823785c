"""A sheet as a grid of cells, each with its place and its text as people see it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from yaml import ScalarNode

from kpilint.goals.node import CellMark

Place = tuple[int, int]  # row and column, from 1 as spreadsheets count


@dataclass(frozen=True, slots=True)
class Cell:
    """What a cell shows.

    ``numeric`` tells a stored number from typed text, ``day`` is the date that it holds.
    ``whole`` is a number whose format shows thousands of it, so that no note may scale it again.
    """

    text: str
    row: int
    column: int
    sheet: str = ""
    numeric: bool = False
    day: date | None = None
    whole: bool = False

    def node(self, text: str | None = None) -> ScalarNode:
        """A YAML scalar that stands in this cell; it says ``text``, else what the cell says."""
        start = CellMark(self.sheet, self.row, self.column)
        return ScalarNode("", self.text if text is None else text, start, start.after(), '"')


@dataclass(frozen=True)
class Grid:
    """One sheet; ``merged`` leads from each cell of a merged range to the one that speaks."""

    name: str
    cells: Mapping[Place, Cell]
    merged: Mapping[Place, Place] = field(default_factory=dict)

    def at(self, row: int, column: int) -> Cell | None:
        """The cell itself."""
        return self.cells.get((row, column))

    def spoken(self, row: int, column: int) -> Cell | None:
        """The cell, or the one that speaks for it in a merged range."""
        return self.cells.get(self.merged.get((row, column), (row, column)))

    def row(self, number: int) -> tuple[Cell, ...]:
        """The cells of a row that are not blank, from left to right."""
        return self._rows.get(number, ())

    def rows(self, first: int, last: int) -> Iterator[tuple[int, tuple[Cell, ...]]]:
        """Numbers and cells of the rows from ``first`` to ``last`` that are not blank."""
        for number in sorted(n for n in self._rows if first <= n <= last):
            yield number, self._rows[number]

    @cached_property
    def last(self) -> int:
        """The last row that is not blank, 0 in an empty sheet."""
        return max(self._rows, default=0)

    @cached_property
    def columns(self) -> range:
        """The columns from the first to the last that is not blank."""
        across = [column for _row, column in (*self.cells, *self.merged)]
        return range(min(across), max(across) + 1) if across else range(0)

    @cached_property
    def _rows(self) -> Mapping[int, tuple[Cell, ...]]:
        rows: dict[int, list[Cell]] = {}
        for place in sorted(self.cells):
            rows.setdefault(place[0], []).append(self.cells[place])
        return {number: tuple(cells) for number, cells in rows.items()}


_BRACKETS = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|【[^】]*】")
_ORNAMENT = "*※★☆■□●○◆◇▼▽・:;。、"


def folded(text: str) -> str:
    """A heading as it is compared: NFKC, no spaces, brackets or ornament, without case."""
    plain = "".join(unicodedata.normalize("NFKC", text).split()).casefold()
    return _BRACKETS.sub("", plain).strip(_ORNAMENT)


def one_line(text: str) -> str:
    """The text of a cell without its line breaks and outer spaces."""
    return " ".join(text.replace("_x000D_", " ").split())
