"""Leads that bring the wins wanted."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.analysis.planning.solving import leads_needed

KERNEL = np.array([[0.4, 0, 0], [1.6, 0.4, 0], [1.0, 1.6, 0.4]])


def test_nothing_wanted_takes_nothing() -> None:
    rates = leads_needed(np.zeros(3), KERNEL)
    assert rates is not None
    assert rates.tolist() == [0, 0, 0]


def test_leads_that_come_too_late_are_no_plan() -> None:
    assert leads_needed(np.ones(3), np.zeros((3, 3))) is None


def test_wins_that_even_leads_bring_take_even_leads() -> None:
    rates = leads_needed(KERNEL @ np.full(3, 7.0), KERNEL)
    assert rates == pytest.approx(np.full(3, 7.0), rel=1e-3)


@given(
    st.lists(st.floats(0, 1e6), min_size=3, max_size=3),
    st.lists(st.floats(0, 30), min_size=9, max_size=9),
)
def test_the_whole_is_met_exactly_and_no_lead_is_negative(
    wanted: list[float], weights: list[float]
) -> None:
    kernel = np.array(weights).reshape(3, 3)
    rates = leads_needed(np.array(wanted), kernel)
    if rates is None:
        assert kernel.sum() < 1e-6
        return
    assert (rates >= 0).all()
    assert (kernel @ rates).sum() == pytest.approx(sum(wanted), rel=1e-9, abs=1e-9)
