"""Stocks: what is open as a period ends, told from when records entered and left."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import isnan

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpilint.data.dataset import Dataset
from kpilint.data.measure import history, value
from kpilint.data.series import Series
from kpilint.data.stock import open_at
from kpilint.errors import ColumnMissing, Unavailable

Open = Callable[..., Dataset]
UNTIL = date(2026, 9, 30)

METRICS = """
  open: {source: t, agg: sum, column: amount, stock: {from: came, to: went}, unit: JPY}
  deals: {source: t, agg: count, stock: {from: came, to: went}, person: owner}
  usual: {source: t, agg: mean, column: amount, stock: {from: came, to: went}, unit: JPY}
  priced: {source: t, agg: count, column: amount, stock: {from: came, to: went}}
  middle: {source: t, agg: median, column: amount, stock: {from: came, to: went}, unit: JPY}
  owners: {source: t, agg: count_distinct, column: owner, stock: {from: came, to: went}}
  large: {source: t, agg: count, where: amount > 50, stock: {from: came, to: went}}
  share: {numerator: large, denominator: deals}
  entered: {source: t, agg: count, time: came}
  turnover: {formula: entered / deals}
  doubled: {formula: 2 * deals}
"""
# Amounts are powers of ten, so that a sum tells what is in it.
DEALS = """came,went,amount,owner
2026-06-01,2026-06-30,1,a
2026-06-02 10:00,2026-07-01,10,a
2026-06-30 23:59,,100,b
2026-07-31,2026-07-31,1000,b
2026-08-01,2027-01-01,10000,a
2026-09-30,2026-09-15,100000,c
,2026-09-20,1000000,c
"""


@pytest.fixture
def deals(opened: Open) -> Dataset:
    return opened(DEALS, metrics=METRICS)


def told(data: Dataset, metric: str, grain: str = "month", until: date = UNTIL) -> Series:
    return history(data, data.goals, data.goals.metrics[metric], grain=grain, until=until)


def at(data: Dataset, metric: str, start: date, end: date) -> float | None:
    return value(data, data.goals, data.goals.metrics[metric], start, end)


@pytest.mark.parametrize(
    ("metric", "values"),
    [
        ("open", [110, 100, 10_100, 10_100]),
        ("deals", [2, 1, 2, 2]),
        ("usual", [55, 100, 5_050, 5_050]),
        ("middle", [55, 100, 5_050, 5_050]),
        ("owners", [2, 1, 2, 2]),
        ("share", [0.5, 1, 1, 1]),
        ("turnover", [1.5, 1, 0.5, 0.5]),
        ("doubled", [4, 2, 4, 4]),
    ],
)
def test_history_is_what_is_open_as_each_month_ends(
    deals: Dataset, metric: str, values: list[float]
) -> None:
    series = told(deals, metric)
    assert [str(month) for month in series.index] == [f"2026-{m:02}" for m in range(6, 10)]
    assert list(series) == values


def test_weeks(deals: Dataset) -> None:
    series = told(deals, "deals", "week", date(2026, 7, 5))
    assert [str(week.end_time.date()) for week in series.index[:2]] == ["2026-06-07", "2026-06-14"]
    assert list(series) == [2, 2, 2, 2, 1]


@pytest.mark.parametrize("metric", ["open", "deals", "usual", "large", "priced"])
def test_both_ways_to_the_same_history(
    deals: Dataset, metric: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Grouped by when records came and went, and asked for each month."""
    grouped = told(deals, metric)
    monkeypatch.setattr("kpilint.data.stock._FROM_STAYS", frozenset())
    pd.testing.assert_series_equal(grouped, told(deals, metric))


def test_what_the_series_knows(deals: Dataset) -> None:
    series = told(deals, "usual")
    assert (series.kind, series.unit, series.closing) == ("mean", "JPY", True)
    assert series.weights is not None
    assert list(series.weights) == [2, 1, 2, 2]
    assert series.undated == 2  # one never came, one went before it came
    assert series.iloc[:2].closing
    assert told(deals, "open").kind == "amount"
    closing = {name: told(deals, name).closing for name in ("share", "doubled", "turnover")}
    assert closing == {"share": True, "doubled": True, "turnover": False}


