"""T: a goal has a period, and its parts fit into it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from kpilint.errors import Unavailable
from kpilint.finding import Related, Span, Subject
from kpilint.goals.display import show
from kpilint.goals.goal import Goal, Monthly, Targets
from kpilint.goals.goalfile import GoalSet, identity
from kpilint.goals.period import Period, read_period
from kpilint.goals.quantity import Quantity
from kpilint.goals.target import is_level, unit_of, value_in
from kpilint.goals.written import plain_name
from kpilint.i18n import _, language, listed
from kpilint.rule import ERROR, INFO, WARNING, Cannot, Flaw, Flaws, rule
from kpilint.rules.asked import Asked

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset


@rule("T001", ERROR)
def no_period(goal: Goal) -> Flaws:
    """A goal has a period.

    Without an end nothing is ever missed.

    Bad:
        target: 13件
    Good:
        target: 13件
        period: 2026-Q3
    """
    if not goal.has("period"):
        message = _(
            "“{goal}” has no period. Write by when it is to be met, for example 2026-Q3.",
            goal=goal.title,
        )
        yield Flaw(goal.at("period"), message)


@rule("T002", INFO, requires={"T001"})
def period_over(goal: Goal, goals: GoalSet, as_of: date) -> Flaws:
    """A goal whose period is over has a successor, or is retired.

    A goal left behind is either finished and worth a look back, or forgotten.

    Bad:
        period: 2020-10
    Good:
        period: 2099-10
    """
    if goal.period is None or goal.period.end >= as_of or goal.has("retired"):
        return
    if goals.is_ambiguous(goal.period):
        return  # by the other reading it may not be over
    same = goals.by_identity[identity(goal)]
    if not any(other.period and other.period.end > goal.period.end for other in same):
        message = _(
            "The period of “{goal}” ended on {end}. Add its successor, or write retired:.",
            goal=goal.title,
            end=goal.period.end.isoformat(),
        )
        yield Flaw(goal.at("period"), message, {"end": goal.period.end.isoformat()})


@rule("T003", ERROR, requires={"E005", "E008"})
def targets_do_not_add_up(
    goal: Goal, goals: GoalSet, data: Dataset | None, as_of: date, *, tolerance: float = 0.005
) -> Flaws:
    """The targets of people, teams and months add up to the goal.

    Checked wherever a metric adds up (counts and sums, not rates or means): people to their team,
    teams to the goal, months to the period. Growth such as 前年比115% is told by the data, where
    there is data. In a spreadsheet the columns and rows of totals are checked too.

    Bad:
        target: 150件
        targets: {people: {営業A: {2026-10: 40件, 2026-11: 40件, 2026-12: 45件}}}
    Good:
        target: 125件
        targets: {people: {営業A: {2026-10: 40件, 2026-11: 40件, 2026-12: 45件}}}

    Options:
        tolerance: how far a sum may be off for rounding, as a share of the whole
    """
    for fault in goals.faults:
        if fault.code == "T003" and fault.goal == goal.id:
            yield Flaw(fault.span, fault.message, fault.evidence)
    metric = goals.metric_of(goal)
    if goal.targets is None or (metric is not None and not metric.additive):
        return
    unit = unit_of(goals, metric) if metric else None
    sums = list(_totals(goal, goal.targets, unit, known=metric is not None))
    if metric is not None:
        yield from _outside(goal, goal.targets)
        try:
            asked = Asked(goals, goal, metric, unit, data, as_of)
            sums += _sums(asked, goal.targets)
        except Unavailable as problem:
            yield Cannot(str(problem))
    for place, name, whole, parts in sums:
        if abs(whole - parts) > tolerance * max(abs(whole), abs(parts)):
            said = unit or _unit_said(goal.targets)
            shown = [show(value, said, language()) for value in (whole, parts, parts - whole)]
            message = _(
                "The parts of {name} add up to {parts}, but its target is {whole}: "
                "{residual} apart. Change a part or the target.",
                name=name,
                whole=shown[0],
                parts=shown[1],
                residual=shown[2],
            )
            evidence = {"of": name, "target": whole, "parts": parts, "residual": parts - whole}
            yield Flaw(place, message, evidence)


def _sums(asked: Asked, targets: Targets) -> Iterator[tuple[Span, str, float, float]]:
    """What must equal what: place, name, the whole and the sum of its parts."""
    goals, goal = asked.goals, asked.goal
    if goal.target is None and goal.share is None and not targets.teams:
        return
    people, teams = asked.each(targets.people), asked.each(targets.teams)
    for name, whole in teams.items():
        members = [_same_name(member, people) for member in goals.teams.get(name, ())]
        if members and None not in members:
            place = targets.at("teams", name)
            yield place, name, whole, sum(people[m] for m in members if m is not None)
    total = asked.whole()
    if total is None:
        return
    if teams:
        yield targets.at("teams"), goal.title, total, sum(teams.values())
    if people and not (teams and _in_teams(goals, people, teams)):
        yield targets.at("people"), goal.title, total, sum(people.values())
    if targets.months:
        months = asked.of(targets.months, None)
        if months is not None:
            yield targets.at("months"), goal.title, total, months


def _totals(
    goal: Goal, targets: Targets, unit: str | None, *, known: bool
) -> Iterator[tuple[Span, str, float, float]]:
    """What the months of longer periods are said to come to, where all of them are there.

    While nobody has said what the metric is, a total that lies among its months is a rate.
    """
    for period, total in targets.totals.items():
        inside = {m: q for m, q in targets.months.items() if period.contains(m)}
        whole = value_in(total, unit)
        values = [value_in(quantity, unit) for quantity in inside.values()]
        parts = [value for value in values if value is not None]
        complete = sum(month.days for month in inside) == period.days and None not in values
        if whole is not None and complete and (known or not is_level(whole, parts)):
            place = targets.at("totals", period.text)
            yield place, f"{goal.title} {period.text}", whole, sum(parts)


def _unit_said(targets: Targets) -> str | None:
    """The unit that is written beside the totals, for a metric that is not known."""
    return next((total.unit for total in targets.totals.values()), None)


def _same_name(member: str, people: Mapping[str, float]) -> str | None:
    """The person as ``targets`` writes the name; spaces and width do not count."""
    return next((name for name in people if plain_name(name) == plain_name(member)), None)


def _in_teams(goals: GoalSet, people: Mapping[str, float], teams: Mapping[str, float]) -> bool:
    """Whether each person belongs to a team with a target, so that the team's sum covers it."""
    members = {plain_name(m) for team in teams for m in goals.teams.get(team, ())}
    return all(plain_name(name) in members for name in people)


