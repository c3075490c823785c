"""Working days between two days."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.goals.workdays import workdays_between

CLOSED = [(date(2026, 12, 29), date(2027, 1, 3))]
DAYS = st.dates(date(2020, 1, 1), date(2030, 12, 31))


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2026-10-30", "2026-10-31", 0),
        ("2026-10-30", "2026-11-02", 0),  # from Friday to Monday
        ("2026-10-30", "2026-11-04", 1),  # 3 November is a holiday
        ("2026-03-31", "2026-05-01", 21),
        ("2026-04-30", "2026-06-01", 18),
        ("2026-12-28", "2027-01-05", 1),  # Monday, 4 January, after the closure
        ("2026-10-31", "2026-10-01", 0),
    ],
)
def test_counted_as_japan_works(first: str, last: str, count: int) -> None:
    days = date.fromisoformat(first), date.fromisoformat(last)
    assert workdays_between(*days, CLOSED) == count


@given(DAYS, st.integers(0, 400))
def test_closing_all_days_leaves_none(first: date, length: int) -> None:
    last = first + timedelta(days=length)
    assert workdays_between(first, last, [(date(2019, 1, 1), date(2039, 1, 1))]) == 0


@given(DAYS, st.integers(1, 200), st.integers(1, 200))
def test_what_lies_between_adds_up(first: date, one: int, other: int) -> None:
    middle = first + timedelta(days=one)
    last = middle + timedelta(days=other)
    on_the_way = workdays_between(middle - timedelta(days=1), middle + timedelta(days=1))
    parts = workdays_between(first, middle) + on_the_way + workdays_between(middle, last)
    assert workdays_between(first, last) == parts
