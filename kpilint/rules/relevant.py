"""R: every goal serves the one result that counts."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import TYPE_CHECKING

from kpilint.analysis.targets import target_in
from kpilint.analysis.tree.arithmetic import made_of
from kpilint.goals.display import show
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.target import unit_of
from kpilint.i18n import _, language
from kpilint.rule import ERROR, WARNING, Cannot, Flaw, Flaws, rule

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset


@rule("R001", ERROR)
def no_kgi(goals: GoalSet) -> Flaws:
    """A goals file has a KGI.

    Without the one result that counts, KPIs pull in different directions and nobody can say which
    to give up.

    Bad:
        goals:
          - {id: revenue, role: kpi}
    Good:
        goals:
          - {id: revenue, role: kgi}
    """
    readable = (goals.goals or not goals.faults) and not goals.partial
    if readable and not any(goal.role == "kgi" or goal.unread("role") for goal in goals.goals):
        message = _("There is no KGI. Mark the goal that all others serve with role: kgi.")
        yield Flaw(goals.key_at("goals"), message)


@rule("R002", WARNING)
def kpi_without_parent(goal: Goal, goals: GoalSet) -> Flaws:
    """A KPI says which goal it serves.

    A KPI that serves nothing can be met while the business misses.

    Bad:
        label: 受注数
    Good:
        label: 受注数
        parent: revenue
    """
    if goal.role != "kpi" or goal.unread("role"):
        return
    if not goal.has("parent") and goal.id not in goals.wholes:
        message = _(
            "The KPI “{goal}” serves no other goal. Name the goal that it serves with parent:.",
            goal=goal.title,
        )
        yield Flaw(goal.at("parent"), message)


@rule("R003", ERROR, requires={"E005", "E006", "E008", "M009"})
def tree_does_not_add_up(
    goal: Goal,
    goals: GoalSet,
    data: Dataset | None,
    as_of: date,
    *,
    sum: float = 0.01,  # noqa: A002, the option is called what combine calls it
    product: float = 0.05,
) -> Flaws:
    """The targets of the parts make the target of the whole.

    Under an explicit ``combine`` the parts sum, multiply or divide to the parent. Where they do
    not, one of the targets is wrong, and everyone can meet theirs while the whole misses. Growth
    such as 前年比115% is told by the data, where there is data.

    Bad:
        target: 150件
        combine: {sum: [east, west]}
    Good:
        target: 125件
        combine: {sum: [east, west]}

    Options:
        sum: how far a sum may be off, as a share of the target
        product: how far a product or ratio may be off
    """
    if goal.combine is None:
        return
    children = [goals.by_id[name] for name in goal.combine.children if name in goals.by_id]
    if len(children) < len(goal.combine.children) or not children:
        return
    how = goal.combine.how
    if how != "sum" and any(c.period and goal.period and c.period != goal.period for c in children):
        yield Cannot(_("The parts have other periods than the whole."))
        return
    target, *parts = (target_in(goals, data, each, as_of) for each in (goal, *children))
    if target is None or None in parts:
        yield Cannot(_("A target of the tree is not a number that the file itself gives."))
        return
    values = [part for part in parts if part is not None]
    made = made_of(how, values)
    if not isfinite(made):
        yield Cannot(_("A ratio needs two parts, and the second must not be 0."))
        return
    tolerance = sum if how == "sum" else product
    if abs(made - target) > tolerance * abs(target):
        metric = goals.metric_of(goal)
        unit = unit_of(goals, metric) if metric else None
        shown = [show(value, unit, language()) for value in (target, made, made - target)]
        message = _(
            "The parts make {made}, the target says {target}: {residual} apart. "
            "Change a part or the target.",
            target=shown[0],
            made=shown[1],
            residual=shown[2],
        )
        evidence = {"target": target, "made": made, "residual": made - target, "combine": how}
        yield Flaw(goal.at("combine"), message, evidence)
