"""The records that a metric counts, and what it takes from each of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import TypeAlias

import ibis
import ibis.expr.types as ir

from kpilint.data.dataset import Dataset
from kpilint.data.expression import build
from kpilint.data.kinds import FLAG
from kpilint.data.quantile import quantile
from kpilint.errors import ColumnMissing, Unavailable
from kpilint.goals import expression
from kpilint.goals.metric import Metric
from kpilint.i18n import _

_COUNTS = frozenset({"count", "count_distinct"})
KINDS = {"count": "count", "count_distinct": "count", "sum": "amount"}
Condition: TypeAlias = ir.BooleanValue | None
AGGREGATES: dict[str, Callable[[ir.Column, Condition], ir.Scalar]] = {
    "count": lambda column, where: column.count(where=where),
    "count_distinct": lambda column, where: column.nunique(where=where),
    "sum": lambda column, where: column.sum(where=where),
    "mean": lambda column, where: column.mean(where=where),
    "median": lambda column, where: quantile(column, 0.5, where),
    "min": lambda column, where: column.min(where=where),
    "max": lambda column, where: column.max(where=where),
}


@dataclass(frozen=True, slots=True)
class Selection:
    """The records that a metric counts, when each happened (maybe NULL), what is aggregated.

    They are the rows of ``table`` that ``condition`` holds for, or all. ``value`` is None where
    the records themselves are counted.
    """

    table: ir.Table
    condition: Condition
    time: ir.Column
    value: ir.Column | None
    agg: str

    @property
    def records(self) -> ir.Table:
        """The records and no other rows."""
        return self.table if self.condition is None else self.table.filter(self.condition)

    def among(self, condition: ir.BooleanValue) -> Selection:
        """Those of the records that ``condition`` holds for too."""
        both = condition if self.condition is None else self.condition & condition
        return replace(self, condition=both)

    def between(self, start: date, end: date) -> Selection:
        """The records of the days from ``start`` to ``end``, both included."""
        since = ibis.literal(datetime.combine(start, time()))
        before = ibis.literal(datetime.combine(end, time()) + timedelta(days=1))
        return self.among((self.time >= since) & (self.time < before))

    def aggregate(self) -> ir.Scalar:
        """The metric's aggregate, to be taken over ``records``."""
        return (
            self.records.count() if self.value is None else AGGREGATES[self.agg](self.value, None)
        )

    def among_all(self) -> tuple[ir.Scalar, ir.IntegerScalar]:
        """The metric's aggregate and the number of records, to be taken over all of ``table``."""
        n = self.table.count(where=self.condition)
        return n if self.value is None else AGGREGATES[self.agg](self.value, self.condition), n


def selected(data: Dataset, metric: Metric) -> Selection:
    """The records of a flow metric.

    Raises Unavailable where the metric does not say enough, ColumnMissing for a missing column.
    """
    if metric.source is None or metric.agg is None or metric.time is None:
        lacking = "source" if metric.source is None else "agg" if metric.agg is None else "time"
        raise _lacking(metric, lacking)
    source, table = metric.source, data.table(metric.source)

    def column(name: str) -> ir.Column:
        return table[data.resolve(source, name)]

    try:
        condition = build(metric.where, table, column, kind=FLAG) if metric.where else None
        value = _counted(metric, table, column)
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
    return Selection(table, condition, moment, value, metric.agg)


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
