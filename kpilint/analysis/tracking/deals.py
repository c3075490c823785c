"""What open deals and those to come will bring: by hazards, and tried on past periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

import ibis
import numpy as np

from kpilint.analysis.funnels.passage import passages
from kpilint.analysis.stats import FloatArray, IntArray
from kpilint.analysis.survival import incidence

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset
    from kpilint.goals.funnel import FunnelSpec

OPEN, WON, LOST = 0, 1, 2
_NEVER = 10**8  # the day on which an open deal ends
_YEAR = 365  # the days whose arrivals tell how many will come


class Remainder(NamedTuple):
    """Mean and variance of what the days to come will bring."""

    mean: float
    variance: float


@dataclass(frozen=True, slots=True, eq=False)
class Deals:
    """Deals in groups that came to one stage, and ended, on the same days; arrays of one length.

    ``came`` and ``ended`` are ordinals of days, ``cause`` is 0 open, 1 won, 2 lost. ``n`` deals
    are in the group, ``priced`` of them have an amount; ``amount`` and ``square`` are the sums of
    amounts and of their squares.
    """

    came: IntArray
    ended: IntArray
    cause: IntArray
    n: FloatArray
    priced: FloatArray
    amount: FloatArray
    square: FloatArray

    def won(self, first: int, last: int, *, money: bool) -> float:
        """What was won from day ``first`` to ``last``: deals, or their amounts."""
        inside = (self.cause == WON) & (self.ended >= first) & (self.ended <= last)
        return float((self.amount if money else self.n)[inside].sum())

    def open(self, day: int, *, money: bool) -> float:
        """What is open at the end of a day."""
        inside = (self.came <= day) & (self.ended > day)
        return float((self.amount if money else self.n)[inside].sum())

    def closed_rate(self, day: int) -> float | None:
        """Won over closed up to a day; too high, as lost deals take longer to be closed."""
        closed = (self.ended <= day) & (self.cause != OPEN)
        total = self.n[closed].sum()
        return float(self.n[closed & (self.cause == WON)].sum() / total) if total else None

    def remainder(self, day: int, horizon: int, *, money: bool) -> Remainder | None:
        """What the ``horizon`` days after the end of ``day`` bring, told by what was known then.

        Each open deal of age a is won with (F(a + h) - F(a)) / S(a), F the Aalen-Johansen share
        won by an age; those to come arrive as they did in the year before. None where nothing
        was known yet. Amounts are those of the export, whatever they were then; a deal without
        one counts as the mean of those won.
        """
        known = self.came <= day
        if not known.any():
            return None
        left = np.minimum(self.ended, day)
        age = (left - self.came)[known]
        cause = np.where(self.ended <= day, self.cause, OPEN)[known]
        size = int(age.max()) + 1
        cells = _summed(cause * size + age, self.n[known], 3 * size).reshape(3, size)
        share, still = _curves(cells, horizon)
        steps = np.arange(size)
        chance = np.clip((share[steps + horizon] - share[steps]) / still[steps], 0.0, 1.0)
        price, square = self._price(day) if money else (1.0, 1.0)
        under_way = self._under_way(known, cause, age, size, price, square, money=money)
        came, days = self._arrivals(day)
        ripe = float(share[:horizon].sum())
        new = came / days * ripe
        doubt = came / days**2 * ripe**2
        mean = float(under_way[0] @ chance) + price * new
        variance = float(under_way[1] @ (chance * (1 - chance))) + square * new + price**2 * doubt
        return Remainder(mean, variance)

    def _under_way(
        self,
        known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
        cause: IntArray,
        age: IntArray,
        size: int,
        price: float,
        square: float,
        *,
        money: bool,
    ) -> tuple[FloatArray, FloatArray]:
        """By age, the sum of open deals' amounts and that of their squares; their number twice."""
        still = cause == OPEN
        n = self.n[known][still]
        ages = age[still]
        if not money:
            counted = _summed(ages, n, size)
            return counted, counted
        unpriced = n - self.priced[known][still]
        return (
            _summed(ages, self.amount[known][still] + unpriced * price, size),
            _summed(ages, self.square[known][still] + unpriced * square, size),
        )

    def _price(self, day: int) -> tuple[float, float]:
        """Mean amount and mean square of what had been won."""
        won = (self.cause == WON) & (self.ended <= day)
        priced = self.priced[won].sum()
        if not priced:
            return 0.0, 0.0
        return float(self.amount[won].sum() / priced), float(self.square[won].sum() / priced)

    def _arrivals(self, day: int) -> tuple[float, int]:
        """How many came in the year before, or since the first one, and in how many days."""
        days = min(_YEAR, day - int(self.came.min()) + 1)
        return float(self.n[(self.came > day - days) & (self.came <= day)].sum()), days


def _summed(place: IntArray, weights: FloatArray, size: int) -> FloatArray:
    found: FloatArray = np.bincount(place, weights, size).astype(np.float64)
    return found


def _curves(cells: FloatArray, horizon: int) -> tuple[FloatArray, FloatArray]:
    """Share won, and share not yet ended, by whole days of age; flat beyond the oldest."""
    size = cells.shape[1]
    cause, age = np.nonzero(cells)
    found = incidence(age, cause, cells[cause, age])
    place = np.searchsorted(found.age, np.arange(size + horizon), side="right") - 1
    share = np.where(place >= 0, found.share[:, np.maximum(place, 0)], 0.0)
    return share[WON - 1], np.maximum(1 - share.sum(axis=0), 1e-9)


def deals(data: Dataset, spec: FunnelSpec, stage: int, as_of: date) -> Deals:
    """The deals that came to ``stage`` of a funnel and how they ended, as of a day.

    Left out: those lost on an unknown day, and those that ended before they came.
    """
    found = passages(data, spec, as_of)
    records, goal = found.records, found.stages - 1
    won, lost = records[f"at_{goal}"], records.lost_at
    cause = ibis.cases((won.notnull(), WON), (records.lost > 0, LOST), else_=OPEN)
    rows = records.select(
        came=records[f"at_{stage}"].date(),
        ended=ibis.cases((won.notnull(), won), (records.lost > 0, lost)).date(),
        cause=cause,
        amount=records.amount,
    )
    rows = rows.filter(rows.came.notnull() & ((rows.cause == OPEN) | (rows.ended >= rows.came)))
    grouped = rows.group_by("came", "ended", "cause").aggregate(
        n=rows.count(),
        priced=rows.amount.count(),
        total=rows.amount.sum().fill_null(0.0),
        square=(rows.amount * rows.amount).sum().fill_null(0.0),
    )
    told = grouped.to_pyarrow().to_pydict()
    return Deals(
        np.array([day.toordinal() for day in told["came"]], dtype=np.int64),
        np.array([day.toordinal() if day else _NEVER for day in told["ended"]], dtype=np.int64),
        np.array(told["cause"], dtype=np.int64),
        *(np.array(told[name], dtype=np.float64) for name in ("n", "priced", "total", "square")),
    )
