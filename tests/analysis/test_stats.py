"""Intervals and corrections against published and independently computed numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.analysis.stats import benjamini_hochberg, newcombe, sidak, wilson


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (0, 0, 0.0, 1.0),
    ],
)
def test_wilson(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_wilson_takes_many_rates_at_once() -> None:
    low, high = wilson([81, 0], [263, 0])
    assert low == pytest.approx([0.2553, 0], abs=5e-5)
    assert high == pytest.approx([0.3662, 1], abs=5e-5)


@given(trials=st.integers(1, 500), share=st.floats(0, 1), level=st.floats(0.5, 0.99))
def test_wilson_holds_the_rate_and_mirrors(trials: int, share: float, level: float) -> None:
    successes = round(share * trials)
    low, high = wilson(successes, trials, level)
    assert 0 <= low <= successes / trials <= high <= 1
    assert wilson(trials - successes, trials, level) == pytest.approx((1 - high, 1 - low))


@pytest.mark.parametrize(("successes", "trials"), [(3, 2), (-1, 5)])
def test_impossible_counts_are_refused(successes: int, trials: int) -> None:
    with pytest.raises(ValueError, match="between 0 and"):
        wilson(successes, trials)
    with pytest.raises(ValueError, match="between 0 and"):
        newcombe(1, 2, successes, trials)


def test_newcombe() -> None:
    assert newcombe(56, 70, 48, 80) == pytest.approx((0.0524, 0.3339), abs=5e-5)


def test_newcombe_without_trials_knows_nothing() -> None:
    low, high = newcombe([56, 0, 5], [70, 0, 9], [48, 3, 0], [80, 4, 0])
    assert low == pytest.approx([0.0524, -1, -1], abs=5e-5)
    assert high == pytest.approx([0.3339, 1, 1], abs=5e-5)


@given(
    x1=st.integers(0, 30), more1=st.integers(0, 30), x0=st.integers(0, 30), more0=st.integers(1, 30)
)
def test_newcombe_reverses_with_its_sides(x1: int, more1: int, x0: int, more0: int) -> None:
    low, high = newcombe(x1, x1 + more1, x0, x0 + more0)
    assert newcombe(x0, x0 + more0, x1, x1 + more1) == pytest.approx((-high, -low))


def test_sidak() -> None:
    assert sidak(0.95, 1) == pytest.approx(0.95)
    assert sidak(0.95, 10) == pytest.approx(0.99488, abs=5e-6)
    assert sidak(0.95, 10) ** 10 == pytest.approx(0.95)
    with pytest.raises(ValueError, match="at least 1"):
        sidak(0.95, 0)


PAPER = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
PAPER += [0.324, 0.4262, 0.5719, 0.6528, 0.759, 1.0]


def test_benjamini_hochberg_1995() -> None:
    adjusted = benjamini_hochberg(PAPER)
    assert (adjusted <= 0.05).sum() == 4
    assert (np.array(PAPER) <= 0.05 / 15).sum() == 3  # Bonferroni, as in the paper


def test_benjamini_hochberg_keeps_order_and_passes_over_tests_not_made() -> None:
    shuffled = [np.nan, *reversed(PAPER)]
    expected = [np.nan, *reversed(benjamini_hochberg(PAPER))]
    assert benjamini_hochberg(shuffled) == pytest.approx(expected, nan_ok=True)
    assert np.isnan(benjamini_hochberg([np.nan])).all()
    with pytest.raises(ValueError, match="p"):
        benjamini_hochberg([1.2])
