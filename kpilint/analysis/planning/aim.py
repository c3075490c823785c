"""Where a goal stands on a funnel, and what it asks for there: the end that a plan goes back from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import isnan, nan
from typing import TYPE_CHECKING

from kpilint.analysis.targets import target_in
from kpilint.errors import Misuse, Unavailable
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goal import Goal, Monthly
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.period import Period
from kpilint.goals.quantity import Quantity
from kpilint.goals.slip import near
from kpilint.goals.target import target_of, unit_of, value_in
from kpilint.i18n import _, listed

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Aim:
    """A goal on a funnel: ``target`` in ``unit``, counted when records come to ``stage`` (from 0).

    A target that leans on the past is nan until ``resolved`` has told it from the data. ``money``
    says that their amounts are summed. ``after`` is how many days later the goal counts them, for
    delivery or payment; ``start`` and ``end`` are the days on which they must come to the stage.
    ``monthly`` are the targets of the period's months, None where it has none.
    """

    goal: Goal
    metric: Metric
    spec: FunnelSpec
    stage: int
    target: float
    unit: str | None
    money: bool
    after: int
    period: Period
    monthly: tuple[float, ...] | None

    @property
    def start(self) -> date:
        """The first day on which a record must come to the stage."""
        return self.period.start - timedelta(days=self.after)

    @property
    def end(self) -> date:
        """The last such day."""
        return self.period.end - timedelta(days=self.after)


def aim_of(goals: GoalSet, goal_id: str, after: str = "") -> Aim:
    """The aim of a goal by its id; Misuse, with the reason, where nothing can be planned back.

    ``after`` names the step of the funnel's ``after_won`` by whose end the goal counts. Without it
    the whole of ``after_won`` is added where the metric has another time than its stage.
    """
    goal = goals.by_id.get(goal_id)
    if goal is None:
        message = _("There is no goal {goal}.", goal=goal_id)
        raise Misuse(message + near(goal_id, goals.by_id))
    metric = goals.metric_of(goal)
    placed = place_of(goals, metric)
    if metric is None or placed is None:
        raise Misuse(
            _(
                "The goal {goal} stands at no stage of a funnel, so there is nothing to plan back "
                "from; write the stage in its metric, such as stage: sales.won.",
                goal=goal_id,
            )
        )
    spec, stage = placed
    money = metric.agg == "sum"
    _check(metric, spec, stage, money)
    target = target_of(goals, goal)
    if target is None and _leans(goal):
        target = nan
    if target is None or target <= 0 or goal.period is None or not goal.period.months():
        raise Misuse(
            _(
                "The goal {goal} cannot be planned: that takes a target above 0 and a period of "
                "whole months, such as 2026-Q3.",
                goal=goal_id,
            )
        )
    days = days_after(spec, metric, stage, after)
    unit = unit_of(goals, metric)
    monthly = _monthly(goal, goal.period, unit)
    return Aim(goal, metric, spec, stage, target, unit, money, days, goal.period, monthly)


def resolved(aim: Aim, goals: GoalSet, data: Dataset, as_of: date) -> Aim:
    """The aim with its target as a number; Unavailable, with the reason, where the past has none."""
    if not isnan(aim.target):
        return aim
    target = target_in(goals, data, aim.goal, as_of)
    if target is None or target <= 0:
        raise Unavailable(_("The target of “{goal}” is not known.", goal=aim.goal.title))
    return replace(aim, target=target)


def _leans(goal: Goal) -> bool:
    """Whether the past tells the target: growth on an earlier period, or a share of a gap."""
    return goal.share is not None or (goal.target is not None and goal.target.relative is not None)


def place_of(goals: GoalSet, metric: Metric | None) -> tuple[FunnelSpec, int] | None:
    """The funnel and the stage, counted from 0, that a metric measures."""
    funnel, _dot, name = ((metric.stage if metric else None) or "").rpartition(".")
    spec = goals.funnels.get(funnel)
    names = [stage.name for stage in spec.stages] if spec else []
    return (spec, names.index(name)) if spec and name in names else None


def days_after(spec: FunnelSpec, metric: Metric, stage: int, after: str = "") -> int:
    """How many days after a record came to the last stage the metric counts it.

    See ``aim_of``. Raises Misuse for a step that ``after_won`` does not have.
    """
    steps = list(spec.after_won)
    if after and after not in steps:
        message = _(
            "The funnel {funnel} has no step “{step}” under after_won; there are: {names}.",
            funnel=spec.name,
            step=after,
            names=listed(steps) or "–",
        )
        raise Misuse(message)
    if after:
        steps = steps[: steps.index(after) + 1]
    elif metric.time == _time(spec, stage) or stage < len(spec.stages) - 1:
        return 0
    return round(sum(spec.after_won[step].days for step in steps))


def _time(spec: FunnelSpec, stage: int) -> str | None:
    return spec.stages[stage].entered or spec.entered


def _check(metric: Metric, spec: FunnelSpec, stage: int, money: bool) -> None:
    """The metric must count what the funnel's stage counts, else the plan is of something else."""
    if metric.agg not in ("count", "sum") or (money and metric.column != spec.amount):
        raise Misuse(
            _(
                "The metric {metric} cannot be planned back along the funnel {funnel}: only a count "
                "of records or a sum of the funnel's amount can.",
                metric=metric.name,
                funnel=spec.name,
            )
        )
    if metric.source != spec.source or _plain(metric.where) not in _conditions(spec, stage):
        raise Misuse(
            _(
                "The metric {metric} selects other records than the stage {stage} of the funnel "
                "{funnel}; describe a funnel of those records, and let the metric's stage name it.",
                metric=metric.name,
                stage=spec.stages[stage].name,
                funnel=spec.name,
            )
        )


def _conditions(spec: FunnelSpec, stage: int) -> set[str]:
    """How a metric may say that a record came to the stage; nothing to say is one way."""
    here = spec.stages[stage]
    said = {"", _plain(spec.where), _plain(here.where)}
    if len(here.values or (here.name,)) == 1:
        said.add(f"{spec.stage}='{(here.values or (here.name,))[0]}'")
    return said if not (here.where or spec.is_long) else said - {""}


def _plain(condition: str | None) -> str:
    return "".join((condition or "").split())


def _monthly(goal: Goal, period: Period, unit: str | None) -> tuple[float, ...] | None:
    """The targets of the period's months: as given, else the sum over the people or the teams."""
    if goal.targets is None:
        return None
    wholes: list[list[Quantity | Monthly]] = [[goal.targets.months]]
    wholes += [list(each.values()) for each in (goal.targets.people, goal.targets.teams)]
    for parts in wholes:
        found = [_of_months(part, period, unit) for part in parts]
        if found and None not in found:
            return tuple(sum(each) for each in zip(*(f for f in found if f), strict=True))
    return None


def _of_months(
    part: Quantity | Monthly, period: Period, unit: str | None
) -> tuple[float, ...] | None:
    """One name's targets by month of the period; None unless each month has its own."""
    if isinstance(part, Quantity):
        return None
    given = {month.start: quantity for month, quantity in part.items()}
    try:
        values = [value_in(given[month.start], unit) for month in period.months()]
    except (KeyError, ValueError):
        return None
    told = tuple(value for value in values if value is not None)
    return told if len(told) == len(values) and sum(told) > 0 else None
