"""How far the funnel's numbers can be trusted: bias, false alarms and what is found, by simulation.

Run by hand: ``uv run python -m tests.benchmarks.funnel_rates``; prints a markdown page.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal, TypeAlias
from zlib import crc32

import numpy as np
from scipy.stats import binomtest

from kpilint.analysis.attribution import rate_change
from kpilint.analysis.causes.windows import REFERENCE as YEAR
from kpilint.analysis.conduct import entry_gap, heaping, last_day_share, trade
from kpilint.analysis.funnels.bottleneck import falls
from kpilint.analysis.funnels.mix import Counts
from kpilint.analysis.scan import Scan, Segment, scan
from kpilint.analysis.stats import FloatArray, IntArray, sidak
from kpilint.analysis.survival import incidence, waiting

SEED = 20_261_122  # drawn anew after the last change to a method; never choose by these worlds
MIX_SEED = 20_261_128  # of the worlds of several kinds, drawn after the method was settled
RATES = np.array([0.30, 0.40, 0.42, 0.25])
CHANNELS = ("ads", "fair", "mail", "web")
DEVICES = ("desktop", "phone", "tablet")
STRATA = list(product(CHANNELS, DEVICES))
DIMENSIONS = {"channel": [c for c, _d in STRATA], "device": [d for _c, d in STRATA]}

Drift: TypeAlias = Literal["none", "cells", "channels", "stages", "walk"]


@dataclass(frozen=True, slots=True)
class Gate:
    """So many hits among so many trials, and the limit that the rate must keep, if any."""

    name: str
    hits: int
    trials: int
    limit: float | None = None  # only to know: nothing to keep
    at_least: bool = False

    @property
    def kept(self) -> bool:
        """Whether the exact 99 % interval of the rate reaches the limit."""
        if self.limit is None:
            return True
        interval = binomtest(self.hits, self.trials).proportion_ci(0.99, method="exact")
        return bool(interval.high >= self.limit if self.at_least else interval.low <= self.limit)

    def row(self) -> str:
        """A line of the page's table."""
        cells = [self.name, f"{self.hits / self.trials:.3f}"]
        if self.limit is None:
            cells += ["–", f"{self.trials:,}", "–"]
        else:
            sign = "≥" if self.at_least else "≤"
            kept = "yes" if self.kept else "**no**"
            cells += [f"{sign} {self.limit:g}", f"{self.trials:,}", kept]
        return f"| {' | '.join(cells)} |"


