"""What targets do to numbers: values just over the line, late entry, quantity bought with quality.

All of it speaks of the process; no array here says who.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from kpilint.analysis.stats import FloatArray
from kpilint.i18n import _

Better: TypeAlias = Literal["higher", "lower"]

LEAST_VALUES = 60
LEAST_TARGET = 20.0
BAND = 0.05  # of the target
LEAST_MONTHS = 6  # of past
LEAST_RECORDS = 30  # in the month that is judged


@dataclass(frozen=True, slots=True)
class Heaping:
    """Values in three bands of one width: just short of their targets, just past, and beyond.

    ``values`` is how many could be looked at. ``p_value`` is small where just past holds more
    than its third.
    """

    short: int
    past: int
    beyond: int
    values: int
    p_value: float


def heaping(values: ArrayLike, targets: ArrayLike, better: Better = "higher") -> Heaping:
    """Whether values lie just past their targets more often than on either side.

    Both arrays have one entry a person and month. A band is 5 % of the target wide, rounded
    to a multiple of the step in which the values come, so that each band holds as many possible
    values as another; a density with a slope leaves the middle third its third. Missing entries,
    targets below 20 and those that are too low for the step are left out. Raises
    ``ValueError`` for arrays that do not match, and where fewer than 60 values are left. Source:
    the binomial form of the test of McCrary (2008), J. Econometrics 142, 698-714.
    """
    from scipy.stats import binomtest  # a second to import

    value, target = np.asarray(values, dtype=np.float64), np.asarray(targets, dtype=np.float64)
    if value.shape != target.shape or value.ndim != 1:
        raise ValueError(_("Give one target for each value."))
    fit = np.isfinite(value) & np.isfinite(target) & (target >= LEAST_TARGET)
    value, target = value[fit], target[fit]
    away = np.abs(value / target - 1) > 2 * BAND  # what lies at the target is the question itself
    step = _step(value[away])
    fine = step <= BAND * target + 1e-9
    value, target = value[fine], target[fine]
    band = np.floor(BAND * target / step + 0.5) * step
    if len(value) < LEAST_VALUES:
        raise ValueError(
            _(
                "Only {count:value|values} can be compared with their targets; {least} are "
                "needed, with targets of at least {target:g} and values finer than {band}% of "
                "them.",
                count=len(value),
                least=LEAST_VALUES,
                target=LEAST_TARGET,
                band=round(100 * BAND),
            )
        )
    side = 1 if better == "higher" else -1
    place = np.floor(side * (value - target) / band + 1e-9)
    short, past, beyond = (int((place == n).sum()) for n in (-1, 0, 1))
    near = short + past + beyond
    p_value = binomtest(past, near, 1 / 3, alternative="greater").pvalue if near else 1.0
    return Heaping(short, past, beyond, len(value), float(p_value))


def _step(values: FloatArray) -> float:
    """The step in which the values come, also where only some of them are rounded to it.

    The largest of 1, 2, 2.5 and 5 times a power of ten of which clearly more values are multiples
    than of the lattice that holds nearly all; a single multiple is no habit, but where values lie.
    Tiny where there is none.
    """
    sizes = np.abs(values[values != 0])
    tiny = 1e-9 * float(sizes.max(initial=1.0))
    steps = np.array([lead * 10.0**power for power in range(-6, 13) for lead in (1, 2, 2.5, 5)])
    steps = steps[(steps > tiny) & (steps <= sizes.max(initial=0.0))]
    if not len(steps):
        return tiny
    off = np.abs(sizes - np.round(sizes / steps[:, None]) * steps[:, None])
    on = off <= tiny
    share = on.mean(axis=1)
    habit = np.array([len(np.unique(sizes[each])) > 2 for each in on])
    lattice = float(steps[share >= 0.95].max(initial=tiny))
    usual = np.minimum(lattice / steps, 1.0)
    beyond = usual + 3 * np.sqrt(usual * (1 - usual) / len(sizes)) + 0.05
    return float(steps[habit & (share > beyond)].max(initial=lattice))


@dataclass(frozen=True, slots=True)
class Jump:
    """The last month against the months before it.

    ``now`` and ``usual`` are in the unit of the input (a share, days), ``usual`` being the past's
    mean taken on the scale of the test. ``p_value`` is one-sided.
    """

    now: float
    usual: float
    t: float
    p_value: float


def last_day_share(on_last_day: ArrayLike, entered: ArrayLike) -> Jump:
    """Whether more was entered on the month's last business day than this team usually does.

    Counts by month, oldest first, the last being judged; months without any entry are passed
    over. Findings are due at p < .01. Raises ``ValueError`` for impossible counts, for fewer than
    6 past months with entries, and for fewer than 30 entries in the last. Source: the arc sine
    of the root, Anscombe (1948), Biometrika 35, 246-254, and t for a new observation.
    """
    k, n = np.asarray(on_last_day, dtype=np.float64), np.asarray(entered, dtype=np.float64)
    if k.shape != n.shape or k.ndim != 1 or not ((k >= 0) & (k <= n)).all():
        raise ValueError(_("The records of the last day lie between 0 and those of the month."))
    _enough(n)
    k, n = k[n > 0], n[n > 0]
    g = np.arcsin(np.sqrt((k + 0.375) / (n + 0.75)))
    t, p_value = _new(g, 0.25 / (n + 0.5))
    usual = float(np.sin(g[:-1].mean()) ** 2)
    return Jump(float(k[-1] / n[-1]), usual, t, p_value)


def entry_gap(month: ArrayLike, days: ArrayLike) -> Jump:
    """Whether records are entered longer after the event than this team usually takes.

    One entry a record: the number of its month (they follow each other as numbers do; the highest
    is judged) and the days from event to entry. A negative gap, an entry in advance, is none.
    Months are compared by the mean of log(1 + days). Raises ``ValueError`` for missing gaps and
    for too few months or records, as `last_day_share` does.
    """
    months, gap = np.asarray(month), np.asarray(days, dtype=np.float64)
    if months.shape != gap.shape or months.ndim != 1 or not np.isfinite(gap).all():
        raise ValueError(_("Give the month and the days from event to entry of each record."))
    named, rank = np.unique(months, return_inverse=True)
    n = np.bincount(rank, minlength=len(named)).astype(np.float64)
    _enough(n)
    log = np.log1p(np.maximum(gap, 0))
    mean = np.bincount(rank, log) / n
    within = float(((log - mean[rank]) ** 2).sum() / max(len(log) - len(named), 1))
    t, p_value = _new(mean, within / n)
    return Jump(float(np.expm1(mean[-1])), float(np.expm1(mean[:-1].mean())), t, p_value)


def _enough(records: FloatArray) -> None:
    past = int((records[:-1] > 0).sum())
    last = int(records[-1]) if len(records) else 0
    if past < LEAST_MONTHS or last < LEAST_RECORDS:
        raise ValueError(
            _(
                "{months:past month is|past months are} known, with {records:record|records} in "
                "the last; {least_months} and {least_records} are needed.",
                months=past,
                records=last,
                least_months=LEAST_MONTHS,
                least_records=LEAST_RECORDS,
            )
        )


def _new(values: FloatArray, least: FloatArray) -> tuple[float, float]:
    """t and one-sided p of the last value being above the others.

    ``least`` is the variance that chance alone gives each value: neither the past's nor the last
    one's is taken to be less.
    """
    from scipy.stats import t as student  # a second to import

    past, count = values[:-1], len(values) - 1
    spread = max(float(past.var(ddof=1)), float(least[:-1].mean()))
    error = float(np.sqrt(max(spread, least[-1]) + spread / count))
    rise = float(values[-1] - past.mean())
    if error == 0:
        if rise:
            raise ValueError(_("The past has never varied, so no change can be judged."))
        return 0.0, 0.5
    t = rise / error
    return t, float(student.sf(t, count - 1))


@dataclass(frozen=True, slots=True)
class Trade:
    """A quantity that rose while its paired quality fell; each against its own past.

    ``p_value`` is small only where both are: the larger of the two.
    """

    quantity_p: float
    quality_p: float

    @property
    def p_value(self) -> float:
        """The joint test's."""
        return max(self.quantity_p, self.quality_p)


