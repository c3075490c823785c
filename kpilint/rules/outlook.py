"""A target beside what the metric's past lets expect of its period."""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from kpilint.analysis.targets import target_in
from kpilint.errors import Unavailable
from kpilint.goals.display import show
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Better, Metric
from kpilint.goals.target import better, unit_of
from kpilint.i18n import _, language
from kpilint.rule import Cannot

if TYPE_CHECKING:
    from kpilint.analysis.tracking.outlook import Forecaster
    from kpilint.data.dataset import Dataset
    from kpilint.data.measure import Series

# What must be in order before a target can be held against its history.
SOUND = frozenset({"M001", "M003", "M009", "E005", "E006", "E007", "E008", "E009", "T001"})


class Aim(NamedTuple):
    """A target as a number, which way is better, and how a relative one is written."""

    target: float
    better: Better
    unit: str | None
    relative: str | None = None

    @property
    def said(self) -> str:
        """The target as a message says it: a relative one as written, with what it comes to."""
        amount = self.shown(self.target)
        if self.relative is None:
            return amount
        return _("{target} ({amount})", target=self.relative, amount=amount)

    def shown(self, value: float) -> str:
        """A value in the target's unit, as a message shows it."""
        whole = round(value) if self.unit == "count" else value
        return show(whole, self.unit, language())

    def beyond(self, limit: float) -> bool:
        """Whether the target asks for more than ``limit``."""
        slack = 1e-9 * abs(limit)  # rounding alone is no reason for an alarm
        if self.better == "higher":
            return self.target > limit + slack
        return self.target < limit - slack


def aim(goal: Goal, goals: GoalSet, data: Dataset, as_of: date) -> Aim | Cannot:
    """The goal's target, as the file gives it or as it follows from the past."""
    metric = goals.metric_of(goal)
    try:
        target = target_in(goals, data, goal, as_of)
    except Unavailable as problem:
        return Cannot(str(problem))
    if metric is None or target is None:
        return Cannot(_("The target is not a number that the file itself gives."))
    relative = goal.target.text if goal.target and goal.target.relative else None
    return Aim(target, better(goals, goal), unit_of(goals, metric), relative)


@lru_cache(maxsize=1)
def forecaster(data: Dataset, as_of: date) -> Forecaster:
    """What is known of each metric on a day; one for all goals, so that each source is read once."""
    from kpilint.analysis.tracking.daily import Daily
    from kpilint.analysis.tracking.outlook import Forecaster
    from kpilint.data.known import as_known

    return Forecaster(Daily(as_known(data, as_of), data.goals, as_of))


def past(goal: Goal, goals: GoalSet, history: Series, data: Dataset) -> dict[str, object]:
    """What a reader needs to find the past that a verdict rests on."""
    metric = goals.metric_of(goal)
    source = _source_of(goals, metric) if metric else None
    young = {"immature": history.immature} if history.immature else {}
    return young | {
        "n": len(history),
        "window": f"{history.index[0]}..{history.index[-1]}",
        "source": source,
        "source_sha256": _content(data, source),
    }


def _content(data: Dataset, source: str | None) -> str | None:
    """The hash of what a verdict rests on; None for a database, which has none."""
    return data.fingerprint(source) if source and data.files(source) else None


def _source_of(goals: GoalSet, metric: Metric) -> str | None:
    """The source that a metric, or its first part, is computed from."""
    first = goals.metrics.get(metric.numerator or "")
    return metric.source or (first.source if first else None)
