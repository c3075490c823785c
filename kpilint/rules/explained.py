"""R: what is said to make a result up does so in the data."""

from __future__ import annotations

from datetime import date
from math import isfinite
from typing import TYPE_CHECKING

from kpilint.analysis.tree.arithmetic import made_of
from kpilint.errors import Unavailable
from kpilint.goals.display import show
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period
from kpilint.goals.target import unit_of
from kpilint.i18n import _, language
from kpilint.rule import HISTORY, WARNING, Cannot, Flaw, Flaws, rule

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset


@rule("R004", WARNING, needs={HISTORY}, requires={"E005", "E006", "E007", "E008", "M003", "T001"})
def tree_does_not_explain(
    goal: Goal,
    goals: GoalSet,
    data: Dataset,
    as_of: date,
    *,
    sum: float = 0.01,  # noqa: A002, the option is called what combine calls it
    product: float = 0.05,
) -> Flaws:
    """The parts make the whole in the data too, not only on paper.

    Where the actuals of the parts do not sum, multiply or divide to the actual of the whole, a part
    is missing, counted twice or counted otherwise, and a miss cannot be traced to its cause. The
    goal's own period is looked at once it is over, before that the same period a year earlier.

    Bad:
        combine: {sum: [east, west]}   # both count all wins; fixture: three_years
    Good:
        combine: {sum: [east]}         # counts all wins; fixture: three_years

    Options:
        sum: how far a sum may be off, as a share of the whole
        product: how far a product or ratio may be off

    When to ignore: the parts are known to leave something out, such as a small region.
    """
    if goal.combine is None or goal.period is None:
        return
    how = goal.combine.how
    family = [goal, *(goals.by_id[name] for name in goal.combine.children if name in goals.by_id)]
    periods = [member.period for member in family if member.period is not None]
    if len(periods) <= len(goal.combine.children):
        return  # E005 and T001 tell of it
    if how != "sum" and any(period != goal.period for period in periods):
        yield Cannot(_("The parts have other periods than the whole."))
        return
    past = _over(periods, as_of)
    values = [_actual(goals, data, *pair) for pair in zip(family, past, strict=True)]
    if not all(map(isfinite, values)):
        yield Cannot(_("An actual of the tree is not known for a period that is over."))
        return
    whole, made = values[0], made_of(how, values[1:])
    if not isfinite(made):
        yield Cannot(_("A ratio needs two parts, and the second must not be 0."))
        return
    if abs(made - whole) > (sum if how == "sum" else product) * abs(whole):
        metric = goals.metric_of(goal)
        unit = unit_of(goals, metric) if metric else None
        shown = [show(value, unit, language()) for value in (whole, made, made - whole)]
        message = _(
            "In {period} the parts made {made}, the whole was {whole}: {residual} apart. Look for "
            "a part that is missing or counted otherwise.",
            period=past[0].label(language(), goals.fiscal_year_start or 1, goals.fiscal_year_named),
            made=shown[1],
            whole=shown[0],
            residual=shown[2],
        )
        evidence = {"whole": whole, "made": made, "residual": made - whole, "combine": how}
        evidence |= {"window": f"{past[0].start}..{past[0].end}"}
        yield Flaw(goal.at("combine"), message, evidence)


def _over(periods: list[Period], day: date) -> list[Period]:
    """The periods, or the same as many years before as it takes for all to be over."""
    while max(period.end for period in periods) > day:
        periods = [period.last_year() for period in periods]
    return periods


def _actual(goals: GoalSet, data: Dataset, goal: Goal, period: Period) -> float:
    from kpilint.data.measure import value

    metric = goals.metric_of(goal)
    if metric is None:
        raise Unavailable(_("It names no metric that is defined, or no period."))
    found = value(data, goals, metric, period.start, period.end)
    return float("nan") if found is None else found
