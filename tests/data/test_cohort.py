"""Ratios by cohort: what became of the records that entered in a period, once they are mature."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from math import isnan

import pytest

from kpilint.data.cohort import Cohort
from kpilint.data.dataset import Dataset
from kpilint.data.measure import history, value
from kpilint.data.series import Series
from kpilint.errors import ColumnMissing, Unavailable
from kpilint.goals.goalfile import read

Open = Callable[..., Dataset]
UNTIL = date(2026, 10, 31)

METRICS = """
  won: {source: t, agg: count, where: stage = 'won', time: closed}
  value: {source: t, agg: sum, column: amount, where: stage = 'won', time: closed, unit: JPY}
  price: {source: t, agg: mean, column: amount, where: stage = 'won', time: closed, unit: JPY}
  leads: {source: t, agg: count, where: kind = 'lead', time: made}
  all: {source: t, agg: count, time: made}
  rate: {numerator: won, denominator: leads, cohort: made, mature: 30d}
  young: {numerator: won, denominator: leads, cohort: made}
  worth: {numerator: value, denominator: leads, cohort: made, mature: 30d, unit: JPY}
  mean: {numerator: price, denominator: all, cohort: made, mature: 30d, unit: JPY}
  old: {numerator: won, denominator: all, cohort: made, mature: 2年}
  sum: {formula: won + all}
  mixed: {numerator: won, denominator: sum, cohort: made}
  lost: {numerator: won, denominator: all, cohort: mode}
  twice: {formula: 2 * rate}
"""
DEALS = """made,kind,stage,closed,amount
2026-06-01,lead,won,2026-08-01,100
2026-06-15,lead,lost,2026-06-20,
2026-06-30,other,won,2026-07-01,300
2026-08-01,lead,won,2026-11-05,50
2026-08-31,lead,open,,
2026-09-30,lead,won,2026-10-05,7
2026-10-01,lead,won,2026-10-02,7
2026-10-02,lead,open,,
2026-10-31,lead,open,,
2026-11-01,lead,won,2026-11-01,1
,lead,open,,
"""


@pytest.fixture
def deals(opened: Open) -> Dataset:
    return opened(DEALS, metrics=METRICS)


def told(data: Dataset, metric: str, until: date = UNTIL) -> Series:
    return history(data, data.goals, data.goals.metrics[metric], until=until)


def at(data: Dataset, metric: str, start: str, end: str, as_of: date | None = None) -> float | None:
    period = date.fromisoformat(start), date.fromisoformat(end)
    return value(data, data.goals, data.goals.metrics[metric], *period, as_of=as_of)


def cohort(data: Dataset, metric: str, as_of: date = UNTIL) -> Cohort:
    metrics = data.goals.metrics
    asked = metrics[metric]
    numerator, denominator = (metrics[name] for name in asked.refers_to)
    return Cohort.of(data, asked, numerator, denominator, as_of)


@pytest.mark.parametrize(
    ("metric", "until", "values"),
    [
        ("rate", UNTIL, [0.5, None, 0, 1]),  # a deal won in November is not known to be
        ("rate", date(2026, 10, 29), [0.5, None, 0]),
        ("rate", date(2026, 11, 5), [0.5, None, 0.5, 1]),
        ("rate", date(2026, 7, 15), []),
        ("rate", date(2026, 7, 30), [0]),  # the win of August is still to come
        ("young", UNTIL, [0.5, None, 0, 1, 1 / 3]),
        ("worth", UNTIL, [50, None, 0, 7]),
        ("mean", UNTIL, [200 / 3, None, None, 7]),
        ("twice", UNTIL, [1, None, 0, 2]),
        ("old", UNTIL, []),
    ],
)
def test_history(deals: Dataset, metric: str, until: date, values: list[float | None]) -> None:
    series = told(deals, metric, until)
    assert [str(month) for month in series.index] == [
        f"2026-{6 + n:02}" for n in range(len(values))
    ]
    assert [None if isnan(v) else v for v in series] == values


def test_what_the_series_knows(deals: Dataset) -> None:
    series = told(deals, "rate")
    assert (series.kind, series.unit, series.undated) == ("ratio", "percent", 1)
    assert series.weights is not None
    assert list(series.weights) == [2, 0, 2, 1]
    assert series.immature == 2  # of October, those of 2 and 31; that of November is not there yet
    assert series.iloc[:1].immature == 2
    assert told(deals, "young").immature == 0


@pytest.mark.parametrize(
    ("metric", "start", "end", "as_of", "expected"),
    [
        ("rate", "2026-06-01", "2026-06-30", UNTIL, 0.5),
        ("rate", "2026-06-01", "2026-06-30", None, None),  # at its end nothing was mature
        ("rate", "2026-08-01", "2026-10-31", UNTIL, 0.5),
        ("rate", "2026-08-01", "2026-10-31", None, 0.5),
        ("rate", "2026-10-01", "2026-10-31", UNTIL, 1),
        ("rate", "2026-10-02", "2026-10-31", UNTIL, None),
        ("rate", "2026-07-01", "2026-07-31", UNTIL, None),
        ("rate", "2026-08-01", "2026-08-31", UNTIL, 0),
        ("worth", "2026-06-01", "2026-08-31", UNTIL, 25),
        ("mean", "2026-08-01", "2026-08-31", UNTIL, None),
    ],
)
def test_value(
    deals: Dataset, metric: str, start: str, end: str, as_of: date | None, expected: float | None
) -> None:
    assert at(deals, metric, start, end, as_of) == expected


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (date(2026, 10, 1), date(2026, 12, 31), 2),
        (date(2026, 10, 1), date(2026, 10, 30), 1),
        (date(2026, 6, 1), date(2026, 9, 30), 0),
        (date(2027, 6, 1), date(2027, 9, 30), 0),
    ],
)
def test_the_immature_are_counted(deals: Dataset, start: date, end: date, expected: int) -> None:
    assert cohort(deals, "rate").immature(start, end) == expected


def test_numerator_of_another_source(opened: Open) -> None:
    """Each side is placed by the column of that name in its own source."""
    data = opened(DEALS, metrics=METRICS)
    folder = data.goals.folder
    (folder / "u.csv").write_text("made,when\n2026-06-02,2026-06-03\n2026-06-05,2026-12-01\n")
    text = f"sources:\n  t: {{path: t.csv}}\n  u: {{path: u.csv}}\nmetrics:\n{METRICS}"
    text += "  calls: {source: u, agg: count, time: when}\n"
    text += "  per: {numerator: calls, denominator: leads, cohort: made}\n"
    with Dataset.of(read(folder / "goals.yaml", source=text)) as both:
        assert at(both, "per", "2026-06-01", "2026-06-30", UNTIL) == 0.5


def test_an_empty_source(opened: Open) -> None:
    data = opened(DEALS.splitlines()[0] + "\n", metrics=METRICS)
    assert len(told(data, "rate")) == 0
    assert at(data, "rate", "2026-06-01", "2026-06-30", UNTIL) is None


def test_refused(deals: Dataset) -> None:
    with pytest.raises(Unavailable, match="sum is not counted from records"):
        told(deals, "mixed")
    with pytest.raises(ColumnMissing) as problem:
        told(deals, "lost")
    assert (problem.value.column, problem.value.near) == ("mode", "made")
