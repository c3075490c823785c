"""Sums by day: what a metric's records add up to, read once and then told for any days."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import ibis
import numpy as np

from kpilint.analysis.stats import FloatArray, IntArray
from kpilint.data.selection import AGGREGATES, Selection, selected
from kpilint.goals.metric import Metric
from kpilint.goals.written import plain_name

if TYPE_CHECKING:
    import ibis.expr.types as ir
    import pyarrow as pa

    from kpilint.data.dataset import Dataset


class Course(NamedTuple):
    """Sums up to and with each day, an ordinal: ``value`` and number of records; of one length."""

    day: list[int]
    value: list[float]
    n: list[float]

    @classmethod
    def of(cls, day: IntArray, value: FloatArray, n: FloatArray) -> Course:
        """The running sums of rows in the order of their days, arrays ``(rows,)``."""
        return cls(day.tolist(), np.cumsum(value).tolist(), np.cumsum(n).tolist())

    def between(self, start: date, end: date) -> tuple[float, float]:
        """Value and number of records from ``start`` to ``end``, both included."""
        low = bisect_left(self.day, start.toordinal())
        high = bisect_right(self.day, end.toordinal())
        if high <= low:
            return 0.0, 0.0
        if not low:
            return self.value[high - 1], self.n[high - 1]
        return self.value[high - 1] - self.value[low - 1], self.n[high - 1] - self.n[low - 1]


Courses: TypeAlias = Mapping[str, Course]  # by plain name; "" is everybody
EVERYBODY = ""


def read(wanted: Mapping[str, Selection], person: str, as_of: date) -> Mapping[str, Courses]:
    """One row a day and person, for all metrics at once; then their running sums."""
    first = next(iter(wanted.values()))
    who: ir.Value = first.table[person] if person else ibis.literal(EVERYBODY)
    asked: dict[str, ir.Scalar] = {}
    for number, chosen in enumerate(wanted.values()):
        asked[f"value{number}"], asked[f"n{number}"] = _sums(chosen)
    rows = first.table.group_by(day=first.time.date(), who=who).aggregate(**asked)
    told = rows.filter(rows.day <= ibis.literal(as_of)).order_by("day").to_pyarrow()
    names = [plain_name(str(name or "")) for name in told["who"].to_pylist()]
    return {
        metric: _courses(_days(told), names, _column(told, "value", n), _column(told, "n", n))
        for n, metric in enumerate(wanted)
    }


def _sums(chosen: Selection) -> tuple[ir.Scalar, ir.Scalar]:
    """What adds up to the metric over days and people."""
    if chosen.agg == "mean" and chosen.value is not None:
        total = AGGREGATES["sum"](chosen.value, chosen.condition)
        return total, AGGREGATES["count"](chosen.value, chosen.condition)
    return chosen.among_all()


def _days(told: pa.Table) -> IntArray:
    epoch = date(1970, 1, 1).toordinal()
    days = told["day"].cast("date32").cast("int32").to_numpy()
    return np.asarray(days, dtype=np.int64) + epoch


def _column(told: pa.Table, name: str, number: int | None = None) -> FloatArray:
    """A column as numbers; what is missing counts 0."""
    column = told[name if number is None else f"{name}{number}"].cast("float64")
    return np.nan_to_num(np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float64))


def _courses(days: IntArray, names: list[str], values: FloatArray, counts: FloatArray) -> Courses:
    known = sorted(set(names))
    place = dict(zip(known, range(len(known)), strict=True))
    who = np.array([place[name] for name in names], dtype=np.int64)
    order = np.argsort(who, kind="stable")  # each person's days stay in order
    ends = np.searchsorted(who[order], np.arange(len(known) + 1))
    people = {
        name: Course.of(days[own], values[own], counts[own])
        for name, own in ((known[n], order[ends[n] : ends[n + 1]]) for n in range(len(known)))
    }
    return people | {EVERYBODY: Course.of(days, values, counts)}


def stays(data: Dataset, metric: Metric, as_of: date) -> tuple[Course, Course]:
    """What came to a stock and what left it, up to ``as_of``; their difference is what is open.

    Records that left before the day on which they came are never open. Raises like ``selected``.
    """
    assert metric.stock is not None
    came = selected(data, metric.but(time=metric.stock.from_))
    left = selected(data, metric.but(time=metric.stock.to)).time
    held = came.among(left.isnull() | (left.date() >= came.time.date()))
    held = held.among(came.time.notnull())
    return _ends(held, came.time, as_of), _ends(held, left, as_of)


def _ends(held: Selection, moment: ir.Column, as_of: date) -> Course:
    value, n = _sums(held)
    rows = held.table.group_by(day=moment.date()).aggregate(value=value, n=n)
    told = rows.filter(rows.day <= ibis.literal(as_of)).order_by("day").to_pyarrow()
    return Course.of(_days(told), _column(told, "value"), _column(told, "n"))
