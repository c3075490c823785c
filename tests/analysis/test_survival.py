"""Open records are censored and lost ones compete: published curves, limits, and short data."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.duration.survfunc import CumIncidenceRight

from kpilint.analysis.stats import wilson
from kpilint.analysis.survival import (
    at_equal_age,
    incidence,
    late_start,
    littles_law,
    waiting,
)

RECORDS = st.lists(st.tuples(st.integers(0, 12), st.integers(0, 2)), min_size=1, max_size=60)


def test_satagopan_2004() -> None:
    age = [7, 10, 14, 16, 18, 23, 24, 26, 27, *[30] * 296]
    cause = [0, 1, 0, 1, 2, 1, 0, 2, 1, *[0] * 296]
    found = incidence(age, cause)
    shares = [found.at(each)[0] for each in (10, 16, 23, 27)]
    assert shares == pytest.approx([0.00329, 0.00659, 0.00989, 0.01320], abs=1e-5)


def test_ties() -> None:
    age, cause = [1, 5, 3, 6, 1, 3, 2, 5, 2, 3, 6], [0, 1, 1, 1, 2, 1, 0, 1, 0, 2, 2]
    found = incidence(age, cause)
    shares = [found.at(each)[0] for each in (3, 5, 6)]
    assert shares == pytest.approx([0.2597, 0.5195, 0.6494], abs=5e-5)
    assert found.share[:, -1].sum() == pytest.approx(1)


FREIREICH = (
    [6, 6, 6, 7, 10, 13, 16, 22, 23],
    [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35],
)


def test_freireich_1963() -> None:
    left, there = FREIREICH
    found = incidence(left + there, [1] * len(left) + [0] * len(there), causes=1)
    stay = [1 - found.at(age)[0] for age in (6, 7, 10, 13, 16, 22, 23)]
    expected = [0.8571, 0.8067, 0.7529, 0.6902, 0.6275, 0.5378, 0.4482]
    assert stay == pytest.approx(expected, abs=5e-5)
    wait = waiting(left + there, [True] * len(left) + [False] * len(there))
    assert (wait.median, wait.low, wait.high) == (23, 13, None)


@given(RECORDS)
def test_the_same_as_statsmodels_with_ties(records: list[tuple[int, int]]) -> None:
    age, cause = (np.array(each) for each in zip(*records, strict=True))
    found = incidence(age, cause)
    if not (cause > 0).any():
        assert (found.share == 0).all()
        return
    with np.errstate(all="ignore"):
        theirs = CumIncidenceRight(age, cause)
    for n, (share, error) in enumerate(zip(theirs.cinc, theirs.cinc_se, strict=True)):
        assert found.share[n] == pytest.approx(share, abs=1e-9)
        clear = np.isfinite(error) & (error > 1e-6)
        assert found.error[n][clear] == pytest.approx(error[clear], abs=1e-6)


@given(RECORDS)
def test_counts_stand_for_records(records: list[tuple[int, int]]) -> None:
    age, cause = (np.array(each) for each in zip(*records, strict=True))
    distinct, counts = np.unique(np.array(records), axis=0, return_counts=True)
    one, grouped = incidence(age, cause), incidence(distinct[:, 0], distinct[:, 1], counts)
    assert grouped.share == pytest.approx(one.share)
    assert grouped.error == pytest.approx(one.error, abs=1e-7)
    assert grouped.known == pytest.approx(one.known)


@given(RECORDS, st.sampled_from([1, 2]))
def test_limits_hold_the_share_and_never_fail(records: list[tuple[int, int]], cause: int) -> None:
    age, causes = (np.array(each) for each in zip(*records, strict=True))
    found = incidence(age, causes)
    low, high = found.interval(cause)
    share = found.share[cause - 1]
    assert (low >= 0).all() and (high <= 1).all()
    assert (low <= share + 1e-9).all() and (share <= high + 1e-9).all()
    wait = waiting(age, causes > 0)
    assert wait.median is None or wait.low <= wait.median
    assert wait.high is None or (wait.median is not None and wait.median <= wait.high)


def test_without_censoring_it_is_wilsons_interval() -> None:
    age, cause = np.arange(1, 41), np.tile([1, 2, 2, 1], 10)
    found = incidence(age, cause)
    passed = np.cumsum(cause == 1)
    assert np.array(found.interval()) == pytest.approx(np.array(wilson(passed, 40)))


@pytest.mark.parametrize(
    ("cause", "share"), [(0, 0.0), (1, 1.0), (2, 0.0)], ids=["open", "won", "lost"]
)
@pytest.mark.parametrize("count", [1, 30])
def test_all_of_one_kind(cause: int, share: float, count: int) -> None:
    found = incidence(np.full(count, 5), np.full(count, cause))
    limits = wilson(share * count, count)
    assert found.at(5) == pytest.approx((share, *map(float, limits)))
    assert found.at(2)[0] == 0


def test_the_oldest_age_is_the_end_of_knowledge() -> None:
    assert incidence([3, 5], [1, 2]).at(90)[0] == 0.5  # all have ended: it stays so
    with pytest.raises(ValueError, match="oldest one is 5"):
        incidence([3, 5], [1, 0]).at(6)


@pytest.mark.parametrize(
    ("age", "cause", "said"),
    [
        ([], [], "no record"),
        ([-1], [1], "negative"),
        ([np.nan], [1], "missing"),
        ([1], [3], "0 .open. to 2"),
        ([1, 2], [1], "for each"),
    ],
)
def test_impossible_records_are_refused(age: list[float], cause: list[int], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        incidence(age, cause)


def test_open_and_lost_records_bend_the_naive_rates_only() -> None:
    rng = np.random.default_rng(11)
    shares, closed, created = [], [], []
    for _world in range(60):
        won = rng.random(2000) < 0.25
        took = rng.exponential(np.where(won, 60, 40))
        seen = rng.uniform(0, 365, 2000)
        cause = np.where(took <= seen, np.where(won, 1, 2), 0)
        shares.append(incidence(np.minimum(took, seen), cause).share[0, -1])
        closed.append((cause == 1).sum() / (cause > 0).sum())
        created.append((cause == 1).mean())
    assert abs(np.mean(shares) - 0.25) < 0.005
    assert np.mean(created) < 0.22
    assert abs(np.mean(closed) - 0.25) > 0.008


def crm(rng: np.random.Generator, since: float) -> tuple[np.ndarray, np.ndarray]:
    """Records of 900 days; outcomes before ``since`` were never entered."""
    came = np.sort(rng.uniform(0, 900, 1500))
    ended = came + rng.gamma(2, 25, 1500)
    ended[(ended > 900) | (ended < since)] = np.nan
    return came, ended


def test_a_crm_introduced_midway_is_noticed() -> None:
    found = late_start(*crm(np.random.default_rng(1), 400), 900)
    assert found is not None
    assert 400 <= found.since < 410
    assert found.before > 600
    assert found.observed < 0.05 * found.expected


@pytest.mark.parametrize("seed", range(20))
def test_usual_waits_are_no_late_start(seed: int) -> None:
    assert late_start(*crm(np.random.default_rng(seed), 0), 900) is None


@pytest.mark.parametrize("seed", range(5))
def test_a_rate_that_swings_is_no_late_start(seed: int) -> None:
    """A quarter's last month is twice as good as the first two, and the data begins with these."""
    rng = np.random.default_rng(seed)
    came = np.arange(0, 900, 0.1)
    won = rng.random(len(came)) < np.where(came % 90 < 60, 0.15, 0.3)
    ended = np.where(won, came + 25, np.nan)
    ended = np.where(ended < 900, ended, np.nan)
    assert late_start(came, ended, 900) is None


