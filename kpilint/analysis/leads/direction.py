"""Which of two series moves first, and how sure that is after looking at many lags."""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kpilint.analysis.leads.crosscorrelation import Lagged
from kpilint.analysis.stats import FloatArray, IntArray

Direction: TypeAlias = Literal["leads", "moves together", "follows", "not detectable"]
LEVEL = 0.05
POWER = 0.8


class Decision(NamedTuple):
    """What the lags together say of each pair, arrays of one shape.

    ``lag`` is the strongest one on the side that ``direction`` names, ``first`` the significant
    one nearest to zero there; ``lag`` is the strongest at 0 or later where nothing is detectable.
    ``p`` answers whether x leads or moves together, ``p_behind`` whether it follows.
    """

    lag: IntArray
    first: IntArray
    direction: NDArray[np.str_]
    p: FloatArray
    p_behind: FloatArray


def adjusted(p: FloatArray, questions: int) -> FloatArray:
    """P-values ``p`` as the smallest of so many. Source: Šidák (1967), JASA 62, 626-633."""
    whole: FloatArray = -np.expm1(questions * np.log1p(-np.minimum(p, 1 - 1e-16)))
    return whole


def decide(found: Lagged) -> Decision:
    """Judge the lags of each pair at 5 % for all of them together.

    Whether x leads is one question over the lags 0 to K. That it follows is said where the lags
    below 0 are clearer still, and clear as a two-sided question over all lags.
    """
    lags, p = found.lags, found.p_values()
    forward, backward = lags >= 0, lags < 0
    ahead = adjusted(p[..., forward], int(forward.sum()))
    behind = adjusted(p[..., backward], len(lags))
    p_ahead, p_behind = ahead.min(axis=-1), behind.min(axis=-1, initial=1.0)
    follows = (p_behind <= LEVEL) & (p_behind < p_ahead)
    detected = follows | (p_ahead <= LEVEL)

    side = np.where(follows[..., None], backward, forward)
    chance = np.where(side, p, 2.0)
    lag = lags[chance.argmin(axis=-1)]
    joint = np.empty_like(p)
    joint[..., forward], joint[..., backward] = ahead, behind
    counted = side & (joint <= LEVEL)
    first = lags[np.where(counted, np.abs(lags), len(lags) + 1).argmin(axis=-1)]
    told = np.select(
        [~detected, follows, lag > 0], ["not detectable", "follows", "leads"], "moves together"
    )
    return Decision(lag, np.where(detected, first, lag), told, p_ahead, p_behind)


def detectable(worth: FloatArray, reach: int, questions: int, power: float = POWER) -> FloatArray:
    """The smallest correlation that so many points show with ``power`` at one of ``questions`` lags.

    ``worth`` are independent points less the degrees of freedom spent, ``reach`` the longest lag.
    """
    from scipy.special import ndtri  # slow to import

    threshold = -ndtri((1 - (1 - LEVEL) ** (1 / questions)) / 2)
    smallest: FloatArray = np.tanh(
        (ndtri(power) + threshold) / np.sqrt(np.maximum(worth - reach - 3, 1.0))
    )
    return smallest


def power_at(effect: float, worth: float, reach: int, questions: int) -> float:
    """The probability that a correlation of ``effect`` shows; the reverse of `detectable`."""
    from scipy.special import ndtr, ndtri

    threshold = -ndtri((1 - (1 - LEVEL) ** (1 / questions)) / 2)
    return float(ndtr(np.arctanh(effect) * np.sqrt(max(worth - reach - 3, 0.0)) - threshold))