def _outside(goal: Goal, targets: Targets) -> Flaws:
    """Months that do not lie in the goal's period."""
    for kind in ("people", "teams"):
        for name, part in getattr(targets, kind).items():
            if not isinstance(part, Quantity):
                yield from _strays(goal, part, targets.at(kind, name), name)
    yield from _strays(goal, targets.months, targets.at("months"), goal.title)


def _strays(goal: Goal, months: Monthly, place: Span, name: str) -> Flaws:
    strays = [m.text for m in months if goal.period and not goal.period.contains(m)]
    if strays:
        message = _(
            "{months} of {name} lies outside the goal's period {period}. Change the month or the period.",
            months=listed(strays),
            name=name,
            period=goal.period.text if goal.period else "",
        )
        yield Flaw(place, message, {"months": strays})


@rule("T005", WARNING)
def ambiguous_period(goals: GoalSet) -> Flaws:
    """A quarter or half can be read in one way only.

    2026-Q3 is July to September for one reader and October to December for the next. The file
    says which with ``fiscal_year_start``. A title that dates a whole table is told once.

    Bad:
        goals: [{id: wins, period: 2026-Q3}]     # no fiscal_year_start in the file
    Good:
        goals: [{id: wins, period: 2026-10..2026-12}]
    """
    if goals.has("fiscal_year_start"):
        return  # E003 tells of a start that cannot be read
    told: set[Span] = set()
    for number, goal in enumerate(goals.goals):
        place = goal.at("period")
        if goal.period and goals.is_ambiguous(goal.period) and place not in told:
            told.add(place)
            about = Subject("goal", goal.id or f"goals[{number}]")
            calendar, april = readings = [_reading(goal.period, n, goals) for n in (1, 4)]
            values = {"period": goal.period.text, "calendar": calendar, "april": april}
            message = (
                _(
                    "“{period}” can mean {calendar} or {april}. "
                    "Write fiscal_year_start: in the goals.yaml beside the table.",
                    **values,
                )
                if place.cell
                else _(
                    "“{period}” can mean {calendar} or {april}. "
                    "Write fiscal_year_start: at the top of the file.",
                    **values,
                )
            )
            yield Flaw(place, message, {"readings": readings}, about=about)


def _reading(period: Period, start: int, goals: GoalSet) -> str:
    read = read_period(period.text, start, goals.fiscal_year_named)
    return f"{read.start:%Y-%m}..{read.end:%Y-%m}"


@rule("T006", WARNING, requires={"T001"})
def child_outside_parent(goal: Goal, goals: GoalSet) -> Flaws:
    """A goal ends no later than the goal that it serves.

    What comes after the end can no longer help. The parts of a sum must lie inside the whole, or
    the sum is of something else.

    Bad:
        period: 2026-10..2027-01
        parent: revenue       # it ends in 2026-12
    Good:
        period: 2026-10..2026-12
        parent: revenue
    """
    period = goal.period
    if period is None or goals.is_ambiguous(period):
        return
    for whole in goals.wholes.get(goal.id, ()):
        added = whole.combine is not None and whole.combine.how == "sum"
        around = _certain(goals, whole) if added else None
        if around is not None and not around.contains(period):
            message = _(
                "“{goal}” is a part of the sum “{whole}”, but its period {period} lies outside "
                "that of the whole, {around}. Change one of the two.",
                goal=goal.title,
                whole=whole.title,
                period=period.text,
                around=around.text,
            )
            yield Flaw(goal.at("period"), message, {"whole": whole.id}, _ends(whole))
            return
    parent = goals.by_id.get(goal.parent or "")
    until = _certain(goals, parent) if parent is not None else None
    if parent is not None and until is not None and period.end > until.end:
        message = _(
            "“{goal}” ends on {end}, after “{parent}” that it serves ({parent_end}). End it "
            "earlier, or let it serve a later goal.",
            goal=goal.title,
            end=period.end.isoformat(),
            parent=parent.title,
            parent_end=until.end.isoformat(),
        )
        yield Flaw(goal.at("period"), message, {"parent": parent.id}, _ends(parent))


def _certain(goals: GoalSet, goal: Goal) -> Period | None:
    """A goal's period, where it can be read in one way only."""
    return None if goal.period is None or goals.is_ambiguous(goal.period) else goal.period


def _ends(goal: Goal) -> tuple[Related]:
    return (Related(goal.at("period"), _("the period that it must fit into")),)
