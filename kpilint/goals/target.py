"""What a target amounts to: its number in the metric's unit, and which way is better."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from kpilint.goals.formula import read_formula
from kpilint.goals.goal import Goal, Monthly, Share
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Better, Metric
from kpilint.goals.quantity import Quantity

_INFERRED = {"count": "count", "count_distinct": "count"}


def unit_of(goals: GoalSet, metric: Metric, above: tuple[str, ...] = ()) -> str | None:
    """The unit of a metric: as given, else count for counts and percent for ratios of like things.

    ``above`` are the metrics that led here, so that a circle (E006) ends. Raises ValueError where
    a formula's units make no sense together.
    """
    if metric.unit is not None or metric.name in above:
        return metric.unit
    if metric.form == "ratio":
        units = set(units_of(goals, metric.refers_to, (*above, metric.name)).values())
        return "percent" if len(units) == 1 else None
    if metric.form == "formula" and metric.formula:
        formula = read_formula(metric.formula)
        return formula.unit(units_of(goals, formula.names, (*above, metric.name)))
    return _INFERRED.get(metric.agg or "")


def units_of(
    goals: GoalSet, names: Iterable[str], above: tuple[str, ...] = ()
) -> dict[str, str | None]:
    """The units of metrics by name; None where one is unknown or the metric is not defined."""
    defined = goals.metrics
    return {n: unit_of(goals, defined[n], above) if n in defined else None for n in names}


def better(goals: GoalSet, goal: Goal) -> Better:
    """Which way is better: what the metric says, else what ``≤`` or ``以内`` implies."""
    metric = goals.metric_of(goal)
    if metric is not None and metric.better:
        return metric.better
    return "lower" if goal.target is not None and goal.target.bound == "<=" else "higher"


def target_of(goals: GoalSet, goal: Goal) -> float | None:
    """The target in the metric's unit: as written, else the sum of its parts, else its share.

    None where there is none, where it is relative to a past that the file does not hold, or
    where it does not fit the unit (E008 tells of that).
    """
    metric = goals.metric_of(goal)
    try:
        unit = unit_of(goals, metric) if metric else None
        if goal.target is not None:
            return value_in(goal.target, unit)
        if goal.targets is not None and metric is not None and metric.additive:
            return _total(goal, unit)
        if goal.share is not None:
            return _share(goals, goal)
    except ValueError:
        return None
    return None


def value_in(quantity: Quantity, unit: str | None) -> float | None:
    """The number that a quantity is in ``unit``; None for a relative one. ValueError if unfit."""
    if unit is None:
        return quantity.value if quantity.relative is None else None
    if quantity.relative is not None and not (quantity.unit == "ratio" and unit == "ratio"):
        return None
    return quantity.value if quantity.relative else quantity.to(unit)


def is_level(whole: float | None, parts: Collection[float]) -> bool:
    """Whether a whole lies among its parts, as a rate or a mean does and a sum does not."""
    return whole is not None and len(parts) > 1 and min(parts) <= whole <= max(parts)


def part_of(part: Quantity | Monthly, unit: str | None) -> float | None:
    """The value of one name's target: a total, or the sum of its months."""
    if isinstance(part, Quantity):
        return value_in(part, unit)
    values = [value_in(quantity, unit) for quantity in part.values()]
    return sum(v for v in values if v is not None) if None not in values else None


def _total(goal: Goal, unit: str | None) -> float | None:
    assert goal.targets is not None
    for parts in (goal.targets.teams, goal.targets.people):
        values = [part_of(part, unit) for part in parts.values()]
        if values and None not in values:
            return sum(v for v in values if v is not None)
    return part_of(goal.targets.months, unit) if goal.targets.months else None


def _share(goals: GoalSet, goal: Goal) -> float | None:
    """Percent of the other goal's target less its baseline, through the win rate if given."""
    share = goal.share
    assert share is not None
    whole = goals.by_id.get(share.of)
    metric = goals.metric_of(whole) if whole else None
    target = target_of(goals, whole) if whole and whole is not goal and not whole.share else None
    if target is None or share.baseline is None or share.percent is None or metric is None:
        return None
    baseline = value_in(share.baseline, unit_of(goals, metric))
    return share_of(share, target - baseline) if baseline is not None else None


def share_of(share: Share, gap: float) -> float | None:
    """The part of a gap that a share is, in the gap's unit: of a pipeline, through its win rate.

    None without a percent, and where the win rate is not above 0.
    """
    try:
        rate = value_in(share.win_rate, "percent") if share.win_rate else 1.0
    except ValueError:
        return None
    if share.percent is None or rate is None or rate <= 0:
        return None
    percent = share.percent / 100 if share.percent > 1 else share.percent
    return percent * gap / rate
