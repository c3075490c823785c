"""What a monthly or weekly series can follow: level, trend, season, and errors that linger."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from kpilint.analysis.stats import FloatArray, IntArray

MONTHS = 12
STRONGEST = 0.85  # the largest autocorrelation believed
GRID = np.arange(0.0, 0.96, 0.05)


@dataclass(frozen=True, slots=True)
class Pattern:
    """One regression of a series on time, with the columns for past and future steps.

    ``past`` is ``(n, k)``, ``future`` ``(h, k)``; ``expected`` is the lag-1 autocorrelation
    that the residuals show on average under each autocorrelation of `GRID`.
    """

    name: str
    past: FloatArray
    future: FloatArray
    expected: FloatArray

    def autocorrelation(self, shown: FloatArray) -> FloatArray:
        """The errors' autocorrelation behind the lag-1 autocorrelation that residuals show.

        Regression takes slow movement out of the residuals, so that they linger less than the
        errors do. How much less follows exactly from the regression: the ratio of the two
        expected quadratic forms is inverted; the ratio's own bias is phi/n to first order
        (Marriott and Pope 1954, Biometrika 41, 390-402).
        """
        phi: FloatArray = np.interp(shown, self.expected, GRID)
        return np.clip(phi * (1 + 1 / len(self.past)), 0.0, STRONGEST)


@lru_cache(maxsize=256)
def patterns(past: tuple[int, ...], future: tuple[int, ...], cycle: int) -> tuple[Pattern, ...]:
    """The patterns that so many observed steps can tell apart; the level alone always.

    Level or trend, each with no season, a wave of the cycle, and for months the place in the
    quarter and, from two years on, the month. ``past`` and ``future`` count steps.
    """
    steps = np.array(past + future)
    level = np.ones((len(steps), 1))
    turn = 2 * np.pi * steps[:, None] / cycle
    seasons = {"flat": level, "wave": np.hstack([level, np.sin(turn), np.cos(turn)])}
    if cycle == MONTHS:  # a season by dummies repeats, so the phase of the first step is free
        seasons["quarter"] = np.eye(3)[steps % 3]
        if len(past) >= 2 * MONTHS:
            seasons["month"] = np.eye(MONTHS)[steps % MONTHS]
    trend = (steps[:, None] - np.mean(past)) / len(past)
    rising = {f"{name}, trend": np.hstack([season, trend]) for name, season in seasons.items()}
    n = len(past)
    return tuple(
        Pattern(name, x[:n], x[n:], _expected(x[:n], np.array(past)))
        for name, x in (seasons | rising).items()
        if name == "flat" or (n >= x.shape[1] + 4 and np.linalg.matrix_rank(x[:n]) == x.shape[1])
    )


def _expected(x: FloatArray, steps: IntArray) -> FloatArray:
    """E[sum of e(t) e(t-1)] / E[sum of e(t)^2] of least squares residuals e, along `GRID`."""
    basis = np.linalg.qr(x)[0]
    residual = np.eye(len(x)) - basis @ basis.T
    neighbours = np.diag((np.diff(steps) == 1).astype(np.float64), 1)
    lag = np.abs(steps[:, None] - steps).ravel()
    powers = GRID[:, None] ** np.arange(lag.max() + 1)
    top = powers @ np.bincount(lag, (residual @ neighbours @ residual).ravel())
    bottom = powers @ np.bincount(lag, residual.ravel())
    return np.maximum.accumulate(top / bottom)
