"""Which stage has become worse than it was: its last quarter against its own pooled past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np

from kpilint.analysis.funnels.kinds import Kinds, Shift, known_before
from kpilint.analysis.stats import FloatArray, IntArray, sidak, wilson
from kpilint.goals.period import DAY, Period, add_months

if TYPE_CHECKING:
    from collections.abc import Sequence

    import ibis.expr.types as ir
    import pandas as pd

    from kpilint.analysis.funnels.dimensions import Dimension

LEAST_QUARTERS = 4  # of past; with fewer the spread between quarters is a guess
LEVEL = 0.95  # over all stages together
POWER = 0.8
FEW = 30  # failures a quarter; with fewer their number is skewed
GOOD = 0.75  # of the past quarters are no better than a good one


@dataclass(frozen=True, slots=True)
class Fall:
    """A test of whether a rate has fallen below its past; rates are shares of 1.

    ``p_value`` is one-sided, for this stage alone. ``detectable`` is the smallest fall that would
    be found with probability 0.8, None where even a fall to zero would not be. ``error`` is the
    standard error of the difference to ``past``, and ``good`` the rate that one past quarter in
    four exceeded.
    """

    past: float
    p_value: float
    detectable: float | None
    error: float
    good: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """One stage in its last mature quarter, against the quarters before it.

    ``passed`` of ``entered`` records that came to the stage before it in ``quarter`` reached it
    within ``days`` days; ``quarters`` is how many past quarters they are compared with. ``fall``
    is None where those are too few. ``months`` of the quarter have records: where it is not all
    three, the past counts in the same months only. ``since`` is the share that has moved on by now,
    at whatever age, ``past_since`` that of the past.

    ``fall`` and ``past_since`` take the past at the quarter's mix of kinds, so that ``passed`` of
    ``entered`` is compared with what became of the like. ``plain`` takes the past as it came,
    ``shift`` is what made most of the difference, and ``kinds`` are the dimensions; without any
    the former are ``fall`` and None.
    """

    stage: int
    quarter: Period
    days: int
    passed: int
    entered: int
    quarters: int
    fall: Fall | None
    months: int = 3
    since: float = 0.0
    past_since: float = 1.0
    plain: Fall | None = None
    shift: Shift | None = None
    kinds: tuple[str, ...] = ()

    @property
    def delayed(self) -> bool:
        """Whether most of those that a fall misses have come later: slower, not fewer."""
        gap = self.fall.past - self.passed / self.entered if self.fall else 0.0
        return self.past_since - self.since < gap / 2

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson interval of the rate."""
        low, high = wilson(self.passed, self.entered)
        return float(low), float(high)


def falls(
    passed: int, entered: int, past_passed: FloatArray | IntArray, past_entered: IntArray,
    *, stages: int = 1, unlike: float = 0.0,
) -> Fall:  # fmt: skip
    """Test one quarter's rate against past quarters that vary among themselves.

    Past quarters, arrays of one length of at least 2, are pooled as beta-binomial with common
    rate p and intraclass correlation rho by the method of moments (Kleinman 1973, JASA 68,
    46-54); the difference is measured by its variance p (1 - p) ((1 + (n - 1) rho) / n + 1 / W + u)
    and referred to Student's t with one degree of freedom less than there are past quarters.
    Where hardly any fail that is too sure, so that chance must not explain them either, see
    ``_by_chance``. ``stages`` is the number of questions asked at once (Šidák); u is ``unlike``,
    see ``mix.Counts``. Raises ValueError for empty quarters.
    """
    from scipy.stats import norm, t  # a second to import

    n, x = past_entered.astype(np.float64), past_passed.astype(np.float64)
    if len(n) < 2 or entered < 1 or not (n > 0).all():
        raise ValueError("A quarter is compared with at least two past ones, all with records.")
    rate, rho = _pooled(x, n)
    spread = rate * (1 - rate)
    weight = float((n / (1 + (n - 1) * rho)).sum())
    error = sqrt(spread * ((1 + (entered - 1) * rho) / entered + 1 / weight + unlike))
    freedom, level, power = len(n) - 1, sidak(LEVEL, stages), float(norm.ppf(POWER))
    p_value = float(t.cdf((passed / entered - rate) / error, freedom))
    smallest = (float(t.ppf(level, freedom)) + power) * error
    if entered * (1 - rate) < FEW:
        failed = float(n.sum() - x.sum()), float(x.sum())
        chance, most = _by_chance(entered - passed, entered, *failed, level)
        p_value = max(p_value, chance)
        smallest = max(smallest, most / entered - (1 - rate) + power * sqrt(spread / entered))
    good = float(np.quantile(x / n, GOOD))
    return Fall(rate, p_value, smallest if smallest < rate else None, error, good)


