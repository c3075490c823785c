"""In which segments, and at which stages, rates have fallen: several causes told apart at once."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kpilint.analysis.stats import FloatArray, IntArray, excess
from kpilint.i18n import _

Segment: TypeAlias = tuple[tuple[str, Hashable], ...]  # (dimension, value) pairs; () is everywhere

LEAST_CHANGES = 3  # of the past; with fewer its drift is not known
OVERLAP = 1.5  # successive changes share a quarter, which costs a third of their freedom


@dataclass(frozen=True, slots=True)
class Cause:
    """A fall of one stage's rate in one segment; rates are shares of 1.

    ``before`` and ``after`` are what they look like pooled; ``difference`` is free of the mix
    inside the segment (Mantel-Haenszel), ``missing`` the records that moved on too few. What was
    named before it is taken out. ``p_value`` is two-sided and for all questions together.
    """

    stage: int
    segment: Segment
    before: float
    after: float
    difference: float
    missing: float
    z: float
    p_value: float


@dataclass(frozen=True, slots=True)
class Scan:
    """The causes by stage, strongest first, and what explains nothing.

    ``idle`` are the dimensions that no cause names. ``questions`` is how many segments times
    stages were asked. ``drift`` is by stage how much a stratum's rate usually moves between two
    periods, as a standard deviation on the logit; None where the past is too short to tell, so
    that ordinary drift may have been taken for a cause.
    """

    causes: tuple[Cause, ...]
    idle: tuple[str, ...]
    questions: int
    drift: tuple[float, ...] | None


def scan(
    passed: ArrayLike,
    entered: ArrayLike,
    dimensions: Mapping[str, Sequence[Hashable]],
    *,
    level: float = 0.95,
    recent: int = 1,
    pooled: int = 1,
) -> Scan:
    """Compare the ``recent`` last periods with the ``pooled`` before them, stratum by stratum.

    ``passed`` of ``entered`` records moved on; both have the shape ``(periods, stages, strata)``,
    oldest first. ``dimensions`` says for each stratum which value it has of each. Candidates are
    everything, each value and each pair of values; at every stage the strongest is named and its
    strata are removed, until none is left that is rarer than ``1 - level`` over all questions
    (Bonferroni). Rises are removed too, but not reported. Earlier periods tell how much rates
    drift by themselves. Raises ``ValueError`` for impossible counts or shapes.
    Source: the stratified statistic of Mantel and Haenszel (1959), JNCI 22, 719-748.
    """
    from scipy.stats import norm  # a second to import

    x, n = np.asarray(passed, dtype=np.float64), np.asarray(entered, dtype=np.float64)
    enough = min(recent, pooled) >= 1 and recent + pooled <= len(x)
    if x.ndim != 3 or x.shape != n.shape or not enough or 0 in x.shape:
        raise ValueError(
            _("Give the counts as periods by stages by strata, with the two periods to compare.")
        )
    if any(len(values) != x.shape[2] for values in dimensions.values()):
        raise ValueError(_("Each dimension needs one value for each stratum."))
    candidates = _Candidates.of(dimensions, x.shape[2])
    x0, n0 = (_together(each[:-recent], pooled) for each in (x, n))
    x1, n1 = (_together(each[pooled:], recent) for each in (x, n))
    more, spread = excess(x1, n1, x0, n0)
    questions = x.shape[1] * len(candidates.names)
    limit = float(norm.isf((1 - level) / 2 / questions))
    known = len(more) - recent >= LEAST_CHANGES  # changes that end before the last one begins
    drift = _Drift.of(candidates, more[:-recent], spread[:-recent]) if known else None
    causes = []
    for stage in range(x.shape[1]):
        counts = _Counts(x0[-1, stage], n0[-1, stage], x1[-1, stage], n1[-1, stage])
        change = _Change(more[-1, stage], spread[-1, stage])
        usual = (drift.variance[stage], drift.freedom[stage]) if drift else None
        for place, z, kept in _named(candidates, change, usual, limit):
            if z < 0:
                p_value = min(1.0, 2 * float(norm.sf(-z)) * questions)
                causes.append(counts.cause(stage, candidates.names[place], kept, z, p_value))
    told = {dimension for cause in causes for dimension, _value in cause.segment}
    return Scan(
        tuple(sorted(causes, key=lambda cause: (cause.stage, cause.z))),
        tuple(name for name in dimensions if name not in told),
        questions,
        drift.typical if drift else None,
    )


def _together(counts: FloatArray, periods: int) -> FloatArray:
    """The sums of so many periods in a row, by the last of them."""
    windows = np.lib.stride_tricks.sliding_window_view(counts, periods, axis=0)
    total: FloatArray = windows.sum(axis=-1)
    return total


@dataclass(frozen=True, slots=True)
class _Candidates:
    """Everything, each value, each pair of values: as groups of strata in several groupings.

    ``codes`` has a row a grouping: the candidate that each stratum belongs to there. ``rank``
    prefers few strata, then few values.
    """

    codes: IntArray
    names: tuple[Segment, ...]
    grouping: IntArray  # by candidate
    within: NDArray[np.bool_]  # whether the column's grouping is as fine as the row's, or finer
    rank: IntArray  # by candidate

    @classmethod
    def of(cls, dimensions: Mapping[str, Sequence[Hashable]], strata: int) -> _Candidates:
        rows: list[list[int]] = []
        names: list[Segment] = []
        grouping: list[int] = []
        chosen = [kept for size in range(3) for kept in combinations(dimensions, size)]
        for which, kept in enumerate(chosen):
            found: dict[Segment, int] = {}
            segments = [tuple((d, dimensions[d][s]) for d in kept) for s in range(strata)]
            rows.append(
                [found.setdefault(segment, len(names) + len(found)) for segment in segments]
            )
            names += found
            grouping += [which] * len(found)
        codes = np.array(rows, dtype=np.int64)
        sizes = np.bincount(codes.ravel(), minlength=len(names))
        order = np.lexsort((np.array([len(name) for name in names]), sizes))
        within = np.array([[set(one) <= set(other) for other in chosen] for one in chosen])
        return cls(codes, tuple(names), np.array(grouping), within, np.argsort(order))

    def sums(self, strata: FloatArray) -> FloatArray:
        """The sum over each candidate's strata; earlier axes stay."""
        flat = strata.reshape(-1, strata.shape[-1])
        repeated = np.tile(flat, (1, len(self.codes)))
        total = np.array(
            [np.bincount(self.codes.ravel(), row, minlength=len(self.names)) for row in repeated]
        )
        return total.reshape(*strata.shape[:-1], len(self.names))

    def by_grouping(self, each: FloatArray) -> FloatArray:
        """The sum of each stage's candidates in each grouping, ``(stages, groupings)``."""
        count = len(self.codes)
        return np.array([np.bincount(self.grouping, row, minlength=count) for row in each])


