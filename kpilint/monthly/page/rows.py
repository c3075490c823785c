"""A row a goal: its bullet graph, its numbers in words, and what changed since the last run."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from kpilint.analysis.tracking import states, wording
from kpilint.analysis.tracking.attainment import Part
from kpilint.analysis.tracking.status import GoalStatus
from kpilint.goals.display import show
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period
from kpilint.i18n import _, language, listed
from kpilint.monthly.blocks import Table
from kpilint.monthly.month import Month
from kpilint.monthly.page.bullet import Bullet
from kpilint.monthly.page.people import People, owner
from kpilint.monthly.page.since import since
from kpilint.monthly.page.views import Views, audience_of

ATTENTION: dict[states.State, int] = {
    "off_track": 0,
    "missed": 1,
    "at_risk": 2,
    "no_data": 3,
    "not_started": 4,
    "on_track": 5,
    "met": 6,
}


@dataclass(frozen=True, slots=True)
class Fact:
    """A number of a goal with its name; ``note`` is what stands small below it."""

    name: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One goal as the page shows it; ``public_owner`` names no person.

    ``notes`` are sentences with whom they are for. ``parts`` are the people, teams and months
    that its target is split over, ``team_parts`` those that name nobody.
    """

    label: str
    role: str
    period: str
    state: states.State
    word: str
    owner: str
    public_owner: str
    bullet: Bullet | None
    sentence: str
    facts: tuple[Fact, ...]
    notes: tuple[tuple[str, Views], ...]
    parts: Table | None
    team_parts: Table | None
    views: Views


def rows(month: Month, people: People) -> tuple[Row, ...]:
    """The goals that were not over before this period: KGIs first, then what needs attention."""
    shown = [each for each in month.status.goals if not _over(month, each)]
    return tuple(_row(month, people, each) for each in sorted(shown, key=urgency))


def over(month: Month) -> int:
    """How many goals were over before this period, and have no row."""
    return sum(_over(month, each) for each in month.status.goals)


def _over(month: Month, status: GoalStatus) -> bool:
    return status.period is not None and status.period.end < month.order.period.start


def urgency(status: GoalStatus) -> tuple[bool, bool, int, float]:
    """KGIs first, activities last; then the state, then the smaller probability."""
    chance = status.forecast.probability if status.forecast else None
    attention = ATTENTION[status.status]
    return status.role != "kgi", status.role == "info", attention, 1.0 if chance is None else chance


def goal_of(goals: GoalSet, status: GoalStatus) -> Goal:
    """The goal of the file that a status tells of."""
    return next(g for g in goals if g.id == status.goal and g.title == status.label)


def period_of(goals: GoalSet, period: Period | None) -> str:
    """A goal's period as readers write it."""
    if period is None:
        return ""
    return period.label(language(), goals.fiscal_year_start or 1, goals.fiscal_year_named)


def _row(month: Month, people: People, status: GoalStatus) -> Row:
    goals = month.order.goals
    goal = goal_of(goals, status)
    facts = tuple(_facts(month, goal, status))
    word = states.word(status.status)
    notes = (*_changes(month, goal, status), *status.notes, *_coverage(status))
    told = listed(" ".join(filter(None, (f.name, f.value, f.note))) for f in facts)
    return Row(
        label=status.label,
        role=status.role,
        period=period_of(goals, status.period),
        state=status.status,
        word=word,
        owner=owner(goal),
        public_owner=people.owner(goal),
        bullet=Bullet.of(status),
        sentence=_("{label}: {facts}", label=f"{status.label} {word}", facts=told),
        facts=facts,
        notes=tuple((note, people.readers(note)) for note in notes),
        parts=_parts(status, status.by),
        team_parts=_parts(status, tuple(part for part in status.by if part.owner is None)),
        views=audience_of(goal) & people.readers(status.label),
    )


def _facts(month: Month, goal: Goal, status: GoalStatus) -> Iterator[Fact]:
    """The numbers of a row, in one order for all goals."""
    target, share = _amount(status, status.target), wording.percent(status.attainment)
    moved = changed(status)
    first = _amount(status, status.original_target) if moved else ""
    of_first = wording.percent(status.original_attainment) if moved else ""
    yield Fact(_("Actual"), _amount(status, status.actual))
    yield Fact(_("Target"), target, _("originally {value}", value=first) if moved else "")
    yield Fact(
        _("Attainment"), share, _("{value} of the original", value=of_first) if moved else ""
    )
    yield Fact(_("Expected by now"), _amount(status, status.expected_by_now))
    forecast = status.forecast
    ends = [_amount(status, q) for q in (forecast.p10, forecast.p90)] if forecast else []
    middle = _amount(status, forecast.p50 if forecast else None)
    yield Fact(
        _("Forecast"), middle, _("{low} to {high}", low=ends[0], high=ends[1]) if ends else ""
    )
    yield Fact(_("Probability"), wording.chance(status))
    change = since(month.before, goal, status)
    if change is not None:
        week = month.order.period.kind == "week"
        yield Fact(_("Since last week") if week else _("Since last month"), *change)


def _coverage(status: GoalStatus) -> Iterator[str]:
    """How far open deals would fill the gap."""
    if status.pipeline is not None and status.pace is not None and status.pace.coverage is not None:
        yield _(
            "Open deals come to {open}, a pipeline coverage of {coverage} of the gap.",
            open=wording.rounded(status.pipeline.value, status.unit),
            coverage=show(round(status.pace.coverage, 1), "ratio", language()),
        )


def changed(status: GoalStatus) -> bool:
    """Whether the target is another than the one that the period began with."""
    original, latest = status.original_target, status.target
    return original is not None and latest is not None and original != latest


def _amount(status: GoalStatus, value: float | None) -> str:
    return wording.amount(value, status.unit)


def _changes(month: Month, goal: Goal, status: GoalStatus) -> Iterator[str]:
    """A target that was changed, and what is attained of the one before and after."""
    if not changed(status):
        return
    yield _(
        "The target was changed from {original} to {latest}: attainment {before} of the original, "
        "{after} of the latest.",
        original=_amount(status, status.original_target),
        latest=_amount(status, status.target),
        before=wording.percent(status.original_attainment),
        after=wording.percent(status.attainment),
    )
    for change in goal.changes:
        if change.on and change.on <= month.order.as_of and (change.reason or change.who):
            yield _why(change.on, change.reason, change.who)


def _why(day: date, reason: str | None, who: str | None) -> str:
    told = " – ".join(filter(None, (reason, who)))
    return _(
        "Changed on {day}: {reason}", day=Period(day, day, "day").label(language()), reason=told
    )


def _parts(status: GoalStatus, parts: tuple[Part, ...]) -> Table | None:
    """The parts of a goal as a table; None where there are none."""
    if not parts:
        return None
    head = (_("Who"), _("When"), _("Actual"), _("Target"), _("Attainment"))
    return Table(head, tuple(_part(status, part) for part in parts))


def _part(status: GoalStatus, part: Part) -> tuple[str, ...]:
    return (
        part.team or part.owner or _("All"),
        _("Total") if part.period is None else part.period.label(language()),
        _amount(status, part.actual),
        _amount(status, part.target),
        wording.percent(part.attainment),
    )
