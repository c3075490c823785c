"""Exact quantiles, also where an engine has none to aggregate by."""

from __future__ import annotations

from typing import Any

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

_WITHOUT = frozenset({"bigquery", "trino"})  # theirs are approximate, or one to each row


def quantile(column: Any, share: float, where: ir.BooleanValue | None = None) -> ir.FloatingScalar:
    """The value below which a share of the numbers lies, interpolated between two neighbours.

    NULL where there is no number. This is R's type 7, which engines call ``percentile_cont``.
    """
    if not _engines(column) & _WITHOUT:
        found: ir.FloatingScalar = column.quantile(share, where=where)
        return found
    known = column.notnull() if where is None else column.notnull() & where
    numbers = column.cast("float64").collect(where=known, order_by=column)
    place = (numbers.length() - 1).cast("float64") * share
    below, above = (each.cast("int64") for each in (place.floor(), place.ceil()))
    low, high = numbers[below], numbers[above]
    between = low + (high - low) * (place - place.floor())
    return ibis.ifelse(numbers.length() > 0, between, ibis.null("float64"))


def _engines(column: Any) -> set[str]:
    """Who would compute it, by Ibis's names."""
    return {str(table.source.name) for table in column.op().find(ops.DatabaseTable)}
