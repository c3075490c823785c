"""Which stage has become worse than it was: its last quarter against its own pooled past."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, sqrt
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kpilint.analysis.stats import sidak, wilson
from kpilint.goals.period import DAY, Period, add_months

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from kpilint.analysis.passage import Passages

LEAST_QUARTERS = 4  # of past; with fewer the spread between quarters is a guess
LEVEL = 0.95  # over all stages together
POWER = 0.8


@dataclass(frozen=True, slots=True)
class Fall:
    """A test of whether a rate has fallen below its past; rates are shares of 1.

    ``p_value`` is one-sided, for this stage alone. ``detectable`` is the smallest fall that would
    be found with probability 0.8, None where even a fall to zero would not be.
    """

    past: float
    p_value: float
    detectable: float | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One stage in its last mature quarter, against the quarters before it.

    ``passed`` of ``entered`` records that came to the stage before it in ``quarter`` reached it
    within ``days`` days; ``quarters`` is how many past quarters they are compared with. ``fall``
    is None where those are too few.
    """

    stage: int
    quarter: Period
    days: int
    passed: int
    entered: int
    quarters: int
    fall: Fall | None

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson interval of the rate."""
        low, high = wilson(self.passed, self.entered)
        return float(low), float(high)


def falls(
    passed: int, entered: int, past_passed: NDArray[np.int64], past_entered: NDArray[np.int64],
    *, stages: int = 1,
) -> Fall:  # fmt: skip
    """Test one quarter's rate against past quarters that vary among themselves.

    Past quarters, arrays of one length of at least 2, are pooled as beta-binomial with common
    rate p and intraclass correlation rho by the method of moments (Kleinman 1973, JASA 68,
    46-54); the difference is measured by its variance p (1 - p) ((1 + (n - 1) rho) / n + 1 / W)
    and referred to Student's t with one degree of freedom less than there are past quarters.
    ``stages`` is the number of questions asked at once (Šidák). Raises ValueError for empty
    quarters.
    """
    from scipy.stats import norm, t  # a second to import

    n, x = past_entered.astype(np.float64), past_passed.astype(np.float64)
    if len(n) < 2 or entered < 1 or not (n > 0).all():
        raise ValueError("A quarter is compared with at least two past ones, all with records.")
    rate, rho = _pooled(x, n)
    spread = rate * (1 - rate)
    weight = float((n / (1 + (n - 1) * rho)).sum())
    error = sqrt(spread * ((1 + (entered - 1) * rho) / entered + 1 / weight))
    freedom = len(n) - 1
    p_value = float(t.cdf((passed / entered - rate) / error, freedom))
    smallest = float(t.ppf(sidak(LEVEL, stages), freedom) + norm.ppf(POWER)) * error
    return Fall(rate, p_value, smallest if smallest < rate else None)


def _pooled(x: NDArray[np.float64], n: NDArray[np.float64]) -> tuple[float, float]:
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


def comparisons(
    found: Passages, waits: Sequence[float | None], until: date, year_start: int
) -> tuple[Comparison, ...]:
    """Each stage after the first in its last complete quarter that is old enough.

    ``waits`` is, by stage, the age in days by which most have moved on (None: nobody did); all
    quarters are compared at that age. Quarters are of the fiscal year from month ``year_start``
    and count by when a record came to the stage before. The first quarter of the data is left
    out: a CRM that has just been introduced knows only part of it.
    """
    stages = [n for n in range(1, found.stages) if waits[n] is not None]
    return tuple(
        comparison
        for n in stages
        if (
            comparison := _comparison(
                n, max(1, ceil(waits[n] or 0)), found, until, year_start, len(stages)
            )
        )
    )


def _comparison(
    stage: int, days: int, found: Passages, until: date, year_start: int, stages: int
) -> Comparison | None:
    table = _by_quarter(found, stage, days, year_start)
    mature = until - timedelta(days=days)
    complete = table[[_quarter(n, year_start).end <= mature for n in table["quarter"]]]
    if len(complete) < 2:  # the first quarter is not compared
        return None
    last, past = complete.iloc[-1], complete.iloc[1:-1]
    fall = (
        falls(
            int(last["passed"]),
            int(last["entered"]),
            past["passed"].to_numpy(np.int64),
            past["entered"].to_numpy(np.int64),
            stages=stages,
        )
        if len(past) >= LEAST_QUARTERS
        else None
    )
    return Comparison(
        stage,
        _quarter(int(last["quarter"]), year_start),
        days,
        int(last["passed"]),
        int(last["entered"]),
        len(past),
        fall,
    )


def _by_quarter(found: Passages, stage: int, days: int, year_start: int) -> pd.DataFrame:
    """One row a quarter: its number, records that came to the stage before, those that moved on."""
    records = found.records.filter(found.records.own_0.notnull())
    came, moved = records[f"at_{stage - 1}"], records[f"at_{stage}"]
    age = (moved.epoch_seconds() - came.epoch_seconds()) / 86_400.0
    month = came.year() * 12 + came.month() - year_start
    counted: pd.DataFrame = (
        records.filter(came.notnull())
        .mutate(quarter=(month / 3).floor().cast("int64"), passed=(age <= days).fill_null(False))
        .group_by("quarter")
        .aggregate(entered=lambda t: t.count(), passed=lambda t: t.passed.cast("int64").sum())
        .order_by("quarter")
        .to_pandas()
    )
    return counted


def _quarter(number: int, year_start: int) -> Period:
    """The fiscal quarter with that number; see ``_by_quarter``."""
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
