"""Through which windows of quarters segments are looked at, and what each of them shows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, inf, sqrt
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from kpilint.analysis.causes.strata import Population, quarter
from kpilint.analysis.scan import LEAST_CHANGES, Cause, Scan, scan
from kpilint.analysis.stats import FloatArray
from kpilint.goals.period import Period

if TYPE_CHECKING:
    import pandas as pd

LEVEL = 0.95  # over all questions together
POWER = 0.8
REFERENCE = 4  # quarters: a whole year, so that no season is mistaken for a fall


class Window(NamedTuple):
    """The ``recent`` last quarters together, compared with the ``pooled`` before them."""

    recent: int
    pooled: int


def windows_of(quarters: int) -> tuple[Window, ...]:
    """The last quarter against a year; where the past allows, also the last half against one."""
    sudden = Window(1, min(max(quarters - 1 - LEAST_CHANGES, 1), REFERENCE))
    # Without knowing how rates drift, a second look would mostly find drift.
    return (sudden, Window(2, 2)) if quarters // 2 >= LEAST_CHANGES + 2 else (sudden,)


@dataclass(frozen=True, slots=True)
class Mature:
    """A stage's mature quarters by number; the counts of each stratum in each of them, in rows."""

    stage: int
    days: int
    quarters: tuple[int, ...]
    rows: pd.DataFrame

    @classmethod
    def of(cls, people: Population, stage: int, year_start: int, since: date | None) -> Self | None:
        """The quarters in which a stage can be judged, as ``bottleneck.comparisons`` chooses them.

        Those that begin before ``since``, from when on outcomes are recorded, cannot.
        """
        age = people.ages[stage]
        if age is None or people.until is None:
            return None
        days = max(1, ceil(age))
        rows = people.by_quarter(stage, days, year_start)
        old, first = people.until - timedelta(days=days), since or date.min
        numbers = sorted(int(number) for number in rows["quarter"].unique())
        spans = {n: quarter(n, year_start) for n in numbers[1:]}
        past = [n for n, span in spans.items() if span.start >= first and span.end <= old]
        # A quarter in which nobody came is one of the past too.
        return cls(stage, days, tuple(range(past[0], past[-1] + 1)), rows) if past else None

    def last(self, quarters: int) -> Mature:
        """The same with its last quarters only."""
        return Mature(self.stage, self.days, self.quarters[-quarters:], self.rows)


@dataclass(frozen=True, slots=True)
class Counts:
    """``passed`` of ``entered``, each ``(quarters, stages, strata)``, and the strata's values."""

    passed: FloatArray
    entered: FloatArray
    values: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, stages: Sequence[Mature], people: Population) -> Counts:
        names = people.names()
        tables = [each.rows[each.rows["quarter"].isin(each.quarters)] for each in stages]
        found: dict[tuple[str, ...], int] = {}
        shape = len(stages[0].quarters), len(stages), sum(len(table) for table in tables)
        passed, entered = np.zeros(shape), np.zeros(shape)
        for n, (each, table) in enumerate(zip(stages, tables, strict=True)):
            for row in table.to_dict("records"):
                key = tuple(str(row[name]) for name in names)
                place = row["quarter"] - each.quarters[0], n, found.setdefault(key, len(found))
                passed[place], entered[place] = row["passed"], row["entered"]
        values = {
            dimension.name: [key[n] for key in found]
            for n, dimension in enumerate(people.dimensions)
        }
        return cls(passed[..., : len(found)], entered[..., : len(found)], values)


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What one window shows; ``now`` and ``past`` are by stage, in the order of ``stages``.

    ``entered`` and ``before`` are by stage and stratum: the records of the last period, and those
    that it is compared with; ``rates`` are the stages' rates in the latter.
    """

    window: Window
    stages: tuple[int, ...]
    days: tuple[int, ...]
    now: tuple[Period, ...]
    past: tuple[Period, ...]
    scan: Scan
    values: Mapping[str, Sequence[str]]
    entered: FloatArray
    before: FloatArray
    rates: FloatArray
    limit: float

    @classmethod
    def of(
        cls,
        counts: Counts,
        stages: Sequence[Mature],
        year_start: int,
        window: Window,
        windows: int,
    ) -> Self:
        """Scan through one of so many windows."""
        from scipy.stats import norm  # a second to import

        level, (recent, pooled) = 1 - (1 - LEVEL) / windows, window
        found = scan(
            counts.passed, counts.entered, counts.values, level=level, recent=recent, pooled=pooled
        )
        past = slice(-recent - pooled, -recent)
        passed, before = counts.passed[past].sum(axis=0), counts.entered[past].sum(axis=0)
        whole = before.sum(axis=1)
        return cls(
            window,
            tuple(each.stage for each in stages),
            tuple(each.days for each in stages),
            tuple(_period(each.quarters[-recent:], year_start) for each in stages),
            tuple(_period(each.quarters[past], year_start) for each in stages),
            found,
            counts.values,
            counts.entered[-recent:].sum(axis=0),
            before,
            np.divide(passed.sum(axis=1), whole, out=np.zeros(len(whole)), where=whole > 0),
            float(norm.isf((1 - level) / 2 / found.questions)),
        )


def _period(quarters: Sequence[int], year_start: int) -> Period:
    first, last = quarter(quarters[0], year_start), quarter(quarters[-1], year_start)
    return first if len(quarters) == 1 else Period(first.start, last.end, "range")


def looks_of(counts: Counts, stages: Sequence[Mature], year_start: int) -> tuple[Look, ...]:
    """What all windows show that so many quarters allow; they share the level."""
    windows = windows_of(len(stages[0].quarters))
    return tuple(Look.of(counts, stages, year_start, each, len(windows)) for each in windows)


def telling(looks: Sequence[Look], stage: int) -> tuple[Look, tuple[Cause, ...]]:
    """The look whose strongest cause is the strongest, and its causes at the stage."""
    own = [(look, tuple(c for c in look.scan.causes if c.stage == stage)) for look in looks]
    return min(own, key=lambda pair: min((c.p_value for c in pair[1]), default=2.0))


class Visible(NamedTuple):
    """The smallest fall of a segment's rate that would be named with probability 0.8.

    None where not even a fall to zero would be. Without dimension it is that of all records.
    """

    stage: int  # of the funnel, from 0
    dimension: str
    value: str
    points: float | None


def visible(looks: Sequence[Look]) -> tuple[Visible, ...]:
    """What could have been seen through either window: of all records, and of each value."""
    from scipy.stats import norm  # a second to import

    seen: dict[tuple[int, str, str], float] = {}
    for look in looks:
        cells = [("", "", np.ones(look.entered.shape[1], dtype=bool))]
        for name, values in look.values.items():
            cells += [(name, v, np.array(values) == v) for v in dict.fromkeys(values)]
        for n, (stage, rate) in enumerate(zip(look.stages, look.rates.tolist(), strict=True)):
            spread, drift = rate * (1 - rate), look.scan.drift[n] if look.scan.drift else 0.0
            for name, value, mine in cells:
                now, past = (float(each[n, mine].sum()) for each in (look.entered, look.before))
                points = inf
                if now and past:
                    error = sqrt(spread * (1 / now + 1 / past) + (drift * spread) ** 2)
                    points = (look.limit + float(norm.ppf(POWER))) * error
                key = stage, name, value
                seen[key] = min(seen.get(key, inf), points if points < rate else inf)
    return tuple(Visible(*key, None if points == inf else points) for key, points in seen.items())
