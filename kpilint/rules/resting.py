"""Which goals rest on what: on a metric itself, or on one that it is made of."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from kpilint.errors import ColumnMissing, Unavailable
from kpilint.goals.expression import names
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.i18n import _, listed

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset

Resting = Mapping[str, tuple[Goal, ...]]
_NAMED = 3  # goals that a message names


def resting(goals: GoalSet) -> Resting:
    """For each metric that goals are measured by, through all its parts, those goals."""
    found: dict[str, list[Goal]] = {}
    for goal in goals.goals:
        for metric in goals.behind(goal.metric):
            found.setdefault(metric.name, []).append(goal)
    return {name: tuple(members) for name, members in found.items()}


def goals_on(rests: Resting, metrics: Iterable[str]) -> tuple[Goal, ...]:
    """The goals that rest on any of the metrics, once each."""
    return tuple(dict.fromkeys(goal for name in metrics for goal in rests.get(name, ())))


def using(goals: GoalSet, data: Dataset, source: str, columns: Collection[str]) -> tuple[Goal, ...]:
    """The goals on metrics that take any of these columns, by their exact names, from a source."""

    def exact(metric: Metric) -> Iterator[str]:
        for name in _named_by(metric):
            with suppress(ColumnMissing, Unavailable):
                yield data.resolve(source, name)

    wanted = set(columns)
    metrics = (m for m in goals.metrics.values() if m.source == source)
    return goals_on(resting(goals), (m.name for m in metrics if wanted & set(exact(m))))


def _named_by(metric: Metric) -> Iterator[str]:
    """The columns that a metric names, in whatever place."""
    yield from filter(None, (metric.time, metric.person))
    if metric.stock is not None:
        yield from (metric.stock.from_, metric.stock.to)
    for text in filter(None, (metric.column, metric.where)):
        with suppress(ValueError):  # E007 tells of it
            yield from names(text)


def touched(goals: Iterable[Goal]) -> str:
    """A clause that names the goals which a fault touches, or nothing."""
    titles = list(dict.fromkeys(goal.title for goal in goals))
    if not titles:
        return ""
    return _(" It touches: {goals}.", goals=listed(titles, _NAMED))
