"""Dates after the day that is looked at: some that cannot be, or a source that goes on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from kpilint.errors import ColumnMissing
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.source import Source
from kpilint.rules.happenings import Happening, happenings
from kpilint.rules.rows import Rows, after, examples

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.dataset import Dataset

_BEFORE = timedelta(days=28)  # what is usual is told by these days
_PAUSE = 7  # days; a longer one ends what goes on
_LEAST = 5  # dates that are no slips of the hand

Days = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Column:
    """A time column with dates that cannot have happened yet."""

    name: str
    count: int
    last: date
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ahead:
    """What lies after the day: by column, and up to when the source itself ``goes_on``.

    ``later`` counts the dates up to then, which are none of the columns' faults.
    """

    columns: tuple[Column, ...] = ()
    goes_on: date | None = None
    later: int = 0


def ahead(goals: GoalSet, data: Dataset, source: Source, as_of: date) -> Ahead:
    """The dates after ``as_of`` among the columns that tell what happened.

    Raises Unavailable for what cannot be read.
    """
    rows = Rows.of(data, source.name)
    events = list(_events(rows, happenings(goals, source)))
    late_ones = [(when >= after(as_of)) & past for _h, when, past in events]
    told = rows.tell({f"n{n}": each.sum() for n, each in enumerate(late_ones)}, late_ones)
    late = [event for n, event in enumerate(events) if told[f"n{n}"]]
    by_day = [_days(rows, when, past, as_of) for _h, when, past in late]
    ends = [end for days in by_day if (end := run_end(days, as_of)) is not None]
    goes_on = max(ends, default=None)
    columns = []
    for (happening, when, past), days in zip(late, by_day, strict=True):
        strays = {day: n for day, n in days.items() if day > (goes_on or as_of)}
        if strays:
            stray = past & (when >= after(goes_on or as_of))
            keys = examples(rows.table, stray, rows.column(source.key)) if source.key else ()
            columns.append(Column(happening.time, sum(strays.values()), max(strays), keys))
    later = sum(
        n for days in by_day for day, n in days.items() if as_of < day <= (goes_on or as_of)
    )
    return Ahead(tuple(columns), goes_on, later)


def _events(
    rows: Rows, found: tuple[Happening, ...]
) -> Iterator[tuple[Happening, ir.TimestampValue, ir.BooleanValue]]:
    """Each time column with its moments and the rows in which they have happened."""
    for happening in found:
        with suppress(ColumnMissing):  # M004 tells of it
            past = rows.any_holds(happening.wheres)
            yield happening, rows.moment(happening.time), past


def _days(rows: Rows, when: ir.TimestampValue, past: ir.BooleanValue, as_of: date) -> Days:
    """How many dates each day has, from four weeks before on."""
    late = rows.table.filter(past, when >= after(as_of - _BEFORE)).select(day=when.date())
    counted = late.group_by("day").aggregate(n=late.count()).to_pyarrow().to_pylist()
    return {row["day"]: row["n"] for row in counted}


def run_end(days: Days, as_of: date) -> date | None:
    """The last day of a run of dates that goes on after ``as_of`` as it was before; None for slips.

    ``days`` counts the dates of each day that has any. A run has no pause longer than a week and
    at least half as many dates on a day with any as the four weeks before.
    """
    run: dict[date, int] = {}
    last = as_of
    for day in sorted(day for day in days if day > as_of):
        if (day - last).days > _PAUSE:
            break
        last = day
        run[day] = days[day]
    before = [n for day, n in days.items() if as_of - _BEFORE < day <= as_of]
    if not before or sum(run.values()) < _LEAST:
        return None
    usual = sum(before) / len(before)
    return last if sum(run.values()) / len(run) >= usual / 2 else None
