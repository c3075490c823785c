"""What a metric's past lets expect of a goal's period."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from kpilint.goals.goal import Goal

if TYPE_CHECKING:
    from kpilint.analysis.projection import Kind, Projection
    from kpilint.data.series import Series


class Steps(NamedTuple):
    """A period in months, or in weeks: its length, how many lie before it, how many a year has."""

    length: int
    ahead: int
    year: int


def steps(goal: Goal, history: Series) -> Steps:
    """The goal's period in the steps of its history; of a stock's period only the last counts.

    The goal has a period and the history a value.
    """
    assert goal.period is not None
    length, ahead, year = _stretch(goal, history)
    return Steps(1, ahead + length - 1, year) if history.closing else Steps(length, ahead, year)


def _stretch(goal: Goal, history: Series) -> Steps:
    assert goal.period is not None
    months = goal.period.months()
    last = history.index[-1].end_time.date()
    if months:
        gap = (goal.period.start.year - last.year) * 12 + goal.period.start.month - last.month - 1
        return Steps(len(months), max(gap, 0), 12)
    gap = (goal.period.start - last).days - 1
    return Steps(max(round(goal.period.days / 7), 1), max(gap // 7, 0), 52)


def expected(goal: Goal, history: Series) -> Projection:
    """What the past lets expect of the goal's period, in the metric's unit."""
    from kpilint.analysis.projection import project

    length, ahead, year = steps(goal, history)
    return project(
        history.to_numpy(),
        length,
        ahead,
        weights=None if history.weights is None else history.weights.to_numpy(),
        cycle=year,
        kind=cast("Kind", history.kind),
    )