@pytest.mark.parametrize(
    ("metric", "start", "end", "expected"),
    [
        ("deals", date(2026, 6, 1), date(2026, 6, 29), 2),
        ("deals", date(2026, 6, 1), date(2026, 6, 30), 2),
        ("open", date(2026, 6, 1), date(2026, 6, 29), 11),
        ("open", date(2026, 6, 1), date(2026, 6, 30), 110),
        ("open", date(2026, 4, 1), date(2026, 5, 31), None),  # before there were records
        ("large", date(2026, 6, 1), date(2026, 6, 20), 0),
        ("usual", date(2026, 6, 1), date(2026, 6, 1), 1),
        ("open", date(2026, 9, 1), date(2026, 12, 31), 10_100),
        ("open", date(2027, 4, 1), date(2027, 4, 30), None),  # the records end long before
    ],
)
def test_value(deals: Dataset, metric: str, start: date, end: date, expected: float | None) -> None:
    assert at(deals, metric, start, end) == expected


def test_who_holds_what_is_open(deals: Dataset) -> None:
    chosen = open_at(deals, deals.goals.metrics["deals"], date(2026, 8, 31))
    held = chosen.records.group_by("owner").aggregate(n=lambda t: t.count()).to_pyarrow()
    assert {row["owner"]: row["n"] for row in held.to_pylist()} == {"a": 1, "b": 1}


def test_an_empty_source_has_no_history(opened: Open) -> None:
    data = opened("came,went,amount,owner\n", metrics=METRICS)
    assert len(told(data, "open")) == 0
    assert at(data, "open", date(2026, 6, 1), date(2026, 6, 30)) is None


def test_a_mean_of_nothing_is_unknown(opened: Open) -> None:
    text = "came,went,amount,owner\n2026-06-01,2026-06-02,1,a\n2026-07-31,,1,a\n"
    series = told(opened(text, metrics=METRICS), "usual", until=date(2026, 7, 31))
    assert [None if isnan(v) else v for v in series] == [None, 1]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("agg: count, stock: {from: came, to: came}", "by the same column came"),
        ("agg: count, stock: {from: went, to: came}", r"all leave before they enter \(3\)"),
        ("agg: count, stock: {from: owner, to: went}", "cannot be placed in time"),
        ("agg: sum, stock: {from: came, to: went}", "its key column is missing"),
    ],
)
def test_refused(opened: Open, keys: str, said: str) -> None:
    text = "came,went,amount,owner\n" + "2026-06-01,2026-06-03,1,a\n" * 3
    data = opened(text, "path: t.csv, key: owner", f"  n: {{source: t, {keys}}}")
    for asked in (
        lambda: told(data, "n"),
        lambda: at(data, "n", date(2026, 6, 1), date(2026, 6, 30)),
    ):
        with pytest.raises(Unavailable, match=said):
            asked()


def test_a_missing_column_is_named(opened: Open) -> None:
    data = opened(DEALS, metrics="  n: {source: t, agg: count, stock: {from: came, to: gone}}")
    with pytest.raises(ColumnMissing) as problem:
        told(data, "n")
    assert problem.value.column == "gone"


DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))


@given(st.lists(st.tuples(DAYS, st.none() | DAYS), min_size=1, max_size=30), DAYS)
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_a_stock_is_all_that_came_less_all_that_went(
    opened: Open, stays: list[tuple[date, date | None]], day: date
) -> None:
    stays = [(came, went if went is None or went >= came else None) for came, went in stays]
    text = "came,went\n" + "".join(f"{came},{went or ''}\n" for came, went in stays)
    keys = "{source: t, agg: count, stock: {from: came, to: went}}"
    data = opened(text, metrics=f"  n: {keys}")
    chosen = open_at(data, data.goals.metrics["n"], day)
    came = sum(came <= day for came, _went in stays)
    went = sum(went is not None and went <= day for _came, went in stays)
    assert chosen.records.count().to_pyarrow().as_py() == came - went
    data.close()
