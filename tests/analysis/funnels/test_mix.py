"""A past at the mix of records that came last: what it counts, and that a mere mix is no fall."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from kpilint.analysis.funnels.bottleneck import falls
from kpilint.analysis.funnels.dimensions import Dimension
from kpilint.analysis.funnels.kinds import Kinds, Shift, known_before
from kpilint.analysis.funnels.mix import Counts
from kpilint.analysis.stats import FloatArray

RATES = np.array([0.15, 0.3, 0.45])
THREE = [np.arange(3)]
EVEN, LOW = (0.3, 0.4, 0.3), (0.5, 0.3, 0.2)
WORLDS = 600


def p_values(now: tuple[float, ...], spread: float = 0.0, drop: float = 1.0) -> list[float]:
    """By world: three kinds came as ``EVEN`` eight times, and then as ``now``."""
    rng = np.random.default_rng([round(100 * each) for each in (*now, spread, drop)])
    found = []
    for _world in range(WORLDS):
        entered = np.vstack([rng.multinomial(3_000, EVEN, 8), rng.multinomial(3_000, now)])
        logit = np.log(RATES / (1 - RATES)) + spread * rng.standard_normal((9, 1))
        rates = 1 / (1 + np.exp(-logit))
        rates[-1] *= drop
        passed = rng.binomial(entered, rates)
        counts = Counts(passed.astype(float), entered.astype(float), THREE)
        whole, came = passed.sum(axis=1), entered.sum(axis=1)
        test = falls(
            int(whole[-1]), int(came[-1]), counts.past(), came[:-1], unlike=counts.unlike()
        )
        found.append(test.p_value)
    return found


@pytest.mark.parametrize("spread", [0.0, 0.2])
@pytest.mark.parametrize("now", [EVEN, LOW])
def test_a_mix_that_shifts_is_no_fall(now: tuple[float, ...], spread: float) -> None:
    alarms = sum(p < 0.05 for p in p_values(now, spread))
    assert binomtest(alarms, WORLDS).proportion_ci(0.99).low <= 0.05


@pytest.mark.parametrize("now", [EVEN, LOW, LOW[::-1]])
def test_a_fall_is_found_whatever_the_mix(now: tuple[float, ...]) -> None:
    found = sum(p < 0.0127 for p in p_values(now, drop=0.7))  # one of four stages
    assert binomtest(found, WORLDS).proportion_ci(0.99).high >= 0.9


def counts(passed: list[list[float]], entered: list[list[float]]) -> Counts:
    strata = len(entered[0])
    return Counts(np.array(passed), np.array(entered), [np.arange(strata)] if strata > 1 else [])


def test_without_kinds_the_past_is_what_it_was() -> None:
    found = counts([[30.0], [45.0], [28.0], [20.0]], [[100.0], [120.0], [90.0], [80.0]])
    assert found.past() == pytest.approx([30, 45, 28])
    assert found.expected() == pytest.approx(103 / 310)
    assert found.unlike() == 0


def test_the_past_is_taken_at_the_mix_of_the_last_quarter() -> None:
    passed = [[100.0, 400.0]] * 4 + [[160.0, 80.0]]
    entered = [[1_000.0, 1_000.0]] * 4 + [[1_600.0, 200.0]]
    found = counts(passed, entered)
    rate = (1_600 * 0.1 + 200 * 0.4) / 1_800
    assert found.expected() == pytest.approx(rate, abs=0.002)
    assert found.past() / 2_000 == pytest.approx(np.full(4, rate), abs=0.002)


def test_a_kind_that_is_new_leaves_the_rate_open() -> None:
    entered = [[500.0, 0.0]] * 5 + [[250.0, 250.0]]
    old = counts([[200.0, 0.0]] * 5 + [[100.0, 20.0]], entered)
    test = falls(120, 500, old.past(), np.full(5, 500), unlike=old.unlike())
    assert test.past == pytest.approx(0.4)
    assert test.p_value > 0.05
    assert old.unlike() > 0.01


def test_kinds_of_one_quarter_each_do_not_make_quarters_look_calm() -> None:
    """Each quarter has a kind of its own, which by itself would account for any rate."""
    rates, size = np.array([0.3, 0.45, 0.25, 0.5, 0.35, 0.3]), 1_000.0
    entered = np.eye(6) * size
    found = Counts(entered * rates, entered, [np.arange(6)])
    assert (found.past() / size).std() > 0.08


@given(st.lists(st.lists(st.tuples(st.integers(0, 40), st.floats(0, 1)), min_size=3, max_size=3),
                min_size=3, max_size=8))  # fmt: skip
def test_any_counts_give_counts(quarters: list[list[tuple[int, float]]]) -> None:
    entered = np.array([[n + 1.0 * (k == 0) for k, (n, _p) in enumerate(q)] for q in quarters])
    passed = np.floor(entered * np.array([[p for _n, p in q] for q in quarters]))
    found = Counts(passed, entered, [np.array([0, 0, 1]), np.arange(3)])
    past: FloatArray = found.past()
    assert ((past >= 0) & (past <= entered[:-1].sum(axis=1))).all()
    assert 0 <= found.expected() <= 1
    assert found.unlike() >= 0


ROWS = pd.DataFrame(
    [
        (quarter, channel, size, entered, passed, passed)
        for quarter in (7, 8, 9)
        for channel, size, entered, passed in [
            ("ads", "big", 100 if quarter < 9 else 400, 10 if quarter < 9 else 40),
            ("web", "big", 200, 80),
            ("web", "", 200, 90),
        ]
    ],
    columns=["quarter", "by_0", "by_1", "entered", "passed", "moved"],
)
BY = [Dimension("channel", ("web", "ads")), Dimension("size", ("big", ""))]


def test_the_value_behind_a_shift_is_told() -> None:
    kinds = Kinds.of(ROWS, known_before(ROWS, BY))
    assert list(kinds.labels) == ["channel", "size"]
    assert kinds.sums("entered").tolist() == [500, 500, 800]
    assert kinds.shift() == Shift("channel", "ads", 0.2, 0.5)


def test_what_is_filled_in_as_a_record_moves_on_tells_no_kinds() -> None:
    late = ROWS.assign(moved=ROWS["moved"].where(ROWS["by_1"] != "", 2))
    assert list(known_before(late, BY)) == ["channel"]
