"""R and P: something moves early enough to act upon."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from datetime import date
from itertools import accumulate

from kpilint.finding import Subject
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period
from kpilint.i18n import _, listed
from kpilint.rule import WARNING, Flaw, Flaws, rule
from kpilint.rules.places import lags

_MONTH = 31  # days


@rule("R005", WARNING)
def no_leading_indicator(goals: GoalSet) -> Flaws:
    """Something that moves early serves the KGI.

    Orders, revenue and win rates tell how it went. To steer, a KGI needs at least one goal that
    moves before it: opportunities, proposals, or an activity. A KGI that serves another KGI is
    judged with that one.

    Bad:
        goals:
          - {id: revenue, role: kgi, metric: won_revenue, period: 2026-Q3}
          - {id: wins, metric: won_count, period: 2026-Q3, parent: revenue}
    Good:
        goals:
          - {id: revenue, role: kgi, metric: won_revenue, period: 2026-Q3}
          - {id: wins, metric: won_count, period: 2026-Q3, parent: revenue}
          - {id: opportunities, metric: opportunities, period: 2026-Q3, parent: revenue}

    When to ignore: the sale is made in one step, so that nothing comes before the order.
    """
    for goal, served in _only_late(goals):
        message = _(
            "Only lagging metrics serve “{goal}” ({served}): when they move it is too late. Add a "
            "goal that moves before it, such as opportunities, and let it serve this one.",
            goal=goal.title,
            served=listed(other.title for other in served[:3]),
        )
        evidence = {"served_by": [other.id for other in served][:50]}
        yield Flaw(goal.at("metric"), message, evidence, about=Subject("goal", goal.id))


@rule("P007", WARNING)
def only_lagging(goals: GoalSet) -> Flaws:
    """While a KGI runs, there is a number to act on before it is over.

    Where every goal of the quarter is a result, the quarter is over before anyone knows how it
    goes. Looked at are the goals that run with the KGI, and those of the period before it. Silent
    where R005 has said so already.

    Bad:
        goals:
          - {id: revenue, role: kgi, metric: won_count, period: 2026-10..2026-12}
    Good:
        goals:
          - {id: revenue, role: kgi, metric: won_count, period: 2026-10..2026-12}
          - {id: opportunities, metric: opportunities, period: 2026-10}

    When to ignore: the numbers that are acted on stand in another file.
    """
    told = {goal.id for goal, _served in _only_late(goals)}
    early = _Running(
        g.period for g in goals.goals if g.period and not lags(goals, goals.metric_of(g))
    )
    for goal in goals.goals:
        period = goal.period
        if not _is_top(goals, goal) or period is None or period.days <= _MONTH or goal.id in told:
            continue
        if lags(goals, goals.metric_of(goal)) and not early.any(period.before().start, period.end):
            message = _(
                "Every goal that runs with “{goal}” is a lagging one: nothing can be acted on "
                "before {end}. Add a goal that moves early, such as opportunities or an activity.",
                goal=goal.title,
                end=period.end.isoformat(),
            )
            yield Flaw(goal.at("period"), message, about=Subject("goal", goal.id))


def _only_late(goals: GoalSet) -> Iterable[tuple[Goal, tuple[Goal, ...]]]:
    """The KGIs that only lagging metrics serve, each with the goals right below it."""
    led = _above(goals, (g for g in goals.goals if not lags(goals, goals.metric_of(g))))
    for goal in goals.goals:
        served = goals.served_by.get(goal.id, ())
        if served and _is_top(goals, goal) and goal.id not in led:
            yield goal, served


def _is_top(goals: GoalSet, goal: Goal) -> bool:
    """Whether a goal is a KGI that serves no other KGI."""
    above = (*goals.wholes.get(goal.id, ()), goals.by_id.get(goal.parent or ""))
    return goal.role == "kgi" and not any(g is not None and g.role == "kgi" for g in above)


def _above(goals: GoalSet, start: Iterable[Goal]) -> set[str]:
    """The ids of all goals that those of ``start`` serve, at any remove."""
    reached: set[str] = set()
    ahead = list(start)
    while ahead:
        goal = ahead.pop()
        above = (*goals.wholes.get(goal.id, ()), goals.by_id.get(goal.parent or ""))
        for whole in above:
            if whole is not None and whole.id not in reached:
                reached.add(whole.id)
                ahead.append(whole)
    return reached


class _Running:
    """Periods, asked whether any of them touches a stretch of days."""

    def __init__(self, periods: Iterable[Period]) -> None:
        ordered = sorted((p.start, p.end) for p in periods)
        self.starts = [start for start, _end in ordered]
        self.latest = list(accumulate((end for _start, end in ordered), max))

    def any(self, first: date, last: date) -> bool:
        begun = bisect_right(self.starts, last)
        return begun > 0 and self.latest[begun - 1] >= first
