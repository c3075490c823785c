"""M: the data reaches up to now, and is as fine as the goals look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kpilint.finding import Subject
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period
from kpilint.goals.quantity import Quantity
from kpilint.goals.source import Source
from kpilint.goals.workdays import workdays_between
from kpilint.i18n import _
from kpilint.rule import DATA, ERROR, WARNING, Flaw, Flaws, rule

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset

# How many working days may lie between the newest record and today: a day, a week, a month of
# them, so that a quiet day, or an export that is due tomorrow, raises no alarm.
_MISSED = {"hourly": 0, "daily": 1, "weekly": 5, "monthly": 23, "quarterly": 66, "yearly": 262}
_DAYS = {"day": 1, "week": 7, "month": 28, "quarter": 90, "half": 181, "year": 365}


@rule("M005", ERROR, needs={DATA}, requires={"E005", "E007"})
def no_observations(goals: GoalSet, data: Dataset, as_of: date, *, periods: int = 3) -> Flaws:
    """A metric that goals rest on has had a value lately.

    Looked at are the last complete months, or weeks where no goal is longer. A source without a
    record in them has stopped; a condition that no record has ever met is written wrongly, as in
    ``stage = 'Won'`` where the data says won. Months without a single order, in a source that
    goes on and has had orders before, are a fact and no fault.

    Bad:
        metrics:
          wins: {source: deals, agg: count, where: stage = 'Won', time: closed_at}
        goals:
          - {id: wins, metric: wins, period: 2026-10..2026-12}
    Good:
        metrics:
          wins: {source: deals, agg: count, where: stage = 'won', time: closed_at}
        goals:
          - {id: wins, metric: wins, period: 2026-10..2026-12}

    Options:
        periods: how many complete months or weeks are looked at

    When to ignore: the records begin only with the goal's period, as those of a new product do.
    """
    from kpilint.rules.silence import silences

    yield from silences(goals, data, as_of, max(periods, 1))


@rule("M006", WARNING, needs={DATA}, requires={"M003", "M005"})
def stale_source(source: Source, goals: GoalSet, data: Dataset, as_of: date) -> Flaws:
    """The newest record of a source is as young as ``updated`` promises.

    An export that nobody has renewed makes this month look weak. Working days are counted, without
    weekends, Japan's holidays and ``closures``; between the newest record and the day that is
    looked at may lie 0 for hourly, 1 for daily, 5 for weekly, 23 for monthly, 66 for quarterly and
    262 for yearly. Planned dates, such as the close dates of open deals, are no records.

    Bad:
        path: data/ended.csv
        updated: weekly
    Good:
        path: data/deals.csv
        updated: weekly

    When to ignore: nothing happens in this season. A source that rests for long is better
    described by a rarer ``updated``.
    """
    if source.updated is None:
        return
    from kpilint.rules.silence import newest

    told = newest(goals, data, source, as_of)
    missed = workdays_between(told.date(), as_of, goals.closures)
    if missed > _MISSED[source.updated]:
        message = _(
            "The newest record of {source} is of {newest}, {days:day|days} before {day}, with "
            "{missed:working day|working days} between; updated: {updated} allows {allowed}. "
            "Load a newer export, or look why nothing arrives.",
            source=source.name,
            newest=f"{told:%Y-%m-%d %H:%M}",
            days=(as_of - told.date()).days,
            day=as_of.isoformat(),
            missed=missed,
            updated=source.updated,
            allowed=_MISSED[source.updated],
        )
        evidence = {"source": source.name, "newest": told.isoformat(), "workdays": missed}
        evidence |= {"updated": source.updated, "allowed": _MISSED[source.updated]}
        yield Flaw(source.at("updated"), message, evidence)


@rule("M007", WARNING, requires={"E006"})
def period_shorter_than_grain(goals: GoalSet) -> Flaws:
    """A goal's period is no shorter than the steps in which its data comes.

    Monthly figures say nothing of a week: until the month is over the goal has no value. This
    holds for the months or weeks of a split target too.

    Bad:
        sources:
          ledger: {path: data/ledger.csv, grain: month}
        metrics:
          sales: {source: ledger, agg: sum, column: amount, time: month, unit: JPY}
        goals:
          - {id: sales, metric: sales, period: 2026-W41}
    Good:
        sources:
          ledger: {path: data/ledger.csv, grain: month}
        metrics:
          sales: {source: ledger, agg: sum, column: amount, time: month, unit: JPY}
        goals:
          - {id: sales, metric: sales, period: 2026-10}
    """
    for number, goal in enumerate(goals.goals):
        shortest = min(_periods(goal), key=lambda period: period.days, default=None)
        coarsest = max(
            _grains(goals, goal.metric), key=lambda each: _DAYS[each.grain], default=None
        )
        if shortest is None or coarsest is None or shortest.days >= _DAYS[coarsest.grain]:
            continue
        message = _(
            "“{goal}” looks at {period}, that is {days:day|days}, but {of} comes by the {grain}. "
            "Take a longer period, or finer data.",
            goal=goal.title,
            period=shortest.text,
            days=shortest.days,
            of=coarsest.of,
            grain=_named(coarsest.grain),
        )
        evidence = {"period": shortest.text, "days": shortest.days, **coarsest._asdict()}
        place = goal.at("period" if shortest is goal.period else "targets")
        about = Subject("goal", goal.id or f"goals[{number}]")
        yield Flaw(place, message, evidence, about=about)


def _named(grain: str) -> str:
    return {
        "day": _("day"),
        "week": _("week"),
        "month": _("month"),
        "quarter": _("quarter"),
        "half": _("half-year"),
        "year": _("year"),
    }[grain]


def _periods(goal: Goal) -> Iterator[Period]:
    """The goal's period, and those that its target is split over."""
    if goal.period is not None:
        yield goal.period
    if goal.targets is not None:
        yield from goal.targets.months
        for part in (*goal.targets.people.values(), *goal.targets.teams.values()):
            if not isinstance(part, Quantity):
                yield from part


class _Grain(NamedTuple):
    """The steps in which a source, or a metric whose values are typed in, comes."""

    grain: str
    of: str


def _grains(goals: GoalSet, name: str | None) -> Iterator[_Grain]:
    """The grains of all that a metric is computed from."""
    for metric in goals.behind(name):
        source = goals.sources.get(metric.source or "")
        if source is not None and source.grain in _DAYS:
            yield _Grain(source.grain, source.name)
        if metric.manual:
            kinds = [period.kind for period in metric.manual if period.kind in _DAYS]
            if kinds:
                yield _Grain(min(kinds, key=lambda kind: _DAYS[kind]), metric.title)
