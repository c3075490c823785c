"""Whether a plan, followed to the letter, brings what it promises: simulated forward, deal by deal.

Run by hand: ``uv run python -m tests.benchmarks.plan_forward``; prints a markdown page.
"""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np

import kpilint as kl
from kpilint.analysis.planning.course import Calendar
from kpilint.analysis.planning.lags import Lag
from kpilint.analysis.planning.plan import Plan, PlanResult
from kpilint.analysis.stats import FloatArray, IntArray

STAGES = ("lead", "mql", "sql", "opportunity", "won")
FIRST, AS_OF = date(2024, 1, 1), date(2026, 10, 31)
CROWD = 4_000  # each planned lead stands for so many, so that chance plays no part
GOALS = """
language: en
sources: {{deals: {{path: deals.csv, key: id}}}}
funnels:
  sales:
    source: deals
    record: id
    stages:
      - {{name: lead, entered: at_0}}
      - {{name: mql, entered: at_1}}
      - {{name: sql, entered: at_2}}
      - {{name: opportunity, entered: at_3}}
      - {{name: won, entered: at_4}}
    lost: {{entered: lost_at}}
    amount: amount
metrics:
  wins: {{source: deals, agg: count, time: at_4, stage: sales.won, unit: count}}
  money: {{source: deals, agg: sum, column: amount, time: at_4, stage: sales.won, unit: JPY}}
goals: [{{id: g, metric: {metric}, period: {period}, target: "{target}"}}]
"""


@dataclass(frozen=True, slots=True)
class World:
    """Deals that come evenly, move on with given rates and wait by gamma laws of shape 2."""

    daily: float = 10.0
    rates: tuple[float, ...] = (0.5, 0.5, 0.6, 0.5)
    waits: tuple[float, ...] = (8.0, 12.0, 15.0, 35.0)  # means, in days

    def deals(self, days: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """When each deal came to each stage, in days, and when it was lost; nan for never."""
        count = rng.poisson(self.daily * days)
        at = np.full((len(STAGES), count), np.nan)
        at[0] = np.sort(rng.uniform(0, days, count))
        lost = np.full(count, np.nan)
        for n, (rate, wait) in enumerate(zip(self.rates, self.waits, strict=True)):
            then = at[n] + rng.gamma(2, wait / 2, count)
            moves = rng.random(count) < rate
            at[n + 1] = np.where(moves, then, np.nan)
            lost = np.where(~moves & np.isnan(lost) & ~np.isnan(at[n]), then, lost)
        return at, lost


def export(path: Path, at: FloatArray, lost: FloatArray, rng: np.random.Generator) -> None:
    """What a CRM shows of the deals at the end of the day ``AS_OF``."""
    known = (AS_OF - FIRST).days + 1
    amounts = rng.lognormal(15, 0.5, at.shape[1]).round()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["id", *(f"at_{n}" for n in range(len(STAGES))), "lost_at", "amount"])
        for n in np.flatnonzero(at[0] < known):
            moments = [*at[:, n], lost[n]]
            shown = [_moment(each) if each < known else "" for each in moments]
            writer.writerow([n, *shown, amounts[n]])


def _moment(days: float) -> str:
    return (np.datetime64(FIRST, "s") + np.timedelta64(int(days * 86_400), "s")).item().isoformat()


def planned(
    folder: Path, metric: str, period: str, target: str, seed: int, world: World
) -> PlanResult:
    """A plan over a world's export."""
    rng = np.random.default_rng(seed)
    at, lost = world.deals((AS_OF - FIRST).days + 1, rng)
    export(folder / "deals.csv", at, lost, rng)
    goals = kl.read(
        folder / "goals.yaml", source=GOALS.format(metric=metric, period=period, target=target)
    )
    with kl.Dataset.of(goals) as data:
        return Plan.of(goals, "g", as_of=AS_OF, draws=0)(data)


def daily_leads(result: PlanResult) -> FloatArray:
    """The plan's new leads by day."""
    assert result.course.new is not None
    calendar: Calendar = result.calendar
    each = calendar.arriving()
    months = [int(calendar.month[np.flatnonzero(row)[0]]) for row in each]
    return np.asarray(result.course.new[0][months] / each.sum(axis=1) @ each)


