"""A: what is asked of one person lies within reach of that person's past."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kpilint.errors import Unavailable
from kpilint.goals.display import show
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.target import better, unit_of
from kpilint.i18n import _, language
from kpilint.rule import HISTORY, WARNING, Cannot, Flaw, Flaws, rule
from kpilint.rules.outlook import forecaster

if TYPE_CHECKING:
    from kpilint.analysis.tracking.personal import Own
    from kpilint.data.dataset import Dataset

# M009 may fire: a goal's people can have targets where the goal itself has none.
_SOUND = frozenset({"M001", "M003", "E005", "E006", "E007", "E008", "E009", "T001"})


@rule("A007", WARNING, needs={HISTORY}, requires=_SOUND)
def personal_target_outside_history(
    goal: Goal, goals: GoalSet, data: Dataset, as_of: date, *, level: float = 0.975
) -> Flaws:
    """What is asked of one person lies where that person's past can go.

    A team's gap laid on one pair of shoulders is not closed by it. Each personal target is held
    against the person's own months, from the first record on; the more people a goal names, the
    further out its limit lies, so that no one is named by chance.

    Bad:
        targets:     # fixture: three_years
          people: {営業A: 90件, 営業B: 18件, 営業C: 17件}
    Good:
        targets:     # fixture: three_years
          people: {営業A: 42件, 営業B: 42件, 営業C: 41件}

    Options:
        level: the one-sided level of the prediction interval, for all people of a goal together

    When to ignore: the person takes over customers or a region from somebody else.

    Source: the projection of A001, each person at the level of Šidák (1967), JASA 62, 626-633.
    """
    from kpilint.analysis.tracking.personal import beyond, limit, owns

    if goal.role == "info" or goal.targets is None or not goal.targets.people:
        return
    try:
        people = owns(forecaster(data, as_of).daily, goals, goal)
    except Unavailable as problem:
        yield Cannot(str(problem))
        return
    way, metric = better(goals, goal), goals.metric_of(goal)
    unit = unit_of(goals, metric) if metric else None
    for each in beyond(people, way, level):
        assert each.projection is not None  # else it is not beyond
        last = limit(each, people, way, level)
        message = _(
            "The target {target} of {name} in “{goal}” lies outside what the {n} months of "
            "{name}'s own past let expect: about {median}, at best {limit}; the best that as many "
            "months ever brought is {best}. Share it out anew, or say what will be different.",
            target=_shown(each.target, unit),
            name=each.name,
            goal=goal.title,
            n=each.n,
            median=_shown(each.projection.median, unit),
            limit=_shown(last, unit),
            best=_shown(each.best, unit),
        )
        evidence = {"target": each.target, "limit": last, "median": each.projection.median}
        evidence |= {"best": each.best, "n": each.n, "people": len(people)}
        yield Flaw(goal.targets.at("people", each.name), message, evidence)
    yield from _unknown(people)


def _unknown(people: tuple[Own, ...]) -> Flaws:
    short = [each.name for each in people if each.projection is None]
    if short:
        yield Cannot(
            _(
                "Too few months are on record for {count} of {all:person|people} with a target.",
                count=len(short),
                all=len(people),
            )
        )


def _shown(value: float, unit: str | None) -> str:
    """A value as a message shows it: counts whole, money to three figures."""
    whole = round(value) if unit == "count" else float(f"{value:.3g}")
    return show(whole, unit, language())
