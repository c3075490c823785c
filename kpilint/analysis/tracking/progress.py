"""One goal day by day: what was made, what was expected, and where it is heading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import sqrt
from typing import TYPE_CHECKING, NamedTuple, Self

import pandas as pd

from kpilint.analysis.tracking import progress_wording as wording
from kpilint.analysis.tracking.daily import Daily
from kpilint.analysis.tracking.original import Originals
from kpilint.analysis.tracking.outlook import Forecaster
from kpilint.analysis.tracking.pacing import elapsed
from kpilint.analysis.tracking.status import Following, GoalStatus, Status
from kpilint.analysis.tree.shape import root_of
from kpilint.analysis.untold import Untold
from kpilint.data.known import as_known
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.period import DAY, Period
from kpilint.goals.workdays import workdays_between
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset

_STEPS = 60  # days that a curve is drawn through


class Pace(NamedTuple):
    """By working day: what was ``made`` so far, and what is ``needed`` for the target."""

    made: float
    needed: float


@dataclass(frozen=True, slots=True)
class Progress:
    """A goal followed through its period, as of a day; calling it gives a ProgressResult."""

    goals: GoalSet
    goal: Goal
    as_of: date

    @classmethod
    def of(cls, goals: GoalSet, goal_id: str = "", *, as_of: date | str) -> Self:
        """A goal of the file by its id, else its first KGI that serves no other.

        Raises Misuse for an id or a day that cannot be understood.
        """
        return cls(goals, root_of(goals, goal_id), Status.of(goals, as_of=as_of).as_of)

    def __call__(self, data: Dataset) -> ProgressResult | Untold:
        """Follow the goal; Untold, with the reason, where there is nothing to follow."""
        known = as_known(data, self.as_of)
        forecaster = Forecaster(Daily(known, self.goals, self.as_of))
        status = Following(forecaster, Originals.of(known), self.goals, self.goal).status()
        metric = self.goals.metric_of(self.goal)
        if metric is None or status.period is None or status.actual is None:
            return Untold(wording.nothing(status))
        seen = min(forecaster.told(metric, status.period), status.period.end)
        curve = _Curve(forecaster, metric, status.period, seen)
        table = pd.DataFrame(
            [*curve.course(status.target), *curve.fan(status)],
            columns=["day", "actual", "expected", "low", "middle", "high"],
        ).astype(dict.fromkeys(("actual", "expected", "low", "middle", "high"), "float64"))
        return ProgressResult(self, status, seen, table, _pace(self.goals, metric, status, seen))


@dataclass(frozen=True, slots=True)
class _Curve:
    """The values of a metric through a period that is known up to ``seen``."""

    forecaster: Forecaster
    metric: Metric
    period: Period
    seen: date

    def course(self, target: float | None) -> Iterator[dict[str, object]]:
        """Up to each day what was made, and what was expected up to the period's end."""
        daily = self.forecaster.daily
        for day in self._days():
            known = day <= self.seen
            share = self.forecaster.share(self.metric, self.period, day)
            yield {
                "day": day,
                "actual": daily.value(self.metric, self.period.start, day) if known else None,
                "expected": None if target is None else target * share,
            }

    def _days(self) -> list[date]:
        """The days drawn: every few, the months' ends, the last that is known and the last."""
        month_ends = {month.end for month in self.period.months()}
        if not self.forecaster.daily.by_days(self.metric):  # a reading of the records each
            return sorted({day for day in month_ends if day < self.seen} | {self.seen})
        step = max(self.period.days // _STEPS, 1)
        every = {self.period.start + n * DAY for n in range(0, self.period.days, step)}
        return sorted(every | month_ends | {self.seen, self.period.end})

    def fan(self, status: GoalStatus) -> Iterator[dict[str, object]]:
        """From the last value that is known to the forecast at the period's end.

        Its middle moves with the days that are over and its width with their root, as that of
        independent days does; what is tried on the past is its end.
        """
        forecast, actual = status.forecast, status.actual
        if forecast is None or actual is None:
            return
        closures = self.forecaster.daily.goals.closures
        step = max((self.period.end - self.seen).days // _STEPS, 1)
        days = {self.seen + n * DAY for n in range(0, (self.period.end - self.seen).days, step)}
        days |= {month.end for month in self.period.months() if month.end > self.seen}
        for day in sorted(days | {self.period.end}):
            over = elapsed(self.seen + DAY, self.period.end, day, closures)
            middle = actual + (forecast.p50 - actual) * over
            low = middle - (forecast.p50 - forecast.p10) * sqrt(over)
            yield {
                "day": day,
                "low": max(low, actual) if self.metric.agg == "count" else low,
                "middle": middle,
                "high": middle + (forecast.p90 - forecast.p50) * sqrt(over),
            }


def _pace(goals: GoalSet, metric: Metric, status: GoalStatus, seen: date) -> Pace | None:
    period = status.period
    if period is None or status.target is None or status.actual is None or not metric.additive:
        return None
    over = workdays_between(period.start - DAY, seen + DAY, goals.closures)
    left = workdays_between(seen, period.end + DAY, goals.closures)
    if not over or not left or status.actual >= status.target:
        return None
    return Pace(status.actual / over, (status.target - status.actual) / left)


@dataclass(frozen=True, slots=True, eq=False)
class ProgressResult(Result):
    """A goal's course up to ``seen``, the last day that the records tell of."""

    progress: Progress
    status: GoalStatus
    seen: date
    days: pd.DataFrame
    pace: Pace | None

    def text(self) -> str:
        """Where the goal stands, what a day must bring from now on, and what the target was."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a day drawn: ``day actual expected low middle high``, in the goal's unit.

        ``actual`` is what the period had come to by the day, ``expected`` what was due by it;
        ``low`` to ``high`` is the 80 % range of the forecast around ``middle``.
        """
        return self.days

    def readable(self) -> pd.DataFrame:
        """The ends of months, in the reader's words."""
        return wording.readable(self)

    def remarks(self) -> list[str]:
        """What the numbers rest on and lack."""
        return wording.remarks(self)

    def figure(self) -> go.Figure:
        """The course against the target line, and the forecast as a fan."""
        from kpilint.analysis.tracking.progress_drawing import drawn

        return drawn(self)
