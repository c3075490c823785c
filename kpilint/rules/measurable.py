"""M: what a goal measures can be computed from the data that there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from kpilint.errors import ColumnMissing, SourceProblem, Unavailable
from kpilint.finding import Span, Subject
from kpilint.goals.expression import names
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.source import Source
from kpilint.i18n import _
from kpilint.rule import DATA, ERROR, Cannot, Flaw, Flaws, rule

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset


@rule("M001", ERROR)
def no_metric(goal: Goal) -> Flaws:
    """A goal says which metric it is measured by.

    Without a metric nobody can say whether the goal was met; its history cannot be looked at
    either.

    Bad:
        label: 受注数
    Good:
        label: 受注数
        metric: won_count
    """
    if not goal.metric:
        message = _(
            "“{goal}” has no metric. Name one of metrics:, so that it can be computed.",
            goal=goal.title,
        )
        yield Flaw(goal.at("metric"), message)


@rule("M003", ERROR, needs={DATA})
def source_unreadable(source: Source, data: Dataset) -> Flaws:
    """A source can be opened and read to its last row.

    A missing file, a broken row or a wrong password: the message says which file, where, and what
    was found. Nothing is skipped in silence.

    Bad:
        path: data/deels.csv
    Good:
        path: data/deals.csv
    """
    try:
        data.table(source.name)
    except ColumnMissing:
        return  # M004 tells of it
    except SourceProblem as problem:
        evidence = {"source": source.name} | ({"row": problem.place} if problem.place else {})
        yield Flaw(source.at("path" if source.path else "url"), str(problem), evidence)


class _Column(NamedTuple):
    """A column that the goals name, and where they do."""

    source: str
    name: str
    at: Span
    about: Subject


@rule("M004", ERROR, needs={DATA}, requires={"E005", "E007", "M003"})
def column_missing(goals: GoalSet, data: Dataset) -> Flaws:
    """Every column that is named is among the source's headings.

    Bad:
        metrics:
          wins: {source: deals, agg: count, time: closed_att}
    Good:
        metrics:
          wins: {source: deals, agg: count, time: closed_at}
    """
    told: set[tuple[Subject, str]] = set()
    closed: set[str] = set()
    for column in _columns(goals):
        try:
            data.resolve(column.source, column.name)
        except ColumnMissing as problem:
            if (column.about, column.name) not in told:
                told.add((column.about, column.name))
                evidence = {"source": column.source, "column": column.name, "near": problem.near}
                yield Flaw(column.at, str(problem), evidence, about=column.about)
        except SourceProblem:
            continue  # M003 tells of it
        except Unavailable as problem:
            if column.source not in closed:
                closed.add(column.source)
                yield Cannot(str(problem), Subject("source", column.source))


def _columns(goals: GoalSet) -> Iterator[_Column]:
    for source in goals.sources.values():
        yield from _of_source(source)
    for metric in goals.metrics.values():
        yield from _of_metric(metric)
    for funnel in goals.funnels.values():
        yield from _of_funnel(funnel)


def _of_source(source: Source) -> Iterator[_Column]:
    about = Subject("source", source.name)
    if source.key:
        yield _Column(source.name, source.key, source.at("key"), about)
    for canonical in source.columns:
        yield _Column(source.name, canonical, source.at("columns", canonical), about)
    for canonical in source.values:
        yield _Column(source.name, canonical, source.at("values", canonical), about)


def _of_metric(metric: Metric) -> Iterator[_Column]:
    if not metric.source:
        return
    about = Subject("metric", metric.name)
    for key in ("time", "person"):
        if name := getattr(metric, key):
            yield _Column(metric.source, name, metric.at(key), about)
    for key in ("column", "where"):
        for name in _names(getattr(metric, key)):
            yield _Column(metric.source, name, metric.at(key), about)
    if metric.stock is not None:
        for key, name in (("from", metric.stock.from_), ("to", metric.stock.to)):
            yield _Column(metric.source, name, metric.stock.at(key), about)


def _of_funnel(funnel: FunnelSpec) -> Iterator[_Column]:
    about = Subject("funnel", funnel.name)
    for key in ("record", "stage", "entered", "amount"):
        if name := getattr(funnel, key):
            yield _Column(funnel.source, name, funnel.at(key), about)
    for number, name in enumerate(funnel.by):
        yield _Column(funnel.source, name, funnel.at("by", number), about)
    for step in funnel.steps:
        if step.entered and step is not funnel:
            yield _Column(funnel.source, step.entered, step.at("entered"), about)
        for name in _names(step.where):
            yield _Column(funnel.source, name, step.at("where"), about)


def _names(expression: str | None) -> tuple[str, ...]:
    try:
        return names(expression) if expression else ()
    except ValueError:  # E007 tells of it
        return ()


@rule("M009", ERROR)
def no_target(goal: Goal) -> Flaws:
    """A goal has a target, split targets or a share of another goal.

    A metric without a target is only watched. That is fine, but then it is ``role: info``.

    Bad:
        label: 受注数
    Good:
        label: 受注数
        target: 13件
    """
    split = goal.targets and (goal.targets.people or goal.targets.teams or goal.targets.months)
    written = any(goal.has(key) for key in ("target", "share"))  # unreadable ones are E003's
    if goal.role != "info" and not written and not split:
        message = _(
            "“{goal}” has no target. Give it a number, or make it role: info.",
            goal=goal.title,
        )
        yield Flaw(goal.at("target"), message)