def forwarded(result: PlanResult, rng: np.random.Generator) -> float:
    """What the goal comes to when each lead, and each deal under way, walks by itself."""
    leads = daily_leads(result)
    days = [_walked(np.repeat(np.arange(len(leads)), rng.poisson(leads * CROWD)), result.lags, rng)]
    for n, waiting in enumerate(result.seen.waiting):
        age = np.repeat(np.arange(len(waiting)), waiting.astype(np.int64) * CROWD)
        moved = _moved(-age - 1, age + 1, result.lags[n], rng)
        days.append(_walked(moved, result.lags[n + 1 :], rng))
    return result.done + _counted(result, np.concatenate(days)) * result.seen.worth.mean


def in_truth(result: PlanResult, world: World, rng: np.random.Generator) -> float:
    """How many new leads are won in time at the world's own rates and waits."""
    leads = daily_leads(result)
    day = np.repeat(np.arange(len(leads)), rng.poisson(leads * CROWD)) + 0.0
    day += rng.random(len(day))
    for rate, wait in zip(world.rates, world.waits, strict=True):
        day = day[rng.random(len(day)) < rate]
        day = day + rng.gamma(2, wait / 2, len(day))
    return _counted(result, np.floor(day).astype(np.int64))


def _counted(result: PlanResult, days: IntArray) -> float:
    inside = result.calendar.inside
    return float(inside[days[days < len(inside)]].sum()) / CROWD


def _walked(day: IntArray, lags: Sequence[Lag], rng: np.random.Generator) -> IntArray:
    for each in lags:
        day = _moved(day, np.zeros(len(day), dtype=np.int64), each, rng)
    return day


def _moved(day: IntArray, least: IntArray, lag: Lag, rng: np.random.Generator) -> IntArray:
    """When those who came on ``day`` move on, after ``least`` days or more; the others are gone."""
    told = least < len(lag.moves)
    day, least = day[told], least[told]
    before = np.concatenate([[0.0], lag.moves.cumsum()])
    there = np.concatenate([[1.0], lag.stays])[least]
    draw = before[least] + rng.random(len(day)) * there
    moves = draw < before[-1]
    wait = np.searchsorted(before, draw[moves], side="right") - 1
    return np.asarray(day[moves] + wait)


CASES = (
    ("wins", "2026-11..2026-12", "60件", World()),
    ("wins", "2027-01..2027-03", "90件", World()),
    ("wins", "2027-01..2027-06", "180件", World()),
    ("wins", "2026-10..2026-12", "100件", World()),
    ("money", "2027-01..2027-03", "4億円", World()),
    ("wins", "2027-01..2027-06", "120件", World(waits=(20.0, 30.0, 40.0, 60.0))),
    ("wins", "2027-01..2027-03", "12件", World(daily=1.5)),
)


def pages(seeds: int = 12) -> Iterator[str]:
    """One row a case; means over so many worlds, and the standard deviation of the last column."""
    yield "| goal | period | target | leads | forward / target | new wins in truth / planned |"
    yield "|---|---|---|---|---|---|"
    for metric, period, target, world in CASES:
        told, true, leads, aimed = [], [], [], 0.0
        for seed in range(seeds):
            with tempfile.TemporaryDirectory() as folder:
                result = planned(Path(folder), metric, period, target, seed, world)
            rng = np.random.default_rng([seed, 1])
            aimed = result.plan.aim.target
            told.append(forwarded(result, rng) / aimed)
            true.append(in_truth(result, world, rng) / result.course.missing)
            leads.append(result.leads or 0.0)
        far = max(abs(each - 1) for each in told)
        yield (
            f"| {metric} | {period} | {aimed:,.0f} | {np.mean(leads):,.0f} | {np.mean(told):.4f} "
            f"(at most {far:.4f} off) | {np.mean(true):.3f} ± {np.std(true):.3f} |"
        )


if __name__ == "__main__":
    for line in pages():
        print(line, flush=True)
