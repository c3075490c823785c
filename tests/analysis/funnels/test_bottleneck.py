"""The test of a stage against its past: false alarms, power, and what it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from kpilint.analysis.funnels.bottleneck import Comparison, falls, worst
from kpilint.analysis.stats import sidak
from kpilint.goals.period import read_period

RATES = (0.30, 0.40, 0.42, 0.25)
WORLDS = 1_200


def alarms(records: int, quarters: int, spread: float, first: float = 1.0) -> list[list[bool]]:
    """By world and stage, whether it alarms; the first rate is multiplied in the last quarter.

    Every quarter's rates vary by a logit standard deviation of ``spread``.
    """
    rng = np.random.default_rng([records, quarters, round(100 * spread), round(100 * first)])
    shape = (WORLDS, len(RATES), quarters + 1)
    logit = np.log(RATES) - np.log1p(-np.array(RATES))
    rates = 1 / (1 + np.exp(-logit[:, None] - spread * rng.standard_normal(shape)))
    rates[:, 0, -1] *= first
    entered = np.maximum(1, rng.poisson(records, shape))
    passed = rng.binomial(entered, rates)
    level = 1 - sidak(0.95, len(RATES))
    return [
        [
            falls(int(x[-1]), int(n[-1]), x[:-1], n[:-1], stages=len(RATES)).p_value < level
            for x, n in zip(world_passed, world_entered, strict=True)
        ]
        for world_passed, world_entered in zip(passed, entered, strict=True)
    ]


@pytest.mark.parametrize("spread", [0.0, 0.2])
@pytest.mark.parametrize(("records", "quarters"), [(60, 5), (400, 8), (3_000, 10)])
def test_family_wise_false_alarms_are_at_most_5_percent(
    records: int, quarters: int, spread: float
) -> None:
    found = sum(any(world) for world in alarms(records, quarters, spread))
    assert binomtest(found, WORLDS).proportion_ci(0.99).low <= 0.05


def test_a_fall_of_30_percent_is_found_at_the_right_stage() -> None:
    found = sum(world == [True, False, False, False] for world in alarms(3_000, 8, 0.0, 0.7))
    assert binomtest(found, WORLDS).proportion_ci(0.99).high >= 0.9


def test_what_it_calls_detectable_is_detected() -> None:
    entered = np.full(8, 500)
    smallest = falls(200, 500, np.full(8, 200), entered).detectable
    assert smallest is not None
    rng = np.random.default_rng(8)
    now = rng.binomial(500, 0.4 - smallest, WORLDS)
    past = rng.binomial(500, 0.4, (WORLDS, 8))
    found = sum(
        falls(int(x), 500, before, entered).p_value < 0.05
        for x, before in zip(now, past, strict=True)
    )
    assert 0.7 < found / WORLDS < 0.92


@given(
    st.lists(st.tuples(st.integers(1, 500), st.floats(0, 1)), min_size=3, max_size=12),
)
def test_any_counts_give_numbers(quarters: list[tuple[int, float]]) -> None:
    entered = np.array([n for n, _share in quarters])
    passed = np.array([round(n * share) for n, share in quarters])
    fall = falls(int(passed[-1]), int(entered[-1]), passed[:-1], entered[:-1])
    assert 0 <= fall.p_value <= 1
    assert 0 < fall.past < 1
    assert fall.detectable is None or 0 < fall.detectable < fall.past


def test_quarters_that_vary_excuse_a_low_one() -> None:
    entered = np.full(6, 1_000)
    calm = falls(330, 1_000, np.array([398, 402, 400, 401, 399, 400]), entered)
    wild = falls(330, 1_000, np.array([300, 500, 340, 460, 380, 420]), entered)
    assert calm.p_value < 0.01
    assert wild.p_value > 0.1


@pytest.mark.parametrize(("failed", "fallen"), [(1, False), (5, True)])
def test_one_failure_after_none_is_no_fall(failed: int, fallen: bool) -> None:
    past = np.full(8, 200)
    fall = falls(200 - failed, 200, past, past, stages=4)
    assert (fall.p_value < 1 - sidak(0.95, 4)) == fallen
    assert fall.detectable is not None and fall.detectable > 1 / 200


def test_where_hardly_any_fail_alarms_stay_rare() -> None:
    rng, worlds = np.random.default_rng(61), 600
    drawn = rng.binomial(200, 0.998, (worlds, 9))
    level, past = 1 - sidak(0.95, 4), np.full(8, 200)
    alarms = sum(falls(int(x[-1]), 200, x[:-1], past).p_value < level for x in drawn)
    assert binomtest(alarms, worlds).proportion_ci(0.99).low <= level


@pytest.mark.parametrize(
    ("entered", "past"), [(0, [10, 10]), (10, [10]), (10, [10, 0])], ids=["now", "few", "empty"]
)
def test_empty_quarters_are_refused(entered: int, past: list[int]) -> None:
    with pytest.raises(ValueError, match="past"):
        falls(0, entered, np.zeros(len(past), dtype=np.int64), np.array(past))


def test_the_strongest_evidence_wins() -> None:
    past = np.full(8, 400), np.full(8, 1_000)
    quarter = read_period("2026-Q1")
    compared = [
        Comparison(n, quarter, 30, x, 1_000, 8, falls(x, 1_000, *past, stages=3))
        for n, x in enumerate((300, 400, 250), start=1)
    ]
    assert worst(compared) is compared[2]
    assert worst(compared[1:2]) is None
    assert worst([]) is None
