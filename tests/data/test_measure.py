"""Metrics over time: which periods a history has, what stands in them, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import isnan

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpilint.data.coverage import Coverage
from kpilint.data.dataset import Dataset
from kpilint.data.measure import history, value
from kpilint.data.series import Series
from kpilint.errors import ColumnMissing, Unavailable

Open = Callable[..., Dataset]
UNTIL = date(2026, 10, 31)

METRICS = """
  won: {source: t, agg: count, where: stage = 'won', time: closed}
  closed: {source: t, agg: count, time: closed}
  value: {source: t, agg: sum, column: amount, where: stage = 'won', time: closed, unit: JPY}
  half: {source: t, agg: sum, column: amount / 2, time: closed, unit: JPY}
  mean: {source: t, agg: mean, column: amount, time: closed, unit: JPY}
  median: {source: t, agg: median, column: amount, time: closed}
  smallest: {source: t, agg: min, column: amount, time: closed}
  largest: {source: t, agg: max, column: amount, time: closed}
  owners: {source: t, agg: count_distinct, column: owner, time: closed}
  rate: {numerator: won, denominator: closed}
  price: {formula: value / won, unit: JPY}
  twice: {formula: 2 * value, unit: JPY}
  nps: {manual: {2026-06: 40, 2026-08: 44, 2026-11: 50}, over: last, unit: points}
  cost: {manual: {2026-06: 1万円, 2026-07: 20000}, unit: JPY}
  cost_share: {numerator: cost, denominator: value}
