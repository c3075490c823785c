"""What is open at the end of a day, told from when its records entered and when they left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir
import pandas as pd

from kpilint.data.coverage import Coverage, whole_periods
from kpilint.data.dataset import Dataset
from kpilint.data.selection import KINDS, Selection, selected
from kpilint.data.series import Series
from kpilint.errors import Unavailable
from kpilint.goals.metric import Metric
from kpilint.i18n import _

_FROM_STAYS = frozenset({"count", "sum", "mean"})  # what is made of those of the parts


def open_at(data: Dataset, metric: Metric, day: date) -> Selection:
    """The records of a stock that are open when ``day`` ends, with what is aggregated of them.

    They have entered by then, and have not left, or leave later. A record of that day's leaving
    is gone. Raises Unavailable and ColumnMissing like ``selected``.
    """
    return _Stock.of(data, metric).at(day)


def levels(data: Dataset, metric: Metric, grain: str, until: date, unit: str | None) -> Series:
    """A stock as each month, or week, ends that is covered and ends by ``until``.

    ``undated`` counts the records that are never open: without the date on which they entered,
    or gone before that day. Raises Unavailable where all records leave before they enter.
    """
    stock = _Stock.of(data, metric)
    undated = stock.misplaced()
    index = whole_periods(_coverage(data, metric, until), until, grain)
    found = stock.of_stays(index) if metric.agg in _FROM_STAYS else stock.one_by_one(index)
    kind = KINDS.get(metric.agg or "", "mean")
    return Series.of(
        found["value"] if kind == "mean" else found["value"].fillna(0.0),
        unit=unit,
        kind=kind,
        weights=found["n"] if metric.agg in ("mean", "median") else None,
        undated=undated,
        closing=True,
    )


def level(data: Dataset, metric: Metric, start: date, end: date) -> float | None:
    """A stock when the period from ``start`` to ``end`` ends; None where nothing is known of it.

    Raises like ``levels``.
    """
    stock = _Stock.of(data, metric)
    covered = _coverage(data, metric, end)
    if covered is None or not covered.reaches(start):
        return None
    stock.misplaced()
    value, _n = stock.ending(end)
    if value is None:
        return 0.0 if metric.agg in KINDS else None
    return float(value)


def _coverage(data: Dataset, metric: Metric, until: date) -> Coverage | None:
    """Which days the records tell of: from the first that entered to the last that came or went."""
    if metric.source is None or metric.stock is None:
        return None
    entered = data.coverage(metric.source, metric.stock.from_, until)
    left = data.coverage(metric.source, metric.stock.to, until)
    if entered is None or left is None:
        return entered
    return replace(entered, last=max(entered.last, left.last))


@dataclass(frozen=True, slots=True)
class _Stock:
    """The records of a stock, placed in time by their entering, and when each left."""

    metric: Metric
    entered: Selection
    left: ir.Column

    @classmethod
    def of(cls, data: Dataset, metric: Metric) -> _Stock:
        assert metric.stock is not None
        come, go = metric.stock.from_, metric.stock.to
        entered = selected(data, metric.but(time=come))
        # The same checks, and the same words where it holds no dates.
        left = selected(data, metric.but(time=go)).time
        if left.get_name() == entered.time.get_name():
            raise Unavailable(
                _(
                    "The records of {metric} enter and leave by the same column {column}, so none "
                    "is ever open; write the date of their leaving in to: of its stock.",
                    metric=metric.name,
                    column=come,
                )
            )
        return cls(metric, entered, left)

    def at(self, day: date) -> Selection:
        after = ibis.literal(datetime.combine(day, time()) + timedelta(days=1))
        is_open = (self.entered.time < after) & (self.left.isnull() | (self.left >= after))
        return self.entered.among(is_open)

    def ending(self, day: date) -> tuple[Any, int]:
        """The aggregate and the number of records as a day ends."""
        chosen = self.at(day)
        told = chosen.records.aggregate(value=chosen.aggregate(), n=chosen.records.count())
        row = told.to_pyarrow().to_pylist()[0]
        return row["value"], row["n"]

    def one_by_one(self, index: pd.PeriodIndex) -> pd.DataFrame:
        """``value`` and ``n`` as each period ends, the engine asked for each."""
        rows = [self.ending(period.end_time.date()) for period in index]
        return pd.DataFrame(rows, index=index, columns=["value", "n"], dtype="float64")

    def of_stays(self, index: pd.PeriodIndex) -> pd.DataFrame:
        """The same from one look at the records, grouped by when they came and went."""
        stays = self._stays(index.freqstr)
        rows = []
        for period in index:
            is_open = (stays["came"] <= period) & ~(stays["went"] <= period)
            rows.append(stays.loc[is_open, ["n", "known", "total"]].sum())
        found = pd.DataFrame(rows, index=index, columns=["n", "known", "total"], dtype="float64")
        if self.metric.agg == "count":
            found["value"] = found["known"]
        elif self.metric.agg == "sum":
            found["value"] = found["total"]
        else:
            found["value"] = found["total"] / found["known"].where(found["known"] > 0)
        return found

    def _stays(self, frequency: str) -> pd.DataFrame:
        """One row for each two periods in which records ``came`` and ``went`` (NaT: not yet).

        ``n`` are the records, ``known`` those with a number, ``total`` what the numbers sum to.
        """
        records, value = self.entered.records, self.entered.value
        asked = {"n": records.count(), "known": records.count(), "total": records.count()}
        if value is not None:
            asked["known"] = value.count()
            asked["total"] = value.count() if self.metric.agg == "count" else value.sum()
        unit = frequency.partition("-")[0]
        ends = {"came": self.entered.time, "went": self.left}
        starts = {name: column.truncate(unit).date() for name, column in ends.items()}
        told = records.group_by(**starts).aggregate(**asked).order_by(list(starts))
        stays = pd.DataFrame(told.to_pyarrow().to_pydict())
        for name in starts:
            stays[name] = pd.PeriodIndex(pd.to_datetime(stays[name]), freq=frequency)
        return stays.dropna(subset="came")

    def misplaced(self) -> int:
        """How many records are never open; Unavailable where all that left did so too early."""
        entered, left = self.entered.time, self.left
        conditions = {
            "undated": entered.isnull(),
            "early": left.date() < entered.date(),
            "both": left.notnull() & entered.notnull(),
        }
        asked = {name: self.entered.among(c).among_all()[1] for name, c in conditions.items()}
        row = self.entered.table.aggregate(**asked).to_pyarrow().to_pylist()[0]
        if row["early"] and row["early"] == row["both"]:
            raise Unavailable(
                _(
                    "The records of {metric} all leave before they enter ({count}); exchange the "
                    "columns from: and to: of its stock, or correct them.",
                    metric=self.metric.name,
                    count=row["early"],
                )
            )
        return int(row["undated"] + row["early"])
