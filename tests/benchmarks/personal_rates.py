"""How often A007 names somebody by chance, and how often it sees one laden with too much.

Run by hand: ``uv run python -m tests.benchmarks.personal_rates 2000``; prints a markdown table.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product
from zlib import crc32

import numpy as np
from scipy.stats import binomtest

from kpilint.analysis.projection import Kind
from kpilint.analysis.stats import FloatArray
from kpilint.analysis.tracking.personal import beyond, own

LEVEL = 0.975
MONTHS = 3  # of the period
LADEN = 3.0  # times the usual quarter


@dataclass(frozen=True, slots=True)
class World:
    """A team whose people win so many deals a month each; its text is also its seed.

    ``swing`` is the sd, on the log, of a month that all share; amounts are lognormal, sd .5.
    """

    people: int
    n: int
    wins: float
    money: bool
    swing: float = 0.2


@dataclass(frozen=True, slots=True)
class Rates:
    """Of so many teams: those with somebody named by chance, and those whose laden one is."""

    world: World
    replications: int
    chance: int
    laden: int

    @property
    def kept(self) -> bool:
        """Whether the exact 99 % interval of the false alarms leaves room for A001's limit."""
        found = binomtest(self.chance, self.replications).proportion_ci(0.99)
        return bool(found.low <= (0.08 if self.world.n < 36 else 0.07))


def rates(world: World, replications: int) -> Rates:
    """Alarms where each target is what then came, and where one person is asked for three times."""
    rng = np.random.default_rng(crc32(str(world).encode()))
    kind: Kind = "amount" if world.money else "count"
    chance = laden = 0
    for _replication in range(replications):
        made = _team(world, rng)
        owns = [
            own(str(n), float(row[world.n :].sum()), _begun(row[: world.n]), MONTHS, 0, kind)
            for n, row in enumerate(made)
        ]
        chance += bool(beyond(owns, "higher", LEVEL))
        usual = float(made[0, : world.n].mean() * MONTHS)
        first = own("0", LADEN * usual, _begun(made[0, : world.n]), MONTHS, 0, kind)
        laden += first in beyond([first, *owns[1:]], "higher", LEVEL)
    return Rates(world, replications, chance, laden)


def _team(world: World, rng: np.random.Generator) -> FloatArray:
    """What each person makes, month by month: ``(people, n + 3)``."""
    size = (world.people, world.n + MONTHS)
    month = np.exp(world.swing * rng.standard_normal(size[1]))
    own_wins = world.wins * rng.uniform(0.7, 1.3, (world.people, 1))
    counts = rng.poisson(own_wins * month, size)
    if not world.money:
        return counts.astype(np.float64)
    sums = [rng.lognormal(15.0, 0.5, n).sum() for n in counts.ravel()]
    return np.array(sums, dtype=np.float64).reshape(size)


def _begun(months: FloatArray) -> FloatArray:
    """From the first month with a record on, as the rule sees a person."""
    some = np.flatnonzero(months)
    return months[some[0] :] if len(some) else months[:0]


def worlds() -> Iterator[World]:
    """Each row of the page."""
    for people, n, wins, money in product((5, 30), (24, 36), (2.0, 8.0), (False, True)):
        yield World(people, n, wins, money)


def page(replications: int) -> Iterator[str]:
    """The markdown table."""
    yield "| people | months | wins a month each | of | named by chance | limit | kept | laden seen |"
    yield "|---|---|---|---|---|---|---|---|"
    for world in worlds():
        found = rates(world, max(replications * 5 // world.people, 100))
        share = found.chance / found.replications
        yield (
            f"| {world.people} | {world.n} | {world.wins:g} | {'amounts' if world.money else 'counts'} "
            f"| {share:.3f} | {0.08 if world.n < 36 else 0.07} | {'yes' if found.kept else '**no**'} "
            f"| {found.laden / found.replications:.2f} |"
        )


if __name__ == "__main__":
    start = time.perf_counter()
    for line in page(int(sys.argv[1]) if len(sys.argv) > 1 else 1000):
        print(line, flush=True)
    print(f"\n{time.perf_counter() - start:.0f} seconds", file=sys.stderr)