@pytest.mark.parametrize(
    ("came", "ended"),
    [([1.0], [np.nan]), ([1.0], [2.0]), ([], []), ([1.0, 1.0], [1.0, 1.0])],
)
def test_few_records_say_nothing_about_a_start(came: list[float], ended: list[float]) -> None:
    assert late_start(came, ended, 10) is None


def test_cohorts_are_compared_at_one_age() -> None:
    came = [0, 10, 35, 40, 70, 75]
    reached = [50, 20, 45, np.nan, 80, np.nan]
    found = at_equal_age([1, 1, 2, 2, 3, 3], came, reached, until=90, age=30)
    assert found.entered.tolist() == [2, 2, 2]
    assert found.reached.tolist() == [1, 1, 1]  # the one that took 50 days is too late
    assert found.youngest.tolist() == [80, 50, 15]
    assert found.mature.tolist() == [True, True, False]
    with pytest.raises(ValueError, match="before the day"):
        at_equal_age([1], [91], [np.nan], 90, 30)


def test_littles_law_holds_in_a_stable_time_and_speaks_up_otherwise() -> None:
    rng = np.random.default_rng(2)
    came = np.sort(rng.uniform(0, 1000, 3000))
    left = came + rng.gamma(2, 20, 3000)
    found = littles_law(came, left, 300, 900)
    assert found.stable and found.holds()
    assert found.work == pytest.approx(3 * 40, rel=0.1)
    zombies = np.concatenate([came, rng.uniform(0, 200, 200)])
    never = littles_law(zombies, np.concatenate([left, np.full(200, np.nan)]), 300, 900)
    assert never.stable and never.holds() is False
    rising = np.sqrt(rng.uniform(0, 1, 3000)) * 1000
    assert littles_law(rising, rising + 40, 0, 900).holds() is None


@pytest.mark.parametrize(
    ("came", "left", "said"),
    [([5], [4], "before it began"), ([5], [np.nan], "Nobody"), ([], [], "Nobody")],
)
def test_littles_law_needs_comings_and_goings(
    came: list[float], left: list[float], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        littles_law(came, left, 0, 10)


def test_a_hundred_thousand_records_with_ties() -> None:
    rng = np.random.default_rng(3)
    age, cause = rng.integers(0, 400, 100_000), rng.integers(0, 3, 100_000)
    found = incidence(age, cause)
    low, high = found.interval()
    assert found.share.shape == (2, 400)
    assert (low < high).all()