"""
DEALS = """id,stage,closed,amount,owner
1,won,2026-06-01,100,a
2,lost,2026-06-29,,a
3,won,2026-07-31 23:59,300,b
4,won,2026-09-01,1万,a
5,lost,2026-09-30,50,b
6,open,2026-10-30,7,c
7,open,,9,c
8,open,2027-01-01,9,c
"""


@pytest.fixture
def deals(opened: Open) -> Dataset:
    return opened(DEALS, metrics=METRICS)


def told(data: Dataset, metric: str, grain: str = "month", until: date = UNTIL) -> Series:
    return history(data, data.goals, data.goals.metrics[metric], grain=grain, until=until)


@pytest.mark.parametrize(
    ("metric", "values", "kind", "unit"),
    [
        ("won", [1, 1, 0, 1, 0], "count", "count"),
        ("closed", [2, 1, 0, 2, 1], "count", "count"),
        ("value", [100, 300, 0, 10_000, 0], "amount", "JPY"),
        ("half", [50, 150, 0, 5_025, 3.5], "amount", "JPY"),
        ("mean", [100, 300, None, 5_025, 7], "mean", "JPY"),
        ("median", [100, 300, None, 5_025, 7], "mean", None),
        ("smallest", [100, 300, None, 50, 7], "mean", None),
        ("largest", [100, 300, None, 10_000, 7], "mean", None),
        ("owners", [1, 1, 0, 2, 1], "count", "count"),
        ("rate", [0.5, 1, None, 0.5, 0], "ratio", "percent"),
        ("price", [100, 300, None, 10_000, None], "amount", "JPY"),
        ("twice", [200, 600, 0, 20_000, 0], "amount", "JPY"),
    ],
)
def test_history(
    deals: Dataset, metric: str, values: list[float | None], kind: str, unit: str | None
) -> None:
    series = told(deals, metric)
    assert [str(month) for month in series.index] == [f"2026-{m:02}" for m in range(6, 11)]
    assert [None if isnan(v) else v for v in series] == values
    assert (series.kind, series.unit) == (kind, unit)


@pytest.mark.parametrize(
    ("metric", "weights"), [("rate", [2, 1, 0, 2, 1]), ("mean", [2, 1, 0, 2, 1]), ("value", None)]
)
def test_weights(deals: Dataset, metric: str, weights: list[float] | None) -> None:
    found = told(deals, metric).weights
    assert (None if found is None else list(found)) == weights


def test_a_slice_keeps_what_the_series_knows(deals: Dataset) -> None:
    series = told(deals, "rate")
    for part in (series[-2:], series.iloc[-2:], series.loc["2026-09":], series.tail(2)):
        assert isinstance(part, Series)
        assert (part.kind, part.unit, part.undated) == ("ratio", "percent", 1)
        assert part.weights is not None
        assert list(part.weights) == [2, 1]


def test_records_without_a_date_are_counted(deals: Dataset) -> None:
    assert told(deals, "closed").undated == 1
    assert told(deals, "won").undated == 0


@pytest.mark.parametrize(
    ("until", "last"),
    [
        (date(2026, 10, 31), "2026-10"),
        (date(2026, 10, 30), "2026-09"),
        (date(2026, 9, 30), "2026-09"),
        (date(2026, 9, 1), "2026-08"),  # empty, but September's record shows that it was watched
        (date(2026, 8, 31), "2026-07"),  # nothing is known of August
        (date(2026, 6, 15), None),
        (date(2020, 1, 1), None),
    ],
)
def test_only_complete_months(deals: Dataset, until: date, last: str | None) -> None:
    index = told(deals, "closed", until=until).index
    assert (str(index[-1]) if len(index) else None) == last


def daily(first: date, last: date, skip: tuple[date, ...] = ()) -> str:
    days = pd.date_range(first, last, freq="B")
    return "when\n" + "".join(f"{day:%Y-%m-%d}\n" for day in days if day.date() not in skip)


@pytest.mark.parametrize(
    ("first", "last", "months"),
    [
        (date(2026, 4, 1), date(2026, 6, 30), ["2026-04", "2026-05", "2026-06"]),
        (
            date(2026, 4, 3),
            date(2026, 6, 30),
            ["2026-04", "2026-05", "2026-06"],
        ),  # a weekend's length
        (date(2026, 4, 15), date(2026, 6, 30), ["2026-05", "2026-06"]),  # April is partial
        (date(2026, 4, 1), date(2026, 6, 15), ["2026-04", "2026-05"]),  # and so is June
        (date(2026, 4, 15), date(2026, 5, 10), []),
        (date(2026, 4, 1), date(2026, 4, 1), []),  # one day tells nothing of the rest
    ],
)
def test_partial_months_at_the_edges_are_left_out(
    opened: Open, first: date, last: date, months: list[str]
) -> None:
    metrics = "  n: {source: t, agg: count, time: when}"
    series = told(opened(daily(first, last), metrics=metrics), "n")
    assert [str(month) for month in series.index] == months


def test_what_a_metric_selects_does_not_narrow_its_coverage(opened: Open) -> None:
    metrics = "  n: {source: t, agg: count, time: when, where: kind = 'rare'}"
    days = daily(date(2026, 4, 1), date(2026, 9, 30)).splitlines()[1:]
    lines = [f"{day},{'rare' if day == '2026-06-10' else 'usual'}" for day in days]
    series = told(opened("when,kind\n" + "\n".join(lines), metrics=metrics), "n")
    assert list(series) == [0, 0, 1, 0, 0, 0]


@pytest.mark.parametrize(
    ("day", "begins", "reaches"),
    [
        (date(2026, 4, 10), True, True),
        (date(2026, 4, 7), True, True),
        (date(2026, 4, 6), False, True),
        (date(2026, 4, 23), True, True),
        (date(2026, 4, 24), True, False),
    ],
)
def test_coverage(day: date, begins: bool, reaches: bool) -> None:
    covered = Coverage(date(2026, 4, 10), date(2026, 4, 20), silence=3)
    assert (covered.begins_by(day), covered.reaches(day)) == (begins, reaches)


def test_weeks_run_from_monday_to_sunday(opened: Open) -> None:
    metrics = "  n: {source: t, agg: count, time: when}"
    days = ["2026-10-05", "2026-10-11", "2026-10-12", "2026-10-25", "2026-10-26"]
    series = told(opened("when\n" + "\n".join(days), metrics=metrics), "n", "week")
    assert list(series) == [2, 1, 1]
    assert series.index[0].start_time.date() == date(2026, 10, 5)
    assert series.index[-1].end_time.date() == date(2026, 10, 25)


def test_typed_values(deals: Dataset) -> None:
    nps = told(deals, "nps")
    assert [None if isnan(v) else v for v in nps] == [40, None, 44]
    assert (nps.kind, nps.unit) == ("mean", "points")
    assert list(told(deals, "cost")) == [10_000, 20_000]
    assert list(told(deals, "cost_share")) == [100, pytest.approx(66.667, abs=1e-3)]


@pytest.mark.parametrize(
    ("metric", "start", "end", "expected"),
    [
        ("value", "2026-06-01", "2026-07-31", 400),
        ("value", "2026-06-02", "2026-07-30", 0),
        ("value", "2026-08-01", "2026-08-31", 0),
        ("mean", "2026-08-01", "2026-08-31", None),
        ("mean", "2026-06-01", "2026-07-31", 200),
        ("rate", "2026-06-01", "2026-09-30", 0.6),
        ("rate", "2026-08-01", "2026-08-31", None),
        ("price", "2026-06-01", "2026-07-31", 200),
        ("price", "2026-08-01", "2026-08-31", None),
        ("owners", "2026-06-01", "2026-09-30", 2),
        ("nps", "2026-06-01", "2026-08-31", 44),
        ("nps", "2026-09-01", "2026-09-30", None),
        ("cost", "2026-06-01", "2026-07-31", 30_000),
        ("won", "2020-01-01", "2020-12-31", None),  # before there were records
        ("won", "2026-10-31", "2026-11-01", 0),  # a quiet day so far
        ("won", "2026-12-15", "2026-12-31", None),  # the records end long before
    ],
)
def test_value(deals: Dataset, metric: str, start: str, end: str, expected: float | None) -> None:
    period = date.fromisoformat(start), date.fromisoformat(end)
    assert value(deals, deals.goals, deals.goals.metrics[metric], *period) == expected


REFUSED = {
    "{agg: count, time: closed}": "its key source is missing",
    "{source: t, time: closed}": "its key agg is missing",
    "{source: t, agg: count}": "its key time is missing",
    "{source: t, agg: sum, time: closed}": "its key column is missing",
    "{source: t, agg: sum, column: 1 + 1, time: closed}": "its key column is missing",
    "{numerator: other}": "its key denominator is missing",
    "{numerator: nothing, denominator: other}": "nothing is not defined",
    "{formula: n * 2}": "n leads back to it",
    "{formula: nothing + 1}": "nothing is not defined",
    "{source: t, agg: count, time: closed, where: owner > date '2026-01-01'}": "owner",
    "{source: t, agg: count, time: closed, where: sum(amount) > 1}": "sum",
    "{source: t, agg: count, time: closed, where: owner}": "is used as true or false",
    "{source: t, agg: count, time: closed, where: amount + 1}": "is used as true or false",
    "{source: t, agg: sum, column: upper(owner), time: closed}": "holds no numbers",
    "{source: t, agg: sum, column: amount, stock: {from: closed, to: closed}}": "by the same column closed",
    "{numerator: other, denominator: twice, cohort: closed}": "is a ratio by cohort",
    "{manual: {2026-Q1: 3}}": "typed for 2026-Q1",
    "{manual: {2026-01: 3円}, unit: percent}": "does not fit a metric in percent",
    "{source: gone, agg: count, time: closed}": "not defined under sources",
}


@pytest.mark.parametrize(("metric", "said"), REFUSED.items())
def test_refused(opened: Open, metric: str, said: str) -> None:
    metrics = f"  n: {metric}\n  other: {{source: t, agg: count, time: closed, person: owner}}\n"
    metrics += "  twice: {formula: 2 * other}\n"
    with pytest.raises(Unavailable) as problem:
        told(opened(DEALS, metrics=metrics), "n")
    assert said in str(problem.value)


@pytest.mark.parametrize(
    "keys",
    [
        "agg: count, time: clozed",
        "agg: count, time: closed, where: clozed = 1",
        "agg: sum, column: clozed, time: closed",
        "agg: sum, column: clozed * 2, time: closed",
    ],
)
def test_a_missing_column_is_named_with_the_nearest(opened: Open, keys: str) -> None:
    data = opened(DEALS, metrics=f"  n: {{source: t, {keys}}}")
    with pytest.raises(ColumnMissing) as problem:
        told(data, "n")
    assert (problem.value.column, problem.value.near) == ("clozed", "closed")


def test_columns_may_have_any_name(opened: Open) -> None:
    """Also those that aggregates have inside."""
    metrics = """
  a: {source: t, agg: sum, column: n, where: value > 5 and "Period" <> 'x', time: time}
  b: {source: t, agg: sum, column: value, where: n > 1, time: time}
