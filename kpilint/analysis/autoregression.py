"""Regression on time with errors that linger from step to step, and where it points."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpilint.analysis.pattern import Pattern
from kpilint.analysis.stats import FloatArray, IntArray

TINY = 1e-6  # the standard deviation of a step under which residuals are rounding


@dataclass(frozen=True, slots=True)
class Autoregression:
    """One pattern with AR(1) errors, fitted to each of m series on an even scale.

    ``inverse`` ``(m, k, k)`` is the coefficients' covariance over ``variance`` ``(m,)``, that of
    the innovations; ``phi`` ``(m, 1)`` the autocorrelation, ``last`` ``(m,)`` the last error,
    ``edge`` ``(m, 1, k)`` the last step's columns; ``aicc`` compares patterns.
    """

    pattern: Pattern
    coefficients: FloatArray
    inverse: FloatArray
    variance: FloatArray
    phi: FloatArray
    last: FloatArray
    edge: FloatArray
    aicc: FloatArray
    df: int

    def ahead(self, after: IntArray) -> tuple[FloatArray, FloatArray]:
        """Means ``(m, h)`` and covariance ``(m, h, h)`` so many steps after the last one."""
        future = self.pattern.future
        fade = self.phi**after
        mean: FloatArray = self.coefficients @ future.T + fade * self.last[:, None]
        lever = future - fade[..., None] * self.edge
        spread = _lingering(self.phi, after) + lever @ self.inverse @ np.swapaxes(lever, 1, 2)
        return mean, spread * self.variance[:, None, None]


def fit(
    points: FloatArray, precision: FloatArray, steps: IntArray, pattern: Pattern
) -> Autoregression:
    """Fit by least squares, whiten the errors by what lingers in them, and fit again.

    ``points`` ``(m, n)`` were observed at ``steps`` ``(n,)``; ``precision`` ``(m, n)`` or
    ``(1, n)`` is relative to a future step's. Gaps are bridged exactly.
    Source: Prais and Winsten (1954), Cowles Commission Discussion Paper 383.
    """
    root = np.sqrt(precision)
    y, x = points * root, pattern.past * root[..., None]
    n, k = pattern.past.shape
    gap = np.diff(steps)
    error = _least_squares(x, y)[2]
    size = np.maximum((error**2).sum(axis=1), n * TINY**2)
    shown = (error[:, 1:] * error[:, :-1])[:, gap == 1].sum(axis=1) / size
    phi = pattern.autocorrelation(shown)[:, None]

    thin = np.sqrt((1 - phi**2) / (1 - phi ** (2 * gap)))  # 1 without a gap
    first = np.sqrt(1 - phi**2)
    white_x = _white(x, phi[..., None], first[..., None], thin[..., None], gap[:, None])
    inverse, b, error = _least_squares(white_x, _white(y, phi, first, thin, gap))
    rss = np.maximum((error**2).sum(axis=1), n * TINY**2)
    deviance = n * np.log(rss / n) - 2 * np.log(first[:, 0]) - 2 * np.log(thin).sum(axis=1)
    parameters = k + 2  # the coefficients, the variance and the autocorrelation
    penalty = 2 * parameters * n / max(n - parameters - 1, 0.5)
    df = max(n - k, 1)
    last = y[:, -1] - (x[:, -1] * b).sum(axis=1)
    edge = x[:, -1:]
    return Autoregression(pattern, b, inverse, rss / df, phi, last, edge, deviance + penalty, df)


def _white(
    series: FloatArray, phi: FloatArray, first: FloatArray, thin: FloatArray, gap: IntArray
) -> FloatArray:
    """The series without what each step takes over from the one observed before it."""
    fresh = thin * (series[:, 1:] - phi**gap * series[:, :-1])
    return np.concatenate([first * series[:, :1], fresh], axis=1)


def _least_squares(x: FloatArray, y: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """(x'x)^-1, coefficients ``(m, k)`` and residuals ``(m, n)`` of rows ``y`` ``(m, n)``."""
    turned = np.swapaxes(x, 1, 2)
    inverse: FloatArray = np.linalg.inv(turned @ x).astype(np.float64, copy=False)
    b = inverse @ (turned @ y[..., None])
    return inverse, b[..., 0], y - (x @ b)[..., 0]


def _lingering(phi: FloatArray, after: IntArray) -> FloatArray:
    """Covariance ``(m, h, h)`` of AR(1) errors ahead, over their innovations' variance."""
    apart, sooner = np.abs(after[:, None] - after), np.minimum(after[:, None], after)
    phi = phi[..., None]
    shared: FloatArray = phi**apart * (1 - phi ** (2 * sooner)) / (1 - phi**2)
    return shared
