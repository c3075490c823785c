"""Where units do not fit: a target and its metric, a formula, the parts of a whole."""

from __future__ import annotations

from collections.abc import Iterator

from kpilint.finding import Span, Subject
from kpilint.goals.formula import read_formula
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.quantity import Quantity
from kpilint.goals.target import unit_of, units_of, value_in
from kpilint.i18n import _
from kpilint.rule import Flaw, Flaws


def mismatches(goals: GoalSet) -> Flaws:
    """Every unit that does not fit, as E008 tells it."""
    for metric in goals.metrics.values():
        if metric.form == "formula" and metric.formula:
            yield from _formula_units(goals, metric)
    for goal in goals.goals:
        about = Subject("goal", goal.id)
        metric_of = goals.metric_of(goal)
        if metric_of is not None:
            for path, quantity in _quantities(goal):
                flaw = _fits(goals, metric_of, quantity)
                if flaw:
                    yield Flaw(goal.at(*path), flaw, {"read": quantity.text}, about=about)
        yield from _combined_units(goals, goal)
    yield from _alerted(goals)


def _alerted(goals: GoalSet) -> Flaws:
    """The amounts in an alert's condition are in what its goal measures."""
    for alert in goals.alerts:
        goal = goals.by_id.get(alert.goal or "")
        metric = goals.metric_of(goal) if goal else None
        if alert.when is None or goal is None or metric is None:
            continue
        for comparison in alert.when.amounts():
            try:
                comparison.amount(unit_of(goals, metric))
            except ValueError as problem:
                about = Subject("goal", goal.id)
                evidence = {"read": str(comparison)}
                yield Flaw(alert.at("when"), str(problem), evidence, about=about)


def _fits(goals: GoalSet, metric: Metric, quantity: Quantity) -> str | None:
    try:
        value_in(quantity, unit_of(goals, metric))
    except ValueError as problem:
        return str(problem)
    return None


def _quantities(goal: Goal) -> Iterator[tuple[tuple[str | int, ...], Quantity]]:
    if goal.target is not None:
        yield ("target",), goal.target
    if goal.targets is not None:
        for kind in ("people", "teams"):
            for name, part in getattr(goal.targets, kind).items():
                parts = [part] if isinstance(part, Quantity) else part.values()
                yield from ((("targets", kind, name), q) for q in parts)
        for kind in ("months", "totals"):
            periods = getattr(goal.targets, kind).items()
            yield from ((("targets", kind, period.text), q) for period, q in periods)


def _formula_units(goals: GoalSet, metric: Metric) -> Flaws:
    about = Subject("metric", metric.name)
    try:
        formula = read_formula(metric.formula or "")
    except ValueError:  # E007 tells of it
        return
    try:
        made = formula.unit(units_of(goals, formula.names, (metric.name,)))
    except ValueError as problem:
        yield Flaw(metric.at("formula"), str(problem), {"formula": metric.formula}, about=about)
        return
    yield from _differs(made, metric.unit, metric.at("formula"), about)


def _combined_units(goals: GoalSet, goal: Goal) -> Flaws:
    """The units of children under an explicit combine make the parent's."""
    parent = goals.metric_of(goal)
    if goal.combine is None or parent is None:
        return
    children = [goals.by_id[c] for c in goal.combine.children if c in goals.by_id]
    metrics = [m for m in map(goals.metric_of, children) if m is not None]
    if not metrics or len(metrics) < len(goal.combine.children):
        return  # E003, E005 or M001 tells of it
    about, place = Subject("goal", goal.id), goal.at("combine")
    sign = {"sum": " + ", "product": " * ", "ratio": " / "}[goal.combine.how]
    names = [f"m{number}" for number in range(len(metrics))]
    try:
        units = {n: unit_of(goals, m) for n, m in zip(names, metrics, strict=True)}
        made = read_formula(sign.join(names)).unit(units)
    except ValueError as problem:
        yield Flaw(place, str(problem), {"combine": goal.combine.how}, about=about)
        return
    yield from _differs(made, unit_of(goals, parent), place, about)


def _differs(made: str | None, wanted: str | None, place: Span, about: Subject) -> Flaws:
    fractions = {"percent", "ratio"}
    if made and wanted and made != wanted and not {made, wanted} <= fractions:
        message = _(
            "The parts make {made}, but {wanted} is measured. Check the parts or the unit.",
            made=made,
            wanted=wanted,
        )
        yield Flaw(place, message, {"made": made, "unit": wanted}, about=about)
