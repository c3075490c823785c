"""What each person's own past lets expect of a period that has a personal target."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kpilint.analysis.growth import rolling
from kpilint.analysis.projection import Kind, Projection, enough, project, sparse
from kpilint.analysis.stats import FloatArray, sidak
from kpilint.analysis.tracking.daily import Daily
from kpilint.analysis.tracking.daysums import Course
from kpilint.data.coverage import whole_periods
from kpilint.errors import Unavailable
from kpilint.goals.goal import Goal, Targets
from kpilint.goals.metric import Better
from kpilint.goals.period import DAY, Period
from kpilint.goals.quantity import Quantity
from kpilint.goals.target import part_of, unit_of
from kpilint.goals.written import plain_name
from kpilint.i18n import _

if TYPE_CHECKING:
    import pandas as pd

    from kpilint.goals.goalfile import GoalSet

YEAR = 12  # months
KINDS: Mapping[str, Kind] = {"count": "count", "sum": "amount"}


@dataclass(frozen=True, slots=True)
class Own:
    """One person's target and past: ``n`` months, the ``best`` period of that length among them.

    ``projection`` is what the past lets expect of the period, None where it is too short for that.
    """

    name: str
    target: float
    n: int
    best: float
    projection: Projection | None


def beyond(owns: Sequence[Own], way: Better, level: float) -> tuple[Own, ...]:
    """Those whose target lies beyond the one-sided limit of their own past.

    ``level`` is kept for all of them together (Šidák over the persons that can be told of).
    """
    told = [own for own in owns if own.projection is not None]
    return tuple(own for own in told if _over(own, way, sidak(level, len(told))))


def limit(own: Own, owns: Sequence[Own], way: Better, level: float) -> float:
    """The last target of a person that is not beyond."""
    assert own.projection is not None
    return own.projection.limit(sidak(level, sum(o.projection is not None for o in owns)), way)


def _over(own: Own, way: Better, level: float) -> bool:
    assert own.projection is not None
    least = own.projection.limit(level, way)
    slack = 1e-9 * abs(least)
    return own.target > least + slack if way == "higher" else own.target < least - slack


def owns(daily: Daily, goals: GoalSet, goal: Goal) -> tuple[Own, ...]:
    """Everybody with a target in a goal, by what was known before its period.

    A person's past begins with the month of the first record. Raises Unavailable where the metric
    cannot be told by person, month by month.
    """
    metric, targets = goals.metric_of(goal), goal.targets
    if metric is None or targets is None or goal.period is None:
        return ()
    if metric.form != "flow" or not metric.additive or not metric.person:
        raise Unavailable(_("{metric} cannot be told by person.", metric=metric.title))
    known = min(daily.as_of, goal.period.start - DAY)
    months = whole_periods(daily.coverage(metric), known, "month")
    courses, kind = daily.courses(metric), KINDS[metric.agg or ""]
    found = []
    for name, target, period in _asked(targets, goal.period, unit_of(goals, metric)):
        course = courses.get(plain_name(name), Course([], [], []))
        values = _by_month(course, months)
        ahead = _months_between(months, period)
        found.append(own(name, target, values, len(period.months()), ahead, kind))
    return tuple(found)


def own(name: str, target: float, values: FloatArray, length: int, ahead: int, kind: Kind) -> Own:
    """A person whose ``values`` ``(n,)`` are months, the first not 0, and whose target is for
    ``length`` months that begin ``ahead`` months after the last.
    """
    sums = rolling(values, length)
    told = len(values) and enough(values, length, YEAR) and not sparse(values, kind)
    projection = project(values, length, ahead, kind=kind) if told else None
    return Own(name, target, len(values), float(sums.max()) if len(sums) else 0.0, projection)


def _asked(
    targets: Targets, whole: Period, unit: str | None
) -> Iterator[tuple[str, float, Period]]:
    """Names with what they are to make, and in which months, where those follow each other."""
    for name, quantity in targets.people.items():
        period = whole
        if not isinstance(quantity, Quantity) and quantity:
            ends = min(m.start for m in quantity), max(m.end for m in quantity)
            period = Period(*ends, "range")
            if len(period.months()) != len(quantity):
                continue
        target = part_of(quantity, unit)
        if target is not None and period.months():
            yield name, target, period


def _months_between(months: pd.PeriodIndex, period: Period) -> int:
    """How many months lie between the last that is known and a period."""
    if not len(months):
        return 0
    last = months[-1]
    gap = (period.start.year - last.year) * YEAR + period.start.month - last.month - 1
    return max(int(gap), 0)


def _by_month(course: Course, months: pd.PeriodIndex) -> FloatArray:
    """A person's months from the first with a record to the last that is complete."""
    spans = [(each.start_time.date(), each.end_time.date()) for each in months]
    values = [course.between(*span) for span in spans]
    begun = next((n for n, (_value, count) in enumerate(values) if count), len(values))
    return np.array([value for value, _count in values[begun:]], dtype=np.float64)
