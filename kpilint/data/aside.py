"""What stands in a file beside its records: lines above the headings, totals and notes below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kpilint.data.headings import folded

SEEN = 60  # rows among which the headings, and what stands below the records, are looked for
_EXAMPLES = 3
_NUMBER = re.compile(r"[-+▲△(]*[¥$€£\\]? ?\(?[0-9][0-9., '’]*\)?(?:%|[¥$€£]|[^\W\d]{0,3})|-")
_TOTAL = re.compile(r"(?:総?合計|[総小累]?計|トータル|(?:grand |sub-?)?totals?)(?: ?\(.*\))? ?:?")
# With whose total it is in front; 設計 and 時計 are no totals, so that 計 alone wants a space.
_TOTAL_OF = re.compile(r".+?(?:総?合計|[総小累]計| (?:計|トータル|(?:grand |sub-?)?totals?)) ?:?")
LABELS = 3  # cells among which the word for a total stands
TOTAL_MARKS = ("計", "otal", "OTAL", "トータル")  # one of which is in every such word
_UNIT = re.compile(r"単位 ?:? ?[十百]?[千万億]|\bin (?:thousands|millions)\b")

Line = tuple[int, tuple[str, ...]]
"""A row as a spreadsheet counts it, and its cells that are not blank."""


@dataclass(frozen=True, slots=True)
class Aside:
    """Rows of one file that are no records and were left out.

    ``count`` rows in all; ``examples`` are the first few, as (row, text). ``unit`` is the one that
    gives amounts another unit, as ``(単位：千円)`` does: they are read as they stand.
    """

    file: str
    count: int
    examples: tuple[tuple[int, str], ...]
    unit: tuple[int, str] | None

    @classmethod
    def of(cls, file: str, lines: Sequence[Line]) -> Aside | None:
        """What is told of ``lines``; None where all of them are blank."""
        told = [(row, " ".join(cells)) for row, cells in lines if cells]
        if not told:
            return None
        unit = next(((row, text) for row, text in told if _UNIT.search(folded(text))), None)
        return cls(file, len(told), tuple(told[:_EXAMPLES]), unit)


def headings_at(rows: Sequence[Sequence[str]]) -> int:
    """Which row of a text file's beginning holds the headings, counted from 0.

    It is the first that is not blank, unless that one is narrow, as a title is, and a row below
    it is as wide as those that follow. Rows are lists of cells; a blank line is an empty one.
    """
    first = next((n for n, row in enumerate(rows) if row), 0)
    seen = rows[:SEEN]
    width = max((len(filled(row)) for row in seen), default=0)
    if not rows or len(filled(rows[first])) * 2 > width:
        return first
    from kpilint.data.sheet import layout_of  # pyarrow is for those who have such files

    longest = max(map(len, seen))
    padded = [[*row, *[""] * (longest - len(row))] for row in seen]
    layout = layout_of([[_typed(cell) for cell in row] for row in padded], ())
    if layout is None:
        return first
    found = layout.first - 1
    under = [len(row) for row in rows[found + 1 :] if len(filled(row)) > 1]  # and no notes
    alike = sum(length == len(rows[found]) for length in under)
    titled = all(len(filled(row)) < 2 for row in rows[:found])
    return found if alike * 2 > len(under) or (titled and not under) else first


def below(rows: Sequence[tuple[int, Sequence[str]]], width: int) -> list[Line]:
    """The rows at the end of a table that hold no record, blank ones among them.

    They are totals, that is a word for it and numbers; and notes, which come after a blank row
    and fill one cell or have but half as many cells as the table, which has ``width``. ``rows``
    are the last ones, each with its number; where numbers are left out, blank rows are.
    """
    start = len(rows)
    for n in range(len(rows) - 1, -1, -1):
        number, row = rows[n]
        cells = filled(row)
        if not cells or is_total(cells):
            start = n
        elif width < 3 or (len(cells) > 1 and len(row) * 2 > width):
            break
        elif n and number > rows[n - 1][0] + 1:
            start = n
    return [(number, filled(row)) for number, row in rows[start:]]


def is_total(cells: Sequence[str]) -> bool:
    """Whether a row's cells are a word for a total and numbers, and nothing else."""
    word, *others = cells
    return bool(_TOTAL.fullmatch(folded(word))) and all(_is_number(cell) for cell in others)


def is_subtotal(row: Sequence[str], key: str) -> bool:
    """Whether a row among the records is the total of some: a word for it, then numbers alone.

    Before the word may stand what was summed. ``key`` is the cell that names a record, blank for
    none: a row in which it says something else is a record, as is one with a date or a name behind
    the word.
    """
    cells = filled(row)
    for place, cell in enumerate(cells[:LABELS]):
        if _TOTAL.fullmatch(folded(cell)) or (not place and _TOTAL_OF.fullmatch(folded(cell))):
            behind = cells[place + 1 :]
            named = key.strip() not in ("", cell)
            return not named and bool(behind) and all(map(_is_number, behind))
    return False


def filled(row: Sequence[str]) -> tuple[str, ...]:
    """The cells of a row that are not blank."""
    return tuple(cell.strip() for cell in row if cell.strip())


def _is_number(cell: str) -> bool:
    return bool(_NUMBER.fullmatch(folded(cell)))


def _typed(cell: str) -> object:
    """A cell as a sheet would hold it: what is written in figures is no word."""
    return 0.0 if _is_number(cell) or re.match(r"[0-9]{1,4}[-/.年]", cell) else cell.strip()
