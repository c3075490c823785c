"""How far Segments, People and Change can be trusted: false alarms, finds and coverage.

Run by hand: ``uv run python -m tests.benchmarks.people_rates``; prints tables for
docs/benchmarks/funnel_rates.md.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np
import pandas as pd

from kpilint.analysis.causes.change import Part, parts
from kpilint.analysis.causes.outcome import Outcome
from kpilint.analysis.causes.people import RATE, Standing, compared
from kpilint.analysis.causes.windows import Counts, Mature, looks_of, telling
from kpilint.analysis.scan import Segment
from kpilint.analysis.stats import FloatArray, benjamini_hochberg
from tests.benchmarks.funnel_rates import DIMENSIONS, PLANTED, RATES, Drift, Gate, World

SEED = 20_271_103  # drawn anew after the last change to a method
WINDOW_SEED = 20_261_129  # of the worlds of two windows, drawn after these were settled
NAMES = "ABCDEFGH"


def _rng(*key: float, seed: int = SEED) -> np.random.Generator:
    return np.random.default_rng([seed, *(round(1000 * each) for each in key)])


# Segments: two windows


def told(world: World, rng: np.random.Generator, lasting: int) -> set[tuple[int, Segment]]:
    """What both windows together name in one world; its causes fall in the ``lasting`` last."""
    passed, entered = world.counts(rng, lasting)
    quarters = tuple(range(len(passed)))
    stages = [Mature(n + 1, 1, quarters, pd.DataFrame()) for n in range(len(RATES))]
    looks = looks_of(
        Counts(passed.astype(np.float64), entered.astype(np.float64), DIMENSIONS), stages, 1
    )
    causes = (cause for n in range(len(stages)) for cause in telling(looks, n)[1])
    return {(cause.stage, cause.segment) for cause in causes}


def windows(worlds: int) -> Iterator[Gate]:
    """The two windows of Segments over three years: what is named, rightly and wrongly."""
    drifts: tuple[Drift, ...] = ("none", "cells", "channels", "stages", "walk")
    for records, drift in product((20_000, 3_000), drifts):
        world, rng = (
            World(records, 11, drift),
            _rng(1, records, drifts.index(drift), seed=WINDOW_SEED),
        )
        hits = sum(bool(told(world, rng, 1)) for _world in range(worlds))
        yield Gate(f"false: {records:,} records, drift {drift}", hits, worlds, 0.05)
    world, rng = World(past=11, mix=True), _rng(2, seed=WINDOW_SEED)
    hits = sum(bool(told(world, rng, 1)) for _world in range(worlds))
    yield Gate("false: only the mix shifts", hits, worlds, 0.05)
    for place, (name, causes) in enumerate(PLANTED.items()):
        asked: tuple[tuple[int, Drift], ...] = ((1, "none"), (2, "none"), (1, "cells"))
        for lasting, drift in asked:
            world = World(past=11, drift=drift, causes=causes)
            rng = _rng(3, place, lasting, drift == "none", seed=WINDOW_SEED)
            hits = sum(told(world, rng, lasting) == set(causes) for _world in range(worlds))
            since = "the last quarter" if lasting == 1 else "the last two quarters"
            label = f"exact: {name}, {since}, drift {drift}"
            yield Gate(label, hits, worlds, 0.9 if drift == "none" else None, at_least=True)


# People


class Desk(NamedTuple):
    """People with one funnel: each has ``records`` a quarter, in two dimensions' mix.

    ``apart`` is by how much (logit sd) people differ at each stage, ``weak`` how much worse the
    first one closes, as a factor on the rate.
    """

    people: int
    records: int
    apart: float = 0.0
    weak: float = 1.0

    def standings(self, rng: np.random.Generator) -> tuple[list[Standing], FloatArray]:
        """Everybody's standing at every stage, and the true rate behind each."""
        kinds, quarters, shape = 6, 4, (self.people, 6, 4)
        logit = np.log(RATES / (1 - RATES))
        hard = 0.5 * rng.standard_normal((len(RATES), 1, kinds, 1))
        season = 0.2 * rng.standard_normal((len(RATES), 1, 1, quarters))
        own = self.apart * rng.standard_normal((len(RATES), self.people, 1, 1))
        rate = 1 / (1 + np.exp(-(logit[:, None, None, None] + hard + season + own)))
        rate[-1, 0] *= self.weak
        shares = rng.dirichlet(np.full(kinds, 3.0), self.people)[:, :, None]
        come = rng.poisson(self.records * shares, shape)
        person, kind, quarter = (each.ravel() for each in np.indices(shape))
        found: list[Standing] = []
        true: list[float] = []
        for stage in range(len(RATES)):
            moved = rng.binomial(come, np.broadcast_to(rate[stage], shape))
            table = pd.DataFrame(
                {
                    "quarter": quarter,
                    "by_0": [NAMES[n] for n in person],
                    "by_1": kind.astype(str),
                    "entered": come.ravel(),
                    "passed": moved.ravel(),
                }
            )
            found += compared(stage + 1, table[table["entered"] > 0], list(NAMES[: self.people]))
            true += ((come * rate[stage]).sum((1, 2)) / come.sum((1, 2))).tolist()
            come = moved
        return found, np.array(true)


