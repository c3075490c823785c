"""Steps of the level are found where they are, and not in a random walk."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from kpilint.analysis.leads.breaks import design, has_season, smooth, steady, without
from kpilint.analysis.leads.calendar import patterns
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
    found = np.sort(steady(x).breaks, axis=1)[:, -2:]
    assert (np.abs(found - [40, 110]) <= 1).all(axis=1).mean() > 0.9


@pytest.mark.parametrize("n", [24, 52, 104])
def test_a_random_walk_seldom_has_steps(n: int) -> None:
    walk = np.random.default_rng(5).standard_normal((1000, n)).cumsum(axis=1)
    assert (steady(walk).breaks[:, 0] >= 0).mean() < 0.05


def test_the_design_is_orthonormal_and_so_are_its_steps() -> None:
    plan = design(52, 365.25 / 7)
    assert plan.basis.T @ plan.basis == pytest.approx(np.eye(4), abs=1e-12)
    assert np.abs(plan.shapes @ plan.basis).max() < 1e-12
    assert (plan.shapes**2).sum(axis=1) == pytest.approx(np.ones(len(plan.shapes)))


@pytest.mark.parametrize(
    ("n", "cycle", "known"), [(52, 365.25 / 7, True), (51, 365.25 / 7, False), (12, 12, True),
                              (11, 12, False), (99, None, False)],
)  # fmt: skip
def test_a_season_needs_a_whole_cycle(n: int, cycle: float | None, known: bool) -> None:
    assert has_season(n, cycle) is known


def test_trend_and_season_are_regressed_out() -> None:
    t = np.arange(48)
    x = (3 + 0.5 * t + 2 * np.sin(2 * np.pi * t / 12 + 1))[None]
    assert np.abs(without(x, smooth(48, 12))).max() < 1e-9


def test_a_long_series_may_bend() -> None:
    t = np.arange(104.0)
    assert np.abs(without((t**2)[None], smooth(104, bent=True))).max() < 1e-9
    assert design(104).basis.shape[1] == design(99).basis.shape[1] + 1


def test_the_last_days_of_months_are_taken_out_and_are_no_break() -> None:
    start = pd.Period("2024-01-01", "W-SUN")
    closing = patterns(start, 104)[2]  # working days among a month's last three
    x = remembering(200, 104, 0.3, 6) + 2 * closing
    found = steady(x, start=start)
    assert found.calendar.mean() > 0.95
    assert (found.breaks >= 0).any(axis=1).mean() < 0.1
    left = without(found.innovations, np.full((104, 1), 104**-0.5)) @ (closing - closing.mean())
    assert np.abs(left.mean()) < 0.05 * np.linalg.norm(closing - closing.mean()) * 104**0.5
    assert not steady(x).calendar.any()
