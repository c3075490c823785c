"""Which step of a plan asks for more than there has ever been."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kpilint.analysis.stats import FloatArray


class Beyond(NamedTuple):
    """A stage, counted from 0, that needs more than the ``best`` that as many months have brought."""

    stage: int
    needed: float
    best: float


def best_of(by_month: FloatArray, months: int) -> FloatArray:
    """The most that came to each stage in so many months in a row; nan where there are fewer.

    ``by_month`` has shape ``(stages, months)``.
    """
    if months < 1 or by_month.shape[1] < months:
        return np.full(len(by_month), np.nan)
    windows = np.lib.stride_tricks.sliding_window_view(by_month, months, axis=1)
    return np.asarray(windows.sum(axis=2).max(axis=1))


def beyond(needed: Sequence[float], best: Sequence[float]) -> tuple[Beyond, ...]:
    """The stages that need more than their best, from the first to the last."""
    pairs = enumerate(zip(needed, best, strict=True))
    return tuple(Beyond(n, need, most) for n, (need, most) in pairs if need > most * (1 + 1e-9))