def people(worlds: int) -> Iterator[Gate]:
    """Who is told as weak, rightly and wrongly; and whether the intervals hold the true rates."""
    for count, records in product((3, 8), (60, 400)):
        desk, rng = Desk(count, records), _rng(4, count, records)
        alarms = sum(bool(_below(*desk.standings(rng)[:1])) for _world in range(worlds))
        name = f"false: {count} alike people, {records} records each a quarter"
        yield Gate(name, alarms, worlds, 0.05)
    for records in (400, 2_000):
        desk, rng, found, wrong = Desk(8, records, weak=0.6), _rng(5, records), 0, 0
        for _world in range(worlds):
            below = _below(desk.standings(rng)[0])
            found += ("A", len(RATES)) in below
            wrong += bool(below - {("A", len(RATES))})
        limit = 0.9 if records == 2_000 else None
        name = f"one of 8 closes 40 % worse, {records:,} records"
        yield Gate(f"found: {name}", found, worlds, limit, at_least=True)
        yield Gate(f"false: {name}, another or another stage named", wrong, worlds, 0.05)
    for apart in (0.0, 0.2, 0.4):
        desk, rng, held, asked = Desk(8, 200, apart), _rng(6, apart), 0, 0
        for _world in range(worlds // 4):
            standings, true = desk.standings(rng)
            held += sum(s.low <= t <= s.high for s, t in zip(standings, true, strict=True))
            asked += len(true)
        name = f"the interval holds the true rate, people vary by {apart:g}"
        yield Gate(name, held, asked, 0.95, at_least=True)


def _below(standings: list[Standing]) -> set[tuple[str, int]]:
    adjusted = benjamini_hochberg([each.p_value for each in standings])
    return {
        (each.person, each.stage)
        for each, p in zip(standings, adjusted, strict=True)
        if p <= RATE and each.shrunk < each.expected
    }


# Change


class Quarter(NamedTuple):
    """What a quarter is drawn from: by segment the records that come, rates, and mean amounts."""

    volume: FloatArray
    rates: FloatArray
    price: FloatArray

    def outcome(self, rng: np.random.Generator) -> Outcome:
        """A quarter as it may come out."""
        columns = [rng.poisson(self.volume)]
        for rate in self.rates.T:
            columns.append(rng.binomial(columns[-1], rate))
        amounts = [rng.gamma(4.0, p / 4, n) for p, n in zip(self.price, columns[-1], strict=True)]
        reached = np.column_stack(columns).astype(np.float64)
        return Outcome(
            reached,
            np.array([each.sum() for each in amounts]),
            np.array([each.var() * len(each) if len(each) else 0.0 for each in amounts]),
            0,
        )

    def true(self) -> Outcome:
        """The expected quarter."""
        reached = self.volume[:, None] * np.cumprod(np.c_[np.ones(len(self.volume)), self.rates], 1)
        return Outcome(reached, reached[:, -1] * self.price, np.zeros(len(self.volume)), 0)


USUAL = Quarter(
    np.array([900.0, 1200.0, 900.0]),
    np.array([[0.2, 0.4, 0.4], [0.3, 0.5, 0.4], [0.5, 0.6, 0.5]]),
    np.array([1e6, 1e6, 1.5e6]),
)
AFTER = {
    "nothing": USUAL,
    "only the mix": USUAL._replace(volume=np.array([1200.0, 1200.0, 600.0])),
    "only the volume": USUAL._replace(volume=0.7 * USUAL.volume),
    "the second rate by 30 %": USUAL._replace(rates=USUAL.rates * np.array([1.0, 0.7, 1.0])),
}
PLAIN: dict[str, tuple[str, int | None] | None] = {
    "nothing": None,
    "only the mix": ("mix", None),
    "only the volume": ("volume", None),
    "the second rate by 30 %": ("rate", 2),
}


def changes(worlds: int) -> Iterator[Gate]:
    """What Change names between two quarters, and whether its intervals hold the true parts."""
    for place, (name, after) in enumerate(AFTER.items()):
        rng, wrong, found, held, asked = _rng(7, place), 0, 0, 0, 0
        truth = parts(USUAL.true(), after.true())[0]
        planted = PLAIN[name]
        for _world in range(worlds):
            split = parts(USUAL.outcome(rng), after.outcome(rng))[0]
            named = {(part.factor, part.stage) for part in split if part.sure}
            wrong += bool(named - {planted})
            found += planted in named
            held += sum(_holds(one, true) for one, true in zip(split, truth, strict=True))
            asked += len(split)
        yield Gate(f"false: {name} changes, another factor named", wrong, worlds, 0.06)
        if planted:
            yield Gate(f"found: {name} changes", found, worlds, 0.9, at_least=True)
        yield Gate(f"{name} changes: a part's interval holds it", held, asked, 0.95, at_least=True)


def _holds(one: Part, true: Part) -> bool:
    return one.low <= true.value <= one.high


def page(worlds: int) -> Iterator[str]:
    """The markdown tables."""
    for title, gates in (
        ("segments through two windows", windows(worlds)),
        ("people", people(worlds)),
        ("why it changed", changes(worlds)),
    ):
        yield f"\n| {title} | rate | limit | worlds | kept |"
        yield "|---|---|---|---|---|"
        for gate in gates:
            yield gate.row()


if __name__ == "__main__":
    start = time.perf_counter()
    for line in page(int(sys.argv[1]) if len(sys.argv) > 1 else 1000):
        print(line, flush=True)
    print(f"\n{time.perf_counter() - start:.0f} seconds", file=sys.stderr)
