"""P: what earlier runs recorded still stands: targets that moved, goals that went."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from math import isclose
from typing import TYPE_CHECKING

from kpilint.analysis.targets import target_in
from kpilint.finding import Subject
from kpilint.goals.display import show
from kpilint.goals.goal import Change, Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import DAY, add_months
from kpilint.goals.quantity import Quantity
from kpilint.goals.target import unit_of, value_in
from kpilint.i18n import _, language
from kpilint.rule import LEDGER, WARNING, Cannot, Flaw, Flaws, rule

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset
    from kpilint.data.ledger import Record


@rule("P010", WARNING, needs={LEDGER}, requires={"E003", "E005", "E008", "M001", "T001"})
def moved_goalpost(goal: Goal, goals: GoalSet, data: Dataset, as_of: date) -> Flaws:
    """A target that changes inside its period says so.

    Attainment is told against the target that the period began with and against the latest. Who
    moved it, when and why belongs beside it, else it looks as if it had always been so. What the
    target was is read from the record of earlier runs; corrections before the period are free.

    Bad:
        target: 150件          # earlier runs recorded 125件 when the period began
    Good:
        target: 150件
        changes: [{on: 2026-10-20, from: 125件, to: 150件, who: 営業部長, reason: 新製品の受注開始}]
    """
    began = data.ledger.original(goal)
    if goal.period is None or began is None or as_of <= goal.period.start:
        return
    before = data.ledger.first_target(goal)
    written = began.entry.body.get("written")
    if before is None or (goal.target is not None and goal.target.text == written):
        return
    now = target_in(goals, data, goal, as_of)
    metric = goals.metric_of(goal)
    if now is None or metric is None or _same(before, now):
        return
    unit = unit_of(goals, metric)
    changes = [c for c in goal.changes if c.on and goal.period.start <= c.on <= goal.period.end]
    if _explained(before, now, sorted(changes, key=lambda c: c.on or date.min), unit):
        return
    message = _(
        "The target of “{goal}” was {before} when its period began (run {run}) and is {now} now, "
        "which its changes: do not explain. Write there on, from, to, who and reason.",
        goal=goal.title,
        before=show(before, unit, language()),
        now=show(now, unit, language()),
        run=began.run,
    )
    evidence = {"original": before, "target": now, "run": began.run, "row": began.number}
    yield Flaw(goal.at("target"), message, evidence)


def _explained(before: float, now: float, changes: Sequence[Change], unit: str | None) -> bool:
    """Whether changes, in the order of their days, lead from one value to the other.

    The first ones may be older than the record: then the others lead there.
    """
    return any(_leads(before, now, changes[n:], unit) for n in range(len(changes)))


def _leads(before: float, now: float, changes: Sequence[Change], unit: str | None) -> bool:
    value: float | None = before
    for change in changes:
        came_from = _value(change.from_, unit)
        if value is not None and came_from is not None and not _same(value, came_from):
            return False
        value = _value(change.to, unit)  # None: to whatever comes next
    return value is None or _same(value, now)


def _value(quantity: Quantity | None, unit: str | None) -> float | None:
    try:
        return value_in(quantity, unit) if quantity is not None else None
    except ValueError:  # a unit that does not fit: E008 tells of it
        return None


def _same(one: float, other: float) -> bool:
    return isclose(one, other, rel_tol=1e-6, abs_tol=1e-9)


@rule("P011", WARNING, needs={LEDGER})
def dropped_goal(goals: GoalSet, data: Dataset, as_of: date) -> Flaws:
    """A goal of the last period goes on, or is given up aloud.

    A goal that is taken out of the file when its period is over is forgotten without a look back.
    Goals are the same over their periods when metric, department and owner are. Only goals that
    somebody is judged by count, not ``role: info``, and only for as long as their period was.

    Bad:
        goals:      # earlier runs recorded 受注数 of 営業部 for 2026-07..2026-09 as well
          - {id: revenue, metric: won_revenue, owner: 営業部, period: 2026-10..2026-12}
    Good:
        goals:
          - {id: revenue, metric: won_revenue, owner: 営業部, period: 2026-10..2026-12}
          - {id: wins, metric: won_count, owner: 営業部, period: 2026-10..2026-12}

    When to ignore: the goal goes on under another owner or department.
    """
    from kpilint.data.ledger import days_of, subject_of

    here = {subject_of(goal) for goal in goals}
    for subject, periods in sorted(data.ledger.periods("goal").items()):
        start, end = days_of(periods[-1])
        if subject in here or start is None or end is None or not end < as_of <= _next(start, end):
            continue
        record = data.ledger.records("goal", subject=subject, period=periods[-1])[-1]
        yield from _dropped(goals, record, end)


def _dropped(goals: GoalSet, record: Record, end: date) -> Iterator[Flaw | Cannot]:
    was = record.entry.body
    if was.get("role") not in {"kgi", "kpi"} or was.get("retired"):
        return
    name = str(was.get("label") or was.get("id") or record.entry.subject)
    message = _(
        "“{goal}” of {owner} ended on {end}, is no longer in the file, and nothing follows it. "
        "Add its successor, or put it back with retired: and the reason.",
        goal=name,
        owner=was.get("owner") or "–",
        end=end.isoformat(),
    )
    evidence = {"goal": was.get("id"), "end": end.isoformat(), "run": record.run}
    about = Subject("goal", str(was.get("id") or record.entry.subject))
    yield Flaw(goals.at("goals"), message, {**evidence, "row": record.number}, about=about)


def _next(start: date, end: date) -> date:
    """The last day of the period that follows, of as many months, else of as many days."""
    after = end + DAY
    if start.day == after.day == 1:
        months = (after.year - start.year) * 12 + after.month - start.month
        return add_months(after, months) - DAY
    return end + (end - start) + DAY
