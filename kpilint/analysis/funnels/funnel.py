"""How records flow through a funnel, and which stage has become worse than it was."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self

import pandas as pd

from kpilint.analysis.funnels import flow_drawing, wording
from kpilint.analysis.funnels.bottleneck import Comparison, comparisons, worst
from kpilint.analysis.funnels.caution import Cautions, cautions
from kpilint.analysis.funnels.dimensions import headings_of, impersonal, labelled
from kpilint.analysis.funnels.flow import Oddities, Price, Step, count, entered
from kpilint.analysis.funnels.leak import Leak
from kpilint.analysis.funnels.maturity import Estimate, estimates
from kpilint.analysis.funnels.next_steps import NextSteps
from kpilint.analysis.funnels.passage import passages
from kpilint.analysis.funnels.past import AgainstPast
from kpilint.analysis.funnels.placed import Placed, placed
from kpilint.analysis.funnels.remarks import remarks
from kpilint.analysis.funnels.shortfall import Shortfall, shortfall
from kpilint.errors import ColumnMissing, Misuse
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import DAY, Period, add_months, read_period
from kpilint.goals.slip import near
from kpilint.i18n import _, listed
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel over the records that entered its first stage from ``start`` to ``end``.

    ``as_of`` is the day from which it is seen: later events are not known yet. None leaves that
    side open. Where the funnel says ``within``, a record entered when its chain began: of all
    visits to the first stage the latest from which it came furthest, as ClickHouse's
    ``windowFunnel`` counts levels (it tells no day). Calling it with a Dataset gives a FunnelResult.
    """

    spec: FunnelSpec
    start: date | None = None
    end: date | None = None
    as_of: date | None = None
    year_start: int = 1  # the fiscal year's first month, for quarters
    currency: str = "JPY"
    goals: tuple[Placed, ...] = ()  # those that hold on the day, with their stages
    by: tuple[tuple[str, str], ...] = ()  # dimensions at whose mix quarters are compared: headings

    @classmethod
    def of(
        cls,
        goals: GoalSet,
        name: str = "",
        *,
        start: date | str | None = None,
        end: date | str | None = None,
        months: int | str | None = None,
        as_of: date | str | None = None,
    ) -> Self:
        """A funnel of the goals file by name; without one the file's first.

        ``start``, ``end`` and ``as_of`` are days, or periods as a goals file writes them
        (``2026-10``, ``FY2026``); ``months`` counts back from ``end`` in place of a start. Raises
        Misuse for a name or text that cannot be understood.
        """
        usable = {each: spec for each, spec in goals.funnels.items() if spec.stages}
        spec = usable.get(name or next(iter(usable), ""))
        if spec is None:
            raise Misuse(_unknown(name, list(usable)))
        opening, closing, seen = (_period(each, goals) for each in (start, end, as_of))
        first = opening.start if opening else None
        last = closing.end if closing else None
        if months and last:
            first = add_months((last + DAY).replace(day=1), -_whole(months))
        year_start = goals.fiscal_year_start or 1
        day = seen.end if seen else None
        holding = placed(goals, spec, day)
        by = headings_of(goals, spec, impersonal(goals, spec))
        return cls(spec, first, last, day, year_start, goals.currency, holding, by)

    def __call__(self, data: Dataset) -> FunnelResult:
        """Count the records of ``data``; only counts leave the engine.

        Raises the data door's errors, and Misuse for an expression that cannot be read.
        """
        found = passages(data, self.spec, self.as_of)
        stages = tuple(stage.name for stage in self.spec.stages)
        flow = count(found, stages, self.start, self.end, long=self.spec.is_long)
        if flow.until is None:
            unknown = (None,) * len(stages)
            return FunnelResult(self, flow.steps, (), flow.oddities, unknown, None, Cautions())
        # Beyond its newest event the source cannot tell a stage not reached from one not entered.
        until = min(self.as_of or flow.until, flow.until)
        doubts = cautions(found, until)
        since = doubts.begun.since if doubts.begun else None
        kinds, records = labelled(found.records, data, self.spec, self._known(data))
        return FunnelResult(
            self,
            flow.steps,
            comparisons(records, kinds, flow.ages, until, self.year_start, since),
            flow.oddities,
            estimates(found, entered(found, self.start, self.end), flow.ages, until),
            flow.price,
            doubts,
        )

    def _known(self, data: Dataset) -> tuple[str, ...]:
        """Those dimensions that the source has: a rule reports the others."""
        known = []
        for name, _heading in self.by:
            with suppress(ColumnMissing):
                data.resolve(self.spec.source, name)
                known.append(name)
        return tuple(known)


