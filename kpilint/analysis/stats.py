"""Intervals for rates, and corrections for asking many questions at once."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

FloatArray: TypeAlias = NDArray[np.float64]
IntArray: TypeAlias = NDArray[np.int64]


def wilson(
    successes: ArrayLike, trials: ArrayLike, level: float = 0.95
) -> tuple[FloatArray, FloatArray]:
    """The two-sided Wilson interval of each rate, ``successes / trials``.

    The arguments broadcast; the two limits have their shape. No trials means no knowledge:
    the whole of [0, 1]. Raises ``ValueError`` for more successes than trials or below zero.
    Source: Wilson (1927), JASA 22, 209-212.
    """
    # statsmodels takes seconds to import
    from statsmodels.stats.proportion import proportion_confint

    x, n = _counts(successes, trials)
    some = np.where(n > 0, n, 1.0)
    low, high = proportion_confint(x, some, alpha=1 - level, method="wilson")
    low, high = np.minimum(low, x / some), np.maximum(high, x / some)  # exact at 0 and at n
    return np.where(n > 0, low, 0.0), np.where(n > 0, high, 1.0)


def newcombe(
    successes: ArrayLike,
    trials: ArrayLike,
    base_successes: ArrayLike,
    base_trials: ArrayLike,
    level: float = 0.95,
) -> tuple[FloatArray, FloatArray]:
    """The two-sided interval of the difference between each rate and its base rate.

    The hybrid score interval without continuity correction. The arguments broadcast; the two
    limits have their shape. Where either side has no trials, the whole of [-1, 1]. Raises
    ``ValueError`` as `wilson` does.
    Source: Newcombe (1998), Statistics in Medicine 17, 873-890, method 10.
    """
    from statsmodels.stats.proportion import confint_proportions_2indep

    (x1, n1), (x0, n0) = _counts(successes, trials), _counts(base_successes, base_trials)
    x1, n1, x0, n0 = np.broadcast_arrays(x1, n1, x0, n0)
    known = (n1 > 0) & (n0 > 0)
    some1, some0 = np.where(n1 > 0, n1, 1.0), np.where(n0 > 0, n0, 1.0)
    low, high = confint_proportions_2indep(
        x1, some1, x0, some0, method="newcomb", compare="diff", alpha=1 - level
    )
    return np.where(known, low, -1.0), np.where(known, high, 1.0)


def sidak(level: float, questions: int) -> float:
    """The level of each of so many independent questions that keeps ``level`` for all of them.

    ``sidak(0.95, 10)`` is 0.9949. Raises ``ValueError`` for fewer than one question.
    Source: Šidák (1967), JASA 62, 626-633.
    """
    if questions < 1:
        raise ValueError(f"{questions} questions cannot share a level; give at least 1.")
    return float(np.exp(np.log(level) / questions))


def benjamini_hochberg(p_values: ArrayLike) -> FloatArray:
    """Adjusted p-values, in the order given: reject those at or below the false discovery rate.

    The tests are independent or positively dependent; NaN (a test not made) stays NaN and
    does not count. Raises ``ValueError`` for a p-value outside [0, 1].
    Source: Benjamini and Hochberg (1995), JRSS B 57, 289-300.
    """
    from scipy.stats import false_discovery_control  # a second to import

    p = np.asarray(p_values, dtype=np.float64)
    adjusted = np.full(p.shape, np.nan)
    made = ~np.isnan(p)
    if made.any():
        adjusted[made] = false_discovery_control(p[made], method="bh")
    return adjusted


def excess(
    successes: ArrayLike, trials: ArrayLike, base_successes: ArrayLike, base_trials: ArrayLike
) -> tuple[FloatArray, FloatArray]:
    """How many more successes each stratum has than if it and its base had one rate.

    Returns that number and its variance given the margins, both in the shape of the arguments,
    which broadcast; a stratum with no trials on one side knows nothing: 0 and 0. The sum over
    strata, squared, over the summed variance is the Mantel-Haenszel chi-square without continuity
    correction. Raises ``ValueError`` as `wilson` does.
    Source: Mantel and Haenszel (1959), JNCI 22, 719-748.
    """
    (x1, n1), (x0, n0) = _counts(successes, trials), _counts(base_successes, base_trials)
    every = np.maximum(n0 + n1, 1.0)
    passed = x0 + x1
    share = n0 * n1 / every
    spread = share * passed * (n0 + n1 - passed) / (every * np.maximum(every - 1, 1.0))
    return (x1 * n0 - x0 * n1) / every, spread


def _counts(successes: ArrayLike, trials: ArrayLike) -> tuple[FloatArray, FloatArray]:
    x, n = np.broadcast_arrays(
        np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
    )
    if not ((x >= 0) & (x <= n)).all():
        raise ValueError("Successes lie between 0 and the number of trials.")
    return x, n
