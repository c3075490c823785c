"""Heaping, late entry and quantity bought with quality: honest data stays unsuspected."""

from __future__ import annotations

from itertools import chain

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.analysis.conduct import (
    entry_gap,
    heaping,
    last_day_share,
    trade,
)
from tests.benchmarks.funnel_rates import Gate, conduct


@pytest.fixture(scope="module")
def gates() -> list[Gate]:
    return list(conduct(120))


def test_false_alarms_and_what_is_found(gates: list[Gate]) -> None:
    assert [gate.row() for gate in gates if not gate.kept] == []
    assert {gate.at_least for gate in gates} == {False, True}


def test_heaping_counts_three_bands() -> None:
    values = [94, 95, 99, 100, 104, 104.5, 105, 109, 110, *[50.5] * 60]
    found = heaping(values, np.full(len(values), 100.0))
    assert (found.short, found.past, found.beyond) == (2, 3, 2)
    assert found.values == len(values)


def test_where_values_lie_is_no_habit_of_rounding() -> None:
    """Many are just 25, a multiple of 25; hardly one of 50 or 75 is."""
    values = np.repeat(np.arange(21, 33), [2, 4, 7, 12, 17, 20, 20, 17, 12, 7, 4, 2])
    assert heaping(values, np.full(len(values), 30.0)).values == len(values)


def test_lower_is_better_looks_the_other_way() -> None:
    values = np.array([96, 96, 97, 98, 99, 100, *[30.5] * 60])
    found = heaping(values, np.full(len(values), 100.0), better="lower")
    assert (found.short, found.past, found.beyond) == (0, 6, 0)


@pytest.mark.parametrize("target", [20, 29, 30, 39, 50])
def test_whole_numbers_around_small_targets_fill_the_bands_alike(target: int) -> None:
    values = np.array([*range(10, 80)] * 2)
    found = heaping(values, np.full(len(values), target))
    assert found.short == found.past == found.beyond


def test_a_slope_is_no_heap() -> None:
    values = np.repeat(np.arange(60, 141), np.arange(60, 141))
    found = heaping(values, np.full(len(values), 100))
    assert found.past == pytest.approx((found.short + found.past + found.beyond) / 3, rel=0.01)
    assert found.p_value > 0.3


@pytest.mark.parametrize(
    ("values", "target"),
    [
        (np.arange(40, 90), 100),  # too few
        (np.arange(100), 19),  # targets of a few units
        (np.arange(100) * 10, 100),  # values that step by more than the band
        (np.concatenate([np.arange(0, 1000, 10), np.arange(40) + 0.5]), 100),  # most of them do
        (np.zeros(100), 100),
        (np.full(100, np.nan), 100),
    ],
)
def test_what_cannot_be_told_is_said(values: np.ndarray, target: float) -> None:
    if not values.any():
        assert heaping(values, np.full(len(values), target)).p_value == 1
        return
    with pytest.raises(ValueError, match="60 are needed"):
        heaping(values, np.full(len(values), target))


def test_values_and_targets_must_match() -> None:
    with pytest.raises(ValueError, match="one target"):
        heaping([1, 2], [1])


def test_all_on_the_last_day_is_late() -> None:
    found = last_day_share([2, 3, 2, 4, 3, 2, 40], [40] * 7)
    assert found.now == 1
    assert found.usual == pytest.approx(2.6 / 40, abs=0.01)
    assert found.p_value < 0.01


@pytest.mark.parametrize("k", [0, 40])
def test_a_month_like_the_others_is_not(k: int) -> None:
    found = last_day_share([k] * 8, [40] * 8)
    assert (found.t, found.p_value) == pytest.approx((0, 0.5))


def test_a_longer_gap_is_late_and_an_entry_in_advance_is_not() -> None:
    month = np.repeat(np.arange(7), 40)
    days = np.tile([-2, 0, 1, 3, 5], 56).astype(float)
    assert entry_gap(month, days).p_value == pytest.approx(0.5)
    days[-40:] += 20
    found = entry_gap(month, days)
    assert found.p_value < 0.01
    assert found.now > 15 > found.usual


@pytest.mark.parametrize(
    ("k", "n", "said"),
    [
        ([1, 2], [40, 40], "1 past month"),
        ([1] * 7, [*[40] * 6, 29], "29 records"),
        ([1, *[0] * 7], [40, *[0] * 6, 40], "1 past month"),
        ([50] * 7, [40] * 7, "between 0"),
        ([], [], "0 past months"),
    ],
)
def test_too_little_or_impossible_is_refused(k: list[int], n: list[int], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        last_day_share(k, n)


def test_gaps_need_records_and_days() -> None:
    with pytest.raises(ValueError, match="0 past months"):
        entry_gap([], [])
    with pytest.raises(ValueError, match="days from event"):
        entry_gap([1], [np.nan])


def test_quantity_bought_with_quality() -> None:
    calls = [200, 190, 205, 210, 195, 200, 203, 320]
    good = [0.40, 0.42, 0.38, 0.41, 0.39, 0.40, 0.41, 0.22]
    assert trade(calls, good, calls, counts=True).p_value < 0.01
    assert trade([*calls[:-1], 200], good, calls, counts=True).p_value > 0.3
    assert trade(calls, [*good[:-1], 0.4], calls, counts=True).p_value > 0.3
    errors = [1 - share for share in good]
    assert trade(calls, errors, calls, counts=True, better="lower").p_value < 0.01
    assert trade(calls, [100 * share for share in good]).p_value < 0.01


@pytest.mark.parametrize(
    ("quantity", "quality", "trials", "said"),
    [
        ([1] * 6, [1] * 6, None, "5 past periods"),
        ([1] * 8, [1] * 7, None, "for each period"),
        ([1] * 8, [np.nan] * 8, None, "for each period"),
        ([-1] * 8, [1] * 8, None, "negative"),
        ([1] * 8, [1.5] * 8, [4] * 8, "between 0 and 1"),
        ([1] * 8, [0.5] * 8, [0] * 8, "number of its records"),
        ([1] * 8, [*[5] * 7, 4], None, "never varied"),
    ],
)
def test_pairs_that_cannot_be_judged_are_refused(
    quantity: list[float], quality: list[float], trials: list[int] | None, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        trade(quantity, quality, trials, counts=True)


@given(st.lists(st.tuples(st.integers(0, 90), st.floats(0, 1)), min_size=7, max_size=20))
def test_any_months_give_a_number(months: list[tuple[int, float]]) -> None:
    n = np.array([count + 30 for count, _share in months])
    k = np.round([count * share for count, share in months])
    assert 0 <= last_day_share(k, n).p_value <= 1
    assert 0 <= trade(n, k / n, n, counts=True).p_value <= 1
    gaps = list(chain.from_iterable([share * 9] * 30 for _count, share in months))
    assert 0 <= entry_gap(np.repeat(np.arange(len(months)), 30), gaps).p_value <= 1
