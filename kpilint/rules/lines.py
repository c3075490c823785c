"""Values that have had a target of their own: of people, teams and months that are over."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from kpilint.analysis.conduct import Better
from kpilint.data.selection import Selection, selected
from kpilint.errors import Unavailable
from kpilint.finding import Span
from kpilint.goals.goal import Goal, Monthly
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.period import Period
from kpilint.goals.quantity import Quantity
from kpilint.goals.target import better, unit_of, value_in
from kpilint.goals.written import plain_name
from kpilint.i18n import _

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from kpilint.data.dataset import Dataset

_EVERYBODY = None


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """One entry a value: what was reached, and its target; ``at`` is where the first is written."""

    values: NDArray[np.float64]
    targets: NDArray[np.float64]
    better: Better
    at: Span


@dataclass(frozen=True, slots=True)
class _Line:
    """A target of some people, or of everybody, in a period."""

    people: tuple[str, ...] | None
    period: Period
    target: float


def lines_of(goals: GoalSet, data: Dataset, metric: Metric, as_of: date) -> Lines | None:
    """All lines of a metric whose period is over; None where there are none.

    Only what adds up can be told by person. Raises Unavailable, with the reason, where the values
    cannot be had.
    """
    aimed = [goal for goal in goals.goals if goal.metric == metric.name and goal.targets]
    lines = [line for goal in aimed for line in _drawn(goals, goal, metric, as_of)]
    if not lines:
        return None
    if not metric.additive or metric.form != "flow":
        message = _("{metric} does not add up over people and months.", metric=metric.title)
        raise Unavailable(message)
    chosen = selected(data, metric)
    person = data.resolve(metric.source or "", metric.person) if metric.person else None
    periods = dict.fromkeys(line.period for line in lines)
    reached = {period: _reached(chosen, person, period) for period in periods}
    values = [_value(reached[line.period], line.people) for line in lines]
    targets = [line.target for line in lines]
    at = aimed[0].at("targets")
    return Lines(np.array(values), np.array(targets), better(goals, aimed[0]), at)


def _drawn(goals: GoalSet, goal: Goal, metric: Metric, as_of: date) -> Iterator[_Line]:
    assert goal.targets is not None
    unit = unit_of(goals, metric)
    members = {name: tuple(map(plain_name, team)) for name, team in goals.teams.items()}
    parts: list[tuple[tuple[str, ...] | None, Quantity | Monthly]] = [
        *((((plain_name(name)),), part) for name, part in goal.targets.people.items()),
        *((members[n], part) for n, part in goal.targets.teams.items() if n in members),
        (_EVERYBODY, goal.targets.months),
    ]
    for people, part in parts:
        spread = {goal.period: part} if isinstance(part, Quantity) else part
        for period, quantity in spread.items():
            target = value_in(quantity, unit)
            if period is not None and period.end <= as_of and target is not None:
                yield _Line(people, period, target)


def _reached(chosen: Selection, person: str | None, period: Period) -> Mapping[str | None, float]:
    """The values of everybody, and of each person by name."""
    inside = chosen.between(period.start, period.end)
    if person is None:
        told = inside.records.aggregate(value=inside.aggregate())
        return {_EVERYBODY: _number(told.to_pyarrow().column("value")[0].as_py())}
    grouped = inside.records.group_by(who=inside.records[person])
    rows = grouped.aggregate(value=inside.aggregate()).to_pyarrow().to_pydict()
    found: dict[str | None, float] = {_EVERYBODY: 0.0}
    for name, value in zip(rows["who"], rows["value"], strict=True):
        key = plain_name(str(name or ""))
        found[key] = found.get(key, 0.0) + _number(value)
        found[_EVERYBODY] += _number(value)
    return found


def _value(reached: Mapping[str | None, float], people: tuple[str, ...] | None) -> float:
    """NaN for those whom the period does not know: they may not have been there yet."""
    if people is _EVERYBODY:
        return reached[_EVERYBODY]
    known = [reached[name] for name in people if name in reached]
    return sum(known) if known else float("nan")


def _number(value: object) -> float:
    return float(value) if isinstance(value, (int, float)) else 0.0
