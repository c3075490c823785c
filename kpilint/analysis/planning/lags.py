"""How many records move on from a stage, and after how many days: the lags that a plan rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kpilint.analysis.stats import FloatArray, IntArray
from kpilint.analysis.survival import incidence

WEIGHT = 10  # beyond the age where one record stands for so many an estimate is chance


@dataclass(frozen=True, slots=True, eq=False)
class Lag:
    """What becomes of those who come to a stage, by days since; both arrays have one entry a day.

    ``moves`` is the share that moves on at that age, ``stays`` the share still there after it.
    """

    moves: FloatArray
    stays: FloatArray

    @property
    def rate(self) -> float:
        """The share that moves on in the end, as far as the records tell."""
        return float(self.moves.sum())

    def from_now(self, waiting: FloatArray, days: int) -> FloatArray:
        """How many of those who stand there move on, on each of the next ``days`` days.

        ``waiting`` counts them by age in days. Who has stayed longer than the records tell of is
        not expected to move.
        """
        size, ahead = len(self.moves) - 1, np.zeros(days)
        each = np.zeros(size)
        each[: len(waiting)] = waiting[:size]
        if size < 1 or not each.any():
            return ahead
        left = self.stays[:size]
        share = np.divide(each, left, out=np.zeros(size), where=left > 1e-9)
        moved = np.correlate(self.moves[1:], share, mode="full")[size - 1 :][:days]
        ahead[: len(moved)] = moved
        return ahead


@dataclass(frozen=True, slots=True, eq=False)
class Stays:
    """The records that came to a stage, counted by age in days and by how it ended there.

    ``cause`` is 0 for those still there, 1 for those who moved on, 2 for those lost.
    """

    age: IntArray
    cause: IntArray
    count: IntArray

    @property
    def came(self) -> int:
        """How many they are."""
        return int(self.count.sum())

    def lag(self) -> Lag:
        """Rate and time by Aalen and Johansen's estimate; see ``lag``."""
        return lag(self.age, self.cause, self.count)

    def redrawn(self, rng: np.random.Generator) -> Stays:
        """As many records, drawn from these with replacement: one bootstrap sample."""
        share = self.count / self.came
        return Stays(self.age, self.cause, rng.multinomial(self.came, share))

    def waiting(self) -> FloatArray:
        """Those still there, by age in days."""
        here = self.cause == 0
        return np.bincount(self.age[here], weights=self.count[here]).astype(np.float64)


def lag(age: ArrayLike, cause: ArrayLike, count: ArrayLike) -> Lag:
    """The lag of a stage from its records, counted by age in whole days and by cause.

    It ends at the age beyond which a single record would stand for more than ``WEIGHT``. Raises
    ``ValueError`` as ``survival.incidence`` does.
    """
    curve = incidence(age, cause, count)
    ages, counts = np.asarray(age, dtype=np.int64), np.asarray(count, dtype=np.float64)
    days = curve.age.astype(np.int64)
    came = np.bincount(ages, weights=counts, minlength=int(days[-1]) + 1)
    risk = came[::-1].cumsum()[::-1][days]
    there = 1 - np.concatenate([[0.0], curve.share.sum(axis=0)[:-1]])
    heavy = np.flatnonzero(there * risk[0] / risk > WEIGHT + 1e-9)
    told = max(int(heavy[0]), 1) if len(heavy) else len(days)
    moves = np.zeros(int(days[told - 1]) + 1)
    moves[days[:told]] = np.diff(curve.share[0, :told], prepend=0.0)
    ends = np.zeros_like(moves)
    ends[days[:told]] = np.diff(curve.share[:, :told].sum(axis=0), prepend=0.0)
    return Lag(moves, np.maximum(1 - ends.cumsum(), 0.0))


def whole_way(lags: Sequence[Lag]) -> FloatArray:
    """Which share of those who come to the first stage has passed the last, by days in between.

    The stages' increments convolved; they are taken as independent. No stage at all is 1 at once.
    """
    passed = np.ones(1)
    for each in lags:
        passed = np.convolve(passed, each.moves)
    return passed


def median_days(passed: FloatArray) -> int | None:
    """By when half of those who come through have; None where nobody does."""
    if passed.sum() <= 0:
        return None
    return int(np.searchsorted(passed.cumsum(), passed.sum() / 2 * (1 - 1e-12)))


def forward(
    arrivals: ArrayLike, lags: Sequence[Lag], waiting: Sequence[FloatArray] = ()
) -> FloatArray:
    """The expected number that comes to each stage on each day, shape ``(stages, days)``.

    ``arrivals`` come to the first stage, by day; ``waiting`` are those who stand at each stage at
    the start, by age, and are left out where it is empty. Nothing is random here.
    """
    flow = [np.asarray(arrivals, dtype=np.float64)]
    days = len(flow[0])
    for n, each in enumerate(lags):
        moved = np.convolve(flow[-1], each.moves)[:days]
        flow.append(moved + each.from_now(waiting[n], days) if waiting else moved)
    return np.vstack(flow)


def required(wanted: float, rates: Sequence[float]) -> tuple[float, ...]:
    """The reverse funnel: how many must come to each stage for ``wanted`` at the last, in the end.

    ``rates`` are those from stage to stage, all above 0; it tells nothing of when.
    """
    counts = [wanted]
    for rate in reversed(rates):
        counts.append(counts[-1] / rate)
    return tuple(reversed(counts))
