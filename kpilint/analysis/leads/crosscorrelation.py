"""Correlations of whitened series lag by lag, with the points that they are worth."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpilint.analysis.leads.breaks import has_season, steady
from kpilint.analysis.leads.whitening import autocorrelations, normal_scores, sizes
from kpilint.analysis.stats import FloatArray, IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Innovations:
    """Whitened rows as normal scores ``(m, n)``, their own ``memory`` ``(m, n // 5)``, and steps.

    ``spent`` are the degrees of freedom that a season has cost; ``breaks`` and ``calendar`` as in
    `Steady`.
    """

    scores: FloatArray
    memory: FloatArray
    breaks: IntArray
    calendar: NDArray[np.bool_]
    spent: int

    @classmethod
    def of(
        cls, x: FloatArray, cycle: float | None = None, start: pd.Period | None = None
    ) -> Innovations:
        """The innovations of rows ``x`` ``(m, n)``, which have no gaps; weeks or months from ``start``.

        Source: Haugh (1976), JASA 71, 378-385, with normal scores in place of the residuals.
        """
        n = x.shape[1]
        innovations, breaks, calendar = steady(x, cycle, start)
        scores = normal_scores(innovations / sizes(innovations))
        memory = autocorrelations(scores, np.arange(1, n // 5 + 1))
        return cls(scores, memory, breaks, calendar, 2 if has_season(n, cycle) else 0)

    def __getitem__(self, rows: int | IntArray) -> Innovations:
        """One row, without its leading dimension, or several."""
        return Innovations(
            self.scores[rows],
            self.memory[rows],
            self.breaks[rows],
            self.calendar[rows],
            self.spent,
        )

    def against(self) -> Innovations:
        """The rows as a column, so that they meet every row of another."""
        return Innovations(
            self.scores[:, None],
            self.memory[:, None],
            self.breaks[:, None],
            self.calendar[:, None],
            self.spent,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Lagged:
    """Correlations ``(..., lags)`` of x at t - lag with y at t.

    ``n`` is how many points there are, ``worth`` ``(...)`` how many independent ones they are
    worth, ``df`` ``(..., lags)`` the degrees of freedom of each lag's test, less ``spent`` on a
    season.
    """

    lags: IntArray
    r: FloatArray
    n: int
    worth: FloatArray
    df: FloatArray
    spent: int

    def p_values(self) -> FloatArray:
        """The two-sided p-value of each lag by itself."""
        from scipy.special import stdtr  # slow to import

        t = np.abs(self.r) * np.sqrt(self.df / np.maximum(1 - self.r**2, 1e-12))
        p: FloatArray = 2 * stdtr(self.df, -t)
        return p

    def interval(self, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """The two-sided interval of each correlation. Source: Fisher (1921), Metron 1, 3-32."""
        from scipy.special import ndtri

        reach = ndtri((1 + level) / 2) / np.sqrt(np.maximum(self.df - 1, 1.0))
        middle = np.arctanh(np.clip(self.r, -1 + 1e-12, 1 - 1e-12))
        return np.tanh(middle - reach), np.tanh(middle + reach)


def lagged(x: Innovations, y: Innovations, lags: IntArray) -> Lagged:
    """Correlate the rows of ``x`` and ``y``, whose leading dimensions broadcast, at each lag.

    A correlation is over the points that both have; x and y are of one length.
    Source of the points' worth: Bartlett (1935), JRSS 98, 536-543.
    """
    n = x.scores.shape[-1]
    r = _correlations(x.scores, y.scores, lags)
    fade = (n - np.arange(1, n // 5 + 1)) / n
    shared = np.einsum("...j,...j,j->...", x.memory, y.memory, fade)
    worth = np.clip(n / np.maximum(1 + 2 * shared, 1e-9), 3, n)
    spent = max(x.spent, y.spent)
    df = worth[..., None] - np.abs(lags) - 2 - spent
    return Lagged(lags, r, n, worth, np.maximum(df, 1.0), spent)


def _correlations(x: FloatArray, y: FloatArray, lags: IntArray) -> FloatArray:
    """Correlations ``(..., lags)``, each over the points where x at t - lag meets y at t."""
    t = np.arange(x.shape[-1]) - lags[:, None]
    both = (t >= 0) & (t < x.shape[-1])
    earlier = np.where(both, x[..., np.where(both, t, 0)], 0.0)
    inside = both.T.astype(np.float64)
    count = inside.sum(axis=0)
    sums = earlier.sum(axis=-1), y @ inside
    sizes = np.einsum("...t,...t->...", earlier, earlier), y**2 @ inside
    spreads = [size - total**2 / count for size, total in zip(sizes, sums, strict=True)]
    spread = np.sqrt(np.maximum(spreads[0], 0) * np.maximum(spreads[1], 0))
    shared = np.einsum("...t,...t->...", earlier, y[..., None, :])
    moving = spread > 1e-9 * count  # below this only rounding moves
    r = np.where(moving, shared - sums[0] * sums[1] / count, 0.0) / np.where(moving, spread, 1.0)
    return np.clip(r, -1.0, 1.0)
