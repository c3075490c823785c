"""How many leads a day, month by month, bring the wins that are wanted."""

from __future__ import annotations

import numpy as np

from kpilint.analysis.stats import FloatArray

TOTAL, SMOOTH = 100.0, 1.0  # weights of the whole and of evenness, beside that of one month's wins


def leads_needed(wanted: FloatArray, kernel: FloatArray) -> FloatArray | None:
    """The daily rate of new leads in each month that brings ``wanted``; None where none can.

    ``kernel`` has shape ``(months of wins, months of leads)``: the wins of a month from one lead a
    day in another, E[wins_t] = sum over s of leads_s h(t - s). Least squares without negative
    leads (Lawson and Hanson 1974, ``scipy.optimize.nnls``), in which the whole weighs most and
    rates that change little from month to month are preferred: early wins cannot be had from late
    leads, at any number. The whole is met exactly.
    """
    from scipy.optimize import nnls  # a second to import

    whole, reach = float(wanted.sum()), kernel.sum(axis=0)
    months = kernel.shape[1]
    if whole <= 0:
        return np.zeros(months)
    if reach.sum() <= 1e-9:
        return None
    usual = whole / reach.sum()
    even = np.diff(np.eye(months), axis=0) * SMOOTH / usual
    rows = np.vstack([kernel / whole, TOTAL * reach[None, :] / whole, even])
    aims = np.concatenate([wanted / whole, [TOTAL], np.zeros(months - 1)])
    rates, _residual = nnls(rows * usual, aims)
    rates = rates * usual
    return np.asarray(rates * whole / float(reach @ rates), dtype=np.float64)
