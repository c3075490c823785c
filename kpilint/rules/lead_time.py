"""A: what a target takes upstream: time, and volume."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import lru_cache
from math import isnan
from typing import TYPE_CHECKING

from kpilint.errors import Misuse, Unavailable
from kpilint.finding import Related, Subject
from kpilint.goals.display import show
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period
from kpilint.i18n import _, language
from kpilint.rule import HISTORY, WARNING, Cannot, Flaw, Flaws, rule
from kpilint.rules.outlook import SOUND

if TYPE_CHECKING:
    from kpilint.analysis.planning.observed import Records
    from kpilint.analysis.planning.plan import PlanResult
    from kpilint.data.dataset import Dataset

_READABLE = frozenset({"E005", "E006", "E007", "E008", "M003"})


@rule("A005", WARNING, needs={HISTORY}, requires=_READABLE)
def lead_time_too_short(goals: GoalSet, data: Dataset, as_of: date) -> Flaws:
    """What a goal brings arrives in time for the goal that it serves.

    Records need time from the goal's stage to its parent's, and sometimes for delivery and payment
    after that (``after_won``). Where half of those that come through would arrive after the
    parent's period, the last ones that the goal asks for serve no purpose there. Not where those
    already under way are enough for the parent.

    Bad:
        funnels:
          sales:
            source: deals
            record: deal_id
            stages: [{name: lead, entered: created_at}, {name: won, entered: paid_at}]
        metrics:
          paid: {source: deals, agg: count, time: paid_at, stage: sales.won}
          leads: {source: deals, agg: count, time: created_at, stage: sales.lead}
        goals:
          - {id: whole, role: kgi, metric: paid, period: 2026-10..2026-12, target: 125件}
          - {id: part, metric: leads, period: 2026-10..2026-12, target: 125件, parent: whole}
    Good:
        funnels:
          sales:
            source: deals
            record: deal_id
            stages: [{name: lead, entered: created_at}, {name: won, entered: paid_at}]
        metrics:
          paid: {source: deals, agg: count, time: paid_at, stage: sales.won}
          leads: {source: deals, agg: count, time: created_at, stage: sales.lead}
        goals:
          - {id: whole, role: kgi, metric: paid, period: 2026-10..2026-12, target: 125件}
          - {id: part, metric: leads, period: 2026-10..2026-11, target: 85件, parent: whole}

    When to ignore: the goal also fills the period that comes after its parent's.

    Source: median of the convolved waits from stage to stage, by Aalen and Johansen (1978).
    """
    plans: dict[str, PlanResult | Unavailable | None] = {}
    for goal in goals.goals:
        parent = goals.by_id.get(goal.parent or "")
        stage = _stage_below(goals, goal, parent)
        if parent is None or goal.period is None or stage is None or goal.period.end <= as_of:
            continue
        if parent.id not in plans:
            plans[parent.id] = _planned(goals, parent, data, as_of)
        plan, about = plans[parent.id], Subject("goal", goal.id)
        if isinstance(plan, Unavailable):
            yield Cannot(str(plan), about)
        elif plan is not None:
            yield from _late(goal, goal.period, parent, plan, stage, about)


def _stage_below(goals: GoalSet, goal: Goal, parent: Goal | None) -> int | None:
    """The goal's stage, where it comes before its parent's in one funnel."""
    from kpilint.analysis.planning.aim import place_of

    if parent is None or goal.role == "info" or goal.retired or parent.retired:
        return None
    own, above = (place_of(goals, goals.metric_of(each)) for each in (goal, parent))
    if own is None or above is None or own[0] is not above[0] or own[1] >= above[1]:
        return None
    return own[1]


def _planned(
    goals: GoalSet, goal: Goal, data: Dataset, as_of: date
) -> PlanResult | Unavailable | None:
    """The plan of a goal; None for one that cannot be planned back, or whose period is over."""
    from kpilint.analysis.planning.plan import Plan

    try:
        return Plan.of(goals, goal.id, as_of=as_of, draws=0).on(_records(data, as_of), data)
    except Misuse:
        return None
    except Unavailable as problem:
        return problem


@lru_cache(maxsize=1)
def _records(data: Dataset, as_of: date) -> Records:
    """What the funnels' records tell on a day; one for all goals, so that each is read once."""
    from kpilint.analysis.planning.observed import Records
    from kpilint.data.known import as_known

    return Records(as_known(data, as_of), as_of)


