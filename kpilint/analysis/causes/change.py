"""Why wins or revenue changed: volume, mix, each stage's rate and price, from period to period."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Self

import numpy as np
import pandas as pd

from kpilint.analysis.attribution import attribute_segments, shapley
from kpilint.analysis.causes import change_wording as wording
from kpilint.analysis.causes.comparable import Doubts, doubts, last_period, whole_age
from kpilint.analysis.causes.outcome import Outcome, outcome
from kpilint.analysis.causes.strata import Population, population
from kpilint.analysis.funnels.dimensions import headings_of, impersonal
from kpilint.analysis.funnels.funnel import Funnel
from kpilint.analysis.stats import FloatArray, sidak
from kpilint.errors import Misuse
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import DAY, Period, add_months, read_period
from kpilint.i18n import _
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset

DRAWS = 200  # of the simulation behind the intervals
SEED = 20_051  # a page must come out the same twice


@dataclass(frozen=True, slots=True)
class Change:
    """What became of the records that entered a funnel in two periods, at the same age.

    Without ``after`` it is the last quarter that is old enough, without ``before`` the period
    before that; ``by`` is the dimension of the mix. Calling it with a Dataset gives a ChangeResult.
    """

    spec: FunnelSpec
    before: Period | None = None
    after: Period | None = None
    by: str = ""
    as_of: date | None = None
    year_start: int = 1
    currency: str = "JPY"
    heading: str = ""  # what readers call the dimension

    @classmethod
    def of(
        cls,
        goals: GoalSet,
        funnel: str = "",
        *,
        before: str = "",
        after: str = "",
        by: str = "",
        as_of: date | str | None = None,
    ) -> Self:
        """A funnel of the goals file by name, else its first, and the dimension it names first.

        One that names people takes part only if ``by`` asks for it.

        Periods are as a goals file writes them (``2026-Q1``, ``2026-04..2026-06``). Raises Misuse
        for a name or text that cannot be understood, and for periods that share a day.
        """
        seen = Funnel.of(goals, funnel, as_of=as_of)
        year, called = goals.fiscal_year_start or 1, goals.fiscal_year_named
        try:
            first, last = (read_period(t, year, called) if t else None for t in (before, after))
        except ValueError as problem:
            raise Misuse(str(problem)) from None
        if first and last and first.overlaps(last):
            raise Misuse(_("The two periods share days; give one after the other."))
        column = by or next(iter(impersonal(goals, seen.spec)), "")
        heading = dict(headings_of(goals, seen.spec, (column,)))[column]
        return cls(
            seen.spec, first, last, column, seen.as_of, year, goals.currency, heading
        )  # fmt: skip

    def __call__(self, data: Dataset) -> ChangeResult:
        """Count both periods at one age and split the difference; only counts leave the engine.

        Raises the data door's errors, and Misuse for an expression that cannot be read.
        """
        people = population(data, self.spec, (self.by,) if self.by else (), self.as_of)
        age = whole_age(people)
        after = self.after or last_period(people, age, self.year_start)
        if after is None or people.until is None or age is None:
            return ChangeResult(self, None, None, None, None, (), (0.0, 0.0))
        before = self.before or after.before()
        if people.until < after.end and people.until >= after.start:
            after = replace(after, end=people.until, kind="range")
        asked = replace(self, before=before, after=after)
        found = doubts(people, before, after, age, self.year_start)
        values = sorted(value for each in people.dimensions for value in each.values)
        first, last = (outcome(people, p, found.days, values) for p in (before, after))
        split = ((), (0.0, 0.0)) if found.barred else parts(first, last)
        earlier = _year_before(people, before, after, found.days, values) if split[0] else None
        return ChangeResult(asked, found, first, last, age, *split, earlier)


@dataclass(frozen=True, slots=True)
class Part:
    """What one factor adds to the change, with its 95 % interval; ``check`` is Shapley's answer.

    ``factor`` is volume, mix, rate or price; ``stage`` that of a rate, from 0. ``sure`` is whether
    it can be told from chance, all factors of the split taken together.
    """

    factor: str
    stage: int | None
    value: float
    low: float
    high: float
    check: float
    sure: bool


def _year_before(
    people: Population, before: Period, after: Period, days: int, values: Sequence[str]
) -> tuple[Outcome, Outcome] | None:
    """The same months of the year before; None where the records do not reach back so far."""
    if any(day.day != 1 for each in (before, after) for day in (each.start, each.end + DAY)):
        return None
    first, last = (
        replace(each, start=add_months(each.start, -12), end=add_months(each.end + DAY, -12) - DAY)
        for each in (before, after)
    )
    if people.since is None or people.since > first.start:
        return None
    return outcome(people, first, days, values), outcome(people, last, days, values)


def parts(before: Outcome, after: Outcome) -> tuple[tuple[Part, ...], tuple[float, float]]:
    """The factors' contributions, and the 95 % interval of the whole change.

    The intervals are those of a parametric bootstrap; which factors are sure is asked of all of
    them together (Šidák).
    """
    from scipy.stats import norm  # a second to import

    if not before.entered or not after.entered:
        return (), (0.0, 0.0)
    priced = before.priced and after.priced
    x0, x1 = before.factors(priced=priced), after.factors(priced=priced)
    value, rng = _split(x0, x1), np.random.default_rng(SEED)
    draws = np.array(
        [
            _split(before.drawn(rng, priced=priced), after.drawn(rng, priced=priced))
            for _draw in range(DRAWS)
        ]
    )
    low, high = np.percentile(draws, [2.5, 97.5], axis=0)
    limit = float(norm.isf((1 - sidak(0.95, len(value))) / 2))
    sure = np.abs(value) > limit * draws.std(axis=0)
    check = _shapley(x0, x1)
    rates = before.reached.shape[1] - 1
    named: list[tuple[str, int | None]] = [("volume", None), ("mix", None)]
    named += [("rate", n + 1) for n in range(rates)]
    named += [("price", None)] if priced else []
    found = tuple(
        Part(*name, float(value[n]), float(low[n]), float(high[n]), float(check[n]), bool(sure[n]))
        for n, name in enumerate(named)
    )
    least, most = np.percentile(draws.sum(axis=1), [2.5, 97.5])
    return found, (float(least), float(most))


def _split(before: FloatArray, after: FloatArray) -> FloatArray:
    """What each factor adds, summed over segments: volume, mix, rates, price."""
    found = attribute_segments(before, after)
    whole = [found.volume.sum(), found.mix.sum(), *found.factors.sum(axis=0)]
    return np.array(whole, dtype=np.float64)


def _shapley(before: FloatArray, after: FloatArray) -> FloatArray:
    totals = before[:, 0].sum(), after[:, 0].sum()
    added = np.zeros(before.shape[1] + 1)
    for own, now in zip(before, after, strict=True):
        sides = [
            [total, each[0] / total, *each[1:]]
            for total, each in zip(totals, (own, now), strict=True)
        ]
        added += np.array(list(shapley(*sides).values()))
    return added


@dataclass(frozen=True, slots=True)
class ChangeResult(Result):
    """The two outcomes and what lies between them; without ``doubts`` there is nothing to compare.

    ``age`` is the days by which most wins have come, ``parts`` add up to the change, ``interval``
    holds that at 95 %; there are none where the doubts forbid a comparison. ``earlier`` has the
    same two periods of the year before, where the records reach back so far.
    """

    change: Change
    doubts: Doubts | None
    before: Outcome | None
    after: Outcome | None
    age: float | None
    parts: tuple[Part, ...]
    interval: tuple[float, float]
    earlier: tuple[Outcome, Outcome] | None = None

    @property
    def recurring(self) -> float | None:
        """The change of a year before, as a share, where it was like this one; else None.

        Like it is a change in the same direction and at least half as large.
        """
        totals = self.totals()
        if self.earlier is None or not totals or not totals["before"]:
            return None
        was, then = (self._total(each) for each in self.earlier)
        change = totals["after"] / totals["before"] - 1
        usual = then / was - 1 if was > 0 else 0.0
        return usual if usual * change > 0 and abs(usual) >= abs(change) / 2 else None

    def _total(self, each: Outcome) -> float:
        return float(each.amount.sum() if self.priced else each.wins)

    @property
    def priced(self) -> bool:
        """Whether it speaks of money; else of wins."""
        return any(part.factor == "price" for part in self.parts)

    def text(self) -> str:
        """Why it changed, in sentences to read out, or why that cannot be told."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a factor: ``factor stage contribution low high shapley``.

        Contributions are in the currency, or wins where amounts are not known, and add up to the
        change; ``low`` and ``high`` are their 95 % limits, ``shapley`` another way to split.
        """
        named = [stage.name for stage in self.change.spec.stages]
        rows = [
            {
                "factor": part.factor,
                "stage": named[part.stage] if part.stage is not None else None,
                "contribution": part.value,
                "low": part.low,
                "high": part.high,
                "shapley": part.check,
            }
            for part in self.parts
        ]
        return pd.DataFrame(rows, columns=_COLUMNS)

    def totals(self) -> Mapping[str, float]:
        """``before`` and ``after`` in the unit of the contributions."""
        if self.before is None or self.after is None:
            return {}
        return {"before": self._total(self.before), "after": self._total(self.after)}

    def figure(self) -> go.Figure:
        """A waterfall from the earlier period to the later one."""
        from kpilint.analysis.causes.change_drawing import drawn

        return drawn(self)

    def readable(self) -> pd.DataFrame:
        """The table with its headings and numbers as a reader expects them."""
        return wording.readable(self)

    def remarks(self) -> list[str]:
        """How the periods are compared, and what the split cannot tell."""
        return wording.remarks(self)


_COLUMNS = ["factor", "stage", "contribution", "low", "high", "shapley"]
