"""Autoregression by Burg's lattice: what is left of a series with a memory."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.analysis.leads.whitening import autocorrelations, most_lags, normal_scores, whitened
from kpilint.analysis.stats import FloatArray


def remembering(m: int, n: int, memory: float, seed: int) -> FloatArray:
    fresh = np.random.default_rng(seed).standard_normal((m, n + 50))
    for step in range(1, n + 50):
        fresh[:, step] += memory * fresh[:, step - 1]
    return fresh[:, 50:]


@pytest.mark.parametrize(
    ("n", "most"), [(20, 2), (24, 2), (35, 2), (36, 3), (52, 4), (103, 4), (104, 6), (150, 8)]
)
def test_the_highest_order_grows_with_the_points(n: int, most: int) -> None:
    assert most_lags(n) == most


@pytest.mark.parametrize("memory", [0.5, 0.9, -0.6])
def test_innovations_forget(memory: float) -> None:
    innovations = whitened(remembering(200, 104, memory, 1))[0]
    shown = autocorrelations(innovations, np.arange(1, 6)).mean(axis=0)
    assert np.abs(shown).max() < 0.05


def test_innovations_are_of_one_size_from_the_first_point_on() -> None:
    innovations = whitened(remembering(4000, 52, 0.9, 2))[0]
    assert innovations.std(axis=0)[:4] == pytest.approx(innovations.std(), rel=0.15)


def test_a_row_of_zeros_stays_one() -> None:
    with np.errstate(all="raise", under="ignore"):
        innovations, aicc = whitened(np.zeros((1, 30)))
    assert not innovations.any()
    assert np.isfinite(aicc).all()


@given(st.lists(st.integers(-5, 5), min_size=20, max_size=40))
def test_scores_keep_the_order_and_lie_even(values: list[int]) -> None:
    row = np.array([values], dtype=np.float64)
    scores = normal_scores(row)
    order = np.argsort(row[0], kind="stable")
    assert (np.diff(scores[0][order]) >= 0).all()
    assert normal_scores(-row) == pytest.approx(-scores)


def test_scores_are_blom_s() -> None:
    assert normal_scores(np.array([[3.0, 1.0, 2.0]]))[0] == pytest.approx(
        [0.8694, -0.8694, 0.0], abs=1e-4
    )
