"""How records flow through a funnel, and which stage has become worse than it was."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self

import pandas as pd

from kpilint.analysis import drawing, wording
from kpilint.analysis.bottleneck import Comparison, comparisons, worst
from kpilint.analysis.flow import Oddities, Step, count
from kpilint.analysis.passage import passages
from kpilint.analysis.stats import wilson
from kpilint.errors import Misuse
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.node import near
from kpilint.goals.period import DAY, Period, add_months, read_period
from kpilint.i18n import _
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Funnel:
    """A funnel over the records that entered its first stage from ``start`` to ``end``.

    ``as_of`` is the day from which it is seen: later events are not known yet. None leaves that
    side open. Calling it with a Dataset gives a FunnelResult.
    """

    spec: FunnelSpec
    start: date | None = None
    end: date | None = None
    as_of: date | None = None
    year_start: int = 1  # the fiscal year's first month, for quarters

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
        return cls(spec, first, last, seen.end if seen else None, year_start)

    def __call__(self, data: Dataset) -> FunnelResult:
        """Count the records of ``data``; only counts leave the engine.

        Raises the data door's errors, and Misuse for an expression that cannot be read.
        """
        found = passages(data, self.spec, self.as_of)
        stages = tuple(stage.name for stage in self.spec.stages)
        flow = count(found, stages, self.start, self.end, long=self.spec.is_long)
        # Beyond its newest event the source cannot tell a stage not reached from one not entered.
        known = [day for day in (self.as_of, flow.until) if day is not None]
        compared = comparisons(found, flow.ages, min(known), self.year_start) if flow.until else ()
        return FunnelResult(self, flow.steps, compared, flow.oddities)


def _unknown(name: str, names: list[str]) -> str:
    if not names:
        return _("The goals file has no funnel; describe the stages under funnels:.")
    return _(
        "The goals file has no funnel “{name}” with stages.{near} There are: {names}.",
        name=name,
        near=near(name, names),
        names=", ".join(names) or "–",
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
    """The stages with their counts, and each stage's last mature quarter against its past."""

    funnel: Funnel
    steps: tuple[Step, ...]
    compared: tuple[Comparison, ...]
    oddities: Oddities

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

    def text(self) -> str:
        """The bottleneck, or what the data cannot tell, in one or two sentences."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a stage: ``stage reached rate low high median_days open lost``.

        ``rate`` is the share of those who reached the stage before (missing at the first stage
        and where nobody did), ``low`` and ``high`` its 95 % Wilson interval. ``median_days`` is
        the wait from the stage before; ``open`` and ``lost`` are those who came no further.
        """
        reached = [step.reached for step in self.steps]
        before = pd.Series([0, *reached[:-1]], dtype="float64")
        known = before > 0
        low, high = wilson(pd.Series(reached).where(known, 0), before)
        return pd.DataFrame(
            {
                "stage": [step.stage for step in self.steps],
                "reached": reached,
                "rate": pd.Series(reached).div(before).where(known),
                "low": pd.Series(low).where(known),
                "high": pd.Series(high).where(known),
                "median_days": pd.Series([s.median_days for s in self.steps], dtype="float64"),
                "open": pd.Series([step.open for step in self.steps], dtype="Int64"),
                "lost": pd.Series([step.lost for step in self.steps], dtype="Int64"),
            }
        )

    def figure(self) -> go.Figure:
        """Bars for how many reach each stage, with the rates between; the bottleneck stands out."""
        import plotly.graph_objects as go  # a second to import

        table = self.table()
        marked = table["stage"] == self.bottleneck
        top = max(1, int(table["reached"].max()))
        places = list(range(len(table)))  # not names: two stages may have one
        figure = go.Figure(
            go.Bar(
                orientation="h",
                x=table["reached"].tolist(),
                y=places,
                width=0.42,
                marker={"color": [drawing.ACCENT if m else drawing.GREY for m in marked]},
                hoverinfo="skip",
            )
        )
        names, labels = wording.bar_names(table, self.bottleneck), wording.bar_labels(table)
        for place, name, label, mark in zip(places, names, labels, marked, strict=True):
            color = drawing.ACCENT if mark else drawing.INK
            drawing.note(figure, 0, place - 0.23, name, color=color, yanchor="bottom", away=-2)
            reached = int(table["reached"][place])
            drawing.note(figure, reached, place, label, color=color, yanchor="middle", away=6)
        # Bars begin at zero; the room to their right is for the labels.
        figure.update_xaxes(range=[0, top * 1.5], visible=False, fixedrange=True)
        figure.update_yaxes(range=[len(table) - 0.6, -0.6], visible=False, fixedrange=True)
        return drawing.dressed(
            figure,
            title=wording.headline(self),
            subtitle=wording.scope(self),
            source=self.funnel.spec.source,
            height=90 + 66 * len(table),
        )

    def readable(self) -> pd.DataFrame:
        """The table with its headings, stages and numbers as a reader expects them."""
        return wording.readable(self.table())

    def remarks(self) -> list[str]:
        """What was left out, implied or is still open."""
        return wording.remarks(self)