@dataclass(frozen=True, slots=True)
class _Change:
    """By stratum: more successes than with one rate, and their variance."""

    more: FloatArray
    spread: FloatArray


@dataclass(frozen=True, slots=True)
class _Drift:
    """The variance of logit changes beyond chance and its degrees of freedom.

    Both have the shape ``(stages, candidates)``.
    """

    variance: FloatArray
    freedom: FloatArray

    @classmethod
    def of(cls, candidates: _Candidates, more: FloatArray, spread: FloatArray) -> _Drift:
        """By the method of moments from past changes, arrays ``(changes, stages, strata)``.

        Each grouping has its own variance, so that drift which segments have in common counts in
        full for the segments that contain them. It cannot exceed that of a finer grouping, which
        is known better; and no stage is taken to be calmer than all of them
        together, since in a small one drift hides in chance. The freedom counts groups by their
        weight, and less where they drift together.
        """
        d, v = candidates.sums(more), candidates.sums(spread)
        over, weight = (
            candidates.by_grouping((d**2 - v).sum(0)),
            candidates.by_grouping((v**2).sum(0)),
        )
        fourth = candidates.by_grouping((v**2).mean(0) ** 2)
        own = _over(over, weight, 0.0)
        all_stages = _over(over.sum(0), weight.sum(0), 0.0)
        tau2 = np.maximum(np.maximum(own, all_stages), 0)
        tau2 = np.where(candidates.within, tau2[:, None, :], np.inf).min(axis=2)
        groups = _over((weight / len(more)) ** 2, fourth, 1.0)
        together = _over(tau2[:, :1], tau2, 0.0).clip(0, 1)
        groups = groups / (1 + (groups - 1) * together**2)
        freedom = np.maximum(len(more) / OVERLAP * groups, 1.0)
        return cls(tau2[:, candidates.grouping], freedom[:, candidates.grouping])

    @property
    def typical(self) -> tuple[float, ...]:
        """By stage the logit standard deviation of the finest grouping."""
        return tuple(np.sqrt(self.variance.max(axis=1)).tolist())


