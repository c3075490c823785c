"""Which series can be tested, how their gaps are closed, and what a reader must know of them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from kpilint.analysis.leads.breaks import smooth, without
from kpilint.analysis.stats import FloatArray
from kpilint.i18n import _

LEAST_POINTS = 20
MOST_MISSING = 0.2  # of the points
LONGEST_HOLE = 0.1  # of the points
LONGEST_MEAN = 0.2  # of the points: the longest rolling mean that can still be tested


@dataclass(frozen=True, slots=True, eq=False)
class Fitness:
    """A series ``values`` ``(n,)`` with its gaps closed, ``missing`` of them; or why it is unfit.

    ``window`` is the length of a rolling mean that it seems to be, 0 for none.
    """

    values: FloatArray
    missing: int = 0
    window: int = 0
    reason: str = ""


def fitness(x: FloatArray, name: str, cycle: float | None = None) -> Fitness:
    """Close the gaps of ``x`` ``(n,)`` in straight lines, where it can be tested at all.

    Up to 20 % may be missing, in holes of at most a tenth of the points; ``name`` is what a
    reason calls the series.
    """
    n, known = len(x), np.isfinite(x)
    reason = _unfit(x, known, name)
    if reason:
        return Fitness(x, n - int(known.sum()), reason=reason)
    places = np.arange(n)
    values = np.interp(places, places[known], x[known])
    window = rolling(values, cycle)
    if window > LONGEST_MEAN * n:
        reason = _(
            "{name} looks like a rolling mean over {window} of its {n} points, which moves late by "
            "itself; give the values that were averaged.",
            name=name,
            window=window,
            n=n,
        )
    return Fitness(values, n - int(known.sum()), window, reason)


def _unfit(x: FloatArray, known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]], name: str) -> str:
    n, count = len(x), int(known.sum())
    if n and not count:
        return _("{name} has no value in this time.", name=name)
    if n < LEAST_POINTS:
        return _(
            "{name} has {n:point|points} in the time that both have values; it takes at least "
            "{least}.",
            name=name,
            n=n,
            least=LEAST_POINTS,
        )
    present = x[known]
    if np.ptp(present) <= 1e-12 * np.abs(present).max():
        return _(
            "{name} is {value} all the time; what does not move leads nothing.",
            name=name,
            value=f"{present[0]:g}",
        )
    ends = np.flatnonzero(np.diff(np.concatenate([[True], known, [True]]).astype(np.int8)))
    hole = int(np.diff(ends)[::2].max(initial=0))
    if count < (1 - MOST_MISSING) * n or hole > LONGEST_HOLE * n:
        return _(
            "{name} lacks {missing} of {n} values, {hole} of them in a row; at most {most} may be "
            "missing, and {longest} in a row.",
            name=name,
            missing=n - count,
            n=n,
            hole=hole,
            most=int(MOST_MISSING * n),
            longest=int(LONGEST_HOLE * n),
        )
    return ""


def rolling(x: FloatArray, cycle: float | None = None) -> int:
    """The length of the rolling mean that ``x`` ``(n,)`` seems to be, 0 where it seems to be none.

    The steps of a rolling mean over w values take back after w what came in: their correlation
    at w is -1/2, while the series itself hardly moves from one point to the next. What comes
    again after 2 w is a season. Told only where chance would show it once in a hundred series.
    """
    from scipy.special import ndtri  # slow to import

    n = len(x)
    level = without(x[None], smooth(n, cycle))[0]
    steps = np.diff(level) - np.diff(level).mean()
    shown = np.correlate(steps, steps, "full")[n - 2 :] / max(steps @ steps, 1e-300)
    lags = np.arange(3, n // 2)
    taken_back = shown[lags]
    window = int(lags[taken_back.argmin()])
    again = shown[2 * window - 1 : 2 * window + 1].max() * n
    stays = level[1:] @ level[:-1] / max(level @ level, 1e-300)
    chance = max(0.35, float(-ndtri(0.01 / len(lags)) / np.sqrt(n)))
    season = again > 0.25 * max(n - 2 * window, n / 5)
    clear = taken_back.min() < -chance and stays > 1 - 2 / window
    return window if clear and not season else 0
