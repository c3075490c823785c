"""What becomes of records in the end, against worlds whose truth is known."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilint.analysis.funnels.caution import YEAR, cautions
from kpilint.analysis.funnels.maturity import Estimate, estimates, together
from kpilint.analysis.funnels.passage import Passages
from kpilint.analysis.stats import wilson
from kpilint.analysis.survival import late_start, littles_law

START = datetime(2024, 1, 1)
UNTIL = date(2025, 12, 31)
Row = tuple[float, float | None, float | None]  # days: came, moved on, lost


def passages(rows: list[Row], lost_dated: bool = True, within: int | None = None) -> Passages:
    """Records of two stages; what lies after the end of the data is not known yet."""
    end = (UNTIL - START.date()).days + 1

    def moment(day: float | None) -> datetime | None:
        return None if day is None or day >= end else START + timedelta(days=day)

    came, moved, lost = ([moment(row[n]) for row in rows] for n in range(3))
    frame = pd.DataFrame(
        {
            "own_0": pd.Series(came, dtype="datetime64[us]"),
            "own_1": pd.Series(moved, dtype="datetime64[us]"),
            "lost": [int(each is not None) for each in lost],
            "lost_at": pd.Series(
                lost if lost_dated else [None] * len(rows), dtype="datetime64[us]"
            ),
        }
    )
    table = ibis.memtable(frame.assign(at_0=frame["own_0"], at_1=frame["own_1"]))
    return Passages(table, 2, ibis.literal(0), 0, within)


def told(found: Passages, age: float = 30) -> Estimate | None:
    inside = found.records.own_0.notnull()
    through, whole = estimates(found, inside, (None, age), UNTIL)
    assert through == whole  # of two stages the one way is the whole way
    return through


def world(size: int, seed: int) -> list[Row]:
    """A quarter is won after 60 days on average, the others are lost after 30."""
    random = np.random.default_rng(seed)
    came = random.uniform(365, 730, size)
    won = random.random(size) < 0.25
    waits = random.exponential(np.where(won, 60, 30))
    return [
        (float(c), float(c + w) if v else None, None if v else float(c + w))
        for c, w, v in zip(came, waits, won, strict=True)
    ]


def test_neither_won_of_closed_nor_won_of_created() -> None:
    found = [told(passages(world(4_000, seed))) for seed in range(5)]
    assert np.mean([e.rate for e in found if e]) == pytest.approx(0.25, abs=0.012)
    assert np.mean([e.moved / e.entered for e in found if e]) < 0.22
    assert all(e and e.settled for e in found)
    assert all(e and e.low < 0.25 < e.high for e in found)


def test_without_open_records_it_is_the_counted_share() -> None:
    rows: list[Row] = [(n, n + 5.0, None) if n % 4 else (n, None, n + 3.0) for n in range(40)]
    estimate = told(passages(rows))
    assert estimate is not None
    assert estimate.rate == pytest.approx(0.75)
    assert estimate.open == 0
    assert (estimate.low, estimate.high) == pytest.approx([float(x) for x in wilson(30, 40)])
    assert estimate.wait is not None
    assert estimate.wait.median == 5


@pytest.mark.parametrize(
    ("rows", "rate", "moved", "open_"),
    [
        pytest.param([(0.0, None, None)], 0, 0, 1, id="one, open"),
        pytest.param([(0.0, 1.0, None)], 1, 1, 0, id="one, moved on"),
        pytest.param([(n, None, n + 1.0) for n in range(9)], 0, 0, 0, id="all lost"),
        pytest.param([(n, None, None) for n in range(9)], 0, 0, 9, id="all open"),
        pytest.param([(5.0, 1.0, None), (5.0, None, 2.0)], 0.5, 1, 0, id="dates backwards"),
    ],
)
def test_small_and_odd(rows: list[Row], rate: float, moved: int, open_: int) -> None:
    estimate = told(passages(rows))
    assert estimate is not None
    assert estimate.rate == pytest.approx(rate)
    assert (estimate.moved, estimate.open) == (moved, open_)
    assert 0 <= estimate.low <= estimate.rate <= estimate.high <= 1


def test_nobody_came() -> None:
    assert told(passages([])) is None


def test_a_loss_without_a_date_counts_as_if_at_once() -> None:
    rows: list[Row] = [(0.0, 10.0, None), (0.0, None, 5.0), (0.0, None, 6.0), (0.0, 20.0, None)]
    estimate = told(passages(rows, lost_dated=False))
    assert estimate is not None
    assert estimate.rate == pytest.approx(0.5)
    assert estimate.wait is not None
    assert estimate.wait.median == 10  # of those whose stay is known


def test_an_ordered_funnel_gives_up_when_its_time_is_over() -> None:
    rows: list[Row] = [(0.0, None, None), (0.0, 2.0, None), (728.0, None, None)]
    estimate = told(passages(rows, within=10 * 86_400))
    assert estimate is not None
    assert estimate.rate == pytest.approx(1 / 3)
    assert estimate.open == 1


def test_what_is_still_rising_is_not_settled() -> None:
    def later(day: float | None) -> float | None:
        return None if day is None else day + 300

    rows: list[Row] = [(c + 300, later(m), later(g)) for c, m, g in world(2_000, 1)]
    estimate = told(passages([row for row in rows if row[0] < 730]))
    assert estimate is not None
    assert not estimate.settled


@settings(deadline=None, max_examples=40)  # each asks an engine
@given(
    st.lists(
        st.tuples(
            st.integers(0, 725),
            st.none() | st.integers(0, 400),
            st.none() | st.integers(0, 400),
        ),
        max_size=30,
    )
)
def test_always_a_share_with_its_interval(spans: list[tuple[int, int | None, int | None]]) -> None:
    rows: list[Row] = [
        (came, came + on if on is not None else None, came + off if off is not None else None)
        for came, on, off in spans
    ]
    estimate = told(passages(rows))
    assert (estimate is None) == (not rows)
    if estimate is not None:
        assert 0 <= estimate.low <= estimate.rate <= estimate.high <= 1
        assert estimate.entered == len(rows)


def test_independent_factors() -> None:
    assert together([(0.5, 0.0), (200.0, 10.0)]) == pytest.approx((100, 5))
    random = np.random.default_rng(3)
    drawn = random.normal(0.5, 0.1, 200_000) * random.normal(2, 0.3, 200_000)
    assert together([(0.5, 0.1), (2, 0.3)])[1] == pytest.approx(drawn.std(), rel=0.01)


def steady(idle: int) -> list[Row]:
    """One a day, who stays 20 days; of each hundred so many are never touched again."""
    return [(n, None, None) if n % 100 < idle else (n, n + 20.0, None) for n in range(730)]


def test_work_in_progress_fits_arrivals_and_stays() -> None:
    assert cautions(passages(steady(0)), UNTIL).unbalanced == ()


def test_records_that_are_never_closed_are_noticed() -> None:
    (found,) = cautions(passages(steady(4)), UNTIL).unbalanced
    assert found.law.work > 1.2 * found.law.rate * found.law.wait


def test_outcomes_that_begin_late_are_no_rise() -> None:
    before: list[Row] = [(n, None, None) for n in range(400)]
    after: list[Row] = [(n, n + 20.0, None) for n in range(400, 730)]
    begun = cautions(passages([*before, *after]), UNTIL).begun
    assert begun is not None
    assert begun.since == (START + timedelta(days=423)).date()
    assert begun.before > 400
    assert cautions(passages(steady(0)), UNTIL).begun is None


@pytest.mark.parametrize("seed", range(6))
def test_counts_by_day_tell_what_the_records_would(seed: int) -> None:
    """What is asked of the engine knows no pairs of days; the answer is as if it did."""
    random = np.random.default_rng(seed)
    came = random.uniform(0, 729, 900)
    gone = came + random.exponential((3, 30, 100)[seed % 3], 900)
    known = (random.random(900) < 0.6) & (gone > (0, 400)[seed % 2]) & (gone < 729)
    rows: list[Row] = [
        (float(c), float(g) if k else None, None) for c, g, k in zip(came, gone, known, strict=True)
    ]
    found = cautions(passages(rows), UNTIL)
    first, end = (START.date() - date(1970, 1, 1)).days, (UNTIL - date(1970, 1, 1)).days + 1
    days = np.floor(came) + first, np.where(known, np.floor(gone) + first, np.nan)
    begun, law = late_start(*days, end), littles_law(*days, end - YEAR, end)
    assert (found.begun is None) == (begun is None)
    if found.begun is not None and begun is not None:
        assert found.begun.since == date(1970, 1, 1) + timedelta(days=int(begun.since))
        assert found.begun.before == begun.before
    assert [each.law for each in found.unbalanced] == [law] * (law.holds() is False)
