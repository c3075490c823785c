"""R: a share of another goal's gap, and the target beside it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kpilint.analysis.targets import carried, target_in
from kpilint.goals.display import show
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.target import unit_of
from kpilint.i18n import _, language
from kpilint.rule import WARNING, Flaw, Flaws, rule

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset


@rule("R009", WARNING, requires={"E005", "E006", "E008", "M001"})
def share_does_not_fit(
    goal: Goal, goals: GoalSet, data: Dataset | None, as_of: date, *, tolerance: float = 0.01
) -> Flaws:
    """A target and the share of a gap that stands beside it say the same.

    A share says which part of another goal's gap this goal carries, and so makes a target by
    itself. A target beside it that differs leaves open which of the two is promised. The gap is
    the other goal's target less the ``baseline:``, or less what its past lets expect.

    Bad:
        target: 80件
        share: {of: begun, percent: 50, baseline: 50件}
    Good:
        target: 50件
        share: {of: begun, percent: 50, baseline: 50件}

    Options:
        tolerance: how far the two may be apart, as a share of what the share makes
    """
    metric, share = goals.metric_of(goal), goal.share
    if metric is None or share is None or (goal.target is None and goal.targets is None):
        return
    written = target_in(goals, data, goal, as_of)
    if written is None:
        return
    made = carried(goals, data, goal, as_of)
    if abs(written - made.target) <= tolerance * abs(made.target):
        return
    unit = unit_of(goals, metric)
    shown = [show(value, unit, language()) for value in (written, made.target, made.gap)]
    message = _(
        "The target of “{goal}” is {target}, but its share of the gap of {gap} in “{whole}” makes "
        "{made}. Take out one of the two, or make them agree.",
        goal=goal.title,
        target=shown[0],
        gap=shown[2],
        whole=goals.by_id[share.of].title,
        made=shown[1],
    )
    evidence = {
        "target": written,
        "made": made.target,
        "gap": made.gap,
        "whole": made.whole,
        "baseline": made.baseline,
    }
    yield Flaw(goal.at("target" if goal.target is not None else "targets"), message, evidence)
