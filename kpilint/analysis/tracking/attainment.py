"""Targets and what was attained of them: the goal's, and those of its people, teams and months."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from kpilint.analysis.targets import target_in
from kpilint.errors import Unavailable
from kpilint.goals.goal import Goal, Monthly
from kpilint.goals.metric import Better, Metric
from kpilint.goals.period import Period
from kpilint.goals.quantity import Quantity, Relative
from kpilint.goals.target import part_of, unit_of, value_in
from kpilint.goals.written import plain_name
from kpilint.i18n import _

if TYPE_CHECKING:
    from kpilint.analysis.tracking.daily import Daily, People
    from kpilint.data.dataset import Dataset
    from kpilint.goals.goalfile import GoalSet


def attainment(actual: float | None, target: float | None, better: Better) -> float | None:
    """Actual over target; target over actual where lower is better.

    None where either is unknown, and where zero or a negative number makes a ratio meaningless.
    """
    if actual is None or target is None or target <= 0:
        return None
    if better == "higher":
        return actual / target
    return target / actual if actual > 0 else None


def reached(actual: float, target: float, better: Better) -> bool:
    """Whether the target is met."""
    slack = 1e-9 * abs(target)
    return actual >= target - slack if better == "higher" else actual <= target + slack


def target_on(goals: GoalSet, goal: Goal, day: date, data: Dataset) -> float | None:
    """The target as it stood at the end of a day: what ``changes`` dated later put it from.

    Raises Unavailable where it leans on a past that the data does not tell.
    """
    metric = goals.metric_of(goal)
    later = [c for c in goal.changes if c.on is not None and c.on > day and c.from_ is not None]
    if not later or metric is None:
        return target_in(goals, data, goal, day)
    first = min(later, key=lambda change: change.on or date.max)
    try:
        return value_in(first.from_, unit_of(goals, metric)) if first.from_ else None
    except ValueError:  # a unit that does not fit: E008 tells of it
        return None


def grown_part(
    daily: Daily, metric: Metric, period: Period, relative: Relative, people: People | None
) -> float | None:
    """A relative target of a part: its factor times what the same people made in the period before.

    None while that is not over, where the records do not tell all of it, and where it is not
    above 0. Raises Unavailable where the metric cannot be computed by person.
    """
    basis = period.last_year() if relative.basis == "previous_year" else period.before()
    if basis.end > daily.as_of or not daily.tells(metric, basis):
        return None
    before = daily.value(metric, basis.start, basis.end, people)
    return relative.factor * before if before is not None and before > 0 else None


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a goal: of one person or team, of one month, or of both; None is all of them.

    ``leaf`` is whether no other part divides it.
    """

    owner: str | None
    team: str | None
    period: Period | None
    target: float | None
    actual: float | None
    attainment: float | None
    leaf: bool


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a goal that its ``targets`` name, and sentences about what they lack."""

    rows: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()

    def whole(self) -> float | None:
        """The target that they make: that of all teams, else of all people, else of all months."""
        teams = [part for part in self.rows if part.team is not None and part.period is None]
        people = [part for part in self.rows if part.owner is not None and part.period is None]
        months = [part for part in self.rows if part.team is None and part.owner is None]
        for parts in (teams, people, months):
            known = [part.target for part in parts if part.target is not None]
            if parts and len(known) == len(parts):
                return sum(known)
        return None


@dataclass(frozen=True, slots=True)
class _Split:
    """One goal being split; ``until`` is the last day that is known."""

    daily: Daily
    goal: Goal
    metric: Metric
    better: Better
    unit: str | None

    def value(self, period: Period, people: People | None) -> float | None:
        return self.daily.value(self.metric, period.start, period.end, people)

    def part(
        self,
        period: Period | None,
        quantity: Quantity,
        people: People | None,
        *,
        owner: str | None = None,
        team: str | None = None,
    ) -> Part:
        whole = self.goal.period
        assert whole is not None
        target = self.target(period or whole, quantity, people)
        actual = self.value(period or whole, people)
        told = attainment(actual, target, self.better)
        return Part(owner, team, period, target, actual, told, leaf=True)

    def target(self, period: Period, quantity: Quantity, people: People | None) -> float | None:
        """A part's target; growth is on its own people's earlier period, known when it began."""
        if quantity.relative is None or (quantity.unit == self.unit == "ratio"):
            return part_of(quantity, self.unit)
        return grown_part(self.daily, self.metric, period, quantity.relative, people)

    def spread(
        self,
        quantity: Quantity | Monthly,
        people: People | None,
        *,
        owner: str | None = None,
        team: str | None = None,
    ) -> Iterator[Part]:
        """A name's months, then its total."""
        if isinstance(quantity, Quantity):
            yield self.part(None, quantity, people, owner=owner, team=team)
            return
        months = [self.part(m, own, people, owner=owner, team=team) for m, own in quantity.items()]
        yield from months
        if self.metric.additive:
            targets = [month.target for month in months if month.target is not None]
            target = sum(targets) if len(targets) == len(months) else None
            known = [month.actual for month in months if month.actual is not None]
            actual = sum(known) if known else None
            told = attainment(actual, target, self.better)
            yield Part(owner, team, None, target, actual, told, leaf=False)


def parts(daily: Daily, goals: GoalSet, goal: Goal, better: Better) -> Parts:
    """People by month with their totals, teams, and months, of a goal with a period.

    Raises Unavailable where the metric cannot be computed by person.
    """
    metric, targets = goals.metric_of(goal), goal.targets
    if metric is None or targets is None:
        return Parts()
    split = _Split(daily, goal, metric, better, unit_of(goals, metric))
    rows: list[Part] = []
    notes: list[str] = []
    try:
        for name, quantity in targets.people.items():
            plain = plain_name(name)
            rows += split.spread(quantity, (plain,), owner=name)
            if not daily.knows(metric, plain):
                notes.append(_("The data has no record of {name}; check the spelling.", name=name))
        members = {plain_name(team): names for team, names in goals.teams.items()}
        for team, quantity in targets.teams.items():
            if plain_name(team) not in members:
                notes.append(_("The team {team} is not listed under teams:.", team=team))
                continue
            people = tuple(plain_name(name) for name in members[plain_name(team)])
            rows += split.spread(quantity, people, team=team)
    except Unavailable as problem:
        notes.append(str(problem))
    if targets.months:
        rows += [split.part(m, own, None) for m, own in targets.months.items()]
    notes += _strays(daily, metric, goal, targets.people)
    return Parts(tuple(rows), tuple(notes))


def _strays(
    daily: Daily, metric: Metric, goal: Goal, people: Mapping[str, object]
) -> Iterator[str]:
    """What people without a target made, such as those who have left."""
    if not people or not metric.additive or metric.form != "flow" or goal.period is None:
        return
    from kpilint.analysis.tracking.daysums import EVERYBODY

    named = {plain_name(name) for name in people}
    courses = daily.courses(metric)
    until = min(goal.period.end, daily.as_of)
    others = {
        name: course.between(goal.period.start, until)[1]
        for name, course in courses.items()
        if name not in named and name != EVERYBODY
    }
    count = sum(1 for n in others.values() if n)
    if count:
        yield _(
            "Of those who made the actual value, {count} had no target of their own.",
            count=count,
        )
