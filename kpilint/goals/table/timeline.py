"""Which months the columns of a table mean: headings seldom say the year."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import PurePath

from kpilint.goals.dates import check_year
from kpilint.goals.period import DAY, Period, add_months, fiscal_year_first, month_of
from kpilint.goals.table.grid import Cell
from kpilint.goals.table.heading import Stretch, Year, told
from kpilint.goals.table.layout import Column, Table

_LENGTHS = {"month": 1, "quarter": 3, "half": 6, "whole": 12}
_USUAL_STARTS = (1, 4)  # calendar years, and what nearly all fiscal years of Japan are


@dataclass(frozen=True, slots=True)
class Fiscal:
    """What is known of the fiscal year from outside the table; ``start`` None is unknown."""

    start: int | None = None
    named: str = "start"


@dataclass(frozen=True, slots=True)
class Timeline:
    """Columns with the months that they mean.

    ``parts`` are the smallest stretches, which make up a goal; ``sums`` are those made of others.
    ``unclear`` are columns whose year nothing tells. ``fiscal_year_start`` is what a run of twelve
    months gives away.
    """

    parts: Mapping[int, Period] = field(default_factory=dict)
    sums: Mapping[int, Period] = field(default_factory=dict)
    unclear: tuple[Column, ...] = ()
    fiscal_year_start: int | None = None


def timeline_of(table: Table, year: Year | None, fiscal: Fiscal) -> Timeline:
    """Give every column of targets its months; ``year`` is what the sheet speaks of."""
    columns = [c for c in table.columns if c.aims and c.role is None]
    finest = min((_LENGTHS[c.stretch.kind] for c in columns if c.stretch), default=0)
    leaves = [c for c in columns if c.stretch and _LENGTHS[c.stretch.kind] == finest]
    others = [c for c in columns if c not in leaves]
    starts = _starts(leaves, year, fiscal)
    if starts is None:
        return Timeline(unclear=tuple(columns))
    parts = {c.number: _span(s, finest) for c, s in zip(leaves, starts, strict=True)}
    sums = dict(_sums(columns, leaves, others, parts))
    unclear = tuple(c for c in others if c.number not in sums)
    first = starts[0].month if finest == 1 and _is_a_year(starts) else None
    return Timeline(parts, sums, unclear, first)


def _span(start: date, months: int) -> Period:
    last = add_months(start, months) - DAY
    return month_of(start) if months == 1 else spanning(start, last)


def spanning(start: date, end: date) -> Period:
    """The period from ``start`` to ``end``, written the way a goals file writes it."""
    whole = Period(start, end, "range").months()
    if len(whole) == 1:
        return whole[0]
    text = f"{start:%Y-%m}..{end:%Y-%m}" if whole else f"{start}..{end}"
    return Period(start, end, "range", text=text)


def _is_a_year(starts: Sequence[date]) -> bool:
    return len(starts) == 12 and starts[-1] == add_months(starts[0], 11)


def _starts(leaves: Sequence[Column], year: Year | None, fiscal: Fiscal) -> list[date] | None:
    """The first day of each leaf; None where the year is not told, or could be two."""
    if not leaves:
        return None
    offsets = _offsets(leaves)
    readings: set[tuple[date, ...]] = set()
    for number, leaf in enumerate(leaves):
        first = add_months(date(2000, 1, 1), offsets[number])
        if leaf.stretch and leaf.stretch.year and leaf.stretch.kind == "month":
            return _moved(offsets, number, date(leaf.stretch.year, first.month, 1))
        if (told := leaf.year or (year if number == 0 else None)) and not readings:
            readings = {
                tuple(_moved(offsets, number, start))
                for start in _readings(leaves, number, offsets, told, fiscal)
            }
    return list(readings.pop()) if len(readings) == 1 else None


def _offsets(leaves: Sequence[Column]) -> list[int]:
    """Months from January of the first leaf's year: each leaf comes after the one before."""
    offsets: list[int] = []
    for leaf in leaves:
        assert leaf.stretch is not None
        length = _LENGTHS[leaf.stretch.kind]
        own = leaf.stretch.number - 1 if length == 1 else length * (leaf.stretch.number - 1)
        while offsets and own <= offsets[-1]:
            own += 12
        offsets.append(own)
    return offsets


def _moved(offsets: Sequence[int], known: int, start: date) -> list[date]:
    return [add_months(start, offset - offsets[known]) for offset in offsets]


