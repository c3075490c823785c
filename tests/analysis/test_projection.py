"""The projection: false alarms and catches by simulation, and histories that are not smooth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilint.analysis.projection import (
    Better,
    Kind,
    Projection,
    enough,
    project,
    project_many,
    sparse,
)
from kpilint.analysis.stats import FloatArray
from tests.benchmarks.projection_rates import World, rates

SMOOTH = np.exp(4 + 0.2 * np.random.default_rng(1).standard_normal(36))


@pytest.mark.parametrize(
    ("world", "limit"),
    [
        (World(n=24, trend=True, season="wave", linger=0.6, cv=0.3), 0.08),
        (World(n=24, season="month", linger=0.3), 0.08),
        (World(trend=True, season="wave", linger=0.6), 0.07),
        (World(trend=True, season="quarter", cv=0.6), 0.07),
        (World(trend=True, season="wave", linger=0.6, cv=0.6, ahead=2), 0.07),
        (World(horizon=1, trend=True, season="wave", linger=0.3), 0.07),
        (World(horizon=6, trend=True, cv=0.3), 0.07),
        (World(horizon=12, trend=True), 0.07),
        (World(kind="count", size=3, cv=0), 0.07),
        (World(kind="count", size=8, cv=0.3, trend=True, season="wave"), 0.07),
        (World(kind="count", size=30, cv=0, horizon=1), 0.07),
        (World(kind="ratio", size=20, share=0.95, cv=0, trend=True, season="wave"), 0.07),
        (World(kind="ratio", size=60, share=0.1, horizon=1, uneven=True), 0.07),
        (World(kind="ratio", size=400, share=0.4, trend=True, season="wave"), 0.07),
        (World(kind="mean", size=8, trend=True, season="wave", uneven=True), 0.07),
        (World(size=2, cv=0.5, trend=True, season="wave"), 0.07),
    ],
)
def test_true_values_seldom_alarm(world: World, limit: float) -> None:
    found = rates(world, 1000)
    assert found.within(found.false, limit)
    assert found.false > 0  # a limit that nothing passes would be no limit


@pytest.mark.parametrize("season", ["none", "wave", "month"])
@pytest.mark.parametrize("linger", [0.0, 0.6])
@pytest.mark.parametrize("trend", [False, True])
def test_a_wish_of_sixty_percent_is_caught(season: str, linger: float, trend: bool) -> None:
    cv = {"none": 0.2, "wave": 0.13, "month": 0.14}[season]  # with its season, .2 a month
    world = World(trend=trend, season=season, linger=linger, cv=cv)  # type: ignore[arg-type]
    assert world.monthly_cv() <= 0.2
    found = rates(world, 500)
    assert found.wish / found.replications >= 0.80


@pytest.mark.parametrize("better", ["higher", "lower"])
def test_the_limit_is_where_the_probability_ends(better: Better) -> None:
    projection = project(SMOOTH, 3)
    limit = projection.limit(0.975, better)
    assert projection.probability(limit, better) == pytest.approx(0.025)
    assert projection.probability(projection.median, better) == pytest.approx(0.5)
    assert (limit > projection.median) == (better == "higher")


def test_a_longer_period_is_a_larger_total() -> None:
    month, year = project(SMOOTH, 1), project(SMOOTH, 12)
    assert year.median == pytest.approx(12 * month.median, rel=0.1)
    assert year.sd < month.sd


def test_the_further_ahead_the_less_is_known() -> None:
    lingering = np.exp(np.sin(np.arange(36) ** 1.3 / 5) / 4)
    sds = [project(lingering, 1, ahead).sd for ahead in (0, 2, 6)]
    assert sds == sorted(sds)


def test_growth_and_season_are_carried_on() -> None:
    t = np.arange(48)
    ripple = 1 + 0.01 * np.random.default_rng(2).standard_normal(48)
    course = np.exp(0.02 * t + 0.4 * (t % 12 == 2))
    projection = project((course * ripple)[:36], 3)
    assert projection.median == pytest.approx(course[36:39].sum(), rel=0.03)
    assert max(projection.models, key=lambda model: model[1])[0] == "month, trend"


def test_model_weights_sum_to_one() -> None:
    projection = project(SMOOTH, 3)
    assert sum(weight for _, weight in projection.models) == pytest.approx(1)
    assert len(projection.models) == 8
    assert len(project(SMOOTH[:12], 3).models) < 8
    assert {name for name, _ in project(SMOOTH, 4, cycle=52).models} == {
        "flat",
        "wave",
        "flat, trend",
        "wave, trend",
    }


@pytest.mark.parametrize(
    ("values", "kind", "near", "beyond"),
    [
        ([100.0] * 24, "amount", 303, 310),
        ([10.0] * 24, "count", 31, 33),
        ([1.0] * 24, "count", 4, 5),
        ([0.0] * 24, "count", 1, 2),
        ([0.5] * 24, "ratio", 0.505, 0.52),
        ([1.05**t for t in range(24)], "amount", 10.2, 10.5),
    ],
)
def test_without_variance_only_real_differences_alarm(
    values: list[float], kind: Kind, near: float, beyond: float
) -> None:
    assert near < project(values, 3, kind=kind).limit(0.975, "higher") < beyond


@pytest.mark.parametrize(("always", "better"), [(1.0, "higher"), (0.0, "lower")])
def test_a_ratio_at_its_bound_may_stay_there(always: float, better: Better) -> None:
    assert project([always] * 24, 3, kind="ratio").limit(0.975, better) == always
    sized = project([always] * 24, 3, kind="ratio", weights=[20] * 24)
    assert sized.limit(0.975, better) == always


def test_a_month_of_refunds_is_no_crash() -> None:
    values = SMOOTH.copy()
    values[5] = -20.0
    projection = project(values, 3)
    assert projection.limit(0.975, "lower") < projection.median
    assert projection.median == pytest.approx(project(SMOOTH, 3).median, rel=0.15)


def test_ratios_beyond_one_and_without_denominators() -> None:
    attainment = project(1 + 0.1 * np.sin(np.arange(24)), 3, kind="ratio")
    assert attainment.limit(0.975, "higher") > 1
    assert 0.2 < project(0.3 + 0.05 * np.sin(np.arange(24)), 3, kind="ratio").median < 0.4


def test_empty_denominators_are_gaps() -> None:
    wins, closed = np.tile([3.0, 4.0, 0.0], 10), np.tile([10.0, 9.0, 0.0], 10)
    with np.errstate(invalid="ignore"):
        projection = project(wins / closed, 3, weights=closed, kind="ratio")
    assert projection.n == 20
    assert projection.median == pytest.approx(7 / 19, abs=0.02)


def test_weighty_months_count_more() -> None:
    share, size = np.where(np.arange(24) % 4 == 0, 0.9, 0.3), np.where(np.arange(24) % 4, 200, 2)
    projection = project(share, 3, weights=size, kind="ratio")
    assert projection.median < 0.4 < share.mean()


@given(gaps=st.sets(st.integers(1, 35), max_size=12))
@settings(max_examples=25, deadline=None)
def test_gaps_keep_the_projection_near(gaps: set[int]) -> None:
    values = SMOOTH.copy()
    values[list(gaps)] = np.nan
    projection = project(values, 3)
    assert projection.n == 36 - len(gaps)
    assert projection.median == pytest.approx(project(SMOOTH, 3).median, rel=0.35)


@given(factor=st.floats(1e-3, 1e9))
@settings(max_examples=25, deadline=None)
def test_the_currency_does_not_matter(factor: float) -> None:
    limit = project(SMOOTH * factor, 3).limit(0.975, "higher") / factor
    assert limit == pytest.approx(project(SMOOTH, 3).limit(0.975, "higher"), rel=1e-6)
    refunds: FloatArray = SMOOTH - 50
    limit = project(refunds * factor, 3).limit(0.975, "higher") / factor
    assert limit == pytest.approx(project(refunds, 3).limit(0.975, "higher"), rel=1e-6)


@pytest.mark.parametrize("kind", ["amount", "count", "ratio", "mean"])
@given(
    values=st.lists(
        st.one_of(st.integers(-5, 50), st.just(0), st.floats(0, 1), st.just(np.nan)),
        min_size=1,
        max_size=40,
    )
)
@settings(max_examples=40, deadline=None)
def test_any_history_gives_ordered_limits(kind: Kind, values: list[float]) -> None:
    weights = [7.0] * len(values) if kind in ("ratio", "mean") else None
    projection = project(values, 3, kind=kind, weights=weights)
    if np.isfinite(values).sum() < 2:
        assert np.isnan(projection.median)
        return
    low, high = projection.limit(0.975, "lower"), projection.limit(0.975, "higher")
    assert low <= projection.median <= high
    assert 0 <= projection.probability(1.0, "higher") <= 1


def test_rows_are_projected_alike_together_and_alone() -> None:
    rows = np.vstack([SMOOTH, SMOOTH[::-1]])
    together = [one.median for one in project_many(rows, 3)]
    assert together == pytest.approx([project(row, 3).median for row in rows])


def test_rows_with_gaps_apart_are_refused() -> None:
    rows = np.vstack([SMOOTH, SMOOTH])
    rows[0, 3] = np.nan
    with pytest.raises(ValueError, match="same steps"):
        project_many(rows, 3)


@pytest.mark.parametrize(
    ("n", "horizon", "cycle", "answer"),
    [
        (11, 1, 12, False),
        (12, 1, 12, True),
        (12, 4, 12, True),
        (17, 6, 12, False),
        (36, 12, 12, True),
        (51, 13, 52, False),
        (52, 13, 52, True),
    ],
)
def test_enough(n: int, horizon: int, cycle: int, answer: bool) -> None:
    assert enough([1.0] * n, horizon, cycle) is answer
    assert enough([*[1.0] * n, np.nan], horizon, cycle) is answer


def test_too_little_knows_nothing() -> None:
    projection: Projection = project([5.0], 3)
    assert projection.n == 1
    assert np.isnan(projection.limit(0.975, "higher"))


@pytest.mark.parametrize(
    ("values", "kind", "answer"),
    [
        ([0, 0, 3, 0, 1], "count", True),
        ([0, 2, 3, 0, 1], "amount", False),
        ([0, 0, np.nan, np.nan, 1, 2], "amount", False),
        ([0, 0, 0.3, 0, 0.1], "ratio", False),
    ],
)
def test_mostly_zeros_are_sparse(values: list[float], kind: str, answer: bool) -> None:
    assert sparse(values, kind) is answer
