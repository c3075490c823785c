"""The records that a metric counts, and what it takes from each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta

import ibis
import ibis.expr.types as ir

from kpilint.data.dataset import Dataset
from kpilint.data.expression import build
from kpilint.data.kinds import FLAG
from kpilint.errors import ColumnMissing, Unavailable
from kpilint.goals import expression
from kpilint.goals.metric import Metric
from kpilint.i18n import _

_COUNTS = frozenset({"count", "count_distinct"})
KINDS = {"count": "count", "count_distinct": "count", "sum": "amount"}
AGGREGATES: dict[str, Callable[[ir.Column], ir.Scalar]] = {
    "count": lambda column: column.count(),
    "count_distinct": lambda column: column.nunique(),
    "sum": lambda column: column.sum(),
    "mean": lambda column: column.mean(),
    "median": lambda column: column.median(),
    "min": lambda column: column.min(),
    "max": lambda column: column.max(),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The records that a metric counts, when each happened (maybe NULL), what is aggregated.

    ``value`` is None where the records themselves are counted.
    """

    records: ir.Table
    time: ir.Column
    value: ir.Column | None
    agg: str

    def between(self, start: date, end: date) -> Selection:
        """The records of the days from ``start`` to ``end``, both included."""
        since = ibis.literal(datetime.combine(start, time()))
        before = ibis.literal(datetime.combine(end, time()) + timedelta(days=1))
        return replace(self, records=self.records.filter(self.time >= since, self.time < before))

    def aggregate(self) -> ir.Scalar:
        """The metric's aggregate over the records."""
        return self.records.count() if self.value is None else AGGREGATES[self.agg](self.value)


def selected(data: Dataset, metric: Metric) -> Selection:
    """The records of a flow metric.

    Raises Unavailable where the metric does not say enough, ColumnMissing for a missing column.
    """
    if metric.source is None or metric.agg is None or metric.time is None:
        lacking = "source" if metric.source is None else "agg" if metric.agg is None else "time"
        raise _lacking(metric, lacking)
    source, records = metric.source, data.table(metric.source)

    def column(name: str) -> ir.Column:
        return records[data.resolve(source, name)]

    try:
        if metric.where:
            records = records.filter(build(metric.where, records, column, kind=FLAG))
        value = _counted(metric, records, column)
    except ValueError as problem:
        raise Unavailable(str(problem)) from None
    moment = column(metric.time)
    if not moment.type().is_timestamp():
        raise Unavailable(
            _(
                "The metric {metric} cannot be placed in time: {column} holds no dates.",
                metric=metric.name,
                column=metric.time,
            )
        )
    return Selection(records, moment, value, metric.agg)


def _lacking(metric: Metric, key: str) -> Unavailable:
    return Unavailable(
        _(
            "The metric {metric} cannot be computed: its key {key} is missing.",
            metric=metric.name,
            key=key,
        )
    )


def _counted(
    metric: Metric, table: ir.Table, column: Callable[[str], ir.Column]
) -> ir.Column | None:
    """What a metric aggregates: a column by its name, or an expression."""
    if metric.column is None:
        if metric.agg == "count":
            return None
        raise _lacking(metric, "column")
    try:
        found = column(metric.column)
    except ColumnMissing:
        names = expression.names(metric.column)
        if names == (metric.column,):
            raise
        if not names:
            raise _lacking(metric, "column") from None
        found = build(metric.column, table, column)
    if metric.agg not in _COUNTS and not found.type().is_numeric():
        raise Unavailable(
            _(
                "The metric {metric} cannot be computed: {column} holds no numbers.",
                metric=metric.name,
                column=metric.column,
            )
        )
    return found