def _readings(
    leaves: Sequence[Column], number: int, offsets: Sequence[int], year: Year, fiscal: Fiscal
) -> Iterator[date]:
    """Where a leaf can start in the year that is named, for each way to read that year."""
    stretch = leaves[number].stretch
    assert stretch is not None
    for first in _firsts(leaves, year, fiscal):
        if stretch.kind != "month":
            yield add_months(first, offsets[number])
            continue
        ahead = (stretch.number - first.month) % 12
        reaches = ahead + offsets[-1] - offsets[number]
        if year.kind == "calendar" or reaches < 12 or fiscal.start is not None:
            yield add_months(first, ahead)


def _firsts(leaves: Sequence[Column], year: Year, fiscal: Fiscal) -> Iterator[date]:
    """The first day of the year that is named, in each way that it can be meant."""
    if year.kind == "calendar":
        yield date(year.number, 1, 1)
    elif year.kind == "closing":
        yield add_months(date(year.number, year.closing, 1), -11)
    else:
        for start in _fiscal_starts(leaves, fiscal):
            yield fiscal_year_first(check_year(year.number), start, fiscal.named)


def _fiscal_starts(leaves: Sequence[Column], fiscal: Fiscal) -> Iterable[int]:
    if fiscal.start is not None:
        return (fiscal.start,)
    months = [c.stretch.number for c in leaves if c.stretch and c.stretch.kind == "month"]
    return (months[0],) if len(months) == 12 else _USUAL_STARTS


# Columns that sum others


def _sums(
    columns: Sequence[Column],
    leaves: Sequence[Column],
    others: Sequence[Column],
    parts: Mapping[int, Period],
) -> Iterator[tuple[int, Period]]:
    """What each summing column covers: the leaves just before it, else its turn among all."""
    order = [leaf.number for leaf in leaves]
    for column in others:
        assert column.stretch is not None
        covered = _covered(column, columns, order, parts)
        if covered:
            yield column.number, spanning(parts[covered[0]].start, parts[covered[-1]].end)


def _covered(
    column: Column, columns: Sequence[Column], order: Sequence[int], parts: Mapping[int, Period]
) -> Sequence[int]:
    stretch = column.stretch
    assert stretch is not None
    if stretch.kind == "whole":
        return order
    length = _LENGTHS[stretch.kind] // max(1, len(parts[order[0]].months()))
    before = [c.number for c in columns if c.stretch and c.number < column.number]
    same = [c.number for c in columns if c.stretch and c.stretch.kind == stretch.kind]
    since = max((n for n in same if n < column.number), default=0)
    recent = [n for n in before if n in order and n > since]
    if len(recent) == length:
        return recent
    turn = list(order[length * (stretch.number - 1) : length * stretch.number])
    return turn if len(turn) == length else []


# The year that a sheet speaks of


@dataclass(frozen=True, slots=True)
class Told:
    """The year, and the part of it, that a title, sheet or file name speaks of."""

    year: Year | None = None
    stretch: Stretch | None = None
    text: str = ""
    cell: Cell | None = None


def told_by(table: Table, path: PurePath) -> Told:
    """What a table is about: the nearest title above it, else a heading, its sheet, its file."""
    for cell in reversed(table.above):
        year, stretch, text = told(cell.text)
        if year or text:
            return Told(year, stretch, text, cell)
    for cell in (cell for column in table.columns if column.year for cell in column.cells):
        year, _part, text = told(cell.text)
        if year:
            return Told(year, Stretch("whole", 1), text, cell)
    for name in (table.grid.name, path.stem):
        year, stretch, text = told(name)
        if year or text:
            return Told(year, stretch, text)
    return Told()


def resolved(stretch: Stretch, year: Year | None, fiscal: Fiscal) -> Period | None:
    """The period that a stretch means in the year that is told; None where that is not certain."""
    column = Column(0, None, None, stretch, year, ())
    starts = _starts([column], year, fiscal)
    return _span(starts[0], _LENGTHS[stretch.kind]) if starts else None


def narrowed(fiscal: Fiscal, year: Year | None, days: Collection[date]) -> Fiscal:
    """The fiscal year's start where the deadlines in a table leave one of the usual ones."""
    if fiscal.start is not None or year is None or year.kind != "fiscal" or not days:
        return fiscal
    fits = [s for s in _USUAL_STARTS if _within(year.number, s, fiscal.named, days)]
    return replace(fiscal, start=fits[0]) if len(fits) == 1 else fiscal


def _within(year: int, start: int, named: str, days: Collection[date]) -> bool:
    first = fiscal_year_first(check_year(year), start, named)
    return first <= min(days) and max(days) < add_months(first, 12)
