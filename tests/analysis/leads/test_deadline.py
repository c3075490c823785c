"""The last day that still counts for the running period."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import kpilint as kl
from kpilint.analysis.leads.deadline import Deadline
from kpilint.goals.period import read_period

GOALS = Path(__file__).parents[3] / "data_samples" / "goals.yaml"


@pytest.mark.parametrize(
    ("grain", "lag", "last"),
    [
        ("week", 6, date(2026, 11, 19)),
        ("week", 1, date(2026, 12, 24)),
        ("month", 1, date(2026, 11, 30)),
        ("month", 3, date(2026, 9, 30)),
        ("", 3, None),
    ],
)
def test_last_day(grain: str, lag: int, last: date | None) -> None:
    deadline = Deadline(read_period("2026-Q3", 4), 4)
    assert deadline.last_day(lag, grain) == last  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("metric", "day", "end"),
    [
        ("won_revenue", date(2026, 10, 31), date(2026, 12, 31)),  # not the half-year's goal
        ("first_response", date(2026, 10, 31), date(2027, 3, 31)),  # its only goal
        ("leads", date(2027, 2, 1), date(2027, 3, 31)),  # no goal runs: the quarter
    ],
)
def test_the_running_period(metric: str, day: date, end: date) -> None:
    assert Deadline.of(kl.read(GOALS), metric, day).period.end == end