def trade(
    quantity: ArrayLike,
    quality: ArrayLike,
    trials: ArrayLike | None = None,
    *,
    counts: bool = False,
    better: Better = "higher",
) -> Trade:
    """Whether in the last period a quantity is up and the quality that is paired with it down.

    Arrays by period, oldest first. ``counts`` says that the quantity counts events, so that chance
    alone makes it vary; ``trials`` that the quality is a share of so many records. ``better`` is
    the quality's good direction. However much only one of the two moves, it alarms no more often
    than the level: it is an intersection-union test, Berger (1982), Technometrics 24, 295-300.
    Raises ``ValueError`` for missing values, negative counts, shares beyond 1, fewer than 6 past
    periods, and a past that never varied.
    """
    amount, good = np.asarray(quantity, dtype=np.float64), np.asarray(quality, dtype=np.float64)
    if amount.shape != good.shape or amount.ndim != 1 or not np.isfinite(amount + good).all():
        raise ValueError(_("Give the quantity and its quality for each period."))
    if len(amount) <= LEAST_MONTHS:
        raise ValueError(
            _(
                "{count:past period is|past periods are} known; {least} are needed.",
                count=max(len(amount) - 1, 0),
                least=LEAST_MONTHS,
            )
        )
    if counts and not (amount >= 0).all():
        raise ValueError(_("A count must not be negative."))
    none = np.zeros_like(amount)
    rise, chance = (np.sqrt(amount + 0.375), none + 0.25) if counts else (amount, none)
    grade, least = (good, none) if trials is None else _root(good, np.asarray(trials, float))
    fall = -grade if better == "higher" else grade
    return Trade(_new(rise, chance)[1], _new(fall, least)[1])


def _root(share: FloatArray, trials: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Shares on the scale where chance alone varies them alike, and its variance there."""
    if share.shape != trials.shape or not ((share >= 0) & (share <= 1) & (trials > 0)).all():
        raise ValueError(_("A share lies between 0 and 1 and needs the number of its records."))
    g = np.arcsin(np.sqrt((share * trials + 0.375) / (trials + 0.75)))
    return g, 0.25 / (trials + 0.5)
