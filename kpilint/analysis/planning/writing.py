"""A plan as the ``targets`` of a goals file, to be pasted back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil, floor, log10
from typing import TYPE_CHECKING, Any

import yaml

from kpilint.analysis.planning.aim import place_of
from kpilint.analysis.planning.capacity import rounded, shared
from kpilint.goals.goal import Goal
from kpilint.goals.period import Period
from kpilint.i18n import _

if TYPE_CHECKING:
    from kpilint.analysis.planning.plan import PlanResult

_WIDE = 10_000  # no line is folded


def to_yaml(result: PlanResult, people: Mapping[str, float] | None = None) -> str:
    """The months of each stage's goals as targets, in whole numbers.

    They belong to the goal itself and to the goals of its funnel that count a stage in a period
    that the plan covers; a stage without such a goal is told in a comment. ``people`` are the
    shares by which the goal itself is split.
    """
    own = result.plan.aim.goal
    entries, comments = [], []
    if result.plan.aim.after:
        comments.append(
            _(
                "{goal} counts later than its stage, so that its own months are not here.",
                goal=own.id,
            )
        )
    else:
        entries.append(_entry(own.id, _own(result), people, _step(result)))
    for place, stage in enumerate(result.stages[:-1]):
        goals = [goal for goal in _goals_at(result, place) if goal is not own]
        entries += [_entry(goal.id, _months(result, place, goal)) for goal in goals]
        if not goals:
            counts = result.needed[place, result.running]
            told = ", ".join(
                f"{month.start:%Y-%m}: {ceil(count - 1e-6)}"
                for month, count in zip(result.calendar.months[result.running], counts, strict=True)
            )
            comments.append(
                _(
                    "No goal counts the stage {stage} in these months: {told}",
                    stage=stage,
                    told=told,
                )
            )
    dumped: str = yaml.safe_dump(
        {"goals": entries}, allow_unicode=True, sort_keys=False, width=_WIDE
    )
    return "".join(f"# {line}\n" for line in comments) + dumped


def _entry(
    name: str, months: Mapping[str, int], people: Mapping[str, float] | None = None, step: int = 1
) -> dict[str, Any]:
    """A goal's targets; ``months`` are multiples of ``step``, and so are the people's parts."""
    if not people:
        return {"id": name, "targets": {"months": dict(months)}}
    split = {month: shared(count // step, people) for month, count in months.items()}
    each = {person: {m: split[m][person] * step for m in months} for person in people}
    return {"id": name, "targets": {"people": each}}


def _own(result: PlanResult) -> dict[str, int]:
    """The goal's own months in its unit, with those that are over; they sum to its target."""
    aim, worth = result.plan.aim, result.seen.worth.mean
    parts = {}
    for n, month in enumerate(result.calendar.months):
        if month.end < aim.start:
            continue
        last = min(month.end, result.seen.until)
        done = result.seen.value(max(month.start, aim.start), last)
        later = result.needed[-1, n] - result.known[-1, n]
        parts[f"{month.start:%Y-%m}"] = done + later * worth
    step = _step(result)
    whole = ceil(aim.target / step - 1e-6)
    scale = min(whole * step / sum(parts.values()), 1.0)  # more under way than the goal asks for
    counts = rounded([each * scale / step for each in parts.values()], whole)
    return {month: count * step for month, count in zip(parts, counts, strict=True)}


def _step(result: PlanResult) -> int:
    """What the goal's numbers are multiples of: money in round amounts, where the target is one."""
    target = result.plan.aim.target
    step = 10 ** max(floor(log10(target)) - 3, 0) if result.plan.aim.money else 1
    return step if target % step == 0 else 1


def _goals_at(result: PlanResult, place: int) -> Iterator[Goal]:
    """The goals that count a stage as such, in months that the plan knows."""
    goals, aim = result.plan.goals, result.plan.aim
    for goal in goals.goals:
        metric = goals.metric_of(goal)
        if metric is None or metric.agg != "count" or goal.period is None or goal.retired:
            continue
        if place_of(goals, metric) == (aim.spec, place) and _covered(result, goal.period):
            yield goal


def _covered(result: PlanResult, period: Period) -> bool:
    months = period.months()
    known = result.calendar.months
    return bool(months) and known[0].start <= period.start and period.end <= known[-1].end


def _months(result: PlanResult, place: int, goal: Goal) -> dict[str, int]:
    assert goal.period is not None  # see _goals_at
    return {
        f"{month.start:%Y-%m}": ceil(result.needed[place, n] - 1e-6)
        for n, month in enumerate(result.calendar.months)
        if goal.period.contains(month)
    }
