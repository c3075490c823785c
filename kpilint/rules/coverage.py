"""A: what is open, and what is yet to come, can still close the gap."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kpilint.analysis.tracking.pacing import ENOUGH, elapsed
from kpilint.errors import Unavailable
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _
from kpilint.rule import DATA, WARNING, Cannot, Flaw, Flaws, rule
from kpilint.rules.outlook import SOUND, aim, forecaster

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset
    from kpilint.rules.outlook import Aim


@rule("A008", WARNING, needs={DATA}, requires=SOUND | {"A001"})
def coverage_too_thin(
    goal: Goal,
    goals: GoalSet,
    data: Dataset,
    as_of: date,
    *,
    level: float = 0.9,
    begun: float = 0.1,
) -> Flaws:
    """Open deals, and those that will still come, can close the gap to the target.

    Each open deal is weighed with its chance to be won before the period ends, at its age; deals
    yet to come arrive as they did in the year before. Where nine in ten courses like the past ones
    end short of the target, selling harder does not close the gap. Only while the period is under
    way, for goals on the last stage of a funnel; on its first days A001 tells more.

    Bad:
        period: 2026-09..2026-11
        target: 130件     # fixture: three_years
    Good:
        period: 2026-09..2026-11
        target: 120件     # fixture: three_years

    Options:
        level: the share of likely courses that must end short of the target
        begun: the share of the period's business days that must be over

    When to ignore: a large deal is at hand that the records do not show yet.

    Source: hazards by Aalen and Johansen (1978); the width is how wrong past forecasts were.
    """
    metric, period = goals.metric_of(goal), goal.period
    if goal.role == "info" or goal.retired or metric is None or period is None:
        return
    if as_of >= period.end or elapsed(period.start, period.end, as_of, goals.closures) < begun:
        return
    try:
        known = forecaster(data, as_of).by_deals(metric, period)
    except Unavailable as problem:
        yield Cannot(str(problem))
        return
    if known is None:
        return
    aimed = aim(goal, goals, data, as_of)
    if isinstance(aimed, Cannot) or aimed.better == "lower":
        return  # A001 says what it cannot tell
    if known.guess:
        yield Cannot(
            _(
                "{past:earlier period is|earlier periods are} known; how far a forecast can be "
                "trusted takes {least}.",
                past=known.past,
                least=ENOUGH,
            )
        )
        return
    most, middle = known.outlook.quantile(level), known.outlook.quantile(0.5)
    if aimed.beyond(most):
        evidence = {"target": aimed.target, "median": middle, "most": most, "periods": known.past}
        yield Flaw(goal.at("target"), _too_thin(goal, aimed, middle, most), evidence)


def _too_thin(goal: Goal, aimed: Aim, middle: float, most: float) -> str:
    return _(
        "What is open and what is yet to come bring “{goal}” to about {median}, and to {most} "
        "at best; the target is {target}. Fill the pipeline now, or correct the target.",
        goal=goal.title,
        median=aimed.shown(_rounded(middle)),
        most=aimed.shown(_rounded(most)),
        target=aimed.said,
    )


def _rounded(value: float) -> float:
    return float(f"{value:.3g}")
