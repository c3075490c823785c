"""What becomes of a stage's records in the end, though some are still open: counted by age."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from kpilint.analysis.stats import FloatArray, IntArray
from kpilint.analysis.survival import Incidence, Wait, incidence, waiting

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.analysis.funnels.passage import Passages

OPEN, MOVED, GONE, UNDATED = range(4)  # a record still there, moved on, lost, lost on no known day
UNITS = (86_400, 3_600, 60)  # seconds in which ages are counted: the coarsest that shows the wait
COARSE = 5  # units within which most have moved on, at the least
WEIGHT = 10  # beyond the age where one record stands for so many an estimate is chance
SETTLED = 0.9  # of those who move on do so in the first half of what has been seen
BITS = 34  # of an age


@dataclass(frozen=True, slots=True)
class Estimate:
    """Which share of those who came to a stage moves on in the end, and how long they stay.

    ``rate`` lies in ``low`` to ``high`` at 95 %; ``error`` is its standard error and ``days`` the
    age up to which the records tell. ``moved`` of ``entered`` have moved on so far, ``open`` are
    still there. ``settled`` is whether hardly anyone moved on in the later half of that age: else
    the share would rise with longer sight. ``wait`` is the time until a record leaves for whatever
    reason, in days; None where no loss has a date.
    """

    rate: float
    low: float
    high: float
    error: float
    days: float
    moved: int
    entered: int
    open: int
    settled: bool
    wait: Wait | None


def estimates(
    found: Passages,
    inside: ir.BooleanValue,
    ages: Sequence[float | None],
    until: date,
) -> tuple[Estimate | None, ...]:
    """By stage what becomes of those who came to it; the last entry is the whole way through.

    ``inside`` says which records count, ``ages`` by stage how many days most took to come there,
    ``until`` up to which day the records tell. Aalen and Johansen's estimate; one query, from which
    come counts by age and end. A loss without a date counts as if at once. None where nobody came,
    and for a funnel of one stage there is no entry at all.
    """
    if found.stages < 2:
        return ()
    whole = sum(age for age in ages if age is not None)
    units = [_unit(age) for age in (*ages[1:], whole)]
    steps = [(n, n + 1) for n in range(found.stages - 1)] + [(0, found.stages - 1)]
    codes = [
        _code(found, place, step, units[place], until, inside) for place, step in enumerate(steps)
    ]
    counted = tally(found.records, codes)
    end, age = np.divmod(counted["code"].to_numpy(np.int64), 1 << BITS)
    each = pd.DataFrame(
        {"place": end // 4, "cause": end % 4, "age": age, "count": counted["count"]}
    )
    return tuple(
        _estimate(each[each["place"] == place], unit / UNITS[0]) for place, unit in enumerate(units)
    )


def tally(records: ir.Table, codes: Sequence[ir.Value]) -> pd.DataFrame:
    """How many records have each code, as columns ``code`` and ``count``; NULL is no code.

    Several codes of a record are counted in one pass over the records.
    """
    counted: pd.DataFrame = tallied(records, codes).order_by("code").to_pandas()
    return counted.astype("int64")


def tallied(records: ir.Table, codes: Sequence[ir.Value]) -> ir.Table:
    """The same, as it stands in the engine."""
    spread = records.select(code=ibis.array(list(codes)).unnest())
    known = spread.filter(spread.code.notnull())
    return known.group_by("code").aggregate(count=lambda t: t.count())


def last_moment(until: date) -> datetime:
    """The last second that the records tell of."""
    return datetime.combine(until + timedelta(days=1), datetime.min.time()) - timedelta(seconds=1)


def left(found: Passages, step: tuple[int, int], until: date) -> tuple[ir.Value, ir.Value]:
    """How and when a record left a stage on its way to another; the end of the data if it has not.

    An ordered funnel lets go of a record once its time is over.
    """
    records = found.records
    moved, end = records[f"at_{step[1]}"], ibis.literal(last_moment(until))
    over = ibis.literal(False)
    deadline: ir.Value = end
    if found.within is not None:
        deadline = records.own_0 + ibis.interval(seconds=found.within)
        over = deadline < end
    lost, dated = records.lost > 0, records.lost_at.notnull()
    cause = ibis.cases(
        (moved.notnull(), MOVED), (lost & dated, GONE), (lost, UNDATED), (over, GONE), else_=OPEN
    )
    when = ibis.cases(
        (moved.notnull(), moved), (lost & dated, records.lost_at), (over, deadline), else_=end
    )
    return cause, when


def _code(
    found: Passages,
    place: int,
    step: tuple[int, int],
    unit: int,
    until: date,
    inside: ir.BooleanValue,
) -> ir.Value:
    """The way of one record from one stage to another: which, how it ended, after how long."""
    came = found.records[f"at_{step[0]}"]
    cause, when = left(found, step, until)
    # The floating cast is for Spark, to which a quotient of integers is a decimal.
    seconds = (when.epoch_seconds() - came.epoch_seconds()).cast("float64")
    age = ibis.greatest(seconds / unit, 0.0).floor().cast("int64")
    age = ibis.ifelse(cause == UNDATED, 0, age)
    code = (cause.cast("int64") + place * 4) * (1 << BITS) + age
    return ibis.ifelse(inside & came.notnull(), code, ibis.null("int64"))


def _unit(age: float | None) -> int:
    seconds = (age or 0.0) * UNITS[0]
    return next((unit for unit in UNITS if seconds >= COARSE * unit), UNITS[0 if not age else -1])


def _estimate(counted: pd.DataFrame, unit: float) -> Estimate | None:
    if counted.empty:
        return None
    age = counted["age"].to_numpy(np.float64)
    cause = counted["cause"].to_numpy(np.int64)
    count = counted["count"].to_numpy(np.float64)
    curve = incidence(age, np.minimum(cause, GONE), count)
    place = _told(curve, age, count)
    rate, low, high = curve.at(float(curve.age[place]))
    by = [int(count[cause == each].sum()) for each in range(4)]
    halfway = float(curve.at(float(curve.age[place]) / 2)[0])
    rate = min(rate, 1.0)  # a sum of shares may exceed it by a rounding
    return Estimate(
        rate,
        min(low, rate),
        max(high, rate),
        float(curve.error[0, place]),
        float(curve.age[place]) * unit,
        by[MOVED],
        sum(by),
        by[OPEN],
        not by[OPEN] or halfway >= SETTLED * rate,
        _wait(age, cause, count, unit),
    )


def _told(curve: Incidence, age: FloatArray, count: FloatArray) -> int:
    """The last place of the curve where no record stands for more than ``WEIGHT``.

    With few left to be seen, each stands for all who would have come as far.
    """
    risk = count[np.argsort(age, kind="stable")][::-1].cumsum()[::-1]
    at_risk = risk[np.searchsorted(np.sort(age), curve.age)]
    there = 1 - np.concatenate([[0.0], curve.share.sum(axis=0)[:-1]])
    heavy = np.flatnonzero(there * risk[0] / at_risk > WEIGHT + 1e-9)
    return int(heavy[0]) - 1 if len(heavy) else len(curve.age) - 1


def _wait(age: FloatArray, cause: IntArray, count: FloatArray, unit: float) -> Wait | None:
    dated = cause != UNDATED
    if not dated.any():
        return None
    found = waiting(age[dated], cause[dated] != OPEN, count[dated])
    median, high = (None if each is None else each * unit for each in (found.median, found.high))
    return Wait(median, found.low * unit, high)


def together(rates: Sequence[tuple[float, float]]) -> tuple[float, float]:
    """The product of independent estimates (value, standard error), and its standard error.

    Source: Goodman (1960), JASA 55, 708-713.
    """
    value = reduce(lambda product, each: product * each[0], rates, 1.0)
    spread = reduce(lambda product, each: product * (each[0] ** 2 + each[1] ** 2), rates, 1.0)
    return value, float(np.sqrt(max(spread - value**2, 0.0)))