"""
    data = opened("time,value,Period,n\n2026-01-05,3,y,1\n2026-01-31,9,y,2\n", metrics=metrics)
    january = date(2026, 1, 1), date(2026, 1, 31)
    for metric, expected in (("a", 2), ("b", 9)):
        assert list(told(data, metric)) == [expected]
        assert value(data, data.goals, data.goals.metrics[metric], *january) == expected


def test_what_the_goals_use_decides_what_cells_hold(opened: Open) -> None:
    metrics = """
  a: {source: t, agg: count, time: made, where: closed > made and size > 5 and hot}
  b: {source: t, agg: sum, column: a * b, time: made, where: "owner = '7' and id > 5"}
  c: {source: t, agg: count_distinct, column: code, time: made}
"""
    line = (
        "made,closed,size,hot,a,b,owner,id,code,rest\n2026-01-05,2026/1/6,６,はい,1,2,7,9,007,8\n"
    )
    data = opened(line, "path: t.csv, key: id", metrics)
    kinds = {name: str(kind) for name, kind in data.table("t").schema().items()}
    assert kinds == {
        "made": "timestamp(6)", "closed": "timestamp(6)", "size": "float64", "hot": "boolean",
        "a": "float64", "b": "float64", "owner": "string", "id": "string", "code": "string",
        "rest": "string",
    }  # fmt: skip
    january = date(2026, 1, 1), date(2026, 1, 31)
    assert value(data, data.goals, data.goals.metrics["a"], *january) == 1


def test_unreadable_cells_are_told_by_row(opened: Open) -> None:
    text = 'closed,amount,owner\n2026-01-05,1,a\n\nsoon,"1\n2",b\n-,未定,soon\n2026-02-30,,c\n'
    data = opened(text, metrics="  n: {source: t, agg: sum, column: amount, time: closed}")
    found = {
        cells.column: (cells.kind, cells.count, cells.examples) for cells in data.unreadable("t")
    }
    assert found == {
        "closed": ("time", 2, ((4, "soon"), (6, "2026-02-30"))),
        "amount": ("number", 2, ((4, "1\n2"), (5, "未定"))),
    }
    assert told(data, "n").undated == 3


def test_unreadable_cells_of_a_glob_name_their_file(opened: Open) -> None:
    data = opened("closed\n2026-01-05\n", metrics="  n: {source: t, agg: count, time: closed}")
    folder = data.goals.folder
    (folder / "t2.csv").write_text("closed\nx\ny\n2026-01-06\nz\nw\n")
    both = opened(
        "closed\n2026-01-05\n?\n", "path: t*.csv", "  n: {source: t, agg: count, time: closed}"
    )
    (cells,) = both.unreadable("t")
    assert cells.file.endswith("t2.csv")
    assert (cells.count, cells.examples) == (4, ((2, "x"), (3, "y"), (5, "z")))


@given(
    st.lists(
        st.tuples(st.dates(date(2026, 1, 1), date(2026, 8, 31)), st.integers(-1000, 10**6)),
        min_size=1,
        max_size=40,
    )
)
@settings(
    max_examples=30,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_months_add_up_to_the_value_of_the_whole(
    opened: Open, deals: list[tuple[date, int]]
) -> None:
    """A sum over months that are all there equals the sum over their days, and that of pandas."""
    lines = "".join(f"{day},{amount}\n" for day, amount in deals)
    metrics = "  n: {source: t, agg: sum, column: amount, time: day}"
    data = opened("day,amount\n" + lines, metrics=metrics)
    series = told(data, "n")
    frame = pd.DataFrame(deals, columns=["day", "amount"])
    months = frame.groupby(pd.PeriodIndex(frame["day"], freq="M"))["amount"].sum()
    assert list(series) == list(months.reindex(series.index, fill_value=0))
    if len(series):
        first, last = series.index[0].start_time.date(), series.index[-1].end_time.date()
        assert value(data, data.goals, data.goals.metrics["n"], first, last) == series.sum()
    data.close()
