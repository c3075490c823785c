"""Shares and waits of records that are still under way: open ones are censored, lost ones compete.

Ages are in days, or in any one unit; causes are whole numbers: 0 is still open, 1, 2, ... are the
ways to end.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from kpilint.analysis.stats import FloatArray, IntArray, wilson
from kpilint.i18n import _


@dataclass(frozen=True, slots=True, eq=False)
class Incidence:
    """The share of records that have ended in each way, by age.

    ``age`` are the distinct ages at which a record ended or was last seen, rising; ``share`` and
    ``error`` (the standard error) have the shape ``(causes, ages)``; ``known`` is how many records
    were not lost from sight before that age.
    """

    age: FloatArray
    share: FloatArray
    error: FloatArray
    known: FloatArray

    def at(self, age: float, cause: int = 1, level: float = 0.95) -> tuple[float, float, float]:
        """Share, low and high limit of the records that ended so by an age.

        Raises ``ValueError`` for an age that no record has been seen at.
        """
        if age > self.age[-1] and self.share[:, -1].sum() < 1 - 1e-9:
            raise ValueError(
                _(
                    "No record has been seen at the age of {age:g}; the oldest one is {oldest:g}.",
                    age=age,
                    oldest=self.age[-1],
                )
            )
        place = int(np.searchsorted(self.age, age, side="right")) - 1
        if place < 0:
            low, high = wilson(0, self.known[0], level)
            return 0.0, float(low), float(high)
        lows, highs = self.interval(cause, level)
        return float(self.share[cause - 1, place]), float(lows[place]), float(highs[place])

    def interval(self, cause: int = 1, level: float = 0.95) -> tuple[FloatArray, FloatArray]:
        """The limits of each share: Wilson's interval with the sample size its error stands for.

        Without censoring it is Wilson's interval itself. The effective size is Cutler and
        Ederer's (1958), J. Chronic Diseases 8, 699-712; where none or all have ended so, the
        records whose fate is known.
        """
        share, error = self.share[cause - 1], self.error[cause - 1]
        variance = share * (1 - share)
        moving = (variance > 1e-12) & (error > 0)
        size = np.divide(variance, error**2, out=self.known.copy(), where=moving)
        size = np.minimum(size, self.known[0])
        return wilson(np.minimum(share, 1) * size, size, level)


def incidence(
    age: ArrayLike, cause: ArrayLike, counts: ArrayLike | None = None, causes: int = 2
) -> Incidence:
    """The Aalen-Johansen cumulative incidence of each of ``causes`` ways to end.

    ``age`` is when each record ended, or its age when last seen, and ``cause`` how; ``counts``
    says how many records each entry stands for, so that the engine may group them. Ties are
    exact; a record last seen at an age was still at risk there. Raises ``ValueError`` for no
    record, a negative or missing age, or an unknown cause. Source: Aalen and Johansen (1978),
    Scand. J. Statistics 5, 141-150; its error by the delta method, Dinse and Larson (1986),
    Biometrika 73, 379-386. statsmodels' CumIncidenceRight is the same, without counts, and
    without an answer where all are open or all have ended.
    """
    ages, ended, weight = _records(age, cause, counts, causes)
    distinct, rank = np.unique(ages, return_inverse=True)
    size = len(distinct)
    cells = np.bincount(ended * size + rank, weights=weight, minlength=(causes + 1) * size)
    each: FloatArray = cells.reshape(causes + 1, size).astype(np.float64)
    left, gone = each.sum(axis=0), each[1:].sum(axis=0)
    risk = left[::-1].cumsum()[::-1]
    before = np.concatenate([[1.0], np.cumprod(1 - gone / risk)[:-1]])
    share = np.cumsum(before * each[1:] / risk, axis=1)
    known = risk[0] - np.concatenate([[0.0], each[0].cumsum()[:-1]])
    return Incidence(distinct, share, _error(share, before, each[1:], risk), known)


def _error(share: FloatArray, before: FloatArray, each: FloatArray, risk: FloatArray) -> FloatArray:
    gone = each.sum(axis=0)
    stay = risk - gone
    # Where nobody stays the factor of this term is 0, and no later age follows.
    leave = np.divide(gone, risk * stay, out=np.zeros_like(risk), where=stay > 0)
    own = before**2 * (risk - each) * each / risk**3
    cross = before * each / risk**2
    variance = (
        share**2 * np.cumsum(leave)
        - 2 * share * np.cumsum(share * leave, axis=1)
        + np.cumsum(share**2 * leave, axis=1)
        + np.cumsum(own, axis=1)
        - 2 * share * np.cumsum(cross, axis=1)
        + 2 * np.cumsum(share * cross, axis=1)
    )
    error: FloatArray = np.sqrt(np.maximum(variance, 0))
    return error


def _records(
    age: ArrayLike, cause: ArrayLike, counts: ArrayLike | None, causes: int
) -> tuple[FloatArray, IntArray, FloatArray]:
    ages = np.atleast_1d(np.asarray(age, dtype=np.float64))
    ended = np.atleast_1d(np.asarray(cause))
    weight = np.ones_like(ages) if counts is None else np.asarray(counts, dtype=np.float64)
    if not (ages.shape == ended.shape == weight.shape) or not (weight >= 0).all():
        raise ValueError(_("Give one age, one outcome and one count for each entry."))
    if not weight.sum() > 0:
        raise ValueError(_("There is no record, so nothing can be said about waits or shares."))
    if not (np.isfinite(ages) & (ages >= 0)).all():
        raise ValueError(_("A record's age is missing or negative: it ended before it began."))
    if not np.isin(ended, np.arange(causes + 1)).all():
        raise ValueError(
            _("An outcome must be a whole number from 0 (open) to {causes}.", causes=causes)
        )
    some = weight > 0
    return ages[some], ended[some].astype(np.int64), weight[some]


@dataclass(frozen=True, slots=True)
class Wait:
    """The age by which half have left; None where follow-up is too short to tell.

    ``low`` and ``high`` hold it at the level asked for; where not even ``low`` could be reached it
    is the longest age seen.
    """

    median: float | None
    low: float
    high: float | None


def waiting(
    age: ArrayLike, left: ArrayLike, counts: ArrayLike | None = None, level: float = 0.95
) -> Wait:
    """The Kaplan-Meier median time in a stage, until a record leaves it for whatever reason.

    ``left`` is whether the record has left at ``age``; those still there are censored, not left
    out. Raises as `incidence` does. Source: Kaplan and Meier (1958), JASA 53, 457-481; the
    interval: the ages at which the share's own interval holds one half, Brookmeyer and Crowley
    (1982), Biometrics 38, 29-41.
    """
    found = incidence(age, np.asarray(left, dtype=np.int64), counts, causes=1)
    low, high = found.interval(level=level)
    reached = [_first(found.age, curve) for curve in (found.share[0], high, low)]
    soonest = reached[1]
    return Wait(reached[0], float(found.age[-1]) if soonest is None else soonest, reached[2])


def _first(age: FloatArray, curve: FloatArray) -> float | None:
    above = np.flatnonzero(curve >= 0.5 - 1e-12)
    return float(age[above[0]]) if len(above) else None


@dataclass(frozen=True, slots=True)
class LateStart:
    """Outcomes are only known from ``since`` on; before it ``observed`` of ``expected`` are there.

    ``before`` records came earlier: a rate over them is no rate.
    """

    since: float
    before: int
    observed: int
    expected: float


def late_start(
    came: ArrayLike, ended: ArrayLike, until: float, *, level: float = 0.999
) -> LateStart | None:
    """Left truncation: outcomes that begin later than the records do, or None.

    ``came`` and ``ended`` are moments on one scale (days), ``ended`` NaN for records open at
    ``until``. The records that came since the first hundredth of the outcomes tell how soon
    outcomes usually follow; where the earlier records should by then have had at least three times
    as many outcomes as they have (a rate may double with the season), and chance (Poisson) does not
    explain it at ``level``, the outcomes were not yet recorded. Raises as `incidence` does.
    """
    from scipy.stats import poisson  # a second to import

    start, end = np.asarray(came, dtype=np.float64), np.asarray(ended, dtype=np.float64)
    open_still = np.isnan(end) | (end > until)
    outcomes = np.sort(end[~open_still])
    if not len(outcomes):
        return None
    since = float(outcomes[len(outcomes) // 100])
    early = start < since
    if early.all() or not early.any():
        return None
    later = ~early & (start <= until)
    stop = np.where(open_still, until, end)
    usual = incidence((stop - start)[later], ~open_still[later], causes=1)
    place = np.searchsorted(usual.age, since - start[early], side="right") - 1
    share = np.where(place >= 0, usual.share[0, np.maximum(place, 0)], 0.0)
    expected, observed = float(share.sum()), int((outcomes < since).sum())
    if expected < 3 * observed or poisson.cdf(observed, expected) > 1 - level:
        return None
    return LateStart(since, int(early.sum()), observed, expected)


@dataclass(frozen=True, slots=True, eq=False)
class Cohorts:
    """Cohorts at one age: of the ``entered`` records ``reached`` had ended so by then.

    ``youngest`` is the age of the cohort's last record: a cohort with a younger one is not
    ``mature``, and its ``reached`` would grow yet. All of shape ``(cohorts,)``.
    """

    cohort: IntArray
    entered: IntArray
    reached: IntArray
    youngest: FloatArray
    mature: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


def at_equal_age(
    cohort: ArrayLike, came: ArrayLike, reached: ArrayLike, until: float, age: float
) -> Cohorts:
    """Right truncation: count what each cohort had reached at the same age, and no later.

    ``cohort`` numbers the cohorts, ``came`` and ``reached`` are moments on one scale, ``reached``
    NaN for records that have not; ``until`` is when they are looked at. Raises ``ValueError`` for
    no record or one that came after ``until``.
    """
    start, end = np.asarray(came, dtype=np.float64), np.asarray(reached, dtype=np.float64)
    names, rank = np.unique(np.asarray(cohort, dtype=np.int64), return_inverse=True)
    if not len(start) or not (start <= until).all():
        raise ValueError(_("Cohorts need records, all of which came before the day of looking."))
    made = (end - start <= age) & (end <= until)
    youngest = np.full(len(names), np.inf)
    np.minimum.at(youngest, rank, until - start)
    return Cohorts(
        names,
        np.bincount(rank),
        np.bincount(rank, weights=made).astype(np.int64),
        youngest,
        youngest >= age,
    )


@dataclass(frozen=True, slots=True)
class LittlesLaw:
    """Work in progress against what arrivals and waits imply.

    ``work`` is the mean number present, ``rate`` the arrivals a day, ``wait`` the mean time in
    stage of those who left. ``stable`` is whether as many left as came and arrivals kept their
    rate; only then must ``work`` be about ``rate * wait``.
    """

    work: float
    rate: float
    wait: float
    stable: bool

    def holds(self, tolerance: float = 0.2) -> bool | None:
        """Whether the two sides differ by at most that share; None where not stable."""
        if not self.stable:
            return None
        return abs(self.work - self.rate * self.wait) <= tolerance * max(self.work, 1.0)


def littles_law(came: ArrayLike, left: ArrayLike, start: float, end: float) -> LittlesLaw:
    """L, lambda and W over the days from ``start`` to ``end``.

    ``came`` and ``left`` are moments of each record, ``left`` NaN for those still there. A side
    that does not fit speaks of records that are never closed or of dates that are entered late.
    Raises ``ValueError`` where nobody came or left in that time. Source: Little (1961), Operations
    Research 9, 383-387; over a finite time, Kim and Whitt (2013), Operations Research 61,
    1030-1045.
    """
    first, last = np.asarray(came, dtype=np.float64), np.asarray(left, dtype=np.float64)
    last = np.where(np.isnan(last), np.inf, last)
    if not (last >= first).all():
        raise ValueError(_("A record's age is missing or negative: it ended before it began."))
    present = np.minimum(last, end) - np.maximum(first, start)
    came_in = (first >= start) & (first < end)
    went = (last >= start) & (last < end)
    if not came_in.any() or not went.any():
        raise ValueError(_("Nobody came or nobody left in this time; choose a longer one."))
    arrivals, leavings = int(came_in.sum()), int(went.sum())
    sooner = int((came_in & (first < (start + end) / 2)).sum())
    even = [(arrivals, leavings), (sooner, arrivals - sooner)]
    return LittlesLaw(
        float(np.maximum(present, 0).sum() / (end - start)),
        arrivals / (end - start),
        float((last - first)[went].mean()),
        all(abs(a - b) <= 2.5 * np.sqrt(a + b) for a, b in even),
    )
