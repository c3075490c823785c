"""Which days the records of a source cover, told by the records alone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

FREQUENCY = {"month": "M", "week": "W-SUN"}


@dataclass(frozen=True, slots=True)
class Coverage:
    """The first and last day with records, and the longest silence in days between two such days.

    Whether a period at the edge is whole cannot be read off a file. The rule here: a silence at
    the edge longer than any inside shows that records are missing, not that nothing happened.
    """

    first: date
    last: date
    silence: int

    def begins_by(self, day: date) -> bool:
        """Whether the records, were they whole from ``day`` on, could begin as they do."""
        return (self.first - day).days <= self.silence

    def reaches(self, day: date) -> bool:
        """Whether the records, were they whole up to ``day``, could end as they do."""
        return (day - self.last).days <= self.silence


def coverage(column: ir.Column, until: date) -> Coverage | None:
    """Coverage by the records' days up to ``until``; None where there are none.

    ``column`` holds timestamps. All records count, whatever a metric's ``where`` leaves of them.
    """
    row = edges(column, until).to_pyarrow().to_pylist()[0]
    if row["first"] is None:
        return None
    return Coverage(row["first"], row["last"], int(row["silence"] or 0))


def edges(column: ir.Column, until: date) -> ir.Table:
    """One row: the ``first`` and ``last`` day, and the longest ``silence`` between two."""
    days = column.date().name("day").as_table().distinct()
    days = days.filter(days["day"] <= ibis.literal(until))
    before = days["day"].lag().over(ibis.window(order_by="day"))
    gaps = days.mutate(gap=days["day"].delta(before, unit="day"))
    return gaps.aggregate(
        first=gaps["day"].min(), last=gaps["day"].max(), silence=gaps["gap"].max()
    )


def whole_periods(covered: Coverage | None, until: date, grain: str) -> pd.PeriodIndex:
    """The months or weeks from the first to the last that are covered and end by ``until``."""
    frequency = FREQUENCY[grain]
    if covered is None:
        return pd.PeriodIndex([], freq=frequency)
    first = pd.Period(covered.first, freq=frequency)
    ending = pd.Period(until + timedelta(days=1), frequency) - 1
    last = min(pd.Period(covered.last, freq=frequency), ending)
    first += 0 if covered.begins_by(first.start_time.date()) else 1
    last -= 0 if covered.reaches(last.end_time.date()) else 1
    return pd.period_range(first, last, freq=frequency)
