"""Where records no longer get through: the segments and stages behind a fall, and its worth."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, inf, sqrt
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
import pandas as pd

from kpilint.analysis.causes import segments_wording as wording
from kpilint.analysis.causes.stake import Stake, stake
from kpilint.analysis.causes.strata import Dimension, Population, headings_of, population, quarter
from kpilint.analysis.funnels.funnel import Funnel
from kpilint.analysis.scan import LEAST_CHANGES, Cause, Scan, scan
from kpilint.analysis.stats import FloatArray, wilson
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset

LEVEL = 0.95  # over all questions together
POWER = 0.8
REFERENCE = 4  # quarters: a whole year, so that no season is mistaken for a fall


@dataclass(frozen=True, slots=True)
class Segments:
    """A scan of a funnel's stages by the dimensions ``by``, as seen on the day ``as_of``.

    Calling it with a Dataset gives a SegmentsResult.
    """

    spec: FunnelSpec
    by: tuple[str, ...] = ()
    as_of: date | None = None
    year_start: int = 1  # the fiscal year's first month, for quarters
    currency: str = "JPY"
    headings: tuple[tuple[str, str], ...] = ()  # what readers call the dimensions

    @classmethod
    def of(
        cls,
        goals: GoalSet,
        funnel: str = "",
        *,
        by: Sequence[str] | str = (),
        as_of: date | str | None = None,
    ) -> Self:
        """A funnel of the goals file by name, else its first; ``by`` in place of the file's own.

        Raises Misuse for a name or text that cannot be understood.
        """
        seen = Funnel.of(goals, funnel, as_of=as_of)
        given = (by,) if isinstance(by, str) and by else tuple(by)
        columns = tuple(dict.fromkeys(given or seen.spec.by))
        headings = headings_of(goals, seen.spec, columns)
        return cls(seen.spec, columns, seen.as_of, seen.year_start, goals.currency, headings)

    def __call__(self, data: Dataset) -> SegmentsResult:
        """Compare each stage's last mature quarters with those before; only counts travel.

        Two windows are looked through, and share the level: the last quarter against the year
        before it, which sees what is sudden, and the last two quarters against the two before,
        which sees what lasts. Raises the data door's errors, and Misuse for an expression that
        cannot be read.
        """
        people = population(data, self.spec, self.by, self.as_of)
        found = [each for n in range(1, people.stages) if (each := _mature(self, people, n))]
        quarters = min((len(each.quarters) for each in found), default=0)
        if quarters < 2:
            return SegmentsResult(self, people.dimensions, (), (), ())
        stages = tuple(each.last(quarters) for each in found)
        counts = _Counts.of(stages, people)
        windows = _windows(quarters)
        looks = tuple(Look.of(self, counts, stages, each, len(windows)) for each in windows)
        leaks = []
        for n in range(len(stages)):
            look, causes = _telling(looks, n)
            leaks += [_leak(cause, look, n, people) for cause in causes]
        return SegmentsResult(self, people.dimensions, looks, tuple(leaks), _visible(looks))


class Window(NamedTuple):
    """Periods of so many ``quarters``; the last is compared with ``pooled`` before it."""

    quarters: int
    pooled: int


def _windows(quarters: int) -> tuple[Window, ...]:
    sudden = Window(1, min(max(quarters - 1 - LEAST_CHANGES, 1), REFERENCE))
    # Without knowing how rates drift, a second look would mostly find drift.
    return (sudden, Window(2, 1)) if quarters // 2 >= LEAST_CHANGES + 2 else (sudden,)


@dataclass(frozen=True, slots=True)
class _Mature:
    """A stage's mature quarters by number; the counts of each stratum in each of them, in rows."""

    stage: int
    days: int
    quarters: tuple[int, ...]
    rows: pd.DataFrame

    def last(self, quarters: int) -> _Mature:
        return _Mature(self.stage, self.days, self.quarters[-quarters:], self.rows)


def _mature(segments: Segments, people: Population, stage: int) -> _Mature | None:
    """The quarters in which a stage can be judged, as ``bottleneck.comparisons`` chooses them."""
    age = people.ages[stage]
    if age is None or people.until is None:
        return None
    days = max(1, ceil(age))
    rows = people.by_quarter(stage, days, segments.year_start)
    mature = people.until - timedelta(days=days)
    numbers = sorted(int(number) for number in rows["quarter"].unique())
    past = [n for n in numbers[1:] if quarter(n, segments.year_start).end <= mature]
    # A quarter in which nobody came is one of the past too.
    return _Mature(stage, days, tuple(range(past[0], past[-1] + 1)), rows) if past else None


