"""How often the projection's limit alarms falsely and how often it catches a wish, by simulation.

Run by hand: ``uv run python -m tests.benchmarks.projection_rates``; prints a markdown page.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import product
from typing import Literal, TypeAlias
from zlib import crc32

import numpy as np
from scipy.stats import binomtest

from kpilint.analysis.projection import Kind, Projection, project_many
from kpilint.analysis.stats import FloatArray

Season: TypeAlias = Literal["none", "wave", "month", "quarter"]
SEASONS: tuple[Season, ...] = ("none", "wave", "month", "quarter")
LEVEL = 0.975
WISH = 1.6
BLOCK = 500  # rows at once that stay in the processor's cache


@dataclass(frozen=True, slots=True)
class World:
    """Where series come from; its text is also its seed."""

    kind: Kind = "amount"
    n: int = 36
    horizon: int = 3
    ahead: int = 0
    trend: bool = False  # growth between -15 and +35 % a year
    season: Season = "none"
    linger: float = 0.0  # the noise's autocorrelation
    cv: float = 0.2  # of the monthly noise (counts and ratios: beyond Poisson and binomial)
    size: float = 0.0  # records a month; 0 for an amount that is no sum of records
    share: float = 0.0  # the ratio's usual value
    uneven: bool = False  # denominators vary with log standard deviation .8

    def monthly_cv(self) -> float:
        """The coefficient of variation of a month around its trend, season included."""
        season = {"none": 0.0, "wave": 0.147, "month": 0.14, "quarter": 0.195}[self.season]
        return float(np.hypot(self.cv, season))


@dataclass(frozen=True, slots=True)
class Rates:
    """Alarms among so many replications: a true value as target, and a wish of +60 %."""

    world: World
    replications: int
    above: int
    below: int
    wish: int

    @property
    def false(self) -> int:
        """The more frequent of the two false alarms, higher-is-better and lower-is-better."""
        return max(self.above, self.below)

    def within(self, alarms: int, limit: float) -> bool:
        """Whether the exact 99 % interval of the rate reaches down to the limit."""
        interval = binomtest(alarms, self.replications).proportion_ci(0.99, method="exact")
        return bool(interval.low <= limit)


def rates(world: World, replications: int) -> Rates:
    """Simulate the world and count alarms at the one-sided 97.5 % limit."""
    rng = np.random.default_rng(crc32(repr(world).encode()))
    values, weights, expected = _draw(world, replications, rng)
    past, future = slice(world.n), slice(world.n + world.ahead, None)
    found: list[Projection] = []
    for start in range(0, replications, BLOCK):
        rows = slice(start, start + BLOCK)
        base = None if weights is None else weights[rows, past]
        found += project_many(
            values[rows, past], world.horizon, world.ahead, weights=base, kind=world.kind
        )
    truth, usual = values[:, future].sum(axis=1), expected[:, future].sum(axis=1)
    if weights is not None:
        size = weights[:, future]
        truth = (values[:, future] * size).sum(axis=1) / size.sum(axis=1)
        usual = (expected[:, future] * size).sum(axis=1) / size.sum(axis=1)
    high = np.array([one.limit(LEVEL, "higher") for one in found])
    low = np.array([one.limit(LEVEL, "lower") for one in found])
    rounding = 1e-9 * (1 + np.abs(truth))
    above, below = truth > high + rounding, truth < low - rounding
    wish = usual * WISH > high
    return Rates(world, replications, int(above.sum()), int(below.sum()), int(wish.sum()))


def _draw(
    world: World, m: int, rng: np.random.Generator
) -> tuple[FloatArray, FloatArray | None, FloatArray]:
    """Values, weights and expected values, ``(m, n + ahead + horizon)`` each."""
    sd = float(np.sqrt(np.log1p(world.cv**2)))
    course = _course(world, m, rng)
    noise = sd * _lingering(world, m, rng)
    if world.kind == "ratio":
        odds = np.log(world.share / (1 - world.share))
        trials = _records(world, course.shape, rng)
        chance = 1 / (1 + np.exp(-(odds + course + noise)))
        return rng.binomial(trials, chance) / trials, trials.astype(np.float64), chance
    if world.kind == "count":
        mean = world.size * np.exp(course)
        return rng.poisson(mean * np.exp(noise - sd**2 / 2)).astype(np.float64), None, mean
    if world.kind == "mean":  # the mean price of the month's records, lognormal with CV .5
        records = _records(world, course.shape, rng)
        within = np.sqrt(np.log1p(0.25 / records)) * rng.standard_normal(course.shape)
        return np.exp(course + noise + within), records.astype(np.float64), np.exp(course)
    if world.size:  # few deals: months without any are zeros
        mean = world.size * np.exp(course)
        deals = rng.poisson(mean)
        value = np.zeros_like(mean)
        for deal in range(int(deals.max())):
            amount = np.exp(sd * rng.standard_normal(mean.shape) - sd**2 / 2)
            value += np.where(deals > deal, amount, 0.0)
        return value, None, mean
    return np.exp(course + noise), None, np.exp(course + sd**2 / 2)


def _course(world: World, m: int, rng: np.random.Generator) -> FloatArray:
    """Trend and season on the log scale."""
    t = np.arange(world.n + world.ahead + world.horizon)
    growth = rng.uniform(-0.15, 0.35, (m, 1)) if world.trend else np.zeros((m, 1))
    season: dict[Season, Callable[[], FloatArray]] = {
        "none": lambda: np.zeros((m, len(t))),
        "wave": lambda: (
            rng.uniform(0.1, 0.3, (m, 1))
            * np.sin(2 * np.pi * t / 12 + rng.uniform(0, 2 * np.pi, (m, 1)))
        ),
        "month": lambda: 0.14 * rng.standard_normal((m, 12))[:, t % 12],
        "quarter": lambda: np.where(t % 3 == 2, rng.uniform(0.2, 0.6, (m, 1)), 0.0),
    }
    course: FloatArray = growth * t / 12 + season[world.season]()
    return course


def _lingering(world: World, m: int, rng: np.random.Generator) -> FloatArray:
    fresh = rng.standard_normal((m, world.n + world.ahead + world.horizon))
    for step in range(1, fresh.shape[1]):
        fresh[:, step] *= np.sqrt(1 - world.linger**2)
        fresh[:, step] += world.linger * fresh[:, step - 1]
    return fresh


def _records(
    world: World, shape: tuple[int, ...], rng: np.random.Generator
) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    mean = np.full(shape, world.size)
    if world.uneven:
        mean = mean * np.exp(0.8 * rng.standard_normal(shape) - 0.32)
    return np.maximum(rng.poisson(mean), 1)


def families() -> Iterator[tuple[str, list[World]]]:
    """Each row of the page: its name and its worlds."""
    shapes = list(product((False, True), SEASONS))
    plain: list[tuple[bool, Season]] = [(False, "none"), (True, "wave")]
    amounts = [
        World(trend=t, season=s, linger=a, cv=cv)
        for (t, s), a, cv in product(shapes, (0.0, 0.3, 0.6), (0.1, 0.2, 0.3, 0.6))
    ]
    fewer = [
        World(trend=t, season=s, linger=a, cv=cv)
        for (t, s), a, cv in product(plain, (0.0, 0.6), (0.2, 0.6))
    ]
    for n in (24, 36):
        yield f"amounts, quarter, n = {n}", [replace(w, n=n) for w in amounts]
    yield "amounts, quarter, n = 60", [replace(w, n=60) for w in fewer]
    for n in (24, 36):
        yield f"amounts, month, n = {n}", [replace(w, n=n, horizon=1) for w in fewer]
        yield f"amounts, half-year, n = {n}", [replace(w, n=n, horizon=6) for w in fewer]
        for ahead in (1, 2):
            name = f"amounts, quarter {ahead} ahead, n = {n}"
            yield name, [replace(w, n=n, ahead=ahead) for w in fewer]
    yield "amounts, year, n = 36", [replace(w, horizon=12) for w in fewer]
    yield "amounts, year, n = 60", [replace(w, n=60, horizon=12) for w in fewer]
    for n, horizon in product((24, 36), (1, 3)):
        period = "month" if horizon == 1 else "quarter"
        world = World(n=n, horizon=horizon)
        yield (
            f"counts of 3, 8, 30, {period}, n = {n}",
            [
                replace(world, kind="count", trend=t, season=s, size=size, cv=cv)
                for (t, s), size, cv in product(plain, (3, 8, 30), (0.0, 0.3))
            ],
        )
        yield (
            f"ratios of 20 to 400, {period}, n = {n}",
            [
                replace(world, kind="ratio", trend=t, season=s, size=size, share=p, uneven=u)
                for (t, s), (size, u), p in product(
                    plain, ((20, False), (60, True), (400, False)), (0.1, 0.4, 0.95)
                )
            ],
        )
        yield (
            f"mean prices of 8 and 40, {period}, n = {n}",
            [
                replace(world, kind="mean", trend=t, season=s, size=size, cv=cv, uneven=True)
                for (t, s), size, cv in product(plain, (8, 40), (0.0, 0.2))
            ],
        )
        yield (
            f"amounts of 2 and 4 deals, some months zero, {period}, n = {n}",
            [
                replace(world, trend=t, season=s, size=size, cv=0.5)
                for (t, s), size in product(plain, (2, 4))
            ],
        )


def page(replications: int) -> Iterator[str]:
    """The markdown tables."""
    yield "| worlds | cells | false, mean | false, worst | worst world | limit | kept |"
    yield "|---|---|---|---|---|---|---|"
    cells: list[Rates] = []
    for name, worlds in families():
        found = [rates(world, replications) for world in worlds]
        cells += found
        worst = max(found, key=lambda cell: cell.false)
        mean = sum(cell.above + cell.below for cell in found) / (2 * replications * len(found))
        limit = 0.08 if worlds[0].n < 36 else 0.07
        kept = all(cell.within(cell.false, limit) for cell in found)
        yield (
            f"| {name} | {len(found)} | {mean:.3f} | {worst.false / replications:.3f} "
            f"| {_text(worst.world)} | {limit} | {'yes' if kept else '**no**'} |"
        )
    yield from ("", *_power(cells))


def _power(cells: Iterable[Rates]) -> Iterator[str]:
    """How often +60 % is flagged: the smallest rate over autocorrelations, with and without trend."""
    yield "| +60 % on a quarter's amount, n = 36 | noise CV .1 | .2 | .3 | .6 |"
    yield "|---|---|---|---|---|"
    judged = [
        cell
        for cell in cells
        if cell.world == World(trend=cell.world.trend, season=cell.world.season,
                               linger=cell.world.linger, cv=cell.world.cv)
    ]  # fmt: skip
    for season, linger in product(SEASONS, (0.0, 0.3, 0.6)):
        row = [f"season {season}, autocorrelation {linger}"]
        for cv in (0.1, 0.2, 0.3, 0.6):
            chosen = [
                cell
                for cell in judged
                if (cell.world.season, cell.world.linger, cell.world.cv) == (season, linger, cv)
            ]
            shown = " / ".join(f"{cell.wish / cell.replications:.2f}" for cell in chosen)
            gated = chosen[0].world.monthly_cv() <= 0.2
            row.append(f"**{shown}**" if gated else shown)
        yield f"| {' | '.join(row)} |"


def _text(world: World) -> str:
    said = [f"season {world.season}", "trend" if world.trend else "level"]
    said += [f"autocorrelation {world.linger}"] if world.linger else []
    said += [f"{world.size:g} records"] if world.size else []
    said += [f"share {world.share}"] if world.share else []
    return ", ".join([*said, f"CV {world.cv}"])


if __name__ == "__main__":
    start = time.perf_counter()
    for line in page(int(sys.argv[1]) if len(sys.argv) > 1 else 4000):
        print(line, flush=True)
    print(f"\n{time.perf_counter() - start:.0f} seconds", file=sys.stderr)
