"""A series without its trend, its season and the steps at which its level broke."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from kpilint.analysis.leads.whitening import whitened
from kpilint.analysis.stats import FloatArray, IntArray

LEAST_SEGMENT = 3  # points on either side of a step
CAUTION = 5.0  # how many times ln n the AICc must fall for a step to be believed
LEAST_FREE = 0.01  # of a step beside another one, else they are the same
NONE = -1


class Steady(NamedTuple):
    """Innovations ``(m, n)``, and where each row's level broke ``(m, 2)``: -1 for nowhere."""

    innovations: FloatArray
    breaks: IntArray


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What is regressed out of ``n`` points, and the steps that may be.

    ``basis`` ``(n, d)`` is orthonormal: intercept, trend, and the season's sine and cosine.
    ``steps`` ``(s, n)`` have unit length and are orthogonal to it; ``alike`` ``(s, s)`` are their
    inner products and ``first`` ``(s,)`` the points at which they rise.
    """

    basis: FloatArray
    steps: FloatArray
    alike: FloatArray
    first: IntArray

    def without(self, x: FloatArray) -> FloatArray:
        """Rows ``(m, n)`` without intercept, trend and season."""
        return x - (x @ self.basis) @ self.basis.T


@lru_cache(maxsize=64)
def design(n: int, cycle: float | None = None) -> Design:
    """The design of ``n`` points, with the season of a known ``cycle`` once they hold a whole one."""
    t = np.arange(n, dtype=np.float64)
    columns = [np.ones(n), t - t.mean()]
    if has_season(n, cycle) and cycle is not None:
        columns += [np.sin(2 * np.pi * t / cycle), np.cos(2 * np.pi * t / cycle)]
    basis = np.linalg.qr(np.stack(columns, axis=1))[0]
    edge = max(LEAST_SEGMENT, round(n / 10))
    first = np.arange(edge, n - edge + 1)
    steps = (t >= first[:, None]).astype(np.float64)
    steps -= (steps @ basis) @ basis.T
    steps /= np.linalg.norm(steps, axis=1, keepdims=True)
    return Design(basis, steps, steps @ steps.T, first)


def has_season(n: int, cycle: float | None) -> bool:
    """Whether ``n`` points hold a whole cycle, so that a season can be told from a trend."""
    return cycle is not None and n > cycle - 1  # 52 weeks are a year


def steady(x: FloatArray, cycle: float | None = None) -> Steady:
    """What is new in rows ``x`` ``(m, n)`` without trend, season and up to two steps each.

    The step that explains most is believed when the AICc of the row's autoregression falls by
    more than 5 ln n; a second one is sought in what is left. Unlike a step, a random walk's
    wandering is explained by the autoregression itself.
    """
    plan = design(x.shape[1], cycle)
    values = plan.without(x)
    innovations, known = whitened(values)
    breaks = np.full((len(x), 2), NONE, dtype=np.int64)
    rows = np.arange(len(x))
    for place in range(2):
        chosen, rest = _without_step(plan, values[rows], breaks[rows, 0])
        fresh, aicc = whitened(rest)
        believed = known[rows] - aicc > CAUTION * np.log(x.shape[1])
        rows = rows[believed]
        if not len(rows):
            break
        breaks[rows, place], known[rows] = chosen[believed], aicc[believed]
        values[rows], innovations[rows] = rest[believed], fresh[believed]
    return Steady(innovations, np.where(breaks == NONE, NONE, plan.first[breaks]))


def _without_step(plan: Design, x: FloatArray, taken: IntArray) -> tuple[IntArray, FloatArray]:
    """The step ``(m,)`` that explains most of each row beside the one taken, and what is left."""
    fit = x @ plan.steps.T
    if (taken == NONE).all():
        chosen = np.abs(fit).argmax(axis=1)
        step = plan.steps[chosen]
    else:
        free = 1 - plan.alike[taken] ** 2
        fit = np.where(free > LEAST_FREE, fit / np.sqrt(np.maximum(free, LEAST_FREE)), 0.0)
        chosen = np.abs(fit).argmax(axis=1)
        step = plan.steps[chosen] - plan.alike[taken, chosen][:, None] * plan.steps[taken]
        step /= np.linalg.norm(step, axis=1, keepdims=True)
    return chosen, x - (x * step).sum(axis=1)[:, None] * step
