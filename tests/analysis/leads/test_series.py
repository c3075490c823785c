"""Metrics as complete weeks or months, with working days taken out where they show."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import kpilint as kl
from kpilint.analysis.leads.series import grain_of, measured, paired
from kpilint.i18n import speaking

GOALS = Path(__file__).parents[3] / "data_samples" / "goals.yaml"
DAY = date(2026, 10, 31)
NAN = float("nan")


@pytest.fixture(scope="module")
def goals() -> kl.GoalSet:
    return kl.read(GOALS)


@pytest.fixture(scope="module")
def data(goals: kl.GoalSet) -> Iterator[kl.Dataset]:
    with speaking("en"), kl.Dataset.of(goals) as opened:
        yield opened


def test_a_week_that_is_not_over_is_left_out_and_said(goals: kl.GoalSet, data: kl.Dataset) -> None:
    found = measured(data, goals, "calls", "week", DAY)
    assert found.values.index[-1].end_time.date() == date(2026, 10, 25)
    assert any("25 Oct 2026" in note for note in found.notes)
    assert grain_of(found.values) == "week"


def test_a_month_that_is_over_needs_no_word(goals: kl.GoalSet, data: kl.Dataset) -> None:
    assert measured(data, goals, "calls", "month", DAY, per_workday=False).notes == ()


def test_working_days_are_taken_out_of_what_follows_them(
    goals: kl.GoalSet, data: kl.Dataset
) -> None:
    plain = measured(data, goals, "calls", "week", DAY, per_workday=False).values
    even = measured(data, goals, "calls", "week", DAY).values
    golden_week = int(np.flatnonzero(plain.index == pd.Period("2026-05-04", "W-SUN"))[0])
    assert plain.iloc[golden_week] < 0.6 * plain.median()  # two working days
    assert even.iloc[golden_week] > 2 * plain.iloc[golden_week]
    assert even.mean() == pytest.approx(plain.mean(), rel=0.05)


@pytest.mark.parametrize("name", ["win_rate", "first_response"])
def test_ratios_and_means_stay_as_they_are(name: str, goals: kl.GoalSet, data: kl.Dataset) -> None:
    plain, even = (
        measured(data, goals, name, "week", DAY, per_workday=each).values for each in (True, False)
    )
    pd.testing.assert_series_equal(plain, even)


@pytest.mark.parametrize(
    ("x", "y", "n"),
    [
        ([1, 2, 3], [4, 5, 6], 3),
        ([NAN, 2, 3], [4, 5, NAN], 1),
        ([NAN, NAN, 3], [4, 5, NAN], 0),
        ([NAN, NAN, NAN], [4, 5, 6], 3),  # nothing to cut by
    ],
)
def test_two_series_are_cut_to_what_both_have(x: list[float], y: list[float], n: int) -> None:
    a, b = paired(x, y)
    assert (len(a), len(b)) == (n, n)


def test_months_at_any_day_are_months() -> None:
    days = pd.to_datetime(["2026-03-31", "2026-01-31", "2026-02-28"])
    a, _b = paired(pd.Series([3.0, 1.0, 2.0], days), pd.Series([3.0, 1.0, 2.0], days))
    assert grain_of(a) == "month"
    assert a.tolist() == [1, 2, 3]
    assert [str(month) for month in a.index] == ["2026-01", "2026-02", "2026-03"]
