"""A target beside what the metric's past lets expect of its period."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from kpilint.goals.display import show
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Better, Metric
from kpilint.goals.target import better, target_of, unit_of
from kpilint.i18n import _, language
from kpilint.rule import Cannot

if TYPE_CHECKING:
    from kpilint.analysis.projection import Kind, Projection
    from kpilint.data.dataset import Dataset
    from kpilint.data.measure import Series

# What must be in order before a target can be held against its history.
SOUND = frozenset({"M001", "M003", "M009", "E005", "E006", "E007", "E008", "E009", "T001"})


class Aim(NamedTuple):
    """A target as a number, and which way is better."""

    target: float
    better: Better
    unit: str | None

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


class Steps(NamedTuple):
    """A period in months, or in weeks: its length, how many lie before it, how many a year has."""

    length: int
    ahead: int
    year: int


def aim(goal: Goal, goals: GoalSet) -> Aim | Cannot:
    """The goal's target, where the file itself gives it."""
    metric = goals.metric_of(goal)
    target = target_of(goals, goal)
    if metric is None or target is None:
        return Cannot(_("The target is not a number that the file itself gives."))
    return Aim(target, better(goals, goal), unit_of(goals, metric))


def steps(goal: Goal, history: Series) -> Steps:
    """The goal's period in the steps of its history."""
    assert goal.period is not None  # T001 is required
    months = goal.period.months()
    last = history.index[-1].end_time.date()
    if months:
        gap = (goal.period.start.year - last.year) * 12 + goal.period.start.month - last.month - 1
        return Steps(len(months), max(gap, 0), 12)
    gap = (goal.period.start - last).days - 1
    return Steps(max(round(goal.period.days / 7), 1), max(gap // 7, 0), 52)


def expected(goal: Goal, history: Series) -> Projection:
    """What the past lets expect of the goal's period."""
    from kpilint.analysis.projection import project

    length, ahead, year = steps(goal, history)
    return project(
        history.to_numpy(),
        length,
        ahead,
        weights=None if history.weights is None else history.weights.to_numpy(),
        cycle=year,
        kind=cast("Kind", history.kind),
    )


def past(goal: Goal, goals: GoalSet, history: Series, data: Dataset) -> dict[str, object]:
    """What a reader needs to find the past that a verdict rests on."""
    metric = goals.metric_of(goal)
    source = _source_of(goals, metric) if metric else None
    return {
        "n": len(history),
        "window": f"{history.index[0]}..{history.index[-1]}",
        "source": source,
        "source_sha256": data.fingerprint(source) if source else None,
    }


def _source_of(goals: GoalSet, metric: Metric) -> str | None:
    """The source that a metric, or its first part, is computed from."""
    first = goals.metrics.get(metric.numerator or "")
    return metric.source or (first.source if first else None)