def _late(
    goal: Goal, period: Period, parent: Goal, plan: PlanResult, stage: int, about: Subject
) -> Iterator[Flaw]:
    aim, last = plan.plan.aim, plan.deadlines[stage]
    ahead = sum(plan.under_way[stage:]) * plan.seen.worth.mean
    if last is None or period.end <= last or plan.done + ahead >= aim.target:
        return
    days = (aim.period.end - last).days
    message = _(
        "Half of what comes to “{goal}” takes {days:day|days} or more to count for “{parent}”: "
        "what is to count by {end} must have come by {last}, and “{goal}” runs until {until}. "
        "End it earlier, or let it serve a later goal.",
        goal=goal.title,
        days=days,
        parent=parent.title,
        end=aim.period.end.isoformat(),
        last=last.isoformat(),
        until=period.end.isoformat(),
    )
    evidence = {"days": days, "last": last.isoformat(), "end": aim.period.end.isoformat()}
    evidence |= {"target": aim.target, "actual": plan.done, "under_way": ahead}
    place = parent.at("period")
    related = (Related(place, _("The goal that it serves.")),)
    yield Flaw(goal.at("period"), message, evidence, related, about)


@rule("A006", WARNING, needs={HISTORY}, requires=SOUND)
def volume_infeasible(goal: Goal, goals: GoalSet, data: Dataset, as_of: date) -> Flaws:
    """A target takes no more upstream than there has ever been.

    At the funnel's own rates the target takes so many opportunities, and so many leads before
    them. Where even the lower end of that estimate lies above the best that as many months ever
    brought, the plan needs better rates or another source of leads. Not where those already under
    way are enough.

    Bad:
        target: 400件     # fixture: three_years
    Good:
        target: 120件     # fixture: three_years

    When to ignore: something new brings more of them, such as a channel that has just been opened.

    Source: the reverse funnel, with rates by Aalen and Johansen (1978) and their bootstrap.
    """
    from kpilint.analysis.planning.aim import place_of

    placed = place_of(goals, goals.metric_of(goal))
    if goal.role == "info" or placed is None or not placed[1]:
        return
    plan = _planned(goals, goal, data, as_of)
    if isinstance(plan, Unavailable):
        yield Cannot(str(plan))
    if plan is None or isinstance(plan, Unavailable) or not plan.course.missing:
        return
    if all(each.needed <= each.best for each in plan.volumes(draws=0)[:-1]):
        return
    volumes = plan.volumes()[:-1]
    over = [each for each in volumes if each.low > each.best * (1 + 1e-9)]
    if over:
        first = over[0]
        message = _(
            "The target {target} for “{goal}” takes {count} at the stage {stage}, {low} at the "
            "least; the best that {months:month|months} ever brought is {best}. Lower it, or "
            "write what will bring more.",
            target=show(plan.plan.aim.target, plan.plan.aim.unit or "count", language()),
            goal=goal.title,
            count=f"{round(first.needed):,}",
            stage=first.stage,
            low=f"{round(first.low):,}",
            months=len(plan.plan.aim.period.months()),
            best=f"{round(first.best):,}",
        )
        evidence = {"target": plan.plan.aim.target, **first._asdict()}
        yield Flaw(goal.at("target"), message, evidence)
    elif any(isnan(each.best) for each in volumes):
        yield Cannot(_("There are fewer complete months on record than the goal has."))