def _unknown(name: str, names: list[str]) -> str:
    if not names:
        return _("The goals file has no funnel; describe the stages under funnels:.")
    return _(
        "The goals file has no funnel “{name}” with stages.{near} There are: {names}.",
        name=name,
        near=near(name, names),
        names=listed(names) or "–",
    )


def _period(value: date | str | None, goals: GoalSet) -> Period | None:
    if not value:
        return None
    if isinstance(value, date):
        return Period(value, value, "day")
    try:
        return read_period(value, goals.fiscal_year_start or 1, goals.fiscal_year_named)
    except ValueError as problem:
        raise Misuse(str(problem)) from None


def _whole(months: int | str) -> int:
    try:
        return int(months)
    except ValueError:
        raise Misuse(_("“{text}” is no number of months.", text=months)) from None


@dataclass(frozen=True, slots=True)
class FunnelResult(Result):
    """The stages with their counts, and each stage's last mature quarter against its past.

    ``estimates`` has for each stage what becomes of those who came to it, the last entry is the
    whole way; see ``analysis.maturity``.
    """

    funnel: Funnel
    steps: tuple[Step, ...]
    compared: tuple[Comparison, ...]
    oddities: Oddities
    estimates: tuple[Estimate | None, ...]
    price: Price | None
    cautions: Cautions

    @property
    def worst(self) -> Comparison | None:
        """The comparison behind ``bottleneck``."""
        return worst(self.compared)

    @property
    def bottleneck(self) -> str | None:
        """The stage whose rate has fallen below its own past, or None.

        Not the lowest rate, which is usual for a late stage: a fall that is rarer than 1 in 20
        among all stages together, see ``analysis.bottleneck``.
        """
        worst = self.worst
        return self.steps[worst.stage].stage if worst else None

    @property
    def winning(self) -> Estimate | None:
        """What becomes of those who entered the funnel: won against lost, open ones censored."""
        return self.estimates[-1] if len(self.steps) > 1 else None

    @property
    def shortfall(self) -> Shortfall | None:
        """What the bottleneck costs a quarter, None where there is none or it cannot be told."""
        worst = self.worst
        return shortfall(worst, self.estimates, self.price) if worst else None

    def against_past(self) -> AgainstPast:
        """Every stage's last quarter beside its past, as a result of its own."""
        return AgainstPast(self)

    def leak(self) -> Leak:
        """What the bottleneck costs, as a result of its own."""
        return Leak(self)

    def next_steps(self) -> NextSteps:
        """What the goals at the bottleneck say to do, as a result of its own."""
        return NextSteps(self)

    def text(self) -> str:
        """The bottleneck, or what the data cannot tell, in one or two sentences."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a stage: ``stage reached rate low high median_days open lost``.

        ``rate`` is the share of those at the stage before who reach it in the end: Aalen and
        Johansen's estimate, to which open records are censored and lost ones compete, with its
        95 % interval ``low`` to ``high``. Without open records it is the counted share with
        Wilson's interval; missing at the first stage and where nobody came. ``median_days`` is the
        wait from the stage before; ``open`` and ``lost`` are those who came no further.
        """
        told = [None, *self.estimates[: len(self.steps) - 1]]
        shares = [(e.rate, e.low, e.high) if e else (None, None, None) for e in told]
        rate, low, high = (pd.Series(each, dtype="float64") for each in zip(*shares, strict=True))
        return pd.DataFrame(
            {
                "stage": [step.stage for step in self.steps],
                "reached": [step.reached for step in self.steps],
                "rate": rate,
                "low": low,
                "high": high,
                "median_days": pd.Series([s.median_days for s in self.steps], dtype="float64"),
                "open": pd.Series([step.open for step in self.steps], dtype="Int64"),
                "lost": pd.Series([step.lost for step in self.steps], dtype="Int64"),
            }
        )

    def figure(self) -> go.Figure:
        """The flow from the first stage to the last, with rates, waits, losses and goals."""
        return flow_drawing.picture(self)

    def readable(self) -> pd.DataFrame:
        """The table with its headings, stages and numbers as a reader expects them."""
        return wording.readable(self)

    def remarks(self) -> list[str]:
        """What was left out, implied or is still open."""
        return remarks(self)
