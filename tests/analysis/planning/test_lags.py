"""Lags, the reverse funnel, and what flows through them."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.analysis.planning.lags import (
    Lag,
    Stays,
    forward,
    lag,
    median_days,
    required,
    whole_way,
)
from kpilint.analysis.stats import FloatArray


def exponential(mean: float, rate: float = 1.0, days: int = 1500) -> Lag:
    """A wait of exponential law, day by day; who is not to move on stays."""
    edges = np.concatenate([[0.0], np.arange(days) + 0.5])
    moves = rate * np.diff(1 - np.exp(-edges / mean))
    return Lag(moves, 1 - moves.cumsum())


@pytest.mark.parametrize(("mean", "share"), [(30, 0.67), (60, 0.39), (75, 0.29), (120, 0.14)])
def test_a_quarters_leads_win_in_that_quarter(mean: int, share: float) -> None:
    """Leads that come evenly in 90 days, over three stages with a mean of so many days in all."""
    lags = [exponential(mean / 3) for _stage in range(3)]
    won = forward(np.full(90, 1 / 90), lags)[-1]
    assert won.sum() == pytest.approx(share, abs=0.005)


def test_the_reverse_funnel() -> None:
    rates = [300 / 1000, 120 / 300, 50 / 120, 15 / 50]
    assert required(15, rates) == pytest.approx((1000, 300, 120, 50, 15))


def test_open_records_are_censored_and_lost_ones_compete() -> None:
    """Of four, one moves on at once, one is lost after a day, two are still open after two."""
    found = lag([0, 1, 2], [1, 2, 0], [1, 1, 2])
    assert found.moves.tolist() == [0.25, 0, 0]
    assert found.stays.tolist() == [0.75, 0.5, 0.5]
    assert found.rate == 0.25


def test_a_last_record_does_not_stand_for_hundreds() -> None:
    """299 of 300 are lost from sight early; that the last one moves on late tells nothing."""
    assert lag([1, 2, 90], [1, 0, 1], [100, 199, 1]).rate == pytest.approx(1 / 3)


def test_who_waits_moves_on_as_those_did_who_had_waited_as_long() -> None:
    each = Lag(np.array([0.2, 0.4, 0.1]), np.array([0.8, 0.4, 0.2]))
    waiting = np.array([10.0, 0.0, 7.0, 3.0])  # the last two have stayed longer than anyone
    assert each.from_now(waiting, 4) == pytest.approx([10 * 0.4 / 0.8, 10 * 0.1 / 0.8, 0, 0])


@pytest.mark.parametrize(
    ("moves", "days"), [([1.0], 0), ([0.0, 0.1, 0.1], 1), ([0.1, 0, 0, 0.2], 3), ([0.0], None)]
)
def test_median(moves: list[float], days: int | None) -> None:
    assert median_days(np.array(moves)) == days


shares = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def _lag(weights: list[float]) -> Lag:
    moves = np.array(weights) / (sum(weights) + 1)
    return Lag(moves, 1 - moves.cumsum())


@given(st.lists(shares.map(_lag), max_size=4), st.lists(st.floats(0, 100), min_size=1, max_size=40))
def test_forward_is_the_convolution(lags: list[Lag], leads: list[float]) -> None:
    arrived = forward(leads, lags)
    assert arrived.shape == (len(lags) + 1, len(leads))
    expected: FloatArray = np.convolve(leads, whole_way(lags))[: len(leads)]
    assert arrived[-1] == pytest.approx(expected, abs=1e-6)


@given(
    st.lists(
        st.tuples(st.integers(0, 60), st.integers(0, 2), st.integers(1, 30)),
        min_size=1,
        max_size=30,
    )
)
def test_a_lag_is_a_share_of_those_who_came(rows: list[tuple[int, int, int]]) -> None:
    age, cause, count = (np.array(each, dtype=np.int64) for each in zip(*rows, strict=True))
    found = Stays(age, cause, count).lag()
    assert (found.moves >= -1e-12).all()
    assert ((found.stays >= 0) & (found.stays <= 1)).all()
    assert found.moves.sum() + found.stays[-1] <= 1 + 1e-9
    again = Stays(age, cause, count).redrawn(np.random.default_rng(1))
    assert again.came == count.sum()
