"""The amount that a cell means once the notes around it are heeded: 1,200 under (単位：千円)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from kpilint.goals.numeral import read_scale
from kpilint.goals.table.grid import Cell, folded
from kpilint.goals.unit import CURRENCIES, agree
from kpilint.goals.written import plain

_WORDS = {
    1e2: "百",
    1e3: "千",
    1e4: "万",
    1e5: "十万",
    1e6: "百万",
    1e7: "千万",
    1e8: "億",
    1e9: "十億",
}
_UNITS = {"JPY": "円", "USD": "ドル", "percent": "%", "count": "件", "ratio": "倍"}
_BARE = re.compile(
    r"(?P<head>(?:[0-9][0-9,.]*\s*[〜~-])?\s*[≤≥<>=]*\s*[-▲△]?)(?P<number>[0-9][0-9,]*(?:\.[0-9]+)?)"
    r"(?P<tail>\s*(?:以上|以下|以内|未満|まで|超|〜|~)?)"
)
_COUNTED = re.compile(r"(?:率|数|比|日|時間|人員|リード|件|rate|ratio|count|number|share|nps|%)$")


class Note(NamedTuple):
    """What a heading or note says of the numbers it stands over: 千円 is (1000.0, JPY)."""

    scale: float
    unit: str | None

    @property
    def word(self) -> str:
        """Its scale as it is written behind a number."""
        return _WORDS.get(self.scale, "")

    @property
    def is_money(self) -> bool:
        """Whether it stands over amounts of money."""
        return self.unit in CURRENCIES or self.scale > 1

    def fits(self, unit: str | None, measure: str) -> bool:
        """Whether it is meant for a metric in ``unit``, or so called where that is not known.

        A note about money above a table leaves out its rows of counts and rates.
        """
        if unit is not None:
            return agree(self.unit, unit) and (self.scale == 1 or unit in CURRENCIES)
        return not (self.is_money and _COUNTED.search(folded(measure)))


def note_in(text: str) -> Note | None:
    """The scale and unit that a heading, label or title announces, or None.

    Raises ValueError for an unknown unit after ``単位``.
    """
    note = Note(*read_scale(text))
    return None if note == (1.0, None) else note


def amount(cell: Cell, notes: Iterable[Note | None], unit: str | None, measure: str) -> str:
    """The cell's amount as text, by the first note that is meant for it; others say it all."""
    bare = _BARE.fullmatch(_signed(plain(cell.text)))
    note = next((n for n in notes if n and n.fits(unit, measure)), None)
    if bare is None or note is None:
        return cell.text
    scale = "" if cell.whole else note.word
    return (
        bare["head"]
        + bare["number"]
        + scale
        + _UNITS.get(note.unit or "", note.unit or "")
        + (bare["tail"])
    )


def _signed(text: str) -> str:
    """``(1,234)`` as accountants write less than nothing."""
    inside = re.fullmatch(r"\(([0-9][0-9,.]*)\)", text)
    return f"-{inside[1]}" if inside else text
