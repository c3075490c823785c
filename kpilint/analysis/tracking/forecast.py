"""Where a period will end: a distribution of its value, and how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from kpilint.analysis.projection import Projection
from kpilint.goals.metric import Better

FEWEST = 4  # past periods that a line and its error can be told from
_LARGEST = 700.0  # whose exponential is still a number


class Outlook(Protocol):
    """A distribution of the period's value."""

    def quantile(self, p: float) -> float:
        """The value that the period stays below with probability ``p``."""

    def probability(self, target: float, better: Better) -> float:
        """How probable it is that the period ends at the target or on its better side."""


@dataclass(frozen=True, slots=True)
class ScaledT:
    """``known`` so far, and a remainder that follows Student's t around ``mean``.

    ``sd`` is the scale of the t with ``df`` degrees of freedom; ``floor`` what the remainder
    cannot fall below.
    """

    known: float
    mean: float
    sd: float
    df: float
    floor: float = 0.0

    def quantile(self, p: float) -> float:
        """See `Outlook`."""
        return self.known + max(self.mean + self.sd * float(stdtrit(self.df, p)), self.floor)

    def probability(self, target: float, better: Better) -> float:
        """See `Outlook`."""
        return _chance(self, target - self.known, better)


def _chance(t: ScaledT, left: float, better: Better) -> float:
    if left <= t.floor and better == "higher":
        return 1.0
    if left < t.floor:
        return 0.0
    if t.sd <= 0:
        return float(t.mean >= left if better == "higher" else t.mean <= left)
    distance = (left - t.mean) / t.sd
    return float(stdtr(t.df, -distance if better == "higher" else distance))


def scaled_t(
    known: float,
    mean: float,
    variance: float,
    past: ArrayLike,
    expected: ArrayLike,
    spread: ArrayLike,
) -> ScaledT | None:
    """The remainder's distribution, its width scaled by how wrong past ones were.

    ``past``, ``expected`` and ``spread`` ``(k,)`` are what was really made in the remainder of
    each past period, and the mean and variance that were forecast with what was known then.
    None without any of them. The scale carries what the model leaves out: an overdispersed
    quasi-likelihood, as in McCullagh and Nelder (1989), section 4.5, with t in place of the
    normal law.
    """
    made, mid, wide = (np.asarray(each, dtype=np.float64) for each in (past, expected, spread))
    some = wide > 0
    if not some.any():
        return None
    scale = float(np.mean((made[some] - mid[some]) ** 2 / wide[some]))
    return ScaledT(known, mean, float(np.sqrt(scale * variance)), float(some.sum()))


@dataclass(frozen=True, slots=True)
class Regressed:
    """A value whose logarithm (where ``log``), or itself, follows Student's t around ``mean``."""

    mean: float
    sd: float
    df: float
    log: bool

    def quantile(self, p: float) -> float:
        """See `Outlook`."""
        point = self.mean + self.sd * float(stdtrit(self.df, p))
        return float(np.exp(min(point, _LARGEST))) if self.log else point

    def probability(self, target: float, better: Better) -> float:
        """See `Outlook`; the inverse of ``quantile``."""
        if self.log and target <= 0:
            return float(better == "higher")
        point = float(np.log(target)) if self.log else target
        if self.sd <= 0:
            return float(self.mean >= point if better == "higher" else self.mean <= point)
        distance = (point - self.mean) / self.sd
        return float(stdtr(self.df, -distance if better == "higher" else distance))


def regressed(so_far: float, then: ArrayLike, ended: ArrayLike) -> Regressed | None:
    """Where a period ends that stands at ``so_far``, told by how past ones stood and ended.

    ``then`` ``(k,)`` is what k past periods had come to when as much of them was over, ``ended``
    their values; by logarithm where all are above 0. None with fewer than four. Where all stood
    alike, as before the first record, their mean alone tells. The prediction interval of a straight
    line fitted by least squares (Draper and Smith 1998, section 3.1): it runs from a habit that
    so_far says nothing about to one that it tells in full.
    """
    x, y = (np.asarray(each, dtype=np.float64) for each in (then, ended))
    log = bool((x > 0).all() and (y > 0).all() and so_far > 0)
    at = so_far
    if log:
        x, y, at = np.log(x), np.log(y), float(np.log(so_far))
    k, away = len(x), x - x.mean() if len(x) else x
    spread = float(away @ away)
    if k < FEWEST:
        return None
    slope = float(away @ y) / spread if spread > 0 else 0.0
    left = y - y.mean() - slope * away
    df = k - 2 if spread > 0 else k - 1
    further = (at - float(x.mean())) ** 2 / spread if spread > 0 else 0.0
    sd = float(np.sqrt(left @ left / df * (1 + 1 / k + further)))
    return Regressed(float(y.mean()) + slope * (at - float(x.mean())), sd, float(df), log)


@dataclass(frozen=True, slots=True)
class Within:
    """An outlook of what cannot come below ``low``, such as what has been counted so far.

    Of ``whole`` numbers the probability of a target is that of more than half below it: the
    continuity correction.
    """

    outlook: Outlook
    low: float
    whole: bool

    def quantile(self, p: float) -> float:
        """See `Outlook`."""
        return max(self.outlook.quantile(p), self.low)

    def probability(self, target: float, better: Better) -> float:
        """See `Outlook`."""
        if target <= self.low and better == "higher":
            return 1.0
        if target < self.low:
            return 0.0
        if self.whole:
            target = float(np.ceil(target) - 0.5 if better == "higher" else np.floor(target) + 0.5)
        return self.outlook.probability(target, better)


@dataclass(frozen=True, slots=True)
class Rest:
    """The rest of a period whose steps were projected whole.

    ``left`` is the share of the projected steps still to come. What adds up is ``known`` plus
    that share; else the value is the mean of ``known`` and the projection, ``known`` weighing
    ``weight``. The spread shrinks with the root of ``left``, as that of independent days does:
    rather too wide than too narrow where days move together.
    """

    projection: Projection
    known: float
    left: float
    weight: float | None = None

    def quantile(self, p: float) -> float:
        """See `Outlook`."""
        middle, point = self.projection.median, self.projection.quantile(p)
        spread = (point - middle) * float(np.sqrt(self.left))
        if self.weight is not None:
            return float(self.weight * self.known + (1 - self.weight) * (middle + spread))
        rest = self.left * middle + spread
        return float(self.known + (max(rest, 0.0) if _positive(self.projection) else rest))

    def probability(self, target: float, better: Better) -> float:
        """See `Outlook`; the inverse of ``quantile``."""
        middle = self.projection.median
        if self.weight is not None:
            part = 1 - self.weight
            ahead = (target - self.weight * self.known) / part - middle if part else np.inf
        else:
            ahead = target - self.known - self.left * middle
        if self.left <= 0 or not np.isfinite(ahead):
            met = self.known >= target if better == "higher" else self.known <= target
            return float(met)
        beyond = middle + ahead / float(np.sqrt(self.left))
        return _on_scale(self.projection, beyond, better)


def _on_scale(projection: Projection, value: float, better: Better) -> float:
    """The projection's own probability; certain where the value lies off its scale."""
    if value <= 0 and _positive(projection):
        return float(better == "higher")
    found = projection.probability(value, better)
    return found if np.isfinite(found) else float(better == "higher")


def _positive(projection: Projection) -> bool:
    return projection.quantile(1e-4) >= 0
