"""Why a product changed: exact sums, published splits, zeros, and mix apart from rates."""

from __future__ import annotations

from math import nan, prod

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from kpilint.analysis.attribution import (
    attribute,
    attribute_segments,
    funnel_factors,
    rate_change,
    shapley,
)
from kpilint.analysis.stats import excess

FUNNEL = (1000, 0.4, 0.5, 0.3, 0.25), (1200, 0.4, 0.35, 0.3, 0.25)
FACTOR = st.floats(-1e3, 1e3).map(lambda x: x if abs(x) > 1e-3 else 0.0)
PERIODS = st.lists(st.tuples(FACTOR, FACTOR), min_size=1, max_size=7)


def test_a_funnel() -> None:
    assert attribute(*FUNNEL) == pytest.approx({0: 2.5097, 1: 0, 2: -4.9097, 3: 0, 4: 0}, abs=5e-5)
    assert shapley(*FUNNEL) == pytest.approx({0: 2.55, 1: 0, 2: -4.95, 3: 0, 4: 0})


def test_names_are_kept() -> None:
    before, after = {"volume": 10.0, "rate": 0.5}, {"rate": 0.25, "volume": 10.0}
    assert attribute(before, after) == pytest.approx({"volume": 0, "rate": -2.5})
    assert shapley(before, after) == pytest.approx({"volume": 0, "rate": -2.5})


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ((2, 3), (2, 3), (0, 0)),
        ((0, 3), (2, 3), (6, 0)),  # what comes out of nothing made it all
        ((0, nan), (2, 3), (6, 0)),
        ((2, 0, nan), (3, 0.5, 4), (0, 6, 0)),
        ((0, 0), (2, 3), (3, 3)),
        ((0, 3), (2, 0), (0, 0)),
        ((0, nan), (0, nan), (0, 0)),
        ((2, 3), (2, -3), (0, -12)),  # a price turns: more was credited than sold
        ((2, -3), (4, -3), (-6, 0)),
    ],
)
def test_zeros_and_signs(
    before: tuple[float, ...], after: tuple[float, ...], parts: tuple[float, ...]
) -> None:
    assert tuple(attribute(before, after).values()) == pytest.approx(parts)
    assert tuple(attribute(after, before).values()) == pytest.approx([-part for part in parts])


@given(PERIODS)
def test_contributions_sum_to_the_change_and_reverse_with_time(
    periods: list[tuple[float, float]],
) -> None:
    before, after = [pair[0] for pair in periods], [pair[1] for pair in periods]
    scale = 1e-9 * (abs(prod(before)) + abs(prod(after)) + 1)
    for split in (attribute, shapley):
        parts = split(before, after)
        back = split(after, before)
        most = scale + 1e-9 * max(abs(part) for part in parts.values())
        assert sum(parts.values()) == pytest.approx(prod(after) - prod(before), abs=most)
        assert all(parts[n] == pytest.approx(-back[n], abs=most) for n in parts)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((0, 3, 5), (2, 4, 1)),
        ((0, 0, 5), (2, 4, 1)),
        ((0, 3, 5), (2, 0, 1)),
        ((2, 0, 3), (5, 0, 3)),
    ],
)
def test_a_zero_is_the_limit_of_small_numbers(
    before: tuple[float, ...], after: tuple[float, ...]
) -> None:
    tiny = 1e-140
    near = attribute([x or tiny for x in before], [x or tiny for x in after])
    size = max(prod(before), prod(after))
    assert attribute(before, after) == pytest.approx(near, abs=0.02 * size + 1e-12)


def test_shapley_is_the_mean_over_all_orders() -> None:
    before, after = (2.0, 3.0, 5.0), (7.0, 1.0, 4.0)
    orders = [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)]
    parts = np.zeros(3)
    for order in orders:
        now = list(before)
        for factor in order:
            was = prod(now)
            now[factor] = after[factor]
            parts[factor] += (prod(now) - was) / len(orders)
    assert list(shapley(before, after).values()) == pytest.approx(parts)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((1, 2), (1, 2, 3)),
        ((), ()),
        ({"a": 1.0}, {"b": 1.0}),
        ({0: 1.0}, (1.0,)),
        ((nan, 2), (1, 2)),
        ((float("inf"), 2), (1, 2)),
        ((1e200, 1e200), (1, 2)),
    ],
)
def test_what_cannot_be_split_is_refused(before: tuple[float], after: tuple[float]) -> None:
    with pytest.raises(ValueError, match="factor"):
        attribute(before, after)
    with pytest.raises(ValueError, match="factor"):
        shapley(before, after)


def test_two_sectors() -> None:
    energy, output = np.array([[30, 20], [80, 16]]), np.array([[10, 40], [40, 40]])
    before, after = (
        np.column_stack([y, e / y]) for e, y in zip(energy, output, strict=True)
    )  # fmt: skip
    split = attribute_segments(before, after)
    assert split.volume.sum() == pytest.approx(32.385, abs=5e-4)
    assert split.mix.sum() == pytest.approx(38.285, abs=5e-4)
    assert split.factors.sum() == pytest.approx(-24.670, abs=5e-4)
    assert split.change == pytest.approx(46)


