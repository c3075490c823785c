"""How far a period should be by a day: business days, and the metric's own habit within it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TypeAlias

from kpilint.goals.period import Period
from kpilint.goals.workdays import workdays_between
from kpilint.i18n import _

DAY = timedelta(days=1)
ENOUGH = 8  # past periods that make a habit, and a forecast more than a guess
_LONGEST = 20  # past periods that are looked at
Closures: TypeAlias = tuple[tuple[date, date], ...]


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a period stands: ``gap`` to the target, what a day made and what it must make now.

    ``coverage`` is the open pipeline over the gap, ``weighted`` the pipeline times its win rate.
    ``needed`` and ``coverage`` are None where nothing is left of the days, or of the gap.
    """

    gap: float
    made: float
    needed: float | None
    coverage: float | None
    weighted: float


def pace(
    target: float, actual: float, day: float, days: float, pipeline: float, win_rate: float
) -> Pace:
    """The pace on ``day`` of a period of ``days``, all in one unit a day.

    ``pipeline`` is the value of what is open, ``win_rate`` the share of it that is usually won.
    Raises ValueError for a day outside the period.
    """
    if not 0 < day <= days:
        raise ValueError(_("Day {day:g} does not lie in a period of {days:g}.", day=day, days=days))
    gap = target - actual
    left = days - day
    return Pace(
        gap=gap,
        made=actual / day,
        needed=gap / left if left else None,
        coverage=pipeline / gap if gap > 0 else None,
        weighted=pipeline * win_rate,
    )


@lru_cache(maxsize=4096)
def elapsed(start: date, end: date, day: date, closures: Closures = ()) -> float:
    """The share of business days from ``start`` to ``end`` that is over at the end of ``day``.

    Of calendar days where nobody works in between.
    """
    if day < start:
        return 0.0
    day = min(day, end)
    whole = workdays_between(start - DAY, end + DAY, closures)
    if not whole:
        return ((day - start).days + 1) / ((end - start).days + 1)
    return workdays_between(start - DAY, day + DAY, closures) / whole


@lru_cache(maxsize=4096)
def day_at(start: date, end: date, share: float, closures: Closures = ()) -> date:
    """The last day by which no more than ``share`` of the business days is over."""
    low, high = 0, (end - start).days
    while low < high:
        middle = (low + high + 1) // 2
        if elapsed(start, end, start + middle * DAY, closures) <= share + 1e-9:
            low = middle
        else:
            high = middle - 1
    return start + low * DAY


def earlier(period: Period, first: date) -> list[Period]:
    """The periods before, of the same length, from the oldest that begins at ``first`` or later."""
    found: list[Period] = []
    before = period.before()
    while before.start >= first and len(found) < _LONGEST:
        found.append(before)
        before = before.before()
    return found[::-1]


def expected_share(
    period: Period,
    day: date,
    past: Sequence[Period],
    made: Callable[[date, date], float],
    closures: Closures = (),
) -> float:
    """The share of a period's total that is usually made by the end of ``day``.

    The share of business days; with at least eight ``past`` periods the mean share of theirs that
    was ``made`` (a function of first and last day) when as many of their business days were over.
    """
    share = elapsed(period.start, period.end, day, closures)
    if share in (0.0, 1.0):
        return share
    totals = [(each, made(each.start, each.end)) for each in past]
    habits = [
        made(each.start, day_at(each.start, each.end, share, closures)) / total
        for each, total in totals
        if total > 0
    ]
    if len(habits) < ENOUGH:
        return share
    return min(max(sum(habits) / len(habits), 0.0), 1.0)
