"""Growth from year to year: windows, gaps and zeros."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.analysis.growth import rolling, year_on_year

positive = st.floats(0.1, 1e6)


@pytest.mark.parametrize(
    ("values", "length", "weights", "expected"),
    [
        ([1, 2, 3, 4], 2, None, [3, 5, 7]),
        ([1, 2, np.nan, 4, 5], 2, None, [3, np.nan, np.nan, 9]),
        ([0.5, 0.2, 0.4], 2, [10, 30, 0], [0.275, 0.2]),
        ([0.5, np.nan, 0.4, 0.6], 2, [10, 0, 10, 30], [np.nan, np.nan, 0.55]),
        ([0.5, 0.5], 2, [0, 0], [np.nan]),
        ([1, 2], 3, None, []),
        ([], 1, None, []),
    ],
)
def test_rolling(
    values: list[float], length: int, weights: list[float] | None, expected: list[float]
) -> None:
    np.testing.assert_allclose(rolling(values, length, weights), expected)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ([2, 4, 3, 2], [1.5, 0.5]),
        ([0, 4, 3, 2], [0.5]),
        ([2, np.nan, 3, 2], [1.5]),
        ([2, 4, np.nan, 0], [0.0]),
        ([2, 4], []),
        ([], []),
    ],
)
def test_year_on_year(values: list[float], expected: list[float]) -> None:
    np.testing.assert_allclose(year_on_year(values, 2), expected)


@given(st.lists(positive, min_size=15, max_size=60), st.integers(1, 12), st.floats(0.5, 2))
def test_steady_growth_is_the_same_for_every_period(
    year: list[float], length: int, rate: float
) -> None:
    values = np.concatenate([year, np.asarray(year) * rate])
    growth = year_on_year(rolling(values, length), len(year))
    inside = growth[: len(year) - length + 1]  # those that do not straddle the two years
    np.testing.assert_allclose(inside, rate, rtol=1e-6)
