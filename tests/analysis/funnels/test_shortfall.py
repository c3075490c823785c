"""What a fall costs: the arithmetic, and what it says when it cannot be told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from kpilint.analysis.funnels.bottleneck import Comparison, Fall
from kpilint.analysis.funnels.flow import Price
from kpilint.analysis.funnels.maturity import Estimate
from kpilint.analysis.funnels.shortfall import shortfall
from kpilint.goals.period import Period

QUARTER = Period(date(2026, 4, 1), date(2026, 6, 30), "quarter")
FALL = Fall(past=0.4, p_value=0.001, detectable=0.08, error=0.0, good=0.5)
FELL = Comparison(1, QUARTER, 30, 300, 1_000, 8, FALL)
HALF = Estimate(0.5, 0.4, 0.6, 0.0, 300.0, 500, 1_000, 0, True, None)
PRICE = Price(2_000_000.0, 0.0, 100, 0)


def test_n_times_the_gap_times_what_follows() -> None:
    found = shortfall(FELL, (HALF, HALF, HALF, HALF), PRICE)
    assert found is not None
    assert found.missing == pytest.approx(100)
    assert found.wins.value == pytest.approx(25)  # two later stages of one half each
    assert found.money is not None
    assert found.money.value == pytest.approx(50_000_000)
    assert found.money.low == pytest.approx(found.money.high)  # nothing here is uncertain
    assert found.good == pytest.approx(100_000_000)  # a good quarter doubles the gap


def test_every_factor_adds_to_the_interval() -> None:
    vague = replace(FELL, fall=replace(FALL, error=0.02))
    later = (HALF, replace(HALF, error=0.05), HALF)
    widths = [
        found.money.high - found.money.low
        for found in (
            shortfall(FELL, (HALF, HALF, HALF), PRICE),
            shortfall(vague, (HALF, HALF, HALF), PRICE),
            shortfall(vague, later, PRICE),
            shortfall(vague, later, replace(PRICE, error=200_000.0)),
        )
        if found and found.money
    ]
    assert len(widths) == 4
    assert widths == sorted(set(widths))


def test_the_last_stage_is_worth_its_orders() -> None:
    found = shortfall(replace(FELL, stage=3), (HALF, HALF, HALF, HALF), PRICE)
    assert found is not None
    assert found.wins.value == pytest.approx(100)


@pytest.mark.parametrize("price", [None, Price(-5.0, 1.0, 3, 3), Price(0.0, 0.0, 1, 0)])
def test_orders_only_where_no_order_brings_money(price: Price | None) -> None:
    found = shortfall(FELL, (HALF, HALF, HALF), price)
    assert found is not None
    assert found.money is None
    assert found.good == pytest.approx(2 * found.wins.value)


def test_nothing_can_be_told_without_a_past_or_a_later_stage() -> None:
    assert shortfall(replace(FELL, fall=None), (HALF, HALF, HALF), PRICE) is None
    assert shortfall(FELL, (HALF, None, HALF), PRICE) is None


def test_a_delay_is_no_loss() -> None:
    late = replace(FELL, since=0.58, past_since=0.6)
    assert late.delayed
    assert shortfall(late, (HALF, HALF, HALF), PRICE) is None
    assert not replace(FELL, since=0.5, past_since=0.6).delayed
