"""The forecast: hazards of open deals, the scaled t, and the rest of projected months."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta

from kpilint.analysis.projection import project
from kpilint.analysis.tracking.deals import LOST, OPEN, WON, Deals
from kpilint.analysis.tracking.forecast import Rest, ScaledT, Within, regressed, scaled_t
from tests.benchmarks.forecast_rates import World, coursed, miscalibration, partly, rates

NEVER = 10**8


def deals(rows: list[tuple[int, int, int]], amount: float = 100.0) -> Deals:
    came, ended, cause = (np.array(each, dtype=np.int64) for each in zip(*rows, strict=True))
    one = np.ones(len(rows))
    return Deals(came, ended, cause, one, one, amount * one, amount**2 * one)


def test_the_remainder_by_hand() -> None:
    """Of four deals that began on day 1, two were won and one lost at ages known exactly."""
    found = deals([(1, 3, WON), (1, 3, LOST), (1, 5, WON), (1, 9, LOST), (8, NEVER, OPEN)])
    told = found.remainder(9, 5, money=False)
    assert told is not None
    # The open deal is 1 day old; F is 2/8 at age 2 and 4/8 at age 4 of the four that were older.
    chance = 0.5
    new = 5 / 9 * (0 + 0 + 0.25 + 0.25 + 0.5)
    assert told.mean == pytest.approx(chance + new)
    doubt = 5 / 81 * 1.0**2
    assert told.variance == pytest.approx(chance * (1 - chance) + new + doubt)


def test_amounts_weigh_each_deal() -> None:
    rows = [(1, 3, WON), (1, 3, LOST), (1, 5, WON), (1, 9, LOST), (8, NEVER, OPEN)]
    counted = deals(rows).remainder(9, 5, money=False)
    paid = deals(rows).remainder(9, 5, money=True)
    assert counted is not None
    assert paid is not None
    assert paid.mean == pytest.approx(100 * counted.mean)
    assert paid.variance == pytest.approx(100**2 * counted.variance)


def test_a_deal_without_an_amount_counts_as_the_mean_of_those_won() -> None:
    found = deals([(1, 3, WON), (1, 4, LOST), (8, NEVER, OPEN)])
    priced = np.array([1.0, 1.0, 0.0])
    blank = Deals(
        found.came,
        found.ended,
        found.cause,
        found.n,
        priced,
        found.amount * priced,
        found.square * priced,
    )
    assert blank.remainder(9, 5, money=True) == found.remainder(9, 5, money=True)


def test_nothing_is_known_before_the_first_deal() -> None:
    assert deals([(10, 12, WON)]).remainder(9, 5, money=False) is None


def test_what_a_day_did_not_know_changes_nothing() -> None:
    """As of day 9 a deal that is won on day 12 is open, and one of day 11 has not come."""
    then = deals([(1, 3, WON), (1, 4, LOST), (8, NEVER, OPEN)])
    later = deals([(1, 3, WON), (1, 4, LOST), (8, 12, WON), (11, 13, LOST)])
    assert later.remainder(9, 5, money=False) == then.remainder(9, 5, money=False)


def test_open_and_closed() -> None:
    found = deals([(1, 3, WON), (1, 4, LOST), (2, 9, WON), (8, NEVER, OPEN)])
    assert found.open(5, money=False) == 1
    assert found.open(8, money=True) == 200
    assert found.closed_rate(5) == 0.5
    assert found.closed_rate(2) is None
    assert found.won(3, 8, money=True) == 100


def test_the_scale_is_how_wrong_past_forecasts_were() -> None:
    found = scaled_t(5.0, 10.0, 4.0, [12, 8], [10, 10], [1, 4])
    assert found == ScaledT(5.0, 10.0, np.sqrt((4 + 1) / 2 * 4.0), 2.0)
    assert found is not None
    assert found.quantile(0.5) == 15.0
    assert found.probability(15.0, "higher") == pytest.approx(0.5)
    assert scaled_t(5.0, 10.0, 4.0, [], [], []) is None


def test_what_is_won_stays_won() -> None:
    found = ScaledT(known=5.0, mean=1.0, sd=10.0, df=6.0)
    assert found.quantile(0.1) == 5.0
    assert found.probability(5.0, "higher") == 1.0
    assert found.probability(4.0, "lower") == 0.0
    certain = ScaledT(known=5.0, mean=1.0, sd=0.0, df=6.0)
    assert (certain.probability(6, "higher"), certain.probability(7, "higher")) == (1.0, 0.0)


MONTHS = np.random.default_rng(3).lognormal(4.6, 0.2, 36)


@given(
    st.floats(0.05, 1.0),
    st.floats(0.0, 500.0),
    st.one_of(st.none(), st.floats(0.0, 0.9)),
    st.floats(0.02, 0.98),
)
def test_probability_is_the_inverse_of_the_quantile(
    left: float, known: float, weight: float | None, p: float
) -> None:
    found = Rest(project(MONTHS, 2), known, left, weight)
    value = found.quantile(p)
    if weight is not None or value > known + 1e-6:
        assert found.probability(value, "lower") == pytest.approx(p, abs=1e-6)
        assert found.probability(value, "higher") == pytest.approx(1 - p, abs=1e-6)


def test_the_nearer_the_end_the_narrower() -> None:
    widths = [
        rest.quantile(0.9) - rest.quantile(0.1)
        for rest in (Rest(project(MONTHS, 1), 100.0, left) for left in (1.0, 0.5, 0.1))
    ]
    assert widths == sorted(widths, reverse=True)
    over = Rest(project(MONTHS, 1), 100.0, 0.0)
    assert (over.quantile(0.1), over.quantile(0.9)) == (100.0, 100.0)
    assert (over.probability(99, "higher"), over.probability(101, "higher")) == (1.0, 0.0)


@pytest.mark.parametrize("shock", [False, True])
@pytest.mark.parametrize("money", [False, True])
def test_eighty_percent_intervals_hold_eighty_percent(shock: bool, money: bool) -> None:
    """A short run of the benchmark; a gate fails only where the exact 99 % interval excludes it."""
    found = rates(World(past=12, shock=shock, money=money), 150)
    low, high = found.interval()
    assert low <= 0.85
    assert high >= 0.75
    assert beta.ppf(0.005, found.held.sum(), 1 + (1 - found.held).sum()) == low


def test_miscalibration_is_seen() -> None:
    hit = np.repeat([0.0, 1.0], 500)
    assert miscalibration(np.full(1000, 0.55), hit) == pytest.approx(0.05)
    assert miscalibration(np.full(1000, 0.95), hit) == pytest.approx(0.45)


def test_the_line_through_past_periods_by_hand() -> None:
    """Then 1, 2, 3, 4 and ended 2, 4, 5, 8 (not by logarithm, for -1 among them): by hand."""
    found = regressed(5.0, [-1, 0, 1, 2], [2, 4, 5, 8])
    assert found is not None
    assert found.mean == pytest.approx(4.75 + 1.9 * 4.5)
    residual = 0.7  # of 2, 4, 5, 8 about 1.9, 3.8, 5.7, 7.6
    assert found.sd == pytest.approx((residual / 2 * (1 + 1 / 4 + 4.5**2 / 5)) ** 0.5)
    assert found.probability(found.quantile(0.3), "higher") == pytest.approx(0.7)


def test_too_little_to_draw_a_line_through() -> None:
    assert regressed(2.0, [1, 2, 3], [2, 3, 4]) is None


def test_where_all_stood_alike_their_mean_tells() -> None:
    """As on a Monday morning, before the first record: the interval of a mean, with 3 df."""
    found = regressed(0.0, [0, 0, 0, 0], [1, 2, 3, 6])
    assert found is not None
    assert (found.mean, found.df) == (3, 3)
    assert found.sd == pytest.approx((14 / 3 * (1 + 1 / 4)) ** 0.5)


def test_a_count_so_far_is_not_undone() -> None:
    line = regressed(5.0, [4, 5, 6, 5], [5, 6, 7, 6])
    assert line is not None
    found = Within(line, 5.0, whole=True)
    assert found.quantile(1e-9) == 5
    assert found.probability(5, "higher") == 1
    assert found.probability(4, "lower") == 0
    assert found.probability(6, "higher") == line.probability(5.5, "higher")
    assert found.probability(6, "higher") + found.probability(5, "lower") == pytest.approx(1)


@pytest.mark.parametrize("what", ["week", "distinct", "median"])
def test_weeks_medians_and_distinct_counts_hold_eighty_percent(what: str) -> None:
    found = partly(what, 12, True, 300)
    low, high = found.interval()
    assert low <= 0.85
    assert high >= 0.75
    assert miscalibration(found.told, found.hit) <= 0.1


@pytest.mark.parametrize("what", ["value", "price", "open"])
def test_formulas_and_stocks_hold_eighty_percent(what: str) -> None:
    found = coursed(what, 12, True, 400)
    low, high = found.interval()
    assert low <= 0.85
    assert high >= 0.75
    assert miscalibration(found.told, found.hit) <= 0.1
