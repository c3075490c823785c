"""How often a lead is found where there is none, and where there is one, by simulation.

Run by hand: ``uv run python -m tests.benchmarks.leadlag_rates``; prints a markdown page.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import pandas as pd
from scipy.stats import binomtest, norm, pearsonr

from kpilint.analysis.leads.crosscorrelation import Innovations, lagged
from kpilint.analysis.leads.direction import LEVEL, decide
from kpilint.analysis.leads.distributed_lag import forecasts
from kpilint.analysis.leads.fitness import fitness
from kpilint.analysis.leads.leadlag import lead_lag
from kpilint.analysis.leads.pairs import screen
from kpilint.analysis.stats import FloatArray
from kpilint.goals.workdays import are_workdays

LENGTHS = (24, 36, 52, 104, 150)
TRUE_LAG = 3
BLOCK = 500  # rows at once that stay in the processor's cache
WARM_UP = 60
# Recall at innovation correlations .3, .5 and .7 that the method is to reach.
ASKED = {
    24: (0.08, 0.22, 0.56),
    36: (0.13, 0.46, 0.89),
    52: (0.16, 0.61, 0.975),
    104: (0.48, 0.98, 1.0),
    150: (0.72, 1.0, 1.0),
}

Pairs = tuple[FloatArray, FloatArray]


def reach(n: int) -> int:
    """The longest lag: 6 months, or 12 weeks."""
    return 6 if n < 52 else 12


def cycle(n: int) -> float:
    """A year in steps."""
    return 12.0 if n < 52 else 365.25 / 7


@dataclass(frozen=True, slots=True)
class World:
    """Where pairs come from; its text is also its seed."""

    name: str
    n: int
    memory: float = 0.8
    r: float = 0.0  # of the innovations, at TRUE_LAG
    missing: float = 0.0  # share of points, at random

    def draw(self, m: int) -> Pairs:
        """Two arrays ``(m, n)``."""
        rng = np.random.default_rng(crc32(repr(self).encode()))
        return _WORLDS[self.name](self, m, rng)

    @property
    def cycle(self) -> float | None:
        """The season that the analysis is told of."""
        return cycle(self.n) if self.name.startswith(("season", "closing")) else None

    @property
    def start(self) -> pd.Period | None:
        """The first week or month, where the analysis is told of dates."""
        if not self.name.startswith("closing"):
            return None
        return pd.Period("2021-01", "M") if self.n < 52 else pd.Period("2021-01-04", "W-SUN")


def _lingering(fresh: FloatArray, memory: float) -> FloatArray:
    """First-order autoregression of ``fresh`` innovations, without its warm-up."""
    series = fresh.copy()
    for step in range(1, series.shape[1]):
        series[:, step] += memory * series[:, step - 1]
    return series[:, WARM_UP:]


def _two(make: Callable[[], FloatArray]) -> Pairs:
    return make(), make()


def _normal(world: World, m: int, rng: np.random.Generator) -> FloatArray:
    return _lingering(rng.standard_normal((m, world.n + WARM_UP)), world.memory)


def _lead(world: World, m: int, rng: np.random.Generator) -> Pairs:
    x, y = _two(lambda: rng.standard_normal((m, world.n + WARM_UP)))
    own = np.sqrt(1 - world.r**2)
    y[:, TRUE_LAG:] = world.r * x[:, :-TRUE_LAG] + own * y[:, TRUE_LAG:]
    return _lingering(x, world.memory), _lingering(y, world.memory)


def _season(world: World, m: int, rng: np.random.Generator) -> Pairs:
    t = np.arange(world.n) / cycle(world.n)
    same = rng.random((m, 1))
    phases = (
        (same, same) if world.name == "season, same phase" else _two(lambda: rng.random((m, 1)))
    )
    waves = [3 * np.sin(2 * np.pi * (t + phase)) for phase in phases]
    return _normal(world, m, rng) + waves[0], _normal(world, m, rng) + waves[1]


def _walk(world: World, m: int, rng: np.random.Generator) -> FloatArray:
    return rng.standard_normal((m, world.n)).cumsum(axis=1)


def _heavy(world: World, m: int, rng: np.random.Generator) -> FloatArray:
    return _lingering(rng.standard_t(3, (m, world.n + WARM_UP)), world.memory)


def _counts(world: World, m: int, rng: np.random.Generator) -> FloatArray:
    return rng.poisson(5 * np.exp(0.2 * _normal(world, m, rng))).astype(np.float64)


def _breaks(world: World, m: int, rng: np.random.Generator) -> Pairs:
    edge = max(3, round(world.n / 10))

    def when() -> FloatArray:
        return rng.integers(edge, world.n - edge + 1, (m, 1)).astype(np.float64)

    same = when()
    times = (same, same) if world.name == "break at one time" else (when(), when())
    sd = 3 / np.sqrt(1 - world.memory**2)
    t = np.arange(world.n)
    x, y = (_normal(world, m, rng) + sd * (t >= time) for time in times)
    return x, y


def _closing(world: World, m: int, rng: np.random.Generator) -> FloatArray:
    """Counts by day, twice as many on the last days of months or quarters, or on their first."""
    assert world.start is not None
    days = np.arange(
        world.start.start_time.date(), (world.start + world.n).start_time.date(), dtype="M8[D]"
    )
    begins = pd.period_range(world.start, periods=world.n).start_time.to_numpy(dtype="M8[D]")
    months = days.astype("M8[M]")
    gone = (days - months.astype("M8[D]")).astype(np.int64)
    left = ((months + 1).astype("M8[D]") - days).astype(np.int64)
    third = months.astype(np.int64) % 3
    rush = np.stack([left <= 5, gone < 7, (third == 2) & (left <= 14), (third == 0) & (gone < 20)])
    usual = rng.uniform(0.5, 6, (m, 1)) * are_workdays(days)
    counts = rng.poisson(usual * (1 + rush[rng.integers(len(rush), size=m)]))
    return np.add.reduceat(counts, np.searchsorted(days, begins), axis=1).astype(np.float64)


def _growing(world: World, m: int, rng: np.random.Generator) -> FloatArray:
    """1 % a step, with swings of a twentieth that grow with it."""
    return np.exp(0.01 * np.arange(world.n)) * (1 + 0.05 * _normal(world, m, rng))


_WORLDS: dict[str, Callable[[World, int, np.random.Generator], Pairs]] = {
    "autoregression": lambda w, m, rng: _two(lambda: _normal(w, m, rng)),
    "random walk": lambda w, m, rng: _two(lambda: _walk(w, m, rng)),
    "season, random phase": _season,
    "season, same phase": _season,
    "heavy tails (t3)": lambda w, m, rng: _two(lambda: _heavy(w, m, rng)),
    "counts (Poisson)": lambda w, m, rng: _two(lambda: _counts(w, m, rng)),
    "breaks at own times": _breaks,
    "break at one time": _breaks,
    "closing with months or quarters": lambda w, m, rng: _two(lambda: _closing(w, m, rng)),
    "growth of 1 % a step": lambda w, m, rng: _two(lambda: _growing(w, m, rng)),
    "lead": _lead,
}


@dataclass(frozen=True, slots=True)
class Rates:
    """Counts among ``m`` pairs: any lag, a lag of 1 or more, the true one, the right direction."""

    m: int
    any: int
    ahead: int
    exact: int
    direction: int

    def exceeds(self, limit: float, *, ahead: bool = False) -> bool:
        """Whether the exact 99 % interval of the false rate lies above ``limit``."""
        return _interval(self.ahead if ahead else self.any, self.m)[0] > limit

    def misses(self, recall: float) -> bool:
        """Whether the exact 99 % interval of the recall lies below ``recall``."""
        return _interval(self.any, self.m)[1] < recall


def _interval(count: int, m: int) -> tuple[float, float]:
    interval = binomtest(count, m).proportion_ci(0.99, method="exact")
    return float(interval.low), float(interval.high)


def rates(world: World, m: int) -> Rates:
    """Draw pairs and count; those with gaps that the analysis refuses are left out of ``m``."""
    x, y = world.draw(m)
    if world.missing:
        rng = np.random.default_rng(crc32(f"gaps {world!r}".encode()))
        x, y = _bridged(x, y, world.missing, rng)
    lags = np.arange(-reach(world.n), reach(world.n) + 1)
    counts = np.zeros(4, dtype=np.int64)
    for start in range(0, len(x), BLOCK):
        rows = slice(start, start + BLOCK)
        found = lagged(
            Innovations.of(x[rows], world.cycle, world.start),
            Innovations.of(y[rows], world.cycle, world.start),
            lags,
        )
        told = decide(found)
        hit = told.p <= LEVEL
        best = np.where(told.direction == "follows", -1, told.lag)
        later = np.abs(1 - (1 - found.p_values()[:, lags >= 1].min(axis=1)) ** (reach(world.n) + 1))
        counts += [
            hit.sum(),
            (later <= LEVEL).sum(),
            (hit & (best == TRUE_LAG)).sum(),
            (hit & (told.direction == "leads")).sum(),
        ]
    return Rates(len(x), *map(int, counts))


def _bridged(x: FloatArray, y: FloatArray, share: float, rng: np.random.Generator) -> Pairs:
    """Pairs with that share of points lost at random, bridged as the analysis does."""
    n = x.shape[1]
    kept: list[tuple[FloatArray, FloatArray]] = []
    for pair in zip(x, y, strict=True):
        both = []
        for series in pair:
            gone = rng.permutation(np.arange(1, n - 1))[: int(share * n)]
            holed = series.copy()
            holed[gone] = np.nan
            both.append(fitness(holed, ""))
        if not any(fit.reason for fit in both):
            kept.append((both[0].values, both[1].values))
    return np.stack([a for a, _b in kept]), np.stack([b for _a, b in kept])


def null_table(m: int) -> Iterator[str]:
    """False leads by world and length."""
    yield "| no lead | " + " | ".join(f"n = {n}" for n in LENGTHS) + " |"
    yield "|---|" + "---|" * len(LENGTHS)
    for name in _WORLDS:
        if name == "lead":
            continue
        cells = [rates(World(name, n), m) for n in LENGTHS]
        together = name == "break at one time"
        limit = 0.065 if together else 0.055
        shown = [f"{c.any / c.m:.3f}" + ("**!**" if c.exceeds(limit) else "") for c in cells]
        if together:
            shown = [
                f"{text} ({c.ahead / c.m:.3f}{'**!**' if c.exceeds(0.05, ahead=True) else ''})"
                for text, c in zip(shown, cells, strict=True)
            ]
        yield f"| {name}{': any lag (lag 1 or more)' if together else ''} | {' | '.join(shown)} |"


def gap_table(m: int) -> Iterator[str]:
    """False leads and recall with a fifth of the points lost."""
    yield "| 20 % of points missing at random | " + " | ".join(f"n = {n}" for n in LENGTHS) + " |"
    yield "|---|" + "---|" * len(LENGTHS)
    cells = [rates(World("autoregression", n, missing=0.2), m) for n in LENGTHS]
    shown = [f"{c.any / c.m:.3f}" + ("**!**" if c.exceeds(0.055) else "") for c in cells]
    yield f"| no lead, autoregression | {' | '.join(shown)} |"
    yield f"| of these refused | {' | '.join(f'{1 - c.m / m:.2f}' for c in cells)} |"
    walks = [rates(World("random walk", n, missing=0.2), m) for n in LENGTHS]
    shown = [f"{c.any / c.m:.3f}" + ("**!**" if c.exceeds(0.055) else "") for c in walks]
    yield f"| no lead, random walk | {' | '.join(shown)} |"
    led = [rates(World("lead", n, r=0.5, missing=0.2), m) for n in LENGTHS]
    yield f"| recall, r = .5 | {' | '.join(f'{c.any / c.m:.2f}' for c in led)} |"


def recall_table(m: int) -> Iterator[str]:
    """Leads found, at the right lag, in the right direction."""
    yield "| lead of 3: found / exact lag / direction | r = .3 | .5 | .7 |"
    yield "|---|---|---|---|"
    for n in LENGTHS:
        shown = []
        for r, asked in zip((0.3, 0.5, 0.7), ASKED[n], strict=True):
            cell = rates(World("lead", n, r=r), m)
            exact, direction = cell.exact / cell.any, cell.direction / cell.any
            failed = cell.misses(asked - 0.02)
            failed |= asked >= 0.5 and _interval(cell.exact, cell.any)[1] < 0.95
            failed |= n >= 52 and _interval(cell.direction, cell.any)[1] < 0.98
            mark = "**!**" if failed else ""
            shown.append(f"{cell.any / m:.3f} / {exact:.3f} / {direction:.3f}{mark}")
        yield f"| n = {n} | {' | '.join(shown)} |"


def peer_table(m: int, slow: int) -> Iterator[str]:
    """The usual methods on the same pairs: n = 52, 13 lags, autoregression .8."""
    x, y = World("autoregression", 52).draw(m)
    yield "| n = 52, 13 lags, independent autoregressions .8, nominal 5 % | pairs | false leads | ms a pair |"
    yield "|---|---|---|---|"
    for name, method, count in (
        ("Pearson, any lag", _pearson, m),
        ("statsmodels ccf, any lag outside the band", _ccf, m),
        ("statsmodels Granger, least p over 12 lags", _granger, slow * 2),
        ("tigramite PCMCI, any p < .05", _pcmci, slow),
        ("kpilint, alone", lambda a, b: lead_lag(a, b).p_value, m),
    ):
        method(x[0], y[0])
        began = time.perf_counter()
        alarms = sum(method(a, b) <= LEVEL for a, b in zip(x[:count], y[:count], strict=True))
        spent = (time.perf_counter() - began) / count * 1e3
        yield f"| {name} | {count:,} | {alarms / count:.3f} | {spent:.2f} |"


def _pearson(x: FloatArray, y: FloatArray) -> float:
    pairs = [(x[: len(x) - lag], y[lag:]) for lag in range(13)]
    return min(float(pearsonr(a, b).pvalue) for a, b in pairs)


def _ccf(x: FloatArray, y: FloatArray) -> float:
    from statsmodels.tsa.stattools import ccf

    strongest = np.abs(ccf(y, x, adjusted=False)[:13]).max()  # element k: y[t + k] with x[t]
    return float(2 * norm.sf(strongest * np.sqrt(len(x))))


def _granger(x: FloatArray, y: FloatArray) -> float:
    from statsmodels.tsa.stattools import grangercausalitytests

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = grangercausalitytests(np.stack([y, x], axis=1), 12)
    return min(float(tests[0]["ssr_ftest"][1]) for tests in found.values())


def _pcmci(x: FloatArray, y: FloatArray) -> float:
    from tigramite.data_processing import DataFrame  # type: ignore[import-untyped]
    from tigramite.independence_tests.parcorr import ParCorr  # type: ignore[import-untyped]
    from tigramite.pcmci import PCMCI  # type: ignore[import-untyped]

    model = PCMCI(DataFrame(np.stack([x, y], axis=1)), ParCorr(), verbosity=0)
    return float(model.run_pcmci(tau_min=0, tau_max=12, pc_alpha=0.05)["p_matrix"][0, 1].min())


def speed_lines() -> Iterator[str]:
    """Milliseconds a pair, alone and in a batch, and a whole screening."""
    x, y = World("autoregression", 104).draw(4000)
    lags = np.arange(13)
    began = time.perf_counter()
    for start in range(0, len(x), BLOCK):
        rows = slice(start, start + BLOCK)
        lagged(Innovations.of(x[rows]), Innovations.of(y[rows]), lags).p_values()
    batched = (time.perf_counter() - began) / len(x) * 1e3
    began = time.perf_counter()
    for a, b in zip(x[:300], y[:300], strict=True):
        both = Innovations.of(np.stack([a, b]))
        lagged(both[0], both[1], lags).p_values()
    alone = (time.perf_counter() - began) / 300 * 1e3
    index = pd.period_range("2024-01-01", periods=104, freq="W-SUN")
    series = [{f"m{n}": pd.Series(row, index) for n, row in enumerate(z[:200])} for z in (x, y)]
    began = time.perf_counter()
    screen(series[0], series[1], 12, cycle(104))
    whole = time.perf_counter() - began
    yield f"13 lags, n = 104: {batched:.3f} ms a pair in a batch, {alone:.2f} ms alone."
    yield f"200 x 200 metrics of 104 weeks, 25 lags, with gaps, breaks and the table: {whole:.1f} s."


def worth_lines(m: int) -> Iterator[str]:
    """How often a gain is said where the leader is none, and where it leads by 3."""
    for r in (0.0, 0.5):
        world = World("lead", 104, r=r)
        made = [forecasts(a, b, TRUE_LAG, 12) for a, b in zip(*world.draw(m), strict=True)]
        said = sum(f.gain > 0 and f.p_value <= LEVEL for f in made) / m
        gain = np.mean([f.gain for f in made])
        yield f"Worth, n = 104, r = {r}: a gain said in {said:.3f} of {m} pairs, {gain:+.3f} on average."


if __name__ == "__main__":
    began_all = time.perf_counter()
    pairs_ = int(sys.argv[1]) if len(sys.argv) > 1 else 16_000
    for part in (null_table(pairs_), recall_table(pairs_), gap_table(pairs_)):
        for line in (*part, ""):
            print(line, flush=True)
    for part in (peer_table(2000, 250), iter([""]), speed_lines(), worth_lines(1000)):
        for line in part:
            print(line, flush=True)
    print(f"\n{time.perf_counter() - began_all:.0f} seconds", file=sys.stderr)
