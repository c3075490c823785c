"""Where a metric stands: on which stage, before or after the result, on which other metrics."""

from __future__ import annotations

from typing import NamedTuple

from kpilint.goals.funnel import FunnelSpec, Stage
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric


class Place(NamedTuple):
    """A stage of a funnel, by its position from the first."""

    funnel: FunnelSpec
    position: int

    @property
    def stage(self) -> Stage:
        """The stage itself."""
        return self.funnel.stages[self.position]

    @property
    def is_last(self) -> bool:
        """Whether nothing comes after it."""
        return self.position == len(self.funnel.stages) - 1


def place_of(goals: GoalSet, metric: Metric | None) -> Place | None:
    """The place that a metric names as its ``stage``, if there is such a one."""
    name, _dot, stage = ((metric and metric.stage) or "").partition(".")
    funnel = goals.funnels.get(name)
    if funnel is None:
        return None
    found = (n for n, step in enumerate(funnel.stages) if step.name == stage)
    return next((Place(funnel, position) for position in found), None)


def lags(goals: GoalSet, metric: Metric | None) -> bool:
    """Whether a metric is known to move only with the result.

    What it says of itself counts; else its place on the funnel, or that of its numerator. A metric
    that a hypothesis puts first leads.
    """
    if metric is None or metric.name in goals.leads:
        return False
    if metric.nature is not None:
        return metric.nature == "lagging"
    place = place_of(goals, metric) or place_of(goals, goals.metrics.get(metric.numerator or ""))
    return place is not None and place.is_last
