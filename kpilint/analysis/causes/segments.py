"""Where records no longer get through: the segments and stages behind a fall, and its worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self

import pandas as pd

from kpilint.analysis.causes import segments_wording as wording
from kpilint.analysis.causes.comparable import recorded_since
from kpilint.analysis.causes.stake import Stake, stake
from kpilint.analysis.causes.strata import Population, population
from kpilint.analysis.causes.windows import (
    Counts,
    Look,
    Mature,
    Visible,
    looks_of,
    telling,
    visible,
)
from kpilint.analysis.funnels.dimensions import Dimension, headings_of, impersonal
from kpilint.analysis.funnels.funnel import Funnel
from kpilint.analysis.scan import Cause
from kpilint.analysis.stats import wilson
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset


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
    personal: tuple[str, ...] = ()  # dimensions left out, since they name people

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

        Of the file's own those that name people are left out: who wants them asks for them.
        Raises Misuse for a name or text that cannot be understood.
        """
        seen = Funnel.of(goals, funnel, as_of=as_of)
        given = (by,) if isinstance(by, str) and by else tuple(by)
        usual = impersonal(goals, seen.spec)
        columns = tuple(dict.fromkeys(given or usual))
        headings = headings_of(goals, seen.spec, columns)
        personal = () if given else tuple(each for each in seen.spec.by if each not in usual)
        year, currency = seen.year_start, goals.currency
        return cls(seen.spec, columns, seen.as_of, year, currency, headings, personal)

    def __call__(self, data: Dataset) -> SegmentsResult:
        """Compare each stage's last mature quarters with those before; only counts travel.

        Two windows are looked through, and share the level: the last quarter against the year
        before it, which sees what is sudden, and the last two quarters against the two before,
        which sees what lasts. Raises the data door's errors, and Misuse for an expression that
        cannot be read.
        """
        people = population(data, self.spec, self.by, self.as_of)
        since = recorded_since(people)
        asked = (Mature.of(people, n, self.year_start, since) for n in range(1, people.stages))
        found = [each for each in asked if each is not None]
        quarters = min((len(each.quarters) for each in found), default=0)
        if quarters < 2:
            return SegmentsResult(self, people.dimensions, (), (), (), since)
        stages = tuple(each.last(quarters) for each in found)
        looks = looks_of(Counts.of(stages, people), stages, self.year_start)
        leaks = []
        for n in range(len(stages)):
            look, causes = telling(looks, n)
            leaks += [_leak(cause, look, n, people) for cause in causes]
        return SegmentsResult(self, people.dimensions, looks, tuple(leaks), visible(looks), since)


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


@dataclass(frozen=True, slots=True)
class SegmentsResult(Result):
    """What has fallen, where, and what explains nothing; without ``looks`` the past is too short.

    ``since`` is the day from which outcomes are recorded, None where they are from the start.
    """

    segments: Segments
    dimensions: tuple[Dimension, ...]
    looks: tuple[Look, ...]
    leaks: tuple[Leak, ...]
    visible: tuple[Visible, ...]
    since: date | None = None

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
