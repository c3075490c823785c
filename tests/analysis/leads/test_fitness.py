"""Which series can be compared, and what is said of the others."""

from __future__ import annotations

import numpy as np
import pytest

from kpilint.analysis.leads.fitness import fitness, rolling
from kpilint.analysis.stats import FloatArray
from kpilint.i18n import speaking
from tests.analysis.leads.test_whitening import remembering

NAN = float("nan")


def with_holes(n: int, *holes: int) -> FloatArray:
    x: FloatArray = np.sin(np.arange(n) * 1.7) + np.arange(n) % 3
    x[list(holes)] = NAN
    return x


@pytest.mark.parametrize(
    ("values", "words"),
    [
        (np.full(40, NAN), "no value"),
        (np.array([1.0, 2.0]), "at least 20"),
        (np.full(40, 7.0), "is 7 all the time"),
        (np.zeros(40), "is 0 all the time"),
        (with_holes(40, *range(10, 15)), "5 of them in a row"),
        (with_holes(40, *range(1, 40, 4)), "lacks 10 of 40"),
    ],
)
def test_what_cannot_be_compared_says_why(values: FloatArray, words: str) -> None:
    with speaking("en"), np.errstate(all="raise"):
        reason = fitness(values, "Calls").reason
    assert words in reason
    assert reason.startswith("Calls")


def test_scattered_gaps_are_bridged_in_straight_lines() -> None:
    fit = fitness(with_holes(40, 5, 12, 13), "Calls")
    assert (fit.reason, fit.missing) == ("", 3)
    assert fit.values[5] == pytest.approx((fit.values[4] + fit.values[6]) / 2)


@pytest.mark.parametrize(("window", "n"), [(4, 104), (12, 150)])
def test_a_rolling_mean_is_noticed(window: int, n: int) -> None:
    even = np.ones(window) / window
    rows = [np.convolve(row, even, "valid") for row in remembering(100, n + window - 1, 0.3, 6)]
    assert np.mean([rolling(row) == window for row in rows]) > 0.7


@pytest.mark.parametrize("memory", [0.0, 0.5, 0.8, 1.0])
def test_an_ordinary_series_is_not_taken_for_one(memory: float) -> None:
    assert np.mean([rolling(row) > 0 for row in remembering(500, 104, memory, 7)]) <= 0.01


def test_a_long_rolling_mean_is_refused() -> None:
    long = [np.convolve(row, np.ones(30) / 30, "valid") for row in remembering(50, 150, 0.3, 8)]
    assert np.mean(["rolling mean" in fitness(row, "x").reason for row in long]) > 0.3
