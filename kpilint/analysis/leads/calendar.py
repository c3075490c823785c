"""What the calendar repeats: working days, and the first or last days of months and quarters."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpilint.analysis.stats import FloatArray
from kpilint.goals.workdays import are_workdays

OF_MONTH = (3, 5, 7, 10)  # days at a month's begin or end that may be unlike its others
OF_QUARTER = (7, 14)  # and in only one month of each quarter, whichever month it begins with


def patterns(start: pd.Period, n: int) -> FloatArray:
    """Working days ``(k, n)`` in ``n`` weeks or months from ``start`` on: all, and in k - 1 stretches.

    Business that closes with the month or the quarter follows one of them, whatever else moves it.
    """
    edges = pd.period_range(start, periods=n + 1).start_time.to_numpy(dtype="datetime64[D]")
    days = np.arange(edges[0], edges[-1])
    open_ = are_workdays(days)
    every = [open_, *(open_ & stretch for stretch in _stretches(days))]
    return np.add.reduceat(
        np.array(every, dtype=np.float64), np.searchsorted(days, edges[:-1]), axis=1
    )


def _stretches(days: NDArray[np.datetime64]) -> Iterator[NDArray[np.bool_]]:
    months = days.astype("datetime64[M]")
    gone = (days - months.astype(days.dtype)).astype(np.int64)
    left = ((months + 1).astype(days.dtype) - days).astype(np.int64) - 1
    for count in OF_MONTH:
        yield gone < count
        yield left < count
    for third in range(3):
        month = months.astype(np.int64) % 3 == third
        yield month
        for count in OF_QUARTER:
            yield month & (gone < count)
            yield month & (left < count)
