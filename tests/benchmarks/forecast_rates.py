"""How often the forecast's interval holds what then came, and whether its probabilities are true."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import product
from zlib import crc32

import numpy as np
from scipy.stats import beta

from kpilint.analysis.projection import project
from kpilint.analysis.stats import FloatArray
from kpilint.analysis.tracking.backtest import won_by_end
from kpilint.analysis.tracking.deals import LOST, OPEN, WON, Deals
from kpilint.analysis.tracking.forecast import Outlook, Rest, Within, regressed
from kpilint.goals.period import Period

LENGTH = 91  # days of a quarter
START = date(2020, 1, 1)
_CLASSES = 10  # of probabilities, for the calibration


@dataclass(frozen=True, slots=True)
class World:
    """``past`` complete quarters; ``shock`` is common to all deals that end in one quarter."""

    past: int
    shock: bool
    money: bool
    a_day: float = 1.0
    rate: float = 0.3
    wait: float = 45.0


@dataclass(frozen=True, slots=True)
class Rates:
    """Forecasts of one world: whether the 80 % interval held, each probability and its outcome."""

    world: World
    held: FloatArray
    told: FloatArray
    hit: FloatArray

    def interval(self) -> tuple[float, float]:
        """The exact 99 % interval of the coverage (Clopper and Pearson)."""
        n, x = len(self.held), self.held.sum()
        return float(beta.ppf(0.005, x, n - x + 1)), float(beta.ppf(0.995, x + 1, n - x))


def drawn(world: World, rng: np.random.Generator) -> Deals:
    """Deals over the past quarters and the one to come, all of it known in the end."""
    quarters = world.past + 1
    shocks = rng.standard_normal((2, quarters + 8)) * ([[0.15], [0.4]] if world.shock else 0.0)
    mean = world.a_day * np.exp(np.repeat(shocks[0, :quarters], LENGTH))
    came = np.repeat(np.arange(quarters * LENGTH), rng.poisson(mean))
    wait = np.rint(rng.gamma(2.0, world.wait / 2, len(came))).astype(np.int64)
    ended = came + wait
    logit = np.log(world.rate / (1 - world.rate)) + shocks[1][np.minimum(ended // LENGTH, quarters)]
    won = rng.random(len(came)) < 1 / (1 + np.exp(-logit))
    amount = np.rint(rng.lognormal(14.0, 0.6, len(came)))
    one = np.ones(len(came))
    first = START.toordinal()
    cause = np.where(won, WON, LOST)
    return Deals(came + first, ended + first, cause, one, one, amount, amount**2)


def quarter(number: int) -> Period:
    """The quarter of that number, of 91 days."""
    start = START + timedelta(days=number * LENGTH)
    return Period(start, start + timedelta(days=LENGTH - 1), "range")


def rates(world: World, replications: int) -> Rates:
    """Forecast one quarter in each of many drawn histories, at a day between its fifths."""
    rng = np.random.default_rng(crc32(str(world).encode()))
    past, period = [quarter(n) for n in range(world.past)], quarter(world.past)
    last = period.end.toordinal()
    held, told, hit = [], [], []
    for _replication in range(replications):
        truth = drawn(world, rng)
        day = period.start + timedelta(days=int(rng.integers(LENGTH // 5, 4 * LENGTH // 5)))
        known = as_known(truth, day.toordinal())
        found = won_by_end(known, period, past, day, money=world.money)
        assert found is not None
        made = truth.won(period.start.toordinal(), last, money=world.money)
        held.append(found.quantile(0.1) <= made <= found.quantile(0.9))
        target = found.known + max(found.mean, 0) * rng.uniform(0.6, 1.4)
        target = float(np.rint(target)) if not world.money else target
        told.append(found.probability(target, "higher"))
        hit.append(made >= target)
    return Rates(world, *(np.array(each, dtype=np.float64) for each in (held, told, hit)))


def as_known(deals: Deals, day: int) -> Deals:
    """The same, without what happened after a day."""
    came = deals.came <= day
    cause = np.where(deals.ended <= day, deals.cause, OPEN)[came]
    ended = np.where(deals.ended <= day, deals.ended, 10**8)[came]
    rest = (each[came] for each in (deals.n, deals.priced, deals.amount, deals.square))
    return Deals(deals.came[came], ended, cause, *rest)


def miscalibration(told: FloatArray, hit: FloatArray) -> float:
    """The expected calibration error: classes of probability against how often it came true."""
    place = np.minimum((told * _CLASSES).astype(np.int64), _CLASSES - 1)
    n = np.bincount(place, minlength=_CLASSES)
    gaps = np.bincount(place, told - hit, _CLASSES)
    return float(np.abs(gaps).sum() / n.sum())


def projected(linger: float, cv: float, a_day: float, replications: int) -> Rates:
    """Counts without deals behind them: 36 months, then a quarter seen on some day of it.

    Months of 30 days swing with ``cv`` and an autocorrelation of ``linger``; days are Poisson.
    """
    rng = np.random.default_rng(crc32(f"{linger} {cv} {a_day}".encode()))
    held, told, hit = [], [], []
    for _replication in range(replications):
        swing = rng.standard_normal(39)
        for month in range(1, 39):
            swing[month] = linger * swing[month - 1] + np.sqrt(1 - linger**2) * swing[month]
        days = rng.poisson(a_day * np.exp(np.repeat(cv * swing, 30))).astype(np.float64)
        day = int(rng.integers(18, 72))
        whole = 36 + day // 30
        months = days[: whole * 30].reshape(-1, 30).sum(axis=1)
        left = 1 - (day % 30) / (30 * (39 - whole))
        rest = Rest(project(months, 39 - whole, kind="count"), days[1080 : 1080 + day].sum(), left)
        made = days[1080:].sum()
        held.append(rest.quantile(0.1) <= made <= rest.quantile(0.9))
        target = rest.known + (rest.quantile(0.5) - rest.known) * rng.uniform(0.6, 1.4)
        told.append(rest.probability(target, "higher"))
        hit.append(made >= target)
    world = World(past=12, shock=cv > 0, money=False, a_day=a_day)
    return Rates(world, *(np.array(each, dtype=np.float64) for each in (held, told, hit)))


def coursed(what: str, past: int, shock: bool, replications: int) -> Rates:
    """A formula or a stock, by how earlier quarters ended that had come as far; see `regressed`.

    ``value`` is opportunities times price, ``price`` revenue over wins, ``open`` what waits on a
    day. With ``shock`` each quarter has its own volume (sd .15 on the log) and its own price (.1).
    """
    rng = np.random.default_rng(crc32(f"{what} {past} {shock}".encode()))
    held, told, hit = [], [], []
    quarters = past + 1
    for _replication in range(replications):
        swing = rng.standard_normal((2, quarters)) * ([[0.15], [0.1]] if shock else 0.0)
        mean = np.exp(np.repeat(swing[0], LENGTH))
        came = rng.poisson(mean)
        price = np.exp(np.repeat(swing[1], LENGTH) + 15)
        money = np.array([rng.lognormal(0, 0.5, n).sum() for n in came]) * price
        day = int(rng.integers(LENGTH // 5, 4 * LENGTH // 5))
        count, amount = (np.cumsum(e.reshape(quarters, LENGTH), axis=1) for e in (came, money))
        if what == "open":
            day_of = np.repeat(np.arange(quarters * LENGTH), came)
            gone = day_of + np.rint(rng.gamma(2.0, 15.0, len(day_of))).astype(np.int64)
            left = np.bincount(np.minimum(gone, quarters * LENGTH), minlength=quarters * LENGTH + 1)
            values = np.cumsum(came - left[:-1]).reshape(quarters, LENGTH).astype(np.float64)
        else:
            values = amount / np.maximum(count, 1)
            values = values * count * 2 if what == "value" else values
        then, ended = values[:, day], values[:, -1]
        found = regressed(float(then[-1]), then[:-1], ended[:-1])
        assert found is not None
        held.append(found.quantile(0.1) <= ended[-1] <= found.quantile(0.9))
        target = found.quantile(rng.uniform(0.05, 0.95))
        told.append(found.probability(target, "higher"))
        hit.append(ended[-1] >= target)
    world = World(past=past, shock=shock, money=False)
    return Rates(world, *(np.array(each, dtype=np.float64) for each in (held, told, hit)))


def partly(what: str, past: int, shock: bool, replications: int) -> Rates:
    """Counts by week, and medians and distinct counts by quarter, as `coursed`.

    A ``week`` has some six records a working day and is seen on one of its first four. The
    ``distinct`` are companies, drawn from 200 of which some come often; the ``median`` is of amounts.
    """
    rng = np.random.default_rng(crc32(f"{what} {past} {shock}".encode()))
    held, told, hit = [], [], []
    spread = (0.2 if what == "week" else 0.15, 0.1)
    days = np.array([1, 1.2, 1.2, 1.1, 0.8, 0, 0]) * 6 if what == "week" else np.ones(LENGTH)
    often = np.arange(1, 201) ** -0.7
    for _replication in range(replications):
        swing = np.exp(rng.standard_normal((2, past + 1)).T * spread * shock)
        day = int(rng.integers(0, 4) if what == "week" else rng.integers(18, 72))
        stood = []
        for volume, price in swing:
            came = np.repeat(np.arange(len(days)), rng.poisson(days * volume))
            if what == "week":
                stood.append((float((came <= day).sum()), float(len(came))))
            elif what == "distinct":
                who = rng.choice(len(often), len(came), p=often / often.sum())
                stood.append((len(np.unique(who[came <= day])), len(np.unique(who))))
            else:
                amount = rng.lognormal(15, 0.6, len(came)) * price
                stood.append((np.median(amount[came <= day]), np.median(amount)))
        then, ended = np.array(stood, dtype=np.float64).T
        found: Outlook | None = regressed(float(then[-1]), then[:-1], ended[:-1])
        assert found is not None
        if what != "median":
            found = Within(found, float(then[-1]), whole=True)
        held.append(found.quantile(0.1) <= ended[-1] <= found.quantile(0.9))
        target = found.quantile(rng.uniform(0.05, 0.95))
        told.append(found.probability(target, "higher"))
        hit.append(ended[-1] >= target)
    world = World(past=past, shock=shock, money=False)
    return Rates(world, *(np.array(each, dtype=np.float64) for each in (held, told, hit)))


def _parts(replications: int) -> Iterator[str]:
    """The rows of weeks, distinct counts and medians."""
    yield "| of | common shock | past periods | 80 % interval holds | exact 99 % | calibration error |"
    yield "|---|---|---|---|---|---|"
    for what, shock, past in product(("week", "distinct", "median"), (False, True), (8, 12, 20)):
        yield _row(what, partly(what, past, shock, replications))


def _row(what: str, each: Rates) -> str:
    low, high = each.interval()
    world, error = each.world, miscalibration(each.told, each.hit)
    return (
        f"| {what} | {'yes' if world.shock else 'no'} | {world.past} | {each.held.mean():.3f} "
        f"| {low:.3f} to {high:.3f} | {error:.3f} |"
    )


def _courses(replications: int) -> Iterator[str]:
    """The rows of formulas and stocks."""
    yield "| of | common shock | past quarters | 80 % interval holds | exact 99 % | calibration error |"
    yield "|---|---|---|---|---|---|"
    for what, shock, past in product(("value", "price", "open"), (False, True), (8, 12, 20)):
        yield _row(what, coursed(what, past, shock, replications))


def worlds() -> Iterator[World]:
    """Each row of the page."""
    for shock, money, past in product((False, True), (False, True), (8, 12, 20)):
        yield World(past=past, shock=shock, money=money)


def page(replications: int) -> Iterator[str]:
    """The markdown tables."""
    yield "| common shock | of | past quarters | 80 % interval holds | exact 99 % | kept |"
    yield "|---|---|---|---|---|---|"
    found = [rates(world, replications) for world in worlds()]
    for each in found:
        low, high = each.interval()
        kept = low <= 0.85 and high >= 0.75
        yield (
            f"| {'yes' if each.world.shock else 'no'} | {'amounts' if each.world.money else 'counts'} "
            f"| {each.world.past} | {each.held.mean():.3f} | {low:.3f} to {high:.3f} "
            f"| {'yes' if kept else '**no**'} |"
        )
    yield from ("", "| common shock | forecasts pooled | calibration error | limit | kept |")
    yield "|---|---|---|---|---|"
    for shock in (False, True):
        pooled = [each for each in found if each.world.shock is shock]
        told, hit = (np.concatenate([getattr(e, name) for e in pooled]) for name in ("told", "hit"))
        error = miscalibration(told, hit)
        yield (
            f"| {'yes' if shock else 'no'} | {len(told):,} | {error:.3f} | 0.05 "
            f"| {'yes' if error <= 0.05 else '**no**'} |"
        )
    yield from ("", "| monthly CV | autocorrelation | a day | 80 % interval holds | exact 99 % |")
    yield "|---|---|---|---|---|"
    for cv, linger, a_day in product((0.0, 0.2), (0.0, 0.6), (1.0, 5.0)):
        if cv or not linger:
            each = projected(linger, cv, a_day, replications)
            low, high = each.interval()
            holds = f"{each.held.mean():.3f} | {low:.3f} to {high:.3f}"
            yield f"| {cv} | {linger} | {a_day:g} | {holds} |"
    yield ""
    yield from _courses(replications)
    yield ""
    yield from _parts(replications)


if __name__ == "__main__":
    start = time.perf_counter()
    for line in page(int(sys.argv[1]) if len(sys.argv) > 1 else 1000):
        print(line, flush=True)
    print(f"\n{time.perf_counter() - start:.0f} seconds", file=sys.stderr)
