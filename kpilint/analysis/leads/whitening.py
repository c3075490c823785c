"""What is new in each step of a series: autoregression by Burg's lattice, and normal scores."""

from __future__ import annotations

import numpy as np

from kpilint.analysis.stats import FloatArray, IntArray

# The most lags that an autoregression of so many points may have.
_POINTS, _ORDERS = np.array([36, 52, 104, 150]), (2, 3, 4, 6, 8)

LEAST_SIZE = 0.25  # of the mean size, where a line would fall to zero


def most_lags(n: int) -> int:
    """The highest order that ``n`` points allow: 2, 3, 4, 6, 8 from 24, 36, 52, 104, 150 on."""
    return _ORDERS[int(np.searchsorted(_POINTS, n, side="right"))]


def whitened(x: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Innovations ``(m, n)`` of rows ``x`` ``(m, n)`` around zero, and each row's AICc ``(m,)``.

    Every row has the autoregression that its AICc chooses. The lattice's forward error is the
    innovation; a row's first points, which have too few before them, are predicted from those
    that they have and brought to the same variance. A row of zeros stays as it is.
    Source: Burg (1975), Maximum Entropy Spectral Analysis; Hurvich and Tsai (1989), Biometrika
    76, 297-307.
    """
    m, n = x.shape
    most = most_lags(n)
    forward, backward = x.copy(), x.copy()
    variance = np.empty((most + 1, m))
    variance[0] = np.maximum(np.einsum("ij,ij->i", x, x) / n, np.finfo(np.float64).tiny)
    errors = np.empty((most + 1, m, n))
    errors[0] = x
    for order in range(1, most + 1):
        ahead, behind = forward[:, order:], backward[:, order - 1 : -1]
        shared = np.einsum("ij,ij->i", ahead, behind)
        both = np.einsum("ij,ij->i", ahead, ahead) + np.einsum("ij,ij->i", behind, behind)
        reflection = -2 * shared / np.maximum(both, np.finfo(np.float64).tiny)
        forward[:, order:], backward[:, order:] = (
            ahead + reflection[:, None] * behind,
            behind + reflection[:, None] * ahead,
        )
        variance[order] = variance[order - 1] * np.maximum(1 - reflection**2, 1e-12)
        errors[order] = forward
    orders = np.arange(most + 1)[:, None]
    aicc = n * np.log(variance) + 2 * (orders + 1) * n / (n - orders - 2)
    best = aicc.argmin(axis=0)
    rows = np.arange(m)
    innovations = errors[best, rows]
    early = np.arange(most)[:, None] < best  # points with so many before them
    grown = np.sqrt(variance[best, rows] / variance[:most])
    innovations[:, :most] *= np.where(early, grown, 1.0).T
    return innovations, aicc[best, rows]


def sizes(x: FloatArray) -> FloatArray:
    """How large rows ``x`` ``(m, n)`` usually are at each point: a line through their absolute values.

    What grows in per cent also swings ever wider; the last points would decide alone.
    """
    t = np.arange(x.shape[1]) - (x.shape[1] - 1) / 2
    size = np.abs(x)
    mean = np.maximum(size.mean(axis=1, keepdims=True), np.finfo(np.float64).tiny)
    slope = (size @ t)[:, None] / (t @ t)
    usual: FloatArray = np.maximum(mean + slope * t, LEAST_SIZE * mean)
    return usual


def normal_scores(x: FloatArray) -> FloatArray:
    """Rows ``(m, n)`` by the normal quantiles of their ranks; equal values share a rank.

    Source: Blom (1958), Statistical Estimates and Transformed Beta-Variables.
    """
    from scipy.special import ndtri  # slow to import
    from scipy.stats import rankdata

    ranks = np.asarray(rankdata(x, axis=1), dtype=np.float64)
    scores: FloatArray = ndtri((ranks - 0.375) / (x.shape[1] + 0.25))
    return scores


def autocorrelations(x: FloatArray, lags: IntArray) -> FloatArray:
    """Autocorrelations ``(m, len(lags))`` of rows around zero, each over the whole row's size."""
    size = np.maximum(np.einsum("ij,ij->i", x, x), np.finfo(np.float64).tiny)
    n = x.shape[1]
    shared = [np.einsum("ij,ij->i", x[:, lag:], x[:, : n - lag]) for lag in lags]
    shown: FloatArray = np.stack(shared, axis=1) / size[:, None]
    return shown
