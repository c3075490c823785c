"""Which goals stand at which stage of a funnel, and what they say to do there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from kpilint.goals.display import show
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.quantity import Quantity
from kpilint.i18n import language


@dataclass(frozen=True, slots=True)
class Placed:
    """A goal and the stage, counted from 0, that its metric measures; None for no stage."""

    goal: Goal
    stage: int | None
    unit: str | None

    @property
    def target(self) -> str:
        """The target as readers write it; empty where the goal has none."""
        told = self.goal.target
        return "" if told is None else _shown(told, self.unit)


def placed(goals: GoalSet, spec: FunnelSpec, day: date | None) -> tuple[Placed, ...]:
    """The goals that hold on a day (None: any), with their places on the funnel.

    A goal stands where its metric says ``stage: sales.won``. Goals without a stage of this funnel
    are kept for what they say to do.
    """
    names = [f"{spec.name}.{stage.name}" for stage in spec.stages]
    found = []
    for goal in goals.goals:
        metric = goals.metrics.get(goal.metric or "")
        if goal.retired is not None or not _holds(goal, day):
            continue
        told = metric.stage if metric else None
        place = names.index(told) if told in names else None
        found.append(Placed(goal, place, metric.unit if metric else None))
    return tuple(found)


def at_stage(goals: Sequence[Placed], stage: int) -> list[Placed]:
    """The goals that stand at a stage; of several on one metric, the shortest period's.

    That of a quarter is nearer to what is to be done than that of its half-year.
    """
    here = [each for each in goals if each.stage == stage]
    nearest = {each.goal.metric: each for each in sorted(here, key=_length, reverse=True)}
    return [each for each in here if nearest[each.goal.metric] is each]


def _length(placed: Placed) -> int:
    return placed.goal.period.days if placed.goal.period else 0


def _holds(goal: Goal, day: date | None) -> bool:
    return day is None or goal.period is None or goal.period.start <= day <= goal.period.end


def _shown(told: Quantity, unit: str | None) -> str:
    try:
        low = told.to(unit) if unit else told.value
        high = told.upper_in(unit) if unit else told.upper
    except ValueError:  # relative, or in a unit that does not fit: rules tell of it
        return told.text
    if told.relative is not None:
        return told.text
    shown = show(low, unit or told.unit, language())
    return shown if high is None else f"{shown}–{show(high, unit or told.unit, language())}"
