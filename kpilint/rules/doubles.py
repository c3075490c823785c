"""S and P: nothing is measured in two ways, or aimed at twice."""

from __future__ import annotations

from collections.abc import Mapping

from kpilint.finding import Related, Span, Subject
from kpilint.goals.funnel import FunnelSpec, Stage
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.source import Source
from kpilint.goals.written import plain_name
from kpilint.i18n import _
from kpilint.rule import WARNING, Flaw, Flaws, rule
from kpilint.rules.places import place_of


@rule("S005", WARNING)
def conflicting_definition(goals: GoalSet) -> Flaws:
    """One name stands for one measure.

    Two metrics under one label, one stage dated by two columns: both figures are right, they
    differ, and the meeting is spent on the reason.

    Bad:
        metrics:
          wins: {label: 受注数, source: deals, agg: count, where: won, time: closed_at}
          begun: {label: 受注数, source: deals, agg: count, where: won, time: created_at}
    Good:
        metrics:
          wins: {label: 受注数, source: deals, agg: count, where: won, time: closed_at}
          begun: {label: 発生月別の受注数, source: deals, agg: count, where: won, time: created_at}
    """
    yield from _labels(goals)
    for metric in goals.metrics.values():
        yield from _beside_its_stage(goals, metric)
    yield from _stages(goals)


def _labels(goals: GoalSet) -> Flaws:
    """Metrics under one label that are not computed alike."""
    seen: dict[str, Metric] = {}
    for metric in goals.metrics.values():
        if not metric.label:
            continue
        first = seen.setdefault(plain_name(metric.label), metric)
        if _way(first) != _way(metric):
            message = _(
                "“{label}” is the label of {first} too, which is computed in another way. Say in "
                "the labels what sets them apart, or keep one.",
                label=metric.label,
                first=first.name,
            )
            related = (Related(first.at("label"), _("the first of this label")),)
            about = Subject("metric", metric.name)
            yield Flaw(metric.at("label"), message, {"first": first.name}, related, about)


def _way(metric: Metric) -> tuple[object, ...]:
    """How a metric is computed; metrics that are computed alike have the same."""
    stock = metric.stock and (metric.stock.from_, metric.stock.to)
    typed = metric.name if metric.manual is not None else None
    where = " ".join((metric.where or "").split())
    parts = (metric.numerator, metric.denominator, metric.cohort, metric.formula)
    return metric.source, metric.agg, metric.column, where, metric.time, stock, typed, *parts


def _beside_its_stage(goals: GoalSet, metric: Metric) -> Flaws:
    """A count at a stage of which the funnel says something else."""
    place = place_of(goals, metric)
    if place is None or metric.agg not in {"count", "count_distinct"}:
        return
    stage, source = place.stage, goals.sources.get(metric.source or "")
    if metric.source != place.funnel.source or place.funnel.is_long or source is None:
        return
    about = Subject("metric", metric.name)
    related = (Related(stage.at("name"), _("the stage")),)
    evidence = {"stage": metric.stage, "entered": stage.entered, "where": stage.where}
    if metric.time and stage.entered and not _same(source, metric.time, stage.entered):
        message = _(
            "“{metric}” is dated by {time}, its stage {stage} by {entered}. Date both by the same "
            "column.",
            metric=metric.title,
            time=metric.time,
            stage=stage.name,
            entered=stage.entered,
        )
        yield Flaw(metric.at("time"), message, evidence, related, about)
    elif stage.where and not metric.where:
        message = _(
            "“{metric}” counts every record, its stage {stage} only those where {where}. Write the "
            "same where: for both.",
            metric=metric.title,
            stage=stage.name,
            where=stage.where,
        )
        yield Flaw(metric.at("stage"), message, evidence, related, about)


def _same(source: Source, one: str, other: str) -> bool:
    """Whether two names are of one column; a heading is as good as its canonical name."""
    return source.columns.get(one, one) == source.columns.get(other, other)


def _stages(goals: GoalSet) -> Flaws:
    """Stages of one name in two funnels of one source that are not entered alike."""
    seen: dict[tuple[str, str], tuple[FunnelSpec, Stage]] = {}
    for funnel in goals.funnels.values():
        for stage in funnel.stages:
            name = funnel.source, plain_name(stage.name)
            first, as_first = seen.setdefault(name, (funnel, stage))
            if first is not funnel and _entry(as_first) != _entry(stage):
                message = _(
                    "The stage {stage} is entered in another way in the funnel {first}. Say in the "
                    "names what sets them apart.",
                    stage=stage.name,
                    first=first.name,
                )
                related = (Related(as_first.at("name"), _("the first of this name")),)
                about = Subject("funnel", funnel.name)
                evidence = {"stage": stage.name, "first": first.name}
                yield Flaw(stage.at("name"), message, evidence, related, about)


def _entry(stage: Stage) -> tuple[object, ...]:
    return stage.entered, stage.where, stage.values


@rule("P006", WARNING)
def duplicate_goal(goals: GoalSet) -> Flaws:
    """A metric has one goal per owner and period.

    With two, one is out of date, and nobody can say which. Splits over people, teams and months
    belong under ``targets``.

    Bad:
        goals:
          - {id: wins, metric: won_count, owner: 営業部, period: 2026-10, target: 40件}
          - {id: wins_new, metric: won_count, owner: 営業部, period: 2026-10, target: 45件}
    Good:
        goals:
          - {id: wins, metric: won_count, owner: 営業部, period: 2026-10, target: 40件}
          - {id: wins_next, metric: won_count, owner: 営業部, period: 2026-11, target: 45件}
    """
    seen: dict[tuple[object, ...], Goal] = {}
    for goal in goals.goals:
        if not goal.metric or not goal.owner or goal.period is None or goal.has("retired"):
            continue
        name = goal.metric, plain_name(goal.owner), goal.period.start, goal.period.end
        first = seen.setdefault(name, goal)
        if first is not goal:
            yield _twice(first, goal)


def _twice(first: Goal, goal: Goal) -> Flaw:
    place: Span = first.at("id")
    evidence: Mapping[str, object] = {"first": first.id, "metric": goal.metric}
    message = _(
        "“{goal}” has the metric, period and owner of {first}, on line {line}. Keep one of the "
        "two, or say in the metric what sets them apart.",
        goal=goal.title,
        first=first.id,
        line=place.line,
    )
    related = (Related(place, _("the first {id}", id=first.id)),)
    return Flaw(goal.at("id"), message, evidence, related, Subject("goal", goal.id))
