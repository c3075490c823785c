"""The bullet graph of a goal: where its marks stand, in percent of the width."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from kpilint.analysis.tracking.status import GoalStatus

BEYOND = 2.0  # of the target: what lies further out is cut off there
ROOM = 1.04  # so that the outermost mark is not at the edge


@dataclass(frozen=True, slots=True)
class Bullet:
    """Places from 0 to 100, None where there is nothing to mark; ``cut`` is a bar cut short."""

    actual: float
    target: float
    original: float | None
    expected: float | None
    low: float | None
    middle: float | None
    high: float | None
    cut: bool

    @classmethod
    def of(cls, goal: GoalStatus) -> Self | None:
        """The graph from a baseline of zero; None without a target above it and an actual value."""
        target, actual = goal.target, goal.actual
        if target is None or target <= 0 or actual is None:
            return None
        forecast, original = goal.forecast, goal.original_target
        moved = original if original is not None and original != target else None
        marks = [target, actual, moved or 0, goal.expected_by_now or 0]
        end = min(max([*marks, forecast.p90 if forecast else 0]), BEYOND * target) * ROOM

        def place(value: float | None) -> float | None:
            return None if value is None else round(max(0.0, min(value / end, 1.0)) * 100, 2)

        return cls(
            actual=place(actual) or 0.0,
            target=place(target) or 0.0,
            original=place(moved),
            expected=None if goal.expected_by_now == target else place(goal.expected_by_now),
            low=place(forecast.p10) if forecast else None,
            middle=place(forecast.p50) if forecast else None,
            high=place(forecast.p90) if forecast else None,
            cut=actual > end,
        )
