"""The scan names what has fallen, where, and nothing else; and it knows ordinary drift."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from kpilint.analysis.scan import Segment, scan
from tests.benchmarks.funnel_rates import PLANTED, Drift, World

WORLDS = 150


@pytest.mark.parametrize("name", PLANTED)
@pytest.mark.parametrize("past", [1, 8])
def test_what_is_planted_is_named_and_nothing_else(name: str, past: int) -> None:
    found = World(past=past, causes=PLANTED[name]).exact(WORLDS)
    assert binomtest(found, WORLDS).proportion_ci(0.99).high >= 0.9


@pytest.mark.parametrize("drift", ["none", "cells", "channels", "stages", "walk"])
@pytest.mark.parametrize(("records", "past"), [(20_000, 8), (20_000, 5), (3_000, 8)])
def test_false_alarms(records: int, past: int, drift: Drift) -> None:
    found = World(records, past, drift).alarms(WORLDS)
    assert binomtest(found, WORLDS).proportion_ci(0.99).low <= 0.05


def test_without_a_past_drift_is_taken_for_a_cause() -> None:
    assert World(past=1, drift="cells").alarms(WORLDS) > WORLDS / 4
    assert all(found.drift is None for found in World(past=3).scans(3))


def test_drift_is_measured() -> None:
    typical = [found.drift for found in World(past=12, drift="walk").scans(20)]
    assert np.median([each[0] for each in typical if each]) == pytest.approx(0.1, abs=0.02)


def test_a_mere_shift_of_the_mix_is_no_cause() -> None:
    found = World(past=1, mix=True).alarms(WORLDS)
    assert binomtest(found, WORLDS).proportion_ci(0.99).low <= 0.05


SMALL = {"channel": ["ads", "ads", "web", "web"], "device": ["pc", "phone", "pc", "phone"]}


def test_what_a_cause_says() -> None:
    entered = np.full((2, 1, 4), 1000)
    passed = np.array([[[300, 300, 300, 300]], [[300, 150, 300, 300]]])
    found = scan(passed, entered, SMALL)
    (cause,) = found.causes
    assert cause.segment == (("channel", "ads"), ("device", "phone"))
    assert (cause.before, cause.after) == (0.3, 0.15)
    assert (cause.difference, cause.missing) == pytest.approx((-0.15, 150))
    assert cause.z < -7 and cause.p_value < 1e-9
    assert found.idle == ()
    assert found.questions == 1 + 2 + 2 + 4


def test_a_dimension_that_explains_nothing_is_named() -> None:
    entered = np.full((2, 1, 4), 1000)
    passed = np.array([[[300, 300, 300, 300]], [[200, 200, 300, 300]]])
    found = scan(passed, entered, SMALL)
    assert [cause.segment for cause in found.causes] == [(("channel", "ads"),)]
    assert found.idle == ("device",)
    calm = scan(passed[:1].repeat(2, axis=0), entered, SMALL)
    assert (calm.causes, calm.idle) == ((), ("channel", "device"))


def test_rises_only_adjust() -> None:
    entered = np.full((2, 1, 4), 1000)
    passed = np.array([[[300, 300, 300, 300]], [[500, 500, 220, 220]]])
    found = scan(passed, entered, SMALL)
    assert [cause.segment for cause in found.causes] == [(("channel", "web"),)]


def test_the_smallest_segment_of_equal_ones_is_named() -> None:
    same: dict[str, list[str]] = {"country": ["jp", "us"], "region": ["asia", "america"]}
    found = scan([[[300, 300]], [[100, 300]]], [[[900, 900]], [[900, 900]]], same)
    assert [cause.segment for cause in found.causes] == [(("country", "jp"),)]


def test_five_hundred_segments_and_one_of_a_single_record() -> None:
    rng = np.random.default_rng(4)
    owners = [f"owner {n}" for n in range(500)]
    entered = np.vstack([rng.integers(1, 80, 500)] * 2)
    entered[:, 7] = 1
    passed = rng.binomial(entered, 0.4)
    entered[:, 3], passed[:, 3] = 400, [160, 40]
    found = scan(passed[:, None], entered[:, None], {"owner": owners})
    segments: list[Segment] = [cause.segment for cause in found.causes]
    assert segments == [(("owner", "owner 3"),)]


COUNTS = st.lists(
    st.lists(st.tuples(st.integers(0, 60), st.floats(0, 1)), min_size=4, max_size=4),
    min_size=2, max_size=8,
)  # fmt: skip


@given(COUNTS)
def test_any_counts_give_numbers(periods: list[list[tuple[int, float]]]) -> None:
    entered = np.array([[[n for n, _share in row]] for row in periods])
    passed = np.array([[[round(n * share) for n, share in row]] for row in periods])
    found = scan(passed, entered, SMALL)
    for cause in found.causes:
        assert 0 <= cause.p_value <= 0.05
        assert cause.difference < 0 < cause.missing <= entered[-1].sum()
    assert found.drift is None or all(0 <= each < 100 for each in found.drift)


def test_recent_periods_together_are_compared_with_those_before() -> None:
    table = np.repeat(np.array([400, 300, 200, 300, 250, 150])[:, None, None], 4, axis=2)
    entered = np.full(table.shape, 1000)
    (cause,) = scan(table, entered, SMALL, recent=2, pooled=2).causes
    assert (cause.segment, cause.before, cause.after) == ((), 0.25, 0.2)


@pytest.mark.parametrize(("periods", "known"), [(7, False), (8, True)])
def test_periods_that_overlap_tell_the_drift_together(periods: int, known: bool) -> None:
    """Of 8 periods two against two make five changes; three end before the last one begins."""
    entered = np.full((periods, 1, 4), 1000)
    found = scan(entered // 3, entered, SMALL, recent=2, pooled=2)
    assert (found.drift is not None) == known


@pytest.mark.parametrize(
    ("passed", "entered", "dimensions", "said"),
    [
        ([[1, 2]], [[1, 2]], {}, "periods by stages"),
        ([[[1]]], [[[2]]], {}, "two periods"),
        (np.zeros((2, 1, 0)), np.zeros((2, 1, 0)), {}, "strata"),
        ([[[1]], [[1]]], [[[2]], [[2]]], {"a": ["x", "y"]}, "one value"),
        ([[[3]], [[1]]], [[[2]], [[2]]], {"a": ["x"]}, "between 0"),
    ],
)
def test_impossible_counts_are_refused(
    passed: list[object], entered: list[object], dimensions: dict[str, list[str]], said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        scan(np.array(passed), np.array(entered), dimensions)


def test_without_dimensions_only_everything_is_asked() -> None:
    found = scan([[[300]], [[100]]], [[[900]], [[900]]], {})
    assert [cause.segment for cause in found.causes] == [()]
    assert found.questions == 1
