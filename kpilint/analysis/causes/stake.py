"""What records that did not move on would have been worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from math import isfinite, nan, sqrt
from typing import TYPE_CHECKING, Any

import ibis
import pandas as pd

from kpilint.analysis.causes.strata import Population
from kpilint.data.quantile import quantile

if TYPE_CHECKING:
    import ibis.expr.types as ir

LEAST_WINS = 30  # of a segment; with fewer the whole funnel speaks for it
FOLLOWED = 0.95  # so many of the wins have come by the age at which they are counted
WIDE = 1.959964  # standard errors on each side of a 95 % interval


@dataclass(frozen=True, slots=True)
class Stake:
    """What is missing: wins, and what they would have brought, with 95 % limits.

    ``value`` is None where no won record has a positive amount, ``wins`` where nobody has won.
    ``own`` is whether the segment's own wins tell; else the whole funnel's do.
    """

    wins: float | None
    value: float | None
    low: float | None
    high: float | None
    own: bool

    def columns(self) -> dict[str, float | None]:
        """The columns ``value value_low value_high``."""
        return {"value": self.value, "value_low": self.low, "value_high": self.high}


def stake(
    people: Population,
    segment: Sequence[tuple[str, Any]],
    stage: int,
    missing: float,
    error: float,
) -> Stake:
    """What ``missing`` records at ``stage`` would have come to, had they reached it.

    N (p* - p) times the share of those at the stage who are won later on times the mean amount
    won; the relative variances of the three add up (delta method). ``error`` is the relative
    standard error of ``missing``. The share is that of records old enough for it.
    """
    own = _worth(people, people.within(segment), stage)
    short = bool(segment) and own.wins < LEAST_WINS
    worth = _worth(people, people.records, stage) if short else own
    if not worth.wins or not worth.old:
        return Stake(None, None, None, None, not short)
    share = worth.wins / worth.old
    wins = missing * share
    if not isfinite(worth.mean) or worth.mean <= 0:
        return Stake(wins, None, None, None, not short)
    relative = error**2 + (1 - share) / worth.wins + worth.relative**2
    value = wins * worth.mean
    away = WIDE * value * sqrt(relative)
    return Stake(wins, value, max(value - away, 0.0), value + away, not short)


@dataclass(frozen=True, slots=True)
class _Worth:
    """Of ``old`` records at a stage ``wins`` were won in time; the mean amount and its error."""

    old: int
    wins: int
    mean: float
    relative: float


def _worth(people: Population, records: ir.Table, stage: int) -> _Worth:
    last = people.stages - 1
    came, won = records[f"at_{stage}"], records[f"at_{last}"]
    days = (won.epoch_seconds() - came.epoch_seconds()).cast("float64") / 86_400
    age = _told(records.aggregate(age=quantile(days, FOLLOWED, days >= 0)))["age"]
    if not isfinite(age) or people.until is None:
        return _Worth(0, 0, nan, 0.0)
    cut = datetime.combine(people.until + timedelta(days=1), time()) - timedelta(days=age)
    old = came.notnull() & (came <= ibis.literal(cut))
    counted = old & (days <= age).fill_null(False)
    amount = ibis.ifelse(won.notnull(), records.amount, ibis.null("float64"))
    told = _told(
        records.aggregate(
            old=old.sum(),
            wins=counted.sum(),
            mean=amount.mean(),
            spread=amount.var(),
            of=amount.count(),
        )
    )
    mean, spread = told["mean"], told["spread"] if isfinite(told["spread"]) else 0.0
    relative = sqrt(spread / told["of"]) / abs(mean) if told["of"] and mean else 0.0
    return _Worth(int(told["old"]), int(told["wins"]), mean, relative)


def _told(table: ir.Table) -> dict[str, float]:
    """One row of numbers; NaN for NULL."""
    row = table.to_pandas().iloc[0].items()
    return {str(name): nan if pd.isna(value) else float(value) for name, value in row}
