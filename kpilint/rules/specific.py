"""S: a goal says what it is and whose it is."""

from __future__ import annotations

from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _
from kpilint.rule import WARNING, Flaw, Flaws, rule
from kpilint.rules.labels import is_wish


@rule("S001", WARNING)
def vague_label(goal: Goal, goals: GoalSet) -> Flaws:
    """A label names a measure, not a wish.

    "Increase sales" cannot be met or missed, so everyone reads it differently. Name the quantity
    itself; the target says where it should go. A change such as 工数削減 is a measure once its
    metric has a definition.

    Bad:
        label: 売上を上げる
    Good:
        label: 売上成長率

    When to ignore: the label is a proper name that only sounds like a wish.
    """
    metric = goals.metric_of(goal)
    if goal.label and is_wish(goal.label, defined=bool(metric and metric.definition)):
        message = _(
            "“{label}” is a wish, not a measure: nobody can tell when it is met. "
            "Name the quantity, for example “{example}”.",
            label=goal.label,
            example=_("won revenue"),
        )
        yield Flaw(goal.at("label"), message, {"label": goal.label})


@rule("S002", WARNING)
def missing_owner(goal: Goal) -> Flaws:
    """A goal has an owner.

    A goal that belongs to everyone is looked after by no one.

    Bad:
        label: 受注数
    Good:
        label: 受注数
        owner: 営業部
    """
    if not goal.owner:
        message = _(
            "“{goal}” has no owner. Write who answers for it, one team or person.",
            goal=goal.title,
        )
        yield Flaw(goal.at("owner"), message)