@dataclass(frozen=True, slots=True)
class World:
    """A funnel by channel and device over some periods; its text is also its seed.

    ``drift`` says what moves together by a logit standard deviation of ``sd`` each period;
    ``causes`` are what falls in the last period, by ``size`` expected standard errors each.
    ``mix`` shifts the shares of segments that have rates of their own.
    """

    records: int = 20_000
    past: int = 8
    drift: Drift = "none"
    sd: float = 0.1
    mix: bool = False
    causes: tuple[tuple[int, Segment], ...] = ()
    size: float = 5.5

    def scans(self, worlds: int, pooled: int = 1) -> Iterator[Scan]:
        """One scan a simulated world, against so many past periods together."""
        rng = np.random.default_rng([SEED, crc32(repr(self).encode())])
        for _world in range(worlds):
            yield scan(*self.counts(rng), DIMENSIONS, pooled=pooled)

    def exact(self, worlds: int, pooled: int = 1) -> int:
        """In how many worlds the causes are named and nothing else."""
        return sum(
            {(cause.stage, cause.segment) for cause in found.causes} == set(self.causes)
            for found in self.scans(worlds, pooled)
        )

    def alarms(self, worlds: int, pooled: int = 1) -> int:
        """In how many worlds any cause is named."""
        return sum(bool(found.causes) for found in self.scans(worlds, pooled))

    def counts(self, rng: np.random.Generator, lasting: int = 1) -> tuple[IntArray, IntArray]:
        """Passed and entered, ``(past + 1, stages, strata)``; causes hold in the ``lasting`` last."""
        strata, periods = len(STRATA), self.past + 1
        logit = np.log(RATES / (1 - RATES))[:, None] + np.zeros(strata)
        shares = np.full((periods, strata), 1 / strata)
        if self.mix:
            logit = logit + 0.4 * rng.standard_normal((1, strata))
            shares = rng.dirichlet(np.full(strata, 10.0), periods)
        rate = 1 / (1 + np.exp(-(logit + self.sd * self._moves(rng))))
        for stage, segment in self.causes:
            rate[-lasting:, stage, _held(segment)] -= self.fall(stage, segment)
        entered = np.zeros(rate.shape, dtype=np.int64)
        passed = np.zeros(rate.shape, dtype=np.int64)
        come = rng.multinomial(self.records, shares)
        for stage in range(len(RATES)):
            entered[:, stage] = come
            come = passed[:, stage] = rng.binomial(come, rate[:, stage])
        return passed, entered

    def fall(self, stage: int, segment: Segment) -> float:
        """The fall whose expected |z| = fall / sqrt(p q 2 / n) is ``size``, by p and q's means."""
        n = self.records * float(RATES[:stage].prod()) * _held(segment).mean()
        found = 0.0
        for _round in range(50):
            mean = RATES[stage] - found / 2
            found = self.size * float(np.sqrt(2 * mean * (1 - mean) / n))
        return found

    def _moves(self, rng: np.random.Generator) -> FloatArray:
        shape: dict[Drift, tuple[int, ...]] = {
            "none": (0,),
            "stages": (1,),
            "channels": (len(CHANNELS), 1),
            "cells": (len(STRATA),),
            "walk": (len(STRATA),),
        }
        periods = (self.past + 1, len(RATES))
        if self.drift == "none":
            return np.zeros((*periods, 1))
        fresh = rng.standard_normal((*periods, *shape[self.drift]))
        if self.drift == "channels":
            fresh = np.broadcast_to(fresh, (*periods, len(CHANNELS), len(DEVICES)))
        moves: FloatArray = fresh.reshape(*periods, -1)
        return moves.cumsum(axis=0) if self.drift == "walk" else moves


def _held(segment: Segment) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    held: Mapping[str, object] = dict(segment)
    return np.array(
        [all(held.get(d, values[s]) == values[s] for d, values in DIMENSIONS.items())
         for s in range(len(STRATA))]
    )  # fmt: skip


FAIR: Segment = (("channel", "fair"),)
FAIR_PHONE: Segment = (("channel", "fair"), ("device", "phone"))
WEB_TABLET: Segment = (("channel", "web"), ("device", "tablet"))

PLANTED: dict[str, tuple[tuple[int, Segment], ...]] = {
    "two cells in two stages": ((0, FAIR_PHONE), (1, WEB_TABLET)),
    "two cells, the third stage": ((0, FAIR_PHONE), (2, WEB_TABLET)),
    "a whole channel": ((0, FAIR),),
    "a channel and a cell": ((0, FAIR), (1, WEB_TABLET)),
    "everywhere": ((0, ()),),
}


