"""The arithmetic of a plan: months, kernel, the leads that are needed, and what they bring."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from kpilint.analysis.planning.aim import Aim
from kpilint.analysis.planning.lags import Lag, forward, whole_way
from kpilint.analysis.planning.observed import Observed, Worth
from kpilint.analysis.planning.solving import leads_needed
from kpilint.analysis.stats import FloatArray, IntArray
from kpilint.goals.period import DAY, Period, month_of


@dataclass(frozen=True, slots=True, eq=False)
class Calendar:
    """The days from the end of the records to the end of the aim, in months.

    ``month`` gives for each day its place in ``months``; the first ``closed`` days are before new
    leads can come; ``inside`` says which days count for the goal.
    """

    begin: date
    months: tuple[Period, ...]
    month: IntArray
    closed: int
    inside: FloatArray

    @classmethod
    def of(cls, aim: Aim, until: date, as_of: date) -> Calendar:
        """From the day after ``until``; new leads come after ``as_of``."""
        begin = until + DAY
        first = min(month_of(begin).start, month_of(aim.start).start)
        months = Period(first, month_of(aim.end).end, "range").months()
        days = [begin + n * DAY for n in range((aim.end - begin).days + 1)]
        place = {each.start: n for n, each in enumerate(months)}
        return cls(
            begin,
            months,
            np.array([place[day.replace(day=1)] for day in days], dtype=np.int64),
            max((as_of - until).days, 0),
            np.array([float(day >= aim.start) for day in days]),
        )

    @property
    def days(self) -> int:
        """How many days there are."""
        return len(self.month)

    def summed(self, daily: FloatArray) -> FloatArray:
        """Daily numbers of shape ``(..., days)`` by month, ``(..., months)``."""
        return np.asarray(daily @ np.eye(len(self.months))[self.month])

    def arriving(self) -> FloatArray:
        """One new lead a day, by the months in which they come: ``(months, days)``."""
        each = np.eye(len(self.months))[self.month].T
        each[:, : self.closed] = 0.0
        return np.asarray(each[each.any(axis=1)])


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """What comes to each stage by month, shape ``(stages, months)``.

    ``open`` are expected of those under way, ``new`` of new leads. ``missing`` is how many at the
    aimed stage must come of new leads, ``expected`` how many come of those under way in time, and
    ``usual`` how many would come of new leads at their usual rate. ``new`` is None where new leads
    come too late to bring any.
    """

    open: FloatArray
    new: FloatArray | None
    missing: float
    expected: float
    usual: float


def course(
    aim: Aim, seen: Observed, calendar: Calendar, lags: Sequence[Lag], worth: Worth
) -> Course:
    """The leads that are needed for the aim and what becomes of them, at given lags and worth."""
    still = forward(np.zeros(calendar.days), lags, seen.waiting)
    open_ = calendar.summed(still)
    expected = float(still[-1] @ calendar.inside)
    known = seen.value(aim.start, seen.until)
    missing = max((aim.target - known) / worth.mean - expected, 0.0)
    arriving, passed = calendar.arriving(), whole_way(lags)
    if not len(arriving):
        return Course(open_, None if missing else np.zeros_like(open_), missing, expected, 0.0)
    wins = np.array([np.convolve(each, passed)[: calendar.days] for each in arriving])
    kernel = calendar.summed(wins * calendar.inside).T
    usual = float(kernel.sum() * usual_rate(seen))
    shape = _shape(aim, seen, calendar, worth, open_[-1])
    rates = leads_needed(missing * shape, kernel)
    if rates is None:
        return Course(open_, None, missing, expected, usual)
    new = calendar.summed(forward(rates @ arriving, lags))
    return Course(open_, new, missing, expected, usual)


def usual_rate(seen: Observed) -> float:
    """New leads a day over the last year of the records, or all of it where it is shorter."""
    year = seen.came[0, -365:]
    return float(year.mean())


def _shape(
    aim: Aim, seen: Observed, calendar: Calendar, worth: Worth, open_: FloatArray
) -> FloatArray:
    """Which part of the missing ones each month asks for: what its target leaves, at least 0."""
    asked = np.zeros(len(calendar.months))
    inside = [n for n, m in enumerate(calendar.months) if m.end >= aim.start]
    days = np.array([_overlap(calendar.months[n], aim) for n in inside], dtype=np.float64)
    parts = days / days.sum()
    if aim.monthly is not None and len(aim.monthly) == len(inside) and not aim.after:
        parts = np.array(aim.monthly) / sum(aim.monthly)
    asked[inside] = parts * aim.target / worth.mean
    for n in inside:
        month = calendar.months[n]
        last = min(month.end, seen.until)
        asked[n] -= seen.value(max(month.start, aim.start), last) / worth.mean + open_[n]
    future = np.zeros(len(asked))
    future[calendar.month[calendar.inside > 0]] = 1.0
    left = np.maximum(asked, 0.0) * future
    shape = left if left.sum() > 0 else future
    return np.asarray(shape / shape.sum())


def _overlap(month: Period, aim: Aim) -> int:
    return (min(month.end, aim.end) - max(month.start, aim.start)).days + 1


def last_day(aim: Aim, days: int | None) -> date | None:
    """The last day on which a record that takes so many days is still in time."""
    return None if days is None else aim.end - timedelta(days=days)
