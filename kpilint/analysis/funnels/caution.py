"""What makes a funnel's rates deceive: outcomes that begin late, records that are never closed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import ibis
import numpy as np

from kpilint.analysis.funnels.maturity import OPEN, UNDATED, left, tally
from kpilint.analysis.stats import FloatArray
from kpilint.analysis.survival import LittlesLaw, late_start, littles_law

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.analysis.funnels.passage import Passages

YEAR = 365  # days over which work in progress is weighed
LEAST = 100  # arrivals in it: with fewer, one idle record tips the balance
BITS = 20  # of a day's number


@dataclass(frozen=True, slots=True)
class Begun:
    """Outcomes are known only from a day on, though ``before`` records came earlier."""

    since: date
    before: int


@dataclass(frozen=True, slots=True)
class Unbalanced:
    """A stage that holds more or fewer than arrivals and stays imply, in a stable year."""

    stage: int
    law: LittlesLaw


@dataclass(frozen=True, slots=True)
class Cautions:
    """What a careful reader must know of the records before trusting any rate."""

    begun: Begun | None = None
    unbalanced: tuple[Unbalanced, ...] = ()


def cautions(found: Passages, until: date) -> Cautions:
    """Look at all records, whatever period is shown; counts by pairs of days leave the engine."""
    if found.stages < 2:
        return Cautions()
    last = found.stages - 1
    steps = [*((n, n + 1) for n in range(last)), (0, last)]
    counted = tally(
        found.records, [_days(found, place, step, until) for place, step in enumerate(steps)]
    )
    place, days = np.divmod(counted["code"].to_numpy(np.int64), 1 << 2 * BITS)
    came, ended = (each.astype(np.float64) for each in np.divmod(days, 1 << BITS))
    ended = np.where(ended > 0, ended, np.nan)
    count = counted["count"].to_numpy(np.int64)
    each = [(np.repeat(came[here], count[here]), np.repeat(ended[here], count[here]))
            for here in (place == n for n in range(len(steps)))]  # fmt: skip
    end = (until - date(1970, 1, 1)).days + 1
    laws = ((n, _law(*each[n], end)) for n in range(last))
    return Cautions(
        _begun(*each[last], end),
        tuple(Unbalanced(n, law) for n, law in laws if law is not None and law.holds() is False),
    )


def _days(found: Passages, place: int, step: tuple[int, int], until: date) -> ir.Value:
    """On which days a record came to a stage and left it; 0 for one that is still there."""
    records = found.records
    came = records[f"at_{step[0]}"]
    cause, when = left(found, step, until)
    first, last = _day(came), _day(when)
    last = ibis.ifelse(cause == OPEN, 0, ibis.greatest(first, last))
    code = (first + place * (1 << BITS)) * (1 << BITS) + last
    known = records.own_0.notnull() & came.notnull() & (cause != UNDATED)
    return ibis.ifelse(known, code, ibis.null("int64"))


def _day(moment: ir.Value) -> ir.Value:
    """Days since 1970, within what a code can hold."""
    day = (moment.epoch_seconds().cast("float64") / 86_400).floor().cast("int64")
    return ibis.greatest(ibis.least(day, (1 << BITS) - 1), 1)


def _law(came: FloatArray, ended: FloatArray, end: int) -> LittlesLaw | None:
    start = end - YEAR
    if not len(came) or came.min() > start or ((came >= start) & (came < end)).sum() < LEAST:
        return None
    if not ((ended >= start) & (ended < end)).any():
        return None
    return littles_law(came, ended, start, end)


def _begun(came: FloatArray, ended: FloatArray, end: int) -> Begun | None:
    found = late_start(came, ended, end) if len(came) else None
    if found is None:
        return None
    return Begun(date(1970, 1, 1) + timedelta(days=int(found.since)), found.before)