def _over(above: FloatArray, below: FloatArray, empty: float) -> FloatArray:
    ratio: FloatArray = np.divide(above, below, out=np.full(below.shape, empty), where=below > 0)
    return ratio


def _named(
    candidates: _Candidates,
    change: _Change,
    usual: tuple[FloatArray, FloatArray] | None,
    limit: float,
) -> Iterator[tuple[int, float, NDArray[np.bool_]]]:
    """Each candidate beyond the limit, its z and the strata it explains, strongest first.

    ``usual`` is the variance and the freedom of each candidate's drift.
    """
    active = change.spread > 0
    while active.any():
        more = candidates.sums(np.where(active, change.more, 0.0))
        spread = candidates.sums(np.where(active, change.spread, 0.0))
        z = _over(more, np.sqrt(spread), 0.0) if usual is None else _scores(more, spread, *usual)
        strongest = np.abs(z).max()
        if strongest < limit:
            return
        tied = np.flatnonzero(np.abs(z) >= strongest - 1e-9)
        place = int(tied[np.argmin(candidates.rank[tied])])
        mine = active & (candidates.codes == place).any(axis=0)
        yield place, float(z[place]), mine
        active = active & ~mine


def _scores(
    more: FloatArray, spread: FloatArray, variance: FloatArray, freedom: FloatArray
) -> FloatArray:
    """Each candidate's statistic as a normal score: t with Satterthwaite's degrees of freedom.

    Only the drift's part of the variance is estimated. The score: Wallace (1959), Annals of
    Mathematical Statistics 30, 1121-1130.
    """
    drifting = variance * spread**2
    whole = spread + drifting
    t2 = _over(more**2, whole, 0.0)
    free = freedom * _over(whole, drifting, 1e6) ** 2
    score = np.sqrt(free * np.log1p(t2 / free)) * (8 * free + 1) / (8 * free + 3)
    signed: FloatArray = np.copysign(score, more)
    return signed


@dataclass(frozen=True, slots=True)
class _Counts:
    """One stage's strata in the two periods."""

    x0: FloatArray
    n0: FloatArray
    x1: FloatArray
    n1: FloatArray

    def cause(
        self, stage: int, segment: Segment, kept: NDArray[np.bool_], z: float, p_value: float
    ) -> Cause:
        x0, n0, x1, n1 = (each[kept] for each in (self.x0, self.n0, self.x1, self.n1))
        more, _spread = excess(x1, n1, x0, n0)
        difference = float(more.sum() / (n1 * n0 / (n1 + n0)).sum())
        missing = -difference * float(n1.sum())
        before, after = float(x0.sum() / n0.sum()), float(x1.sum() / n1.sum())
        return Cause(stage, segment, before, after, difference, missing, z, p_value)