def scanning(worlds: int) -> Iterator[Gate]:
    """The scan: what is named exactly, and what is named where nothing is planted."""
    for name, causes in PLANTED.items():
        fresh, known = World(past=1, causes=causes), World(past=8, causes=causes)
        yield Gate(f"exact: {name}, no past", fresh.exact(worlds), worlds, 0.9, at_least=True)
        yield Gate(
            f"exact: {name}, the past known, against {YEAR} quarters",
            known.exact(worlds, YEAR), worlds, 0.9, at_least=True,
        )  # fmt: skip
        yield Gate(
            f"exact: {name}, the past known, against one quarter", known.exact(worlds), worlds
        )
        drifting = World(drift="cells", causes=causes)
        yield Gate(f"exact: {name}, cells drift", drifting.exact(worlds), worlds)
    drifts: tuple[Drift, ...] = ("none", "cells", "channels", "stages", "walk")
    for records, drift, pooled in product((20_000, 3_000), drifts, (1, YEAR)):
        for past in (8,) if drift == "none" or pooled > 1 else (8, 5):
            world = World(records, past, drift)
            name = (
                f"false: {records:,} records, drift {drift}, {past} past periods, against {pooled}"
            )
            yield Gate(name, world.alarms(worlds, pooled), worlds, 0.05)
    for past in (1, 8):
        world = World(past=past, mix=True)
        yield Gate(f"false: only the mix shifts, {past} past", world.alarms(worlds), worlds, 0.05)


def mixing(worlds: int) -> Iterator[Gate]:
    """Mantel-Haenszel under a mix shift; the pooled test beside it has no limit to keep."""
    rng = np.random.default_rng([SEED, 4])
    found = []
    for _world in range(worlds):
        n0, n1 = rng.multinomial(3000, (0.3, 0.4, 0.3)), rng.multinomial(3000, (0.4, 0.4, 0.2))
        rate = np.array([0.1, 0.2, 0.4])
        found.append(rate_change(rng.binomial(n1, rate), n1, rng.binomial(n0, rate), n0))
    within = sum(each.within_p < 0.05 for each in found)
    pooled = sum(each.pooled_p < 0.05 for each in found)
    yield Gate(f"only the mix shifts (pooled: {pooled / worlds:.2f})", within, worlds, 0.06)


def bottlenecks(worlds: int) -> Iterator[Gate]:
    """The bottleneck's family-wise error, and the stage of a 30 % drop."""
    level = 1 - sidak(0.95, len(RATES))
    for sd, records, past in product((0.0, 0.2), (300, 3_000), (5, 8, 12)):
        hits = sum(bool((p < level).any()) for p in _stage_tests(worlds, records, past, sd))
        name = f"false: {records:,} leads, {past} past quarters, logit sd {sd:g}"
        yield Gate(name, hits, worlds, 0.05)
    for past in (5, 8, 12):
        tests = _stage_tests(worlds, 3_000, past, 0.0, drop=0.7)
        hits = sum(p[0] < level and p.argmin() == 0 for p in tests)
        name = f"found: the first of four rates falls by 30 %, {past} past quarters"
        yield Gate(name, hits, worlds, 0.9, at_least=True)
    tests = _stage_tests(worlds, 3_000, 8, 0.2, drop=0.7)
    hits = sum(p[0] < level and p.argmin() == 0 for p in tests)
    yield Gate("found: the same, 8 past quarters that vary by logit sd 0.2", hits, worlds)


def _stage_tests(
    worlds: int, records: int, past: int, sd: float, drop: float = 1.0
) -> Iterator[FloatArray]:
    rng = np.random.default_rng([SEED, 77, records, past, round(100 * sd), round(100 * drop)])
    logit = np.log(RATES / (1 - RATES))
    for _world in range(worlds):
        rate = 1 / (1 + np.exp(-(logit + sd * rng.standard_normal((past + 1, len(RATES))))))
        rate[-1, 0] *= drop
        come, p_values = np.full(past + 1, records), []
        for stage in range(len(RATES)):
            moved = rng.binomial(come, rate[:, stage])
            tested = falls(
                int(moved[-1]), int(come[-1]), moved[:-1], come[:-1], stages=len(RATES)
            )  # fmt: skip
            p_values.append(tested.p_value)
            come = moved
        yield np.array(p_values)