def _by_chance(
    failed: int, entered: int, past_failed: float, past_passed: float, level: float
) -> tuple[float, float]:
    """How likely so many fail where the past's rate goes on; the number that alarms at ``level``.

    The beta-binomial prediction from the pooled past, with one failure more than it had.
    """
    from scipy.stats import betabinom  # a second to import

    chance = betabinom(entered, past_failed + 1, max(past_passed, 1.0))
    return float(chance.sf(failed - 1)), float(chance.isf(1 - level)) + 1


def _pooled(x: FloatArray, n: FloatArray) -> tuple[float, float]:
    """Common rate and intraclass correlation of the counts ``x`` out of ``n``."""
    total = n.sum()
    rho = 0.0
    for _round in range(4):  # the weights depend on rho, and settle at once
        weights = n / (1 + (n - 1) * rho)
        whole = weights.sum()
        rate = float((weights * x / n).sum() / whole)
        rate = min(max(rate, 0.5 / total), 1 - 0.5 / total)
        observed = (weights * (x / n - rate) ** 2).sum() / (rate * (1 - rate))
        share = weights * (1 - weights / whole)
        between = (share * (1 - 1 / n)).sum()
        excess = observed - (share / n).sum()
        rho = float(np.clip(excess / between, 0, 0.5)) if between > 0 else 0.0
    return rate, rho


@dataclass(frozen=True, slots=True)
class _Asked:
    """What all stages are compared by."""

    records: ir.Table
    kinds: tuple[Dimension, ...]
    since: date
    until: date
    year_start: int


def comparisons(
    records: ir.Table,
    kinds: Sequence[Dimension],
    waits: Sequence[float | None],
    until: date,
    year_start: int,
    since: date | None = None,
) -> tuple[Comparison, ...]:
    """Each stage after the first in its last complete quarter that is old enough.

    ``waits`` is, by stage, the age in days by which most have moved on (None: nobody did); all
    quarters are compared at that age. Quarters are of the fiscal year from month ``year_start``
    and count by when a record came to the stage before. The first quarter of the data is left
    out: a CRM that has just been introduced knows only part of it. So are those that begin before
    ``since``, from when on outcomes are recorded. ``records`` are the funnel's, with the
    dimensions ``kinds`` beside them, at whose mix the past is taken; see ``dimensions.labelled``.
    """
    asked = _Asked(records, tuple(kinds), since or date.min, until, year_start)
    stages = [n for n in range(1, len(waits)) if waits[n] is not None]
    return tuple(
        comparison
        for n in stages
        if (comparison := _comparison(n, max(1, ceil(waits[n] or 0)), asked, len(stages)))
    )


