"""All leading and activity metrics against all lagging ones: which lead which, and by how long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Self

import pandas as pd

from kpilint.analysis.leads import lead_map, screening_wording
from kpilint.analysis.leads.deadline import Deadline
from kpilint.analysis.leads.leadlag import LeadLagResult, day_of, known_grain, lead_lag
from kpilint.analysis.leads.pairs import screen
from kpilint.analysis.leads.series import CYCLE, REACH, Grain, Measured, measured
from kpilint.analysis.leads.wording import DASH
from kpilint.errors import Misuse, Unavailable
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Screening:
    """Every leading and activity metric of a goals file against every lagging one."""

    goals: GoalSet
    grain: Grain = "week"
    as_of: date | None = None
    max_lag: int | None = None  # 12 weeks or 6 months unless given
    per_workday: bool = True

    @classmethod
    def of(
        cls,
        goals: GoalSet,
        *,
        grain: str = "week",
        as_of: date | str | None = None,
        max_lag: int | None = None,
        per_workday: bool = True,
    ) -> Self:
        """The parameters are those of `LeadLag`. Raises Misuse like it."""
        return cls(goals, known_grain(grain), day_of(as_of, goals), max_lag, per_workday)

    def __call__(self, data: Dataset) -> ScreeningResult:
        """Measure the metrics and compare them; those that cannot be measured are named."""
        until, missing = self.as_of or date.today(), []
        series: dict[str, Measured] = {}
        sides = natures(self.goals)
        for name in sides:
            try:
                found = measured(
                    data, self.goals, name, self.grain, until, per_workday=self.per_workday
                )
            except Unavailable as problem:
                title = self.goals.metrics[name].title
                missing.append(_("{name} is left out: {reason}", name=title, reason=problem))
            else:
                series[name] = found
        reach = REACH[self.grain] if self.max_lag is None else self.max_lag
        values = {name: each.values for name, each in series.items()}
        early = {name: each for name, each in values.items() if sides[name] != "lagging"}
        late = {name: each for name, each in values.items() if sides[name] == "lagging"}
        pairs = screen(early, late, reach, CYCLE[self.grain])
        return ScreeningResult(self, pairs, series, tuple(missing))


def natures(goals: GoalSet) -> dict[str, str]:
    """Which metrics are leading, lagging or activities.

    What a metric says of itself counts; else what a hypothesis says; else its funnel stage: the
    last one lags, the others lead. The metric of a KGI lags. The others are left out.
    """
    lagging = {h.lagging for h in goals.hypotheses} | {
        goal.metric for goal in goals.goals if goal.role == "kgi"
    }
    found: dict[str, str] = {}
    for name, metric in goals.metrics.items():
        funnel, _dot, stage = (metric.stage or "").partition(".")
        stages = (
            [step.name for step in goals.funnels[funnel].stages] if funnel in goals.funnels else []
        )
        if metric.nature:
            found[name] = metric.nature
        elif name in goals.leads or name in lagging:
            found[name] = "leading" if name in goals.leads else "lagging"
        elif stage in stages:
            found[name] = "lagging" if stage == stages[-1] else "leading"
    return found


@dataclass(frozen=True, slots=True, eq=False)
class ScreeningResult(Result):
    """The pairs, the clearest first, with the series behind them."""

    screening: Screening
    pairs: pd.DataFrame
    series: Mapping[str, Measured]
    missing: tuple[str, ...] = ()

    def title(self, name: str) -> str:
        """What a reader calls a metric."""
        return self.screening.goals.metrics[name].title

    def pair(self, leading: str = "", lagging: str = "") -> LeadLagResult:
        """One pair in full; where a name is left empty, the clearest pair that fits.

        Raises Misuse for names that are no such pair; a goals file without any pair gives a
        result that says so.
        """
        fits = self.pairs
        fits = fits[fits["leading"] == leading] if leading else fits
        fits = fits[fits["lagging"] == lagging] if lagging else fits
        if not len(fits):
            reason = _(
                "There is no such pair of a leading and a lagging metric that can be measured; say "
                "in the goals file which they are by nature: leading and nature: lagging."
            )
            if leading or lagging:
                raise Misuse(reason)
            none = pd.Series(dtype="float64", name=DASH)
            return LeadLagResult(none, none, self.screening.grain, (), reason=reason)
        first = fits.iloc[0]
        grain = self.screening.grain
        reach = REACH[grain] if self.screening.max_lag is None else self.screening.max_lag
        x, y = (self.series[first[side]] for side in ("leading", "lagging"))
        until = self.screening.as_of or date.today()
        deadline = Deadline.of(self.screening.goals, first["lagging"], until)
        found = lead_lag(x.values, y.values, reach)
        return replace(found, notes=(*x.notes, *y.notes), deadline=deadline)

    def text(self) -> str:
        """Which pairs lead, the clearest first."""
        return screening_wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a pair, see `screen`."""
        return self.pairs

    def figure(self) -> go.Figure:
        """A heat map of lead times, leading metrics by lagging ones."""
        return lead_map.heat_map(self)

    def network(self) -> go.Figure:
        """The indicators from activity to KGI, joined where one leads the other."""
        return lead_map.network(self)

    def readable(self) -> pd.DataFrame:
        """The table with its headings, names and numbers as a reader expects them."""
        return screening_wording.readable(self)

    def remarks(self) -> list[str]:
        """What could not be measured or compared, and what order in time does not say."""
        return screening_wording.remarks(self)
