"""Steps of the level are found where they are, and not in a random walk."""

from __future__ import annotations

import numpy as np
import pytest

from kpilint.analysis.leads.breaks import design, has_season, steady
from tests.analysis.leads.test_whitening import remembering


def test_a_step_is_found_where_it_is() -> None:
    x = remembering(200, 104, 0.3, 3)
    x[:, 60:] += 4 * x.std()
    breaks = steady(x).breaks
    assert (np.abs(breaks[:, 0] - 60) <= 2).mean() > 0.9


def test_two_steps_are_found() -> None:
    x = remembering(200, 150, 0.0, 4)
    x[:, 40:] += 6
    x[:, 110:] -= 9
    found = np.sort(steady(x).breaks, axis=1)
    assert (np.abs(found - [40, 110]) <= 1).all(axis=1).mean() > 0.9


@pytest.mark.parametrize("n", [24, 52, 104])
def test_a_random_walk_seldom_has_steps(n: int) -> None:
    walk = np.random.default_rng(5).standard_normal((1000, n)).cumsum(axis=1)
    assert (steady(walk).breaks[:, 0] >= 0).mean() < 0.05


def test_the_design_is_orthonormal_and_so_are_its_steps() -> None:
    plan = design(52, 365.25 / 7)
    assert plan.basis.T @ plan.basis == pytest.approx(np.eye(4), abs=1e-12)
    assert np.abs(plan.steps @ plan.basis).max() < 1e-12
    assert (plan.steps**2).sum(axis=1) == pytest.approx(np.ones(len(plan.steps)))


@pytest.mark.parametrize(
    ("n", "cycle", "known"), [(52, 365.25 / 7, True), (51, 365.25 / 7, False), (12, 12, True),
                              (11, 12, False), (99, None, False)],
)  # fmt: skip
def test_a_season_needs_a_whole_cycle(n: int, cycle: float | None, known: bool) -> None:
    assert has_season(n, cycle) is known


def test_trend_and_season_are_regressed_out() -> None:
    t = np.arange(48)
    x = (3 + 0.5 * t + 2 * np.sin(2 * np.pi * t / 12 + 1))[None]
    assert np.abs(design(48, 12).without(x)).max() < 1e-9
