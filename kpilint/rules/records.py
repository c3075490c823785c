"""D: the records say things that can have happened, in one order and one currency."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from kpilint.finding import Subject
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.source import Source
from kpilint.i18n import _, listed
from kpilint.rule import DATA, INFO, WARNING, Cannot, Flaw, Flaws, rule
from kpilint.rules.resting import goals_on, resting, touched

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset
    from kpilint.rules.disorder import Inversion


@rule("D003", WARNING, needs={DATA}, requires={"E005", "E007"})
def stage_order_violated(funnel: FunnelSpec, goals: GoalSet, data: Dataset, as_of: date) -> Flaws:
    """No record reaches a later stage before an earlier one.

    A deal that is won on a date before it became an opportunity has a wrong date, or was entered
    afterwards; its way through the funnel, and how long it took, cannot be told. Each date is held
    against that of the last stage before it that has one. Where a column holds dates without a
    time of day, the same day counts as in order.

    A funnel with one row a stage entered (``stage:``) knows steps back: they are returns and no
    fault. Only where ``within`` says that its stages come in order, a later stage counts that was
    entered no longer than that before the first entry into the earlier one, and not again.

    Bad:
        stages:
          - {name: paid, entered: paid_at}
          - {name: won, entered: closed_at}
    Good:
        stages:
          - {name: won, entered: closed_at}
          - {name: paid, entered: paid_at}

    When to ignore: the stages may be passed in any order.
    """
    from kpilint.rules.disorder import disorder

    found = disorder(data, funnel, as_of)
    if not found.inversions:
        return
    metrics = [m.name for m in goals.metrics.values() if _stands_on(funnel, m.stage)]
    goals_touched = goals_on(resting(goals), metrics)
    worst = found.inversions[0]
    message = _(
        "In the funnel {funnel}, {count:of {total} records ({share}) reaches|of {total} records "
        "({share}) reach} a later stage before an earlier one: {pairs}. Correct these dates in "
        "the CRM: rates and durations of the stages rest on them.",
        funnel=funnel.name,
        count=found.records,
        total=found.compared,
        share=f"{found.records / found.compared:.1%}",
        pairs=listed(_told(each) for each in found.inversions[:_PAIRS]),
    )
    evidence = {
        "source": funnel.source,
        "count": found.records,
        "records": found.compared,
        "pairs": [each.evidence() for each in found.inversions],
        "goals": [goal.id for goal in goals_touched],
    }
    step = funnel.stages[worst.position]
    place = step.at("entered" if step.entered else "name")
    yield Flaw(place, message + touched(goals_touched), evidence)


_PAIRS = 3  # pairs of stages that a message names


def _stands_on(funnel: FunnelSpec, stage: str | None) -> bool:
    return (stage or "").partition(".")[0] == funnel.name


def _told(inversion: Inversion) -> str:
    """A pair of stages in a message."""
    told = _(
        "{later} before {earlier}: {count}",
        later=inversion.later,
        earlier=inversion.earlier,
        count=inversion.count,
    )
    return told + _keys(inversion.examples)


def _keys(examples: tuple[str, ...]) -> str:
    return _(" ({examples})", examples=listed(examples)) if examples else ""


@rule("D004", WARNING, needs={DATA}, requires={"M003"})
def future_dated(source: Source, goals: GoalSet, data: Dataset, as_of: date) -> Flaws:
    """No record tells of something that has not happened yet.

    A deal that was won next year, or in 2062, is missing from this month. Plans are no events: of
    a close date, or a column named after a plan (予定, due, expected), only those rows count whose
    ``where`` says that they are won, lost or otherwise decided.

    Where a source simply goes on after the day that is looked at, as an export made some days
    later does, this is a note and no warning.

    Bad:
        path: data/ahead.csv
    Good:
        path: data/deals.csv

    When to ignore: the column holds plans, such as booked meetings.
    """
    from kpilint.rules.ahead import ahead

    found = ahead(goals, data, source, as_of)
    rests = resting(goals)
    place = source.at("path" if source.path else "url")
    for column in found.columns:
        metrics = [m.name for m in goals.metrics.values() if m.source == source.name]
        named = [name for name in metrics if goals.metrics[name].time == column.name]
        goals_touched = goals_on(rests, named)
        message = _(
            "Dates in {column} of {source} that lie after {day}: {count}, the last on "
            "{last}{keys}. Correct them in the CRM; where they are plans, let the condition "
            "select only what has happened.",
            column=column.name,
            source=source.name,
            day=as_of.isoformat(),
            count=column.count,
            last=column.last.isoformat(),
            keys=_keys(column.examples),
        )
        evidence = {
            "source": source.name,
            "column": column.name,
            "count": column.count,
            "last": column.last.isoformat(),
            "examples": list(column.examples),
            "goals": [goal.id for goal in goals_touched],
        }
        yield Flaw(place, message + touched(goals_touched), evidence)
    if found.goes_on is not None:
        message = _(
            "The source {source} goes on after {day}, up to {last} ({count:date|dates}). They "
            "are left out, but what has changed in older records since then is not.",
            source=source.name,
            day=as_of.isoformat(),
            last=found.goes_on.isoformat(),
            count=found.later,
        )
        evidence = {"source": source.name, "count": found.later, "last": found.goes_on.isoformat()}
        yield Flaw(place, message, evidence, severity=INFO)


@rule("D008", WARNING, needs={DATA}, requires={"E005", "E007"})
def mixed_currency(goals: GoalSet, data: Dataset) -> Flaws:
    """Amounts that are added up are in one currency.

    100 dollars and 100 yen make neither 200 dollars nor 200 yen. Looked at are the records that a
    metric of money counts: the column ``currency`` of the source, which the presets know, or else
    the signs beside the amounts, such as ¥ and $. The currency must be that of the metric's
    ``unit``.

    Bad:
        sources:
          deals: {path: data/dollars.csv}
        metrics:
          sales: {source: deals, agg: sum, column: amount, time: closed_at, unit: JPY}
        goals:
          - {id: sales, metric: sales, period: 2026-10..2026-12}
    Good:
        sources:
          deals: {path: data/deals.csv}
        metrics:
          sales: {source: deals, agg: sum, column: amount, time: closed_at, unit: JPY}
        goals:
          - {id: sales, metric: sales, period: 2026-10..2026-12}
    """
    from kpilint.rules.currency import mixtures

    rests = resting(goals)
    for found in mixtures(goals, data, rests):
        if isinstance(found, Cannot):
            yield found
            continue
        metric = goals.metrics[found.metrics[0]]
        goals_touched = goals_on(rests, found.metrics)
        message = _(
            "“{metric}” is in {unit}, but {column} of {source} gives its amounts in {currencies}. "
            "Convert them before they are exported, or let where: select one currency.",
            metric=metric.title,
            unit=found.unit,
            column=found.column,
            source=metric.source,
            currencies=listed(f"{name} {count:,}" for name, count in found.counts.items()),
        )
        evidence = {
            "source": metric.source,
            "column": found.column,
            "unit": found.unit,
            "currencies": dict(found.counts),
            "metrics": list(found.metrics),
            "goals": [goal.id for goal in goals_touched],
        }
        about = Subject("source", metric.source or "")
        yield Flaw(metric.at("column"), message + touched(goals_touched), evidence, about=about)