@dataclass(frozen=True, slots=True)
class Mixed:
    """A funnel whose leads are of several kinds with rates of their own; its text is also its seed.

    The kinds' rates differ by a logit sd of .6 and stay as they are; quarters vary by ``sd``.
    ``shift`` makes kinds up to e^2 times as frequent, against each other, in the last quarter, the
    worse ones the more; ``wander`` draws the shares of every quarter anew. ``drop`` multiplies the
    first stage's rates in the last quarter.
    """

    kinds: int
    past: int
    shift: bool = False
    sd: float = 0.0
    wander: bool = False
    drop: float = 1.0
    records: int = 3_000

    def tests(self, worlds: int) -> Iterator[tuple[FloatArray, FloatArray]]:
        """The p-values by stage, against the past at the quarter's mix and as it came."""
        rng = np.random.default_rng([MIX_SEED, crc32(repr(self).encode())])
        for _world in range(worlds):
            both = [_of_stage(*counts, self.kinds) for counts in self._counts(rng)]
            like, plain = np.array(both).T
            yield like, plain

    def _counts(self, rng: np.random.Generator) -> Iterator[tuple[IntArray, IntArray]]:
        usual = np.log(RATES / (1 - RATES))[:, None] + 0.6 * rng.standard_normal(self.kinds)
        shares = np.tile(rng.dirichlet(np.full(self.kinds, 5.0)), (self.past + 1, 1))
        if self.wander:
            shares = rng.dirichlet(np.full(self.kinds, 10.0), self.past + 1)
        if self.shift:
            rank = usual[0].argsort().argsort() / (self.kinds - 1)
            shares[-1] *= np.exp(-2 * rank)
            shares[-1] /= shares[-1].sum()
        moves = self.sd * rng.standard_normal((self.past + 1, len(RATES), 1))
        rate = 1 / (1 + np.exp(-(usual + moves)))
        rate[-1, 0] *= self.drop
        come = rng.multinomial(self.records, shares)
        for stage in range(len(RATES)):
            moved = rng.binomial(come, rate[:, stage])
            yield moved, come
            come = moved


