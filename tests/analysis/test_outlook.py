"""A goal's period in the steps of its history."""

from __future__ import annotations

import pandas as pd
import pytest

from kpilint.analysis.outlook import expected, steps
from kpilint.data.series import Series
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import read


def goal(period: str) -> Goal:
    return read("goals.yaml", source=f"goals:\n  - {{id: a, period: {period}}}\n").goals[0]


def months(values: list[float], *, closing: bool, last: str = "2026-08") -> Series:
    index = pd.period_range(end=last, periods=len(values), freq="M")
    return Series.of(pd.Series(values, index=index), unit=None, kind="amount", closing=closing)


@pytest.mark.parametrize(
    ("period", "closing", "told"),
    [
        ("2026-10..2026-12", False, (3, 1, 12)),
        ("2026-10..2026-12", True, (1, 3, 12)),  # what counts is December's end
        ("2026-09", False, (1, 0, 12)),
        ("2026-09", True, (1, 0, 12)),
        ("2026-08", False, (1, 0, 12)),  # begun already
        ("2026-W38", False, (1, 1, 52)),
        ("2026-09-01..2026-09-28", True, (1, 3, 52)),
    ],
)
def test_steps(period: str, closing: bool, told: tuple[int, int, int]) -> None:
    assert tuple(steps(goal(period), months([1.0, 2.0], closing=closing))) == told


def test_a_stock_is_not_added_up_over_the_months() -> None:
    values = [100.0 + n % 3 for n in range(36)]
    flow, stock = (
        expected(goal("2026-09..2026-11"), months(values, closing=closing)).median
        for closing in (False, True)
    )
    assert flow == pytest.approx(303, rel=0.02)
    assert stock == pytest.approx(101, rel=0.02)
