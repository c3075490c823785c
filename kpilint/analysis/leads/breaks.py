"""A series without its trend, its season, its calendar and the steps at which its level broke."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from kpilint.analysis.leads.calendar import patterns
from kpilint.analysis.leads.whitening import whitened
from kpilint.analysis.stats import FloatArray, IntArray

LEAST_SEGMENT = 3  # points on either side of a step
CAUTION = 5.0  # how many times ln n the AICc must fall for a step to be believed
LEAST_BENT = 100  # points that tell a bend of the trend from chance
FAMILIAR = 2.5  # the same for a pattern of the calendar, of which there are few
MOST = 3  # shapes that a series may have
LEAST_FREE = 0.01  # of a shape beside others, else they are the same
LEAST_SIZE = 1e-6  # of a shape without trend and season
NONE = -1


class Steady(NamedTuple):
    """Innovations ``(m, n)``, and what was taken out before: ``breaks`` ``(m, MOST)``, where each
    row's level broke (-1: nowhere), and whether it had a pattern of the ``calendar`` ``(m,)``."""

    innovations: FloatArray
    breaks: IntArray
    calendar: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Design:
    """What is regressed out of ``n`` points, and the shapes that may be.

    ``basis`` ``(n, d)`` are the columns of `smooth`; long series may have a bent trend.
    ``shapes`` ``(s, n)`` have unit length and are orthogonal to it: steps, and what the calendar
    repeats. ``first`` ``(s,)`` are the points at which steps rise, -1 for the calendar's.
    """

    basis: FloatArray
    shapes: FloatArray
    first: IntArray


@lru_cache(maxsize=64)
def smooth(n: int, cycle: float | None = None, *, bent: bool = False) -> FloatArray:
    """Orthonormal columns ``(n, d)``: intercept, trend, bent where asked for, and a known season."""
    t = np.arange(n, dtype=np.float64)
    columns = [np.ones(n), t - t.mean()]
    if bent:
        columns.append((t - t.mean()) ** 2)
    if has_season(n, cycle) and cycle is not None:
        columns += [np.sin(2 * np.pi * t / cycle), np.cos(2 * np.pi * t / cycle)]
    basis: FloatArray = np.linalg.qr(np.stack(columns, axis=1))[0]
    return basis


def without(x: FloatArray, basis: FloatArray) -> FloatArray:
    """Rows ``(m, n)`` without what the columns of ``basis`` explain."""
    return x - (x @ basis) @ basis.T


@lru_cache(maxsize=64)
def design(n: int, cycle: float | None = None, start: pd.Period | None = None) -> Design:
    """The design of ``n`` points, with the season of a known ``cycle`` once they hold a whole one.

    Weeks or months from ``start`` on may follow the calendar.
    """
    t = np.arange(n, dtype=np.float64)
    basis = smooth(n, cycle, bent=n >= LEAST_BENT)
    edge = max(LEAST_SEGMENT, round(n / 10))
    first = np.arange(edge, n - edge + 1)
    shapes = (t >= first[:, None]).astype(np.float64)
    if start is not None:
        repeated = patterns(start, n)
        shapes = np.concatenate([shapes, repeated])
        first = np.concatenate([first, np.full(len(repeated), NONE)])
    shapes = without(shapes, basis)
    sizes = np.linalg.norm(shapes, axis=1)
    some = sizes > LEAST_SIZE  # a pattern that is the same in all periods is none
    return Design(basis, shapes[some] / sizes[some, None], first[some])


def has_season(n: int, cycle: float | None) -> bool:
    """Whether ``n`` points hold a whole cycle, so that a season can be told from a trend."""
    return cycle is not None and n > cycle - 1  # 52 weeks are a year


def steady(x: FloatArray, cycle: float | None = None, start: pd.Period | None = None) -> Steady:
    """What is new in rows ``x`` ``(m, n)`` without trend, season and up to ``MOST`` shapes each.

    The shape that explains most is believed when the AICc of the row's autoregression falls by
    more than 5 ln n; another one is sought in what is left. Unlike a step, a random walk's
    wandering is explained by the autoregression itself.
    """
    plan = design(x.shape[1], cycle, start)
    values = without(x, plan.basis)
    innovations, known = whitened(values)
    chosen = np.full((len(x), MOST), NONE, dtype=np.int64)
    taken = np.zeros((len(x), MOST, x.shape[1]))
    rows = np.arange(len(x))
    for place in range(MOST):
        best, shape = _clearest(plan, values[rows], taken[rows, :place])
        rest = values[rows] - (values[rows] * shape).sum(axis=1)[:, None] * shape
        fresh, aicc = whitened(rest)
        caution = np.where(plan.first[best] == NONE, FAMILIAR, CAUTION)
        believed = known[rows] - aicc > caution * np.log(x.shape[1])
        rows = rows[believed]
        if not len(rows):
            break
        chosen[rows, place], taken[rows, place] = best[believed], shape[believed]
        values[rows], innovations[rows] = rest[believed], fresh[believed]
        known[rows] = aicc[believed]
    places = np.where(chosen == NONE, NONE, plan.first[chosen])
    order = np.argsort(places == NONE, axis=1, kind="stable")
    repeated = ((chosen != NONE) & (places == NONE)).any(axis=1)
    return Steady(innovations, np.take_along_axis(places, order, axis=1), repeated)


def _clearest(plan: Design, x: FloatArray, taken: FloatArray) -> tuple[IntArray, FloatArray]:
    """The shape that explains most of each row ``x`` ``(m, n)`` beside those ``taken`` ``(m, k, n)``.

    Its number ``(m,)``, and what of it is orthogonal to them ``(m, n)``, of unit length.
    """
    fit = x @ plan.shapes.T
    if not taken.shape[1]:
        best = np.abs(fit).argmax(axis=1)
        return best, plan.shapes[best]
    alike = taken @ plan.shapes.T
    free = 1 - (alike**2).sum(axis=1)
    fit = np.where(free > LEAST_FREE, fit / np.sqrt(np.maximum(free, LEAST_FREE)), 0.0)
    best = np.abs(fit).argmax(axis=1)
    shared = np.take_along_axis(alike, best[:, None, None], axis=2)
    shape = plan.shapes[best] - (shared * taken).sum(axis=1)
    return best, shape / np.linalg.norm(shape, axis=1, keepdims=True)