def _of_stage(moved: IntArray, come: IntArray, kinds: int) -> tuple[float, float]:
    """Kinds from six on are pairs of values: of a dimension with three for each of another."""
    kind = np.arange(kinds)
    levels = [kind // 3, kind] if kinds >= 6 else [kind]
    counts = Counts(moved.astype(float), come.astype(float), levels)
    x, n = moved.sum(axis=1), come.sum(axis=1)
    if not n.all():
        return 1.0, 1.0
    now, stages, unlike = (int(x[-1]), int(n[-1])), len(RATES), counts.unlike()
    like = falls(*now, counts.past(), n[:-1], stages=stages, unlike=unlike)
    return like.p_value, falls(*now, x[:-1], n[:-1], stages=stages).p_value


def bottlenecks_mixed(worlds: int) -> Iterator[Gate]:
    """The bottleneck where records are of several kinds: their mix shifts, or a stage falls."""
    level = 1 - sidak(0.95, len(RATES))
    for kinds, past, sd in product((3, 6, 12), (5, 8, 12), (0.0, 0.2)):
        for world, limit, what in (
            (Mixed(kinds, past, True, sd), 0.06, "the mix shifts"),
            (Mixed(kinds, past, False, sd), 0.05, "nothing shifts"),
            (Mixed(kinds, past, False, sd, True), 0.05, "the mix wanders"),
        ):
            like, plain = zip(*world.tests(worlds), strict=True)
            hits, before = (sum(bool((p < level).any()) for p in each) for each in (like, plain))
            name = f"false: {what}, {kinds} kinds, {past} past quarters, logit sd {sd:g}"
            yield Gate(f"{name} (as it came: {before / worlds:.2f})", hits, worlds, limit)
    for kinds, past, shift in product((3, 6, 12), (5, 8, 12), (False, True)):
        world = Mixed(kinds, past, shift, drop=0.7)
        hits = sum(p[0] < level and p.argmin() == 0 for p, _plain in world.tests(worlds))
        what = "and the mix shifts" if shift else "at the same mix"
        name = f"found: the first rate falls by 30 % {what}, {kinds} kinds, {past} past quarters"
        yield Gate(name, hits, worlds, 0.9, at_least=True)


def shares(worlds: int) -> Iterator[str]:
    """Aalen-Johansen beside the naive rates: the mean over worlds, and how often it covers."""
    yield (
        "| true .25; won in, lost in days | Aalen-Johansen | bias ≤ .005 | 95 % interval covers "
        "| won of closed | won of created | 1 - Kaplan-Meier |"
    )
    yield "|---|---|---|---|---|---|---|"
    for won_in, lost_in in ((60, 30), (60, 60), (90, 45), (40, 80)):
        rng = np.random.default_rng([SEED, 25, won_in, lost_in])
        rows = np.array([_estimates(rng, won_in, lost_in) for _world in range(worlds)])
        estimate, covers, closed, created, kaplan = rows.mean(axis=0)
        near = abs(estimate - 0.25) <= 0.005
        yield (
            f"| {won_in}, {lost_in} | {estimate:.4f} | {'yes' if near else '**no**'} "
            f"| {covers:.3f} | {closed:.3f} | {created:.3f} | {kaplan:.3f} |"
        )


def _estimates(rng: np.random.Generator, won_in: int, lost_in: int) -> tuple[float, ...]:
    """2,000 deals over a year, gamma waits in whole days, seen at the year's end."""
    won = rng.random(2000) < 0.25
    took = np.ceil(rng.gamma(2, np.where(won, won_in, lost_in) / 2))
    seen = rng.integers(1, 366, 2000)
    cause = np.where(took <= seen, np.where(won, 1, 2), 0)
    age = np.minimum(took, seen)
    share, low, high = incidence(age, cause).at(float(age.max()))
    alone = incidence(age, cause == 1, causes=1).at(float(age.max()))[0]
    return (
        share,
        low <= 0.25 <= high,
        (cause == 1).sum() / (cause > 0).sum(),
        float((cause == 1).mean()),
        alone,
    )


def waits(worlds: int) -> Iterator[Gate]:
    """Whether the interval of the median wait holds the true one."""
    for records in (30, 200):
        rng = np.random.default_rng([SEED, 31, records])
        hits = 0
        for _world in range(worlds):
            took, seen = rng.exponential(40, records), rng.uniform(0, 200, records)
            wait = waiting(np.minimum(took, seen), took <= seen)
            top = np.inf if wait.high is None else wait.high
            hits += wait.low <= 40 * np.log(2) <= top
        name = f"the median wait's 95 % interval covers, {records} records, a fifth open"
        yield Gate(name, hits, worlds, 0.95, at_least=True)


def conduct(worlds: int) -> Iterator[Gate]:
    """Heaping, late entry, and quantity bought with quality."""
    for count, target in product((60, 300), (30, 200, 3_000_000)):
        rng = np.random.default_rng([SEED, 5, count, target])
        honest = [_heap(rng, count, target, 0.0) for _world in range(worlds)]
        pushed = [_heap(rng, count, target, 0.8) for _world in range(worlds)]
        name = f"{count} values, targets about {target:,}"
        yield Gate(f"heaping, false: {name}", sum(p < 0.05 for p in honest), worlds, 0.06)
        found = sum(p < 0.05 for p in pushed)
        yield Gate(f"heaping, found: {name}, 80 % pushed", found, worlds, 0.85, at_least=True)
    for records, months, sd in product((30, 200), (6, 12), (0.0, 0.3)):
        rng = np.random.default_rng([SEED, 6, records, months, round(10 * sd)])
        last, gap = zip(*(_late(rng, records, months, sd) for _world in range(worlds)), strict=True)
        name = f"false: {records} records, {months} past months, months vary by {sd:g}"
        yield Gate(f"last day, {name}", sum(p < 0.01 for p in last), worlds, 0.03)
        yield Gate(f"entry gap, {name}", sum(p < 0.01 for p in gap), worlds, 0.03)
    for what, place in (("last day, found: 8 % to 30 %", 0), ("entry gap, found: 3 to 9 days", 1)):
        rng = np.random.default_rng([SEED, 8, place])
        hits = sum(
            _late(rng, 200, 12, 0.2, later=3.0)[place] < 0.01 for _world in range(worlds)
        )  # fmt: skip
        name = f"{what}, 200 records, 12 past months, months vary by 0.2"
        yield Gate(name, hits, worlds, 0.85, at_least=True)
    for up, down in ((1.0, 1.0), (1.5, 1.0), (1.0, 0.6), (1.5, 0.6)):
        rng = np.random.default_rng([SEED, 7, round(10 * up), round(10 * down)])
        hits = sum(_traded(rng, up, down) < 0.05 for _world in range(worlds))
        real = up > 1 and down < 1
        name = f"{'found' if real else 'false'}: quantity x {up:g}, quality x {down:g}"
        yield Gate(f"trade, {name}", hits, worlds, 0.85 if real else 0.05, at_least=real)


def _heap(rng: np.random.Generator, count: int, about: float, pushed: float) -> float:
    """Persons' months around targets of their own, whole units, those near below pushed over; p."""
    target = np.round(about * rng.uniform(0.7, 1.3, count))
    value = np.round(target * rng.normal(1, 0.2, count))
    near = (value >= 0.9 * target) & (value < target) & (rng.random(count) < pushed)
    value = np.where(near, np.floor(target * rng.uniform(1, 1.04, count)), value)
    try:
        return heaping(value, target).p_value
    except ValueError:  # too coarse by its reckoning: not found
        return 1.0


def _late(
    rng: np.random.Generator, records: int, months: int, sd: float, later: float = 1.0
) -> tuple[float, float]:
    """A last business day of usually 8 %, gaps of usually 3 days; both p-values.

    In the last month the gap is ``later`` times as long, and the last day's share about as high.
    """
    entered = rng.poisson(records, months + 1) + (np.arange(months + 1) == months) * records
    share = 1 / (1 + np.exp(-(np.log(0.08 / 0.92) + sd * rng.standard_normal(months + 1))))
    share[-1] = min(1.0, share[-1] * (later + 0.75 * (later > 1)))
    on_last = rng.binomial(entered, share)
    month = np.repeat(np.arange(months + 1), entered)
    usual = np.exp(sd * rng.standard_normal(months + 1))
    usual[-1] *= later
    gap = rng.gamma(1.0, 3 * usual[month])
    return last_day_share(on_last, entered).p_value, entry_gap(month, gap).p_value


def _traded(rng: np.random.Generator, up: float, down: float) -> float:
    """Twelve past months of 200 calls, of which 40 % are good; the joint p-value."""
    calls = rng.poisson(200 * np.exp(0.05 * rng.standard_normal(13)) * np.r_[[1.0] * 12, up])
    good = rng.binomial(calls, np.r_[[0.4] * 12, 0.4 * down])
    return trade(calls, good / calls, calls, counts=True).p_value


def page(worlds: int) -> Iterator[str]:
    """The markdown tables."""
    yield from shares(400)
    for title, gates in (
        ("the median wait", waits(2 * worlds)),
        ("a rate within segments", mixing(2 * worlds)),
        ("the bottleneck", bottlenecks(worlds)),
        ("the bottleneck, where the mix shifts", bottlenecks_mixed(worlds)),
        ("the scan", scanning(worlds)),
        ("conduct", conduct(worlds)),
    ):
        yield ""
        yield f"| {title} | rate | limit | worlds | kept |"
        yield "|---|---|---|---|---|"
        for gate in gates:
            yield gate.row()


if __name__ == "__main__":
    start = time.perf_counter()
    for line in page(int(sys.argv[1]) if len(sys.argv) > 1 else 2000):
        print(line, flush=True)
    print(f"\n{time.perf_counter() - start:.0f} seconds", file=sys.stderr)
