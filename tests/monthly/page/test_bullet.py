"""The marks of a bullet graph stand in order on one scale from zero."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.monthly.page.bullet import Bullet
from tests.monthly.made import forecast, goal_set, state_of

GOALS = goal_set()
AMOUNTS = st.floats(-1e9, 1e9)


def test_places_are_shares_of_the_farthest_mark() -> None:
    found = Bullet.of(state_of(GOALS, "revenue", forecast=forecast(p90=60e6)))
    assert found is not None
    end = 60e6 * 1.04
    assert found.actual == pytest.approx(12.5e6 / end * 100, abs=0.01)
    assert found.target == pytest.approx(39e6 / end * 100, abs=0.01)
    assert found.high == pytest.approx(100 / 1.04, abs=0.01)
    assert not found.cut


@pytest.mark.parametrize("changes", [{"target": None}, {"target": 0.0}, {"actual": None}])
def test_no_graph_without_a_scale(changes: dict[str, None]) -> None:
    assert Bullet.of(state_of(GOALS, "revenue", **changes)) is None


def test_the_original_target_is_marked_only_where_it_is_another() -> None:
    same = Bullet.of(state_of(GOALS, "revenue"))
    moved = Bullet.of(state_of(GOALS, "revenue", original_target=30e6))
    assert same is not None
    assert moved is not None
    assert same.original is None
    assert moved.original is not None
    assert moved.original < moved.target


def test_what_is_not_divided_up_has_no_mark_for_now() -> None:
    found = Bullet.of(state_of(GOALS, "revenue", expected_by_now=39e6))
    assert found is not None
    assert found.expected is None


def test_a_bar_far_beyond_its_target_is_cut_and_says_so() -> None:
    found = Bullet.of(state_of(GOALS, "revenue", actual=39e8, forecast=None))
    assert found is not None
    assert found.cut
    assert found.actual == 100
    assert found.target > 40


@given(actual=AMOUNTS, target=st.floats(0.01, 1e9), original=AMOUNTS, expected=AMOUNTS)
def test_no_mark_lies_outside(
    actual: float, target: float, original: float, expected: float
) -> None:
    found = Bullet.of(
        state_of(
            GOALS,
            "revenue",
            actual=actual,
            target=target,
            original_target=original,
            expected_by_now=expected,
        )
    )
    assert found is not None
    marks = [found.actual, found.target, found.original, found.expected, found.low, found.high]
    assert all(0 <= mark <= 100 for mark in marks if mark is not None)
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.high
