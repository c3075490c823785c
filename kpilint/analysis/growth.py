"""Growth from one year to the next, of periods of any length."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from kpilint.analysis.stats import FloatArray


def rolling(values: ArrayLike, length: int, weights: ArrayLike | None = None) -> FloatArray:
    """The sum of each ``length`` steps in a row; with ``weights`` their weighted mean.

    One value a starting step, so ``length - 1`` fewer than ``values``; NaN where a step is missing
    or the weights sum to 0.
    """
    steps = np.asarray(values, dtype=np.float64)
    if len(steps) < length:
        return np.empty(0)
    if weights is None:
        return _sums(steps, length)
    weigh = np.asarray(weights, dtype=np.float64)
    below = _sums(np.where(np.isnan(steps), np.nan, weigh), length)
    return np.divide(
        _sums(steps * weigh, length), below, out=np.full_like(below, np.nan), where=below > 0
    )


def _sums(steps: FloatArray, length: int) -> FloatArray:
    windows = np.lib.stride_tricks.sliding_window_view(steps, length)
    sums: FloatArray = windows.sum(axis=1)
    return sums


def year_on_year(values: ArrayLike, cycle: int) -> FloatArray:
    """Each value over the one ``cycle`` steps before; pairs that have no ratio are left out."""
    every = np.asarray(values, dtype=np.float64)
    before, after = every[:-cycle], every[cycle:]
    known = (before > 0) & np.isfinite(after)
    growth: FloatArray = after[known] / before[known]
    return growth