@dataclass(frozen=True, slots=True)
class _Counts:
    """``passed`` of ``entered``, each ``(quarters, stages, strata)``, and the strata's values."""

    passed: FloatArray
    entered: FloatArray
    values: Mapping[str, Sequence[str]]

    @classmethod
    def of(cls, stages: Sequence[_Mature], people: Population) -> _Counts:
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

    def by(self, quarters: int) -> _Counts:
        """Periods of so many quarters; the oldest quarters that make up none are left out."""
        periods, stages, strata = self.passed.shape
        kept = periods // quarters
        shape = kept, quarters, stages, strata
        passed, entered = (
            each[periods - kept * quarters :].reshape(shape).sum(axis=1)
            for each in (self.passed, self.entered)
        )
        return _Counts(passed, entered, self.values)


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
        segments: Segments,
        counts: _Counts,
        stages: Sequence[_Mature],
        window: Window,
        windows: int,
    ) -> Self:
        """Scan through one of so many windows."""
        from scipy.stats import norm  # a second to import

        seen, level = counts.by(window.quarters), 1 - (1 - LEVEL) / windows
        found = scan(seen.passed, seen.entered, seen.values, level=level, pooled=window.pooled)
        past = slice(-1 - window.pooled, -1)
        passed, before = seen.passed[past].sum(axis=0), seen.entered[past].sum(axis=0)
        whole = before.sum(axis=1)
        length, start = window.quarters, segments.year_start
        return cls(
            window,
            tuple(each.stage for each in stages),
            tuple(each.days for each in stages),
            tuple(_period(each.quarters[-length:], start) for each in stages),
            tuple(
                _period(each.quarters[-length * (1 + window.pooled) : -length], start)
                for each in stages
            ),
            found,
            seen.values,
            seen.entered[-1],
            before,
            np.divide(passed.sum(axis=1), whole, out=np.zeros(len(whole)), where=whole > 0),
            float(norm.isf((1 - level) / 2 / found.questions)),
        )


def _period(quarters: Sequence[int], year_start: int) -> Period:
    first, last = quarter(quarters[0], year_start), quarter(quarters[-1], year_start)
    return first if len(quarters) == 1 else Period(first.start, last.end, "range")


def _telling(looks: Sequence[Look], stage: int) -> tuple[Look, tuple[Cause, ...]]:
    """The look whose strongest cause is the strongest, and its causes at the stage."""
    own = [(look, tuple(c for c in look.scan.causes if c.stage == stage)) for look in looks]
    return min(own, key=lambda pair: min((c.p_value for c in pair[1]), default=2.0))


@dataclass(frozen=True, slots=True)
class Leak:
    """A cause with the records of its segment in the last period, and what it costs.

    ``stage`` is that of the funnel, from 0; the stake is that of the whole of ``now``.
    """

    cause: Cause
    stage: int
    days: int
    now: Period
    past: Period
    entered: int
    stake: Stake

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson interval of the rate in the last period."""
        low, high = wilson(round(self.cause.after * self.entered), self.entered)
        return float(low), float(high)


def _leak(cause: Cause, look: Look, n: int, people: Population) -> Leak:
    entered = round(cause.missing / -cause.difference)
    worth = stake(people, cause.segment, look.stages[n], cause.missing, 1 / abs(cause.z))
    return Leak(cause, look.stages[n], look.days[n], look.now[n], look.past[n], entered, worth)


class Visible(NamedTuple):
    """The smallest fall of a segment's rate that would be named with probability 0.8.

    None where not even a fall to zero would be. Without dimension it is that of all records.
    """

    stage: int  # of the funnel, from 0
    dimension: str
    value: str
    points: float | None


def _visible(looks: Sequence[Look]) -> tuple[Visible, ...]:
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


@dataclass(frozen=True, slots=True)
class SegmentsResult(Result):
    """What has fallen, where, and what explains nothing; without ``looks`` the past is too short."""

    segments: Segments
    dimensions: tuple[Dimension, ...]
    looks: tuple[Look, ...]
    leaks: tuple[Leak, ...]
    visible: tuple[Visible, ...]

    @property
    def idle(self) -> tuple[str, ...]:
        """The dimensions that explain nothing."""
        told = {name for leak in self.leaks for name, _value in leak.cause.segment}
        return tuple(each.name for each in self.dimensions if each.name not in told)

    def text(self) -> str:
        """What has fallen and what that costs, or what the data cannot tell."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a cause, by stage, strongest first.

        ``stage segment since until entered before after low high missing value value_low
        value_high p_value``: ``segment`` maps dimensions to values and is empty for all records.
        Of ``entered`` records that came to the stage before from ``since`` to ``until``, the share
        ``after`` moved on within the stage's days, with ``low`` and ``high`` as its 95 % Wilson
        interval; ``missing`` are those that moved on too few, ``value`` what they would have
        brought in the end, missing where amounts are not known.
        """
        named = [stage.name for stage in self.segments.spec.stages]
        rows = [
            {
                "stage": named[leak.stage],
                "segment": dict(leak.cause.segment),
                "since": leak.now.start.isoformat(),
                "until": leak.now.end.isoformat(),
                "entered": leak.entered,
                "before": leak.cause.before,
                "after": leak.cause.after,
                "low": leak.interval[0],
                "high": leak.interval[1],
                "missing": leak.cause.missing,
                **leak.stake.columns(),
                "p_value": leak.cause.p_value,
            }
            for leak in self.leaks
        ]
        return pd.DataFrame(rows, columns=_COLUMNS)

    def figure(self) -> go.Figure:
        """Each cause's rate before and in the last period, with its interval."""
        from kpilint.analysis.causes.segments_drawing import drawn

        return drawn(self)

    def readable(self) -> pd.DataFrame:
        """The table with its headings and numbers as a reader expects them."""
        return wording.readable(self)

    def remarks(self) -> list[str]:
        """What explains nothing, what is compared with what, and what it rests on."""
        return wording.remarks(self)


_COLUMNS = ["stage", "segment", "since", "until", "entered", "before", "after", "low", "high"]
_COLUMNS += ["missing", "value", "value_low", "value_high", "p_value"]
