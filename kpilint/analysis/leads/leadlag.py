"""Whether one metric leads another, by how long, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Self, cast

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from kpilint.analysis.leads import drawing, wording
from kpilint.analysis.leads.crosscorrelation import Innovations, Lagged, lagged
from kpilint.analysis.leads.deadline import Deadline
from kpilint.analysis.leads.direction import Decision, Direction, decide, detectable
from kpilint.analysis.leads.fitness import LEAST_POINTS, Fitness, fitness
from kpilint.analysis.leads.series import CYCLE, REACH, Grain, grain_of, measured, paired, start_of
from kpilint.errors import Misuse
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import read_period
from kpilint.i18n import _
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset


def lead_lag(
    x: ArrayLike | pd.Series,
    y: ArrayLike | pd.Series,
    max_lag: int = 12,
    *,
    cycle: float | None = None,
) -> LeadLagResult:
    """Whether ``x`` leads ``y`` by 0 to ``max_lag`` steps, or follows it.

    Arrays of one length, or pandas series with dates or periods (a week or a month each). ``cycle``
    is the season's length in steps; weeks and months know theirs. Trend, season, up to two steps
    of the level and each series' own memory are removed before the two are compared, so that
    series with a memory are not mistaken for a lead (5 % in all, not 5 % a lag). Series that
    cannot be tested give a result that says why. Raises Misuse for what cannot be matched.
    Source: Haugh (1976), JASA 71, 378-385; Bartlett (1935), JRSS 98, 536-543.
    """
    a, b = paired(x, y)
    grain = grain_of(a)
    cycle = CYCLE[grain] if cycle is None else cycle
    if max_lag < 0 or (cycle is not None and not cycle > 2):
        raise Misuse(_("max_lag is 0 or more steps, and a cycle has more than 2."))
    fits = tuple(fitness(each.to_numpy(), str(each.name), cycle) for each in (a, b))
    reason = fits[0].reason or fits[1].reason
    if not reason and max_lag > len(a) - LEAST_POINTS // 2:
        reason = _(
            "A lag of {lag} leaves too little of {n:point|points}; ask for at most {most}.",
            lag=max_lag,
            n=len(a),
            most=len(a) - LEAST_POINTS // 2,
        )
    if reason:
        return LeadLagResult(a, b, grain, (fits[0], fits[1]), reason=reason)
    both = Innovations.of(np.stack([fit.values for fit in fits]), cycle, start_of(a))
    found = lagged(both[0], both[1], np.arange(-max_lag, max_lag + 1))
    return LeadLagResult(
        a, b, grain, (fits[0], fits[1]), found, both.breaks.tolist(), both.calendar.tolist()
    )


@dataclass(frozen=True, slots=True)
class LeadLag:
    """Two metrics of a goals file, by name, compared by week or month as known on ``as_of``.

    ``per_workday`` takes the working days out of amounts and counts that follow them. Calling it with a
    Dataset gives a LeadLagResult.
    """

    goals: GoalSet
    leading: str
    lagging: str
    grain: Grain = "week"
    as_of: date | None = None
    max_lag: int | None = None  # 12 weeks or 6 months unless given
    per_workday: bool = True

    @classmethod
    def of(
        cls,
        goals: GoalSet,
        *,
        leading: str,
        lagging: str,
        grain: str = "week",
        as_of: date | str | None = None,
        max_lag: int | None = None,
        per_workday: bool = True,
    ) -> Self:
        """The question whether ``leading`` leads ``lagging``. Raises Misuse for another grain."""
        day = day_of(as_of, goals)
        return cls(goals, leading, lagging, known_grain(grain), day, max_lag, per_workday)

    def __call__(self, data: Dataset) -> LeadLagResult:
        """Measure both metrics and compare them.

        Raises Misuse for an unknown metric, Unavailable for one that cannot be computed.
        """
        until = self.as_of or date.today()
        x, y = (
            measured(data, self.goals, name, self.grain, until, per_workday=self.per_workday)
            for name in (self.leading, self.lagging)
        )
        reach = REACH[self.grain] if self.max_lag is None else self.max_lag
        deadline = Deadline.of(self.goals, self.lagging, until)
        found = lead_lag(x.values, y.values, reach)
        return replace(found, notes=(*x.notes, *y.notes), deadline=deadline)


def known_grain(text: str) -> Grain:
    """``week`` or ``month``; Misuse for anything else."""
    if text not in ("week", "month"):
        raise Misuse(_("A grain is week or month, not “{text}”.", text=text))
    return cast("Grain", text)


def day_of(as_of: date | str | None, goals: GoalSet) -> date | None:
    """The day that a date, or the end of a period as a goals file writes it, stands for."""
    if not as_of or isinstance(as_of, date):
        return as_of or None
    try:
        return read_period(as_of, goals.fiscal_year_start or 1, goals.fiscal_year_named).end
    except ValueError as problem:
        raise Misuse(str(problem)) from None


@dataclass(frozen=True, slots=True, eq=False)
class LeadLagResult(Result):
    """How ``x`` and ``y``, on one index and with their gaps, move against each other lag by lag.

    ``lagged`` are the correlations of what is new in them, None where ``reason`` says why they
    could not be compared. ``breaks`` are the points at which each one's level broke (-1: none);
    ``calendar`` is whether each one repeated a pattern of the calendar.
    """

    x: pd.Series
    y: pd.Series
    grain: Grain
    fits: tuple[Fitness, ...]
    lagged: Lagged | None = None
    breaks: tuple[tuple[int, ...], tuple[int, ...]] = ((), ())
    calendar: tuple[bool, bool] = (False, False)
    reason: str = ""
    notes: tuple[str, ...] = ()  # what was done to the series before
    deadline: Deadline | None = None  # the period of y that is running

    @property
    def decision(self) -> Decision | None:
        """What the lags together say; None without correlations."""
        return None if self.lagged is None else decide(self.lagged)

    @property
    def direction(self) -> Direction:
        """``leads``, ``moves together``, ``follows`` or ``not detectable``: x against y."""
        found = self.decision
        return cast("Direction", str(found.direction)) if found else "not detectable"

    @property
    def lag(self) -> int | None:
        """The strongest lag, in steps by which x is earlier; None where nothing is detectable."""
        found = self.decision
        return int(found.lag) if found and self.direction != "not detectable" else None

    @property
    def first_lag(self) -> int | None:
        """The significant lag nearest to zero, on the same side as ``lag``."""
        found = self.decision
        return int(found.first) if found and self.direction != "not detectable" else None

    @property
    def p_value(self) -> float:
        """One-sided in time: of the strongest lag at 0 or later, after looking at all of them."""
        found = self.decision
        return float(found.p) if found else float("nan")

    @property
    def n(self) -> int:
        """How many points both have."""
        return len(self.x)

    @property
    def n_eff(self) -> float:
        """How many independent points they are worth."""
        return float(self.lagged.worth) if self.lagged else float("nan")

    @property
    def detectable(self) -> float:
        """The smallest correlation that would show at any single lag four times out of five."""
        if self.lagged is None:
            return float("nan")
        reach = int(self.lagged.lags.max())
        return float(detectable(self.lagged.worth - self.lagged.spent, reach, reach + 1))

    def at(self, lag: int) -> tuple[float, float, float]:
        """The correlation at ``lag`` with its 95 % interval; x comes ``lag`` steps before y."""
        assert self.lagged is not None
        place = int(np.flatnonzero(self.lagged.lags == lag)[0])
        low, high = self.lagged.interval()
        return float(self.lagged.r[place]), float(low[place]), float(high[place])

    @property
    def last_day(self) -> date | None:
        """The last day on which x can still move y within the ``deadline``; None without a lead."""
        if self.deadline is None or self.direction != "leads" or self.lag is None:
            return None
        return self.deadline.last_day(self.lag, self.grain)

    def text(self) -> str:
        """Who moves first and by how long, or what these points cannot tell."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a lag: ``lag r low high p``.

        A lag is how many steps x is earlier than y. ``low`` and ``high`` bound the correlation at
        95 %, ``p`` is two-sided; both are of this lag by itself.
        """
        if self.lagged is None:
            return pd.DataFrame(columns=["lag", "r", "low", "high", "p"], dtype="float64")
        low, high = self.lagged.interval()
        found = {"r": self.lagged.r, "low": low, "high": high, "p": self.lagged.p_values()}
        return pd.DataFrame({"lag": self.lagged.lags, **found})

    def figure(self) -> go.Figure:
        """The correlation at each lag with its interval; the strongest lag stands out."""
        return drawing.by_lag(self)

    def shifted(self) -> go.Figure:
        """Both series in two panels, x moved later by its lead, so that like stands above like."""
        return drawing.shifted(self)

    def readable(self) -> pd.DataFrame:
        """The table with its headings and numbers as a reader expects them."""
        return wording.readable(self)

    def remarks(self) -> list[str]:
        """Breaks, gaps, smoothing, and what order in time does not say."""
        return wording.remarks(self)