def test_a_shift_of_the_mix_changes_no_rate() -> None:
    split = attribute_segments([[100, 0.5], [100, 0.1]], [[50, 0.5], [150, 0.1]])
    assert split.volume == pytest.approx([0, 0])
    assert split.factors == pytest.approx(np.zeros((2, 1)))
    assert split.mix.sum() == split.change == pytest.approx(-20)


def test_segments_come_and_go() -> None:
    before = funnel_factors([[100, 20, 5], [0, 0, 0], [9, 0, 0], [0, 0, 0]], [500, 0, 0, 0])
    after = funnel_factors([[0, 0, 0], [50, 10, 2], [0, 0, 0], [0, 0, 0]], [0, -80, 0, 0])
    split = attribute_segments(before, after)
    assert split.change == pytest.approx(-580)
    assert split.factors == pytest.approx(np.zeros((4, 3)))
    nothing = attribute_segments(before, funnel_factors(np.zeros((4, 3)), np.zeros(4)))
    assert (nothing.change, nothing.volume.sum()) == pytest.approx((-500, -500))


@given(st.lists(st.lists(st.integers(0, 40), min_size=4, max_size=4), min_size=2, max_size=8))
def test_counts_always_split_and_sum(counts: list[list[int]]) -> None:
    reached = np.sort(np.array(counts), axis=1)[:, ::-1]
    amount = np.where(reached[:, -1] > 0, 1000 - 7 * reached[:, 0] * reached[:, -1], 0)
    before, after = (
        funnel_factors(reached[part], amount[part]) for part in (slice(0, -1), slice(1, None))
    )
    split = attribute_segments(before, after)
    assert split.change == pytest.approx(amount[-1] - amount[0], abs=1e-6)


@pytest.mark.parametrize(
    ("reached", "amount", "said"),
    [([[3, -1]], None, "negative"), ([[3, 0, 1]], None, "nobody"), ([[3, 0]], [5], "nobody")],
)
def test_impossible_funnels_are_refused(
    reached: list[list[int]], amount: list[int] | None, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        funnel_factors(reached, amount)


@pytest.mark.parametrize(
    ("before", "after"), [([1, 2], [1, 2]), ([[1, 2]], [[1, 2], [3, 4]]), ([[-1, 2]], [[1, 2]])]
)
def test_segments_that_do_not_match_are_refused(before: list[int], after: list[int]) -> None:
    with pytest.raises(ValueError, match="segment"):
        attribute_segments(before, after)


def test_mantel_haenszel_agrees_with_statsmodels() -> None:
    from statsmodels.stats.contingency_tables import StratifiedTable

    x1, n1, x0, n0 = [12, 30, 5], [40, 60, 50], [10, 12, 9], [50, 30, 45]
    tables = [np.array([[a, n - a], [b, m - b]]) for a, n, b, m in zip(x1, n1, x0, n0, strict=True)]
    more, spread = excess(x1, n1, x0, n0)
    found = StratifiedTable(tables).test_null_odds(correction=False)
    assert more.sum() ** 2 / spread.sum() == pytest.approx(found.statistic)
    assert rate_change(x1, n1, x0, n0).within_p == pytest.approx(found.pvalue)


def test_strata_without_a_counterpart_know_nothing() -> None:
    more, spread = excess([3, 0, 1], [4, 0, 1], [0, 2, 0], [0, 5, 0])
    assert more.tolist() == spread.tolist() == [0, 0, 0]
    with pytest.raises(ValueError, match="both periods"):
        rate_change([3, 0], [4, 0], [0, 2], [0, 5])
    assert rate_change(1, 1, 1, 1).within_p == 1


def test_a_shift_of_the_mix_alarms_pooled_but_not_stratified() -> None:
    rng = np.random.default_rng(5)
    worlds, rates = 1000, np.array([0.1, 0.2, 0.4])
    found = [
        rate_change(rng.binomial(n1, rates), n1, rng.binomial(n0, rates), n0)
        for n0, n1 in zip(
            rng.multinomial(2000, (0.3, 0.4, 0.3), worlds),
            rng.multinomial(2000, (0.4, 0.4, 0.2), worlds),
            strict=True,
        )
    ]
    assert sum(each.pooled_p < 0.05 for each in found) > worlds / 2
    within = sum(each.within_p < 0.05 for each in found)
    assert binomtest(within, worlds).proportion_ci(0.99).low <= 0.05
    assert binomtest(within, worlds).proportion_ci(0.99).high >= 0.04


def test_the_difference_within_is_free_of_the_mix() -> None:
    found = rate_change([40, 15], [100, 150], [75, 5], [150, 25])
    assert found.pooled == pytest.approx(55 / 250 - 80 / 175)
    assert found.within == pytest.approx((-0.1 * 60 + -0.1 * 150 / 7) / (60 + 150 / 7))
