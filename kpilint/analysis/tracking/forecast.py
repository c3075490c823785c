"""Where a period will end: a distribution of its value, and how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import stdtr, stdtrit

from kpilint.analysis.projection import Projection
from kpilint.goals.metric import Better


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
