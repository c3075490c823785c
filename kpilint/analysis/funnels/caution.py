"""What makes a funnel's rates deceive: outcomes that begin late, records that are never closed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Self

import ibis
import numpy as np

from kpilint.analysis.funnels.maturity import OPEN, UNDATED, left, tallied, tally
from kpilint.analysis.stats import FloatArray
from kpilint.analysis.survival import LittlesLaw, late_start, littles_law

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.analysis.funnels.passage import Passages

YEAR = 365  # days over which work in progress is weighed
LEAST = 100  # arrivals in it: with fewer, one idle record tips the balance
BITS = 20  # of a day's number
EPOCH = date(1970, 1, 1)
NONE = ibis.null("int64")
Days = tuple[FloatArray, ...]


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
    """Look at all records, whatever period is shown; what leaves the engine are counts by day."""
    if found.stages < 2:
        return Cautions()
    last, end = found.stages - 1, (until - EPOCH).days + 1
    ways = [_Way.of(found, step, until) for step in [*pairwise(range(last + 1)), (0, last)]]
    pairs = _pairs(found.records, ways)
    each = [_Way.among(pairs, n) for n in range(len(ways))]
    asked = [code for way in each[:-1] for code in way.of_year(end)] + each[-1].of_all()
    found_days = _counts(pairs, asked)
    told = [tuple(found_days[n : n + 3]) for n in range(0, len(asked), 3)]
    laws = ((n, _law(told[n], end)) for n in range(last))
    return Cautions(
        _begun(found.records, ways[-1], told[last], end),
        tuple(Unbalanced(n, law) for n, law in laws if law is not None and law.holds() is False),
    )


@dataclass(frozen=True, slots=True)
class _Way:
    """On which days records came to a stage and left it on their way to another.

    ``came`` is NULL for records that tell nothing, ``left`` also for those that are still there.
    """

    came: ir.Value
    left: ir.Value

    @classmethod
    def of(cls, found: Passages, step: tuple[int, int], until: date) -> Self:
        """The way from one stage to another."""
        records = found.records
        cause, when = left(found, step, until)
        known = records.own_0.notnull() & (cause != UNDATED)
        came = records[f"at_{step[0]}"]
        first = ibis.ifelse(known & came.notnull(), _day(came), NONE)
        gone = first.notnull() & (cause != OPEN)
        return cls(first, ibis.ifelse(gone, ibis.greatest(first, _day(when)), NONE))

    @classmethod
    def among(cls, pairs: ir.Table, place: int) -> Self:
        """The way that stands at ``place`` among those that were counted."""
        here = pairs.code // (1 << 2 * BITS) == place
        came, gone = pairs.code // (1 << BITS) % (1 << BITS), pairs.code % (1 << BITS)
        return cls(ibis.ifelse(here, came, NONE), ibis.ifelse(here & (gone > 0), gone, NONE))

    def code(self, place: int) -> ir.Value:
        """Both days and the place in one number."""
        return self.came * (1 << BITS) + self.left.fill_null(0) + place * (1 << 2 * BITS)

    def of_year(self, end: int) -> list[ir.Value]:
        """The days of coming and of leaving, and the stays of those who left, within a year.

        Whatever lies before the year is put on its eve, and who left after it is still there.
        """
        eve = end - YEAR - 1
        came = ibis.ifelse(self.came.notnull(), ibis.greatest(self.came, eve), NONE)
        gone = ibis.ifelse(self.left < end, ibis.greatest(self.left, eve), NONE)
        return [came, gone, ibis.ifelse(gone > eve, self.left - self.came, NONE)]

    def of_all(self) -> list[ir.Value]:
        """The days of coming of those who left and of those who are still there; of leaving."""
        gone = self.left.notnull()
        came = [ibis.ifelse(gone, self.came, NONE), ibis.ifelse(gone, NONE, self.came)]
        return [*came, self.left]


def _day(moment: ir.Value) -> ir.Value:
    """Days since 1970, within what a code can hold."""
    day = (moment.epoch_seconds().cast("float64") / 86_400).floor().cast("int64")
    return ibis.greatest(ibis.least(day, (1 << BITS) - 1), 1)


def _pairs(records: ir.Table, ways: Sequence[_Way]) -> ir.Table:
    """How many records share both days, by way: few beside the records, and they stay there."""
    return tallied(records, [way.code(place) for place, way in enumerate(ways)])


def _counts(pairs: ir.Table, asked: Sequence[ir.Value]) -> list[FloatArray]:
    """The values of each, in order, as often as they occur."""
    codes = [value + place * (1 << BITS) for place, value in enumerate(asked)]
    spread = pairs.select("count", code=ibis.array(codes).unnest())
    known = spread.filter(spread.code.notnull()).group_by("code")
    summed = known.aggregate(count=lambda t: t["count"].sum().cast("int64")).order_by("code")
    counted = summed.to_pandas().astype("int64")
    place, value = np.divmod(counted["code"].to_numpy(np.int64), 1 << BITS)
    each = value.astype(np.float64), counted["count"].to_numpy(np.int64)
    return [np.repeat(*(array[place == n] for array in each)) for n in range(len(asked))]


def _law(told: Days, end: int) -> LittlesLaw | None:
    """Little's law over the last year.

    Who came when with whom does not matter to arrivals and to work in progress, only to the wait,
    which comes from the ``stays``: so days of coming and leaving are paired in their order.
    """
    (came, gone, stays), start = told, end - YEAR
    if not len(came) or came.min() > start or (came >= start).sum() < LEAST or not len(stays):
        return None
    ended = np.concatenate([gone, np.full(len(came) - len(gone), np.nan)])
    return replace(littles_law(came, ended, start, end), wait=float(stays.mean()))


def _begun(records: ir.Table, way: _Way, told: Days, end: int) -> Begun | None:
    """Whether outcomes are known from a later day on than records.

    To tell it, `late_start` needs of earlier records when they came, and of later ones how long
    they took: records are made up that have just that in common with the real ones.
    """
    came, waiting, ended = told
    if not len(ended):
        return None
    since = ended[len(ended) // 100]
    if not ((came < since).any() or (waiting < since).any()):
        return None
    later = (way.came >= since) & way.left.notnull()
    counted = tally(records, [ibis.ifelse(later, way.left - way.came, NONE)])
    stays = np.repeat(counted["code"].to_numpy(np.float64), counted["count"])
    early = came[came < since]
    known = np.where(np.arange(len(early)) < (ended < since).sum(), since - 1, since)
    found = late_start(
        np.concatenate([early, waiting, np.full(len(stays), since)]),
        np.concatenate([known, np.full(len(waiting), np.nan), since + stays]),
        end,
    )
    if found is None:
        return None
    return Begun(EPOCH + timedelta(days=int(found.since)), found.before)
