"""What a goal counts: its label read together with its metric and its place on the funnel."""

from __future__ import annotations

from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.unit import CURRENCIES
from kpilint.rules.labels import Kind, kind_of
from kpilint.rules.places import place_of

_ADDED_UP = frozenset({"count", "count_distinct", "sum", None})  # None: typed in, or a formula


def counted_by(goals: GoalSet, goal: Goal) -> Kind | None:
    """What moves the goal's number, or None where nothing tells.

    What the file states outright settles it: an activity is one, a stage of a funnel is volume
    before the last and a result on it. Else the labels speak, within what the metric can be: a
    ratio is no volume, and money no activity.
    """
    metric = goals.metric_of(goal)
    if metric is None:
        return kind_of(goal.label or "")
    if metric.nature == "activity":
        return Kind.ACTIVITY
    place = place_of(goals, metric)
    if place is not None:
        upstream = not place.is_last and metric.form != "ratio" and metric.agg in _ADDED_UP
        return Kind.VOLUME if upstream else Kind.RESULT
    kind = _told(goal, metric)
    return kind if kind is None or _can_be(metric, kind) else Kind.RESULT


def _told(goal: Goal, metric: Metric) -> Kind | None:
    """What the labels say; the definition where they do not."""
    for text in (goal.label, metric.label, metric.definition):
        kind = kind_of(text) if text else None
        if kind is not None:
            return kind
    return None


def _can_be(metric: Metric, kind: Kind) -> bool:
    """Whether a metric that is computed like this one can be of a kind."""
    adds_up = metric.form != "ratio" and metric.agg in _ADDED_UP and metric.unit != "percent"
    match kind:
        case Kind.EXPOSURE:  # views per article keep the exposure in them, a rate does not
            ratio = metric.form == "ratio" and metric.unit != "count"
            return not ratio and metric.unit != "percent"
        case Kind.VOLUME:
            return adds_up and metric.nature != "lagging"
        case Kind.ACTIVITY:
            return metric.nature != "lagging" and metric.unit not in CURRENCIES
    return True
