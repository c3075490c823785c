"""P: the goals together are few, honest and acted upon."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from kpilint.finding import Subject
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _
from kpilint.rule import WARNING, Flaw, Flaws, rule


@rule("P001", WARNING)
def too_many_kpis(goals: GoalSet, *, per_owner: int = 5, total: int = 20) -> Flaws:
    """There are few enough KPIs to act on at one time.

    Who looks after ten numbers looks after none. What is counted is how many KPIs run at the same
    time, per owner and in all.

    Bad:
        goals:
          - {id: k1, owner: A, period: 2026-10}
          - {id: k2, owner: A, period: 2026-10}
          - {id: k3, owner: A, period: 2026-10}
          - {id: k4, owner: A, period: 2026-10}
          - {id: k5, owner: A, period: 2026-10}
          - {id: k6, owner: A, period: 2026-10}
    Good:
        goals:
          - {id: k1, owner: A, period: 2026-10}
          - {id: k2, owner: A, period: 2026-10}
          - {id: k3, owner: A, period: 2026-10}
          - {id: k4, owner: A, period: 2026-10}
          - {id: k5, owner: A, period: 2026-10}
          - {id: k6, owner: A, period: 2026-10, role: info}

    Options:
        per_owner: how many one owner can look after
        total: how many a company can
    """
    kpis = [goal for goal in goals.goals if goal.role == "kpi"]
    for owner, owned in goals.by_owner.items():
        running = _at_once(goal for goal in owned if goal.role == "kpi")
        if len(running) > max(per_owner, 0):
            message = _(
                "{owner} has {count} KPIs at one time; {limit} can be looked after. "
                "Keep the few that would change what you do, and make the others role: info.",
                owner=owner,
                count=len(running),
                limit=per_owner,
            )
            yield _too_many(running, per_owner, message, Subject("owner", owner))
    running = _at_once(kpis)
    if len(running) > max(total, 0):
        message = _(
            "{count} KPIs run at one time; {limit} are plenty for a company. "
            "Keep the few that would change what you do, and make the others role: info.",
            count=len(running),
            limit=total,
        )
        yield _too_many(running, total, message, Subject("file", goals.origin))


def _too_many(running: list[Goal], limit: int, message: str, about: Subject) -> Flaw:
    first_over = running[max(limit, 0)]
    evidence = {"count": len(running), "limit": limit, "goals": [g.id for g in running][:50]}
    return Flaw(first_over.at(), message, evidence, about=about)


def _at_once(goals: Iterable[Goal]) -> list[Goal]:
    """The largest set of goals whose periods share a day; one without a period always runs."""
    found = list(goals)
    dated = [(g.period, g) for g in found if g.period is not None]
    # The most run at once on a day when one of them starts.
    changes = Counter(p.start for p, _goal in dated)
    ends = Counter(p.end for p, _goal in dated)
    busiest, running, most = None, 0, 0
    for day in sorted({*changes, *(end + timedelta(days=1) for end in ends)}):
        running += changes[day] - ends[day - timedelta(days=1)]
        if running > most:
            busiest, most = day, running
    return [
        g
        for g in found
        if g.period is None or (busiest and g.period.start <= busiest <= g.period.end)
    ]


@rule("P004", WARNING)
def no_action(goal: Goal) -> Flaws:
    """A goal says what is done when its number moves.

    If nothing would be done differently, the number need not be looked at.

    Bad:
        label: 受注数
    Good:
        label: 受注数
        action: 停滞商談を棚卸しする
    """
    if goal.role != "info" and not goal.action:
        message = _(
            "Nothing says what is done when “{goal}” moves. Write action:, or make it role: info.",
            goal=goal.title,
        )
        yield Flaw(goal.at("action"), message)
