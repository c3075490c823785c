"""Pace: business days, the metric's own habit, and the worked example."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.analysis.tracking.pacing import (
    day_at,
    earlier,
    elapsed,
    expected_share,
    pace,
)
from kpilint.goals.period import Period, month_of, read_period

OCTOBER = month_of(date(2026, 10, 1))
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


def test_the_worked_example() -> None:
    found = pace(100_000, 65_000, 45, 90, 120_000, 0.3)
    assert found.gap == 35_000
    assert found.coverage == pytest.approx(3.43, abs=0.005)
    assert (round(found.made), round(found.needed or 0)) == (1444, 778)
    assert found.weighted == pytest.approx(36_000)


def test_a_period_that_is_over_or_a_target_that_is_met_needs_nothing() -> None:
    assert pace(100, 65, 90, 90, 10, 0.3).needed is None
    assert pace(100, 120, 45, 90, 10, 0.3).coverage is None
    with pytest.raises(ValueError, match="Day 91"):
        pace(100, 65, 91, 90, 10, 0.3)


@pytest.mark.parametrize(
    ("day", "closures", "share"),
    [
        (date(2026, 9, 30), (), 0),
        (date(2026, 10, 1), (), 1 / 21),  # 22 weekdays, less Sports Day
        (date(2026, 10, 4), (), 2 / 21),  # a weekend adds nothing
        (date(2026, 10, 12), (), 7 / 21),  # Sports Day
        (date(2026, 10, 2), ((date(2026, 10, 1), date(2026, 10, 1)),), 1 / 20),
        (date(2026, 11, 9), (), 1),
    ],
)
def test_only_business_days_count(
    day: date, closures: tuple[tuple[date, date], ...], share: float
) -> None:
    assert elapsed(OCTOBER.start, OCTOBER.end, day, closures) == pytest.approx(share)


def test_a_weekend_is_counted_in_calendar_days() -> None:
    assert elapsed(date(2026, 10, 3), date(2026, 10, 4), date(2026, 10, 3)) == 0.5


@given(DAYS, st.integers(5, 120), st.integers(0, 120))
def test_the_day_of_a_share_has_that_share(start: date, days: int, ahead: int) -> None:
    end = start + timedelta(days=days)
    day = min(start + timedelta(days=ahead), end)
    share = elapsed(start, end, day)
    if share:
        assert elapsed(start, end, day_at(start, end, share)) == pytest.approx(share)


def test_the_periods_before() -> None:
    quarter = read_period("2026-Q3", 4)
    found = earlier(quarter, date(2026, 1, 1))
    assert [(p.start, p.end) for p in found] == [
        (date(2026, 1, 1), date(2026, 3, 31)),
        (date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 9, 30)),
    ]


@pytest.mark.parametrize(("periods", "share"), [(7, 10 / 21), (8, 0.0)])
def test_a_habit_takes_eight_periods(periods: int, share: float) -> None:
    """Everything is made on the last day of each month: by the middle there is nothing."""
    past: list[Period] = []
    while len(past) < periods:
        past.append((past[-1] if past else OCTOBER).before())

    def made(first: date, last: date) -> float:
        return float(last == month_of(first).end)

    found = expected_share(OCTOBER, date(2026, 10, 15), past, made)
    assert found == pytest.approx(share)
