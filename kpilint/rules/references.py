"""Every name in a goals file that must be defined somewhere else in it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import NamedTuple

from kpilint.finding import Span, Subject
from kpilint.goals.formula import read_formula
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric


class Reference(NamedTuple):
    """A name, the kind of thing it must be, and the names that there are."""

    kind: str
    name: str
    at: Span
    known: Collection[str]
    about: Subject


def references(goals: GoalSet) -> Iterator[Reference]:
    """All references of a file, in its order by kind."""
    for source in goals.sources.values():
        about = Subject("source", source.name)
        for join in source.join:
            if join.source:
                yield Reference("source", join.source, join.at("source"), goals.sources, about)
        if source.preset:
            from kpilint.data.crm import presets  # only files with a preset pay for the list

            yield Reference("preset", source.preset, source.at("preset"), presets(), about)
    for funnel in goals.funnels.values():
        about = Subject("funnel", funnel.name)
        if funnel.source:
            yield Reference("source", funnel.source, funnel.at("source"), goals.sources, about)
    for metric in goals.metrics.values():
        yield from _of_metric(goals, metric)
    for goal in goals.goals:
        yield from _of_goal(goals, goal)
    yield from _of_file(goals)


def _of_metric(goals: GoalSet, metric: Metric) -> Iterator[Reference]:
    about = Subject("metric", metric.name)
    if metric.source:
        yield Reference("source", metric.source, metric.at("source"), goals.sources, about)
    for key in ("numerator", "denominator"):
        if name := getattr(metric, key):
            yield Reference("metric", name, metric.at(key), goals.metrics, about)
    if metric.formula:
        try:
            names = read_formula(metric.formula).names
        except ValueError:  # E007 tells of it
            names = ()
        for name in names:
            yield Reference("metric", name, metric.at("formula"), goals.metrics, about)
    if metric.stage:
        funnel, _dot, stage = metric.stage.partition(".")
        place = metric.at("stage")
        if funnel in goals.funnels:
            stages = [s.name for s in goals.funnels[funnel].stages]
            yield Reference("stage", stage, place, stages, about)
        else:
            yield Reference("funnel", funnel, place, goals.funnels, about)


def _of_goal(goals: GoalSet, goal: Goal) -> Iterator[Reference]:
    about = Subject("goal", goal.id)
    ids = goals.by_id
    if goal.metric:
        yield Reference("metric", goal.metric, goal.at("metric"), goals.metrics, about)
    for key in ("parent", "paired_with"):
        if name := getattr(goal, key):
            yield Reference("goal", name, goal.at(key), ids, about)
    if goal.combine is not None:
        for number, child in enumerate(goal.combine.children):
            place = goal.combine.at(goal.combine.how, number)
            yield Reference("goal", child, place, ids, about)
    if goal.share is not None and goal.share.of:
        yield Reference("goal", goal.share.of, goal.share.at("of"), ids, about)
    if goal.targets is not None:
        for team in goal.targets.teams:
            yield Reference("team", team, goal.targets.at("teams", team), goals.teams, about)


def _of_file(goals: GoalSet) -> Iterator[Reference]:
    file = Subject("file", goals.origin)
    for hypothesis in goals.hypotheses:
        about = Subject("hypothesis", hypothesis.id)
        for key in ("leading", "lagging"):
            if name := getattr(hypothesis, key):
                yield Reference("metric", name, hypothesis.at(key), goals.metrics, about)
    for alert in goals.alerts:
        if alert.goal:
            yield Reference("goal", alert.goal, alert.at("goal"), goals.by_id, file)
    for ignore in goals.lint.ignore if goals.lint else ():
        kinds = {
            "goal": goals.by_id,
            "metric": goals.metrics,
            "source": goals.sources,
            "funnel": goals.funnels,
        }
        for kind, known in kinds.items():
            if name := getattr(ignore, kind):
                yield Reference(kind, name, ignore.at(kind), known, file)
