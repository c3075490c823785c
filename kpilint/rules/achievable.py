"""A: a target lies within reach of the metric's own history."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kpilint.analysis.outlook import expected, steps
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _
from kpilint.rule import ERROR, HISTORY, INFO, WARNING, Cannot, Flaw, Flaws, rule
from kpilint.rules.outlook import SOUND, aim, past

if TYPE_CHECKING:
    from kpilint.analysis.projection import Projection
    from kpilint.analysis.stats import FloatArray
    from kpilint.data.dataset import Dataset
    from kpilint.data.measure import Series


def _long_enough(goal: Goal, history: Series, months: int) -> bool:
    from kpilint.analysis.projection import enough

    if len(history) == 0:
        return False
    length, _ahead, year = steps(goal, history)
    least = round(months * year / 12)
    return int(history.notna().sum()) >= least and enough(history.to_numpy(), length, year)


def _range(projection: Projection) -> dict[str, object]:
    """What the past lets expect, as evidence."""
    quantiles = {"low": 0.025, "high": 0.975, "median": 0.5}
    return {name: projection.quantile(p) for name, p in quantiles.items()}


@rule("A003", INFO, needs={HISTORY}, requires=SOUND)
def too_little_history(goal: Goal, history: Series, *, months: int = 12) -> Flaws:
    """A target has a past to be held against.

    With fewer than 12 months, or fewer than 3 periods of the goal's length, nobody can say
    whether the target is within reach. Call it a hypothesis and look again when there is more.

    Bad:
        target: 40件      # fixture: five_months
    Good:
        target: 40件      # fixture: three_years

    Options:
        months: how much history is asked for
    """
    if goal.role != "info" and not _long_enough(goal, history, months):
        message = _(
            "“{goal}” has {count:past value|past values}, too few to tell whether the target is "
            "within reach. Treat it as a hypothesis.",
            count=int(history.notna().sum()),
            goal=goal.title,
        )
        yield Flaw(goal.at("target"), message, {"n": int(history.notna().sum())})


@rule("A001", ERROR, needs={HISTORY}, requires=SOUND | {"A003"})
def target_outside_history(
    goal: Goal,
    goals: GoalSet,
    history: Series,
    data: Dataset,
    as_of: date,
    *,
    level: float = 0.975,
) -> Flaws:
    """A target lies where the metric can go from where it has been.

    Far outside its own history a target is a wish; nobody plans toward it. The limit is the
    one-sided prediction bound of the whole period, with trend and season as the past shows them;
    the message always names it.

    Bad:
        target: 400件     # fixture: three_years
    Good:
        target: 130件     # fixture: three_years

    Options:
        level: the one-sided level of the prediction interval

    When to ignore: something new makes the past a poor guide, such as a market entered or a
    product launched. Say so in the excuse.

    Source: six log-linear models with AR(1) errors, averaged by AICc (Burnham and Anderson 2002).
    """
    if goal.role == "info":
        return
    aimed = aim(goal, goals, data, as_of)
    if isinstance(aimed, Cannot):
        yield aimed
        return
    projection = expected(goal, history)
    limit = projection.limit(level, aimed.better)
    if not aimed.beyond(limit):
        return
    from kpilint.analysis.projection import sparse

    if sparse(history.to_numpy(), history.kind):
        yield Cannot(
            _(
                "Most of {n} past values are zero; too few to tell what is out of reach.",
                n=len(history),
            )
        )
    else:
        message = _(
            "The target {target} for “{goal}” lies outside what {n} past values let expect: "
            "about {median}, at best {limit}. Change the target, or say what will be different.",
            target=aimed.said,
            goal=goal.title,
            n=len(history),
            median=aimed.shown(projection.median),
            limit=aimed.shown(limit),
        )
        evidence = {"target": aimed.target, "limit": limit, **_range(projection)}
        evidence |= past(goal, goals, history, data)
        yield Flaw(goal.at("target"), message, evidence)


@rule("A002", WARNING, needs={HISTORY}, requires=SOUND | {"A003"})
def target_already_met(
    goal: Goal,
    goals: GoalSet,
    history: Series,
    data: Dataset,
    as_of: date,
    *,
    probability: float = 0.75,
) -> Flaws:
    """A target asks for more than what happens anyway.

    A goal that the usual level already meets changes nothing. Not for goals that hold a level
    (``keep: true``) nor for those that another goal is paired with.

    Bad:
        target: 20件      # fixture: three_years
    Good:
        target: 125件     # fixture: three_years

    Options:
        probability: how likely the usual course must meet it
    """
    if goal.role == "info" or goal.keep or goal.id in goals.guards:
        return
    aimed = aim(goal, goals, data, as_of)
    if isinstance(aimed, Cannot):
        yield aimed
        return
    projection = expected(goal, history)
    likely = projection.probability(aimed.target, aimed.better)
    if likely >= probability:
        message = _(
            "The target {target} for “{goal}” is met by the usual course: about {median} is "
            "expected anyway. Aim higher, or write keep: true if the level is to be held.",
            target=aimed.said,
            goal=goal.title,
            median=aimed.shown(projection.median),
        )
        evidence = {"target": aimed.target, "probability": likely, **_range(projection)}
        evidence |= past(goal, goals, history, data)
        yield Flaw(goal.at("target"), message, evidence)


@rule("A004", WARNING, needs={HISTORY}, requires=SOUND | {"A001", "A003"})
def growth_unprecedented(
    goal: Goal,
    goals: GoalSet,
    history: Series,
    data: Dataset,
    as_of: date,
    *,
    pairs: int = 8,
) -> Flaws:
    """A target asks for no more growth than there has been before.

    The target is held against the same period last year, and that growth against every growth
    from one year to the next that a period of this length has had, whichever month it began in.
    A record is possible, but somebody has to say what will be done differently.

    Bad:
        target: 139件     # fixture: slow_growth
    Good:
        target: 135件     # fixture: slow_growth

    Options:
        pairs: how many periods with one a year before there must be

    When to ignore: last year's period was exceptionally weak, so that a return to normal looks
    like growth.
    """
    from kpilint.analysis.growth import year_on_year

    aimed = aim(goal, goals, data, as_of)
    if goal.role == "info" or isinstance(aimed, Cannot):
        return  # A001 says that it cannot tell
    periods, last_year = _periods(goal, history)
    growth = year_on_year(periods, steps(goal, history).year)
    if len(growth) < max(pairs, 1) or not last_year > 0:
        yield Cannot(
            _(
                "{count:period has|periods have} a value one year before; {pairs} are needed.",
                count=len(growth),
                pairs=pairs,
            )
        )
        return
    best = float(growth.max() if aimed.better == "higher" else growth.min())
    if aimed.beyond(last_year * best):
        message = _(
            "The target {target} for “{goal}” asks for {needed} on the same period last year "
            "({before}); the best of {count:such comparison|such comparisons} was {best}. Lower "
            "it, or write what will be done differently.",
            target=aimed.said,
            goal=goal.title,
            needed=_change(aimed.target / last_year),
            before=aimed.shown(last_year),
            count=len(growth),
            best=_change(best),
        )
        evidence = {"target": aimed.target, "last_year": last_year, "pairs": len(growth)}
        evidence |= {"needed": aimed.target / last_year, "best": best}
        yield Flaw(goal.at("target"), message, evidence | past(goal, goals, history, data))


def _periods(goal: Goal, history: Series) -> tuple[FloatArray, float]:
    """The values of all past periods as long as the goal's, and that of the one a year before."""
    import numpy as np

    from kpilint.analysis.growth import rolling

    weights = None
    if history.kind in {"ratio", "mean"}:
        weights = np.ones(len(history)) if history.weights is None else history.weights.to_numpy()
    length, ahead, year = steps(goal, history)
    periods = rolling(history.to_numpy(), length, weights)
    first = len(history) + ahead - year
    return periods, float(periods[first]) if 0 <= first < len(periods) else float("nan")


def _change(factor: float) -> str:
    """A factor as people say it: +15.0%."""
    return f"{factor - 1:+.1%}"