def _comparison(stage: int, days: int, asked: _Asked, stages: int) -> Comparison | None:
    mature = asked.until - timedelta(days=days)
    rows = _by_month(stage, days, asked)
    spans = {n: _quarter(n, asked.year_start) for n in sorted(rows["quarter"].unique())[1:]}
    kept = [n for n, span in spans.items() if span.end <= mature and span.start >= asked.since]
    if not kept:
        return None
    rows = _alike(rows[rows["quarter"].isin(kept)])
    table = Kinds.of(rows, known_before(rows, asked.kinds))
    passed, entered = table.sums("passed"), table.sums("entered")
    enough = len(entered) > LEAST_QUARTERS
    plain, fall = _tested(table, stages) if enough else (None, None)
    return Comparison(
        stage,
        spans[kept[-1]],
        days,
        int(passed[-1]),
        int(entered[-1]),
        len(entered) - 1,
        fall,
        int(rows.loc[rows["quarter"] == kept[-1], "third"].nunique()),
        float(table.sums("moved")[-1] / entered[-1]),
        table.counts("moved").expected() if len(entered) > 1 else 1.0,
        plain,
        table.shift() if len(entered) > 1 else None,
        tuple(table.labels),
    )


def _tested(table: Kinds, stages: int) -> tuple[Fall, Fall]:
    """The last quarter against its past as it came, and against the past at its mix of kinds."""
    passed, entered = table.sums("passed"), table.sums("entered")
    now, came, before = int(passed[-1]), int(entered[-1]), entered[:-1]
    plain = falls(now, came, passed[:-1], before, stages=stages)
    if not table.labels:
        return plain, plain
    like = table.counts("passed")
    return plain, falls(now, came, like.past(), before, stages=stages, unlike=like.unlike())


def _alike(rows: pd.DataFrame) -> pd.DataFrame:
    """Those of the last quarter and of the quarters before it, in the months that the last one has.

    A rate may swing with the month of the quarter: two quarters whose data covers different months
    are not alike, and such past ones are left out.
    """
    covered = rows.loc[rows["quarter"] == rows["quarter"].max(), "third"].unique()
    same = rows[rows["third"].isin(covered)]
    months = same.groupby("quarter")["third"].transform("nunique")
    return same[months == len(covered)]


def _by_month(stage: int, days: int, asked: _Asked) -> pd.DataFrame:
    """One row a month and kind: its ``quarter`` and which ``third`` of it, records that came to the
    stage before, those that moved on in time and those that did at all."""
    records = asked.records.filter(asked.records.own_0.notnull())
    came, moved = records[f"at_{stage - 1}"], records[f"at_{stage}"]
    age = (moved.epoch_seconds() - came.epoch_seconds()).cast("float64") / 86_400
    month = (came.year() * 12 + came.month() - asked.year_start).cast("int64")
    counted: pd.DataFrame = (
        records.filter(came.notnull())
        .mutate(month=month, passed=(age <= days).fill_null(False), moved=moved.notnull())
        .group_by("month", *(f"by_{n}" for n in range(len(asked.kinds))))
        .aggregate(
            entered=lambda t: t.count(),
            passed=lambda t: t.passed.sum(),
            moved=lambda t: t.moved.sum(),
        )
        .to_pandas()
    )
    return counted.assign(quarter=counted["month"] // 3, third=counted["month"] % 3)


def _quarter(number: int, year_start: int) -> Period:
    """The fiscal quarter with that number; see ``_by_month``."""
    year, month = divmod(number * 3 + year_start - 1, 12)
    start = date(year, month + 1, 1)
    return Period(start, add_months(start, 3) - DAY, "quarter", fiscal=True)


def worst(compared: Sequence[Comparison]) -> Comparison | None:
    """The stage that has fallen below its past, all stages taken together at 5 %, or None.

    Of several the one with the strongest evidence.
    """
    tested = [(each.fall.p_value, each) for each in compared if each.fall is not None]
    if not tested:
        return None
    p_value, strongest = min(tested, key=lambda pair: pair[0])
    return strongest if p_value < 1 - sidak(LEVEL, len(tested)) else None


def explained(compared: Sequence[Comparison]) -> list[tuple[Comparison, Fall, Fall]]:
    """The stages that only seem to have fallen: not against their past at the quarter's mix, but
    against it as it came; both tests beside each."""
    tested = [(c, c.fall, c.plain) for c in compared if c.fall is not None and c.plain is not None]
    level = 1 - sidak(LEVEL, max(1, len(tested)))
    return [each for each in tested if each[2].p_value < level <= each[1].p_value]
