"""What a period is likely to bring: what has come, and the rest as its history lets expect."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpilint.analysis.projection import enough, project
from kpilint.analysis.stats import FloatArray
from kpilint.errors import Unavailable
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.i18n import _

if TYPE_CHECKING:
    from kpilint.analysis.projection import Kind
    from kpilint.data.dataset import Dataset
    from kpilint.data.series import Series

POINTS = 500  # of the distribution; its tenths are then exact to a fifth of a percent


@dataclass(frozen=True, slots=True)
class Likely:
    """A period's value: ``came`` of it is settled, ``rest`` ``(POINTS,)`` is to come, from low to
    high. Both count in the value's unit, so that they add up to it, rates too.

    ``top`` is 1 for a share, which nothing raises beyond, else infinite.
    """

    came: float
    rest: FloatArray
    top: float = np.inf

    @property
    def values(self) -> FloatArray:
        """The period's value, ``(POINTS,)``, from low to high."""
        return self.came + self.rest


def likely(goals: GoalSet, goal: Goal, data: Dataset, day: date) -> Likely:
    """What the goal's period is likely to bring, as known at the end of ``day``.

    Whole months (or weeks) that are over count as they are, the others as projected from history.
    Raises Unavailable, with the reason, where that is a guess at best.
    """
    from kpilint.data.measure import history

    metric = goals.metric_of(goal)
    if metric is None or goal.period is None:
        raise Unavailable(_("It names no metric that is defined, or no period."))
    if not _adds_up(metric):
        raise Unavailable(
            _("The months of {metric} do not add up to a period.", metric=metric.title)
        )
    grain = "month" if goal.period.months() else "week"
    past = history(data, goals, metric, grain=grain, until=min(day, goal.period.end))
    if past.empty:
        raise Unavailable(_("There is no past to expect anything from."))
    return _ahead(past, goal, over=metric.over if metric.form == "manual" else "")


def _adds_up(metric: Metric) -> bool:
    """Whether a period's value follows from its months: sums, ratios and means do."""
    mean = metric.form == "flow" and metric.agg == "mean"
    return metric.additive or mean or metric.form in ("ratio", "manual")


def _ahead(past: Series, goal: Goal, over: str) -> Likely:
    period, index = goal.period, pd.PeriodIndex(past.index)
    assert period is not None
    year = 12 if index.freqstr.startswith("M") else 52
    inside = np.asarray(index.start_time.date >= period.start, dtype=np.bool_)
    left = (len(period.months()) or max(round(period.days / 7), 1)) - int(inside.sum())
    values = past.to_numpy(dtype=np.float64)
    weights = None if past.weights is None else past.weights.to_numpy(dtype=np.float64)
    if left <= 0:
        raise Unavailable(_("The period is over; nothing is left to change."))
    if not enough(values, left, year):
        raise Unavailable(_("There is too little past to expect anything from."))
    projection = project(
        values,
        left,
        _between(index[-1].end_time.date(), period.start, year),
        weights=weights,
        cycle=year,
        kind=cast("Kind", past.kind),
    )
    chances = (np.arange(POINTS) + 0.5) / POINTS
    coming = np.array([projection.quantile(p) for p in chances], dtype=np.float64)
    if past.kind in ("amount", "count"):
        return Likely(float(values[inside].sum()), coming)
    came, weight = 0.0, 1.0
    if over != "last" and inside.any():
        weighing = np.isfinite(values).astype(np.float64) if weights is None else weights
        came, weight = _settled(values, weighing, inside, left * float(weighing[-year:].mean()))
    seen = values[np.isfinite(values)]
    share = past.kind == "ratio" and bool(((seen >= 0) & (seen <= 1)).all())
    return Likely(came, weight * coming, 1.0 if share else np.inf)


def _between(last: date, start: date, year: int) -> int:
    """How many months or weeks lie between the last day known and the period's first."""
    if year == 12:
        return max((start.year - last.year) * 12 + start.month - last.month - 1, 0)
    return max(((start - last).days - 1) // 7, 0)


def _settled(
    values: FloatArray, weights: FloatArray, inside: NDArray[np.bool_], coming: float
) -> tuple[float, float]:
    """What is settled of a period's rate or mean, and the share of its weight still to come."""
    total = float(weights[inside].sum()) + coming
    if not total:
        return 0.0, 1.0
    known = float((np.nan_to_num(values[inside]) * weights[inside]).sum())
    return known / total, coming / total
