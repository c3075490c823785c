"""Every stage's last quarter beside its own past: which fell, and what would have been seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis import drawing
from kpilint.analysis.funnels import wording
from kpilint.i18n import _
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.funnels.funnel import FunnelResult

ROW = 52  # pixels


@dataclass(frozen=True, slots=True)
class AgainstPast(Result):
    """The comparisons behind the bottleneck, one a stage."""

    flow: FunnelResult

    def text(self) -> str:
        """How many stages are compared, and whether one has fallen."""
        tested = [each for each in self.flow.compared if each.fall is not None]
        if not tested:
            return _("No stage has past enough to be compared with.")
        worst = self.flow.worst
        if worst is None:
            return _(
                "None of {count:stage|stages} has fallen by more than its quarters usually vary.",
                count=len(tested),
            )
        return _(
            "Of {count:stage|stages}, {step} has fallen by more than its quarters usually vary.",
            count=len(tested),
            step=wording.arrow(self.flow, worst),
        )

    def table(self) -> pd.DataFrame:
        """One row a stage: ``stage quarter days entered passed rate low high past alike detectable``.

        ``past`` is as it came, ``alike`` at the mix of the quarter: what the rate is held against.
        """
        rows = [
            {
                "stage": wording.arrow(self.flow, each),
                "quarter": wording.quarter(self.flow, each),
                "days": each.days,
                "entered": each.entered,
                "passed": each.passed,
                "rate": each.passed / each.entered,
                "low": each.interval[0],
                "high": each.interval[1],
                "past": each.plain.past if each.plain else None,
                "alike": each.fall.past if each.fall else None,
                "detectable": each.fall.detectable if each.fall else None,
            }
            for each in self.flow.compared
        ]
        columns = [
            "stage",
            "quarter",
            "days",
            "entered",
            "passed",
            "rate",
            "low",
            "high",
            "past",
            "alike",
            "detectable",
        ]
        return pd.DataFrame(rows, columns=columns)

    def figure(self) -> go.Figure:
        """The quarter's rate as a dot on its interval, its past as a line across."""
        import plotly.graph_objects as go  # a second to import

        table, worst = self.table(), self.flow.worst
        marked = wording.arrow(self.flow, worst) if worst else None
        figure = go.Figure()
        for n, row in enumerate(table.to_dict("records")):
            color = drawing.ACCENT if row["stage"] == marked else drawing.GREY
            whisker = {"color": color, "width": 3}
            ends = [row["low"], row["high"]]
            figure.add_scatter(x=ends, y=[n, n], mode="lines", line=whisker, hoverinfo="skip")
            dot = {"color": color, "size": 11}
            figure.add_scatter(x=[row["rate"]], y=[n], mode="markers", marker=dot, hoverinfo="skip")
            if not pd.isna(row["alike"]):
                across = {"color": drawing.INK, "width": 2}
                x = [row["alike"]] * 2
                y = [n - 0.2, n + 0.2]
                figure.add_scatter(x=x, y=y, mode="lines", line=across, hoverinfo="skip")
            mark = " ▲ " + _("Bottleneck") if row["stage"] == marked else ""
            name = f"<b>{drawing.words(row['stage'])}</b>{mark}"
            ink = drawing.ACCENT if mark else drawing.INK
            drawing.note(figure, 0, n - 0.28, name, color=ink, yanchor="bottom", away=0)
        figure.update_xaxes(
            range=[0, min(1.0, 1.1 * table["high"].max()) if len(table) else 1.0],
            tickformat=".0%",
            gridcolor=drawing.LINE,
            fixedrange=True,
            nticks=6,
        )
        figure.update_yaxes(range=[len(table) - 0.5, -0.8], visible=False, fixedrange=True)
        dressed = drawing.dressed(
            figure,
            title=wording.headline(self.flow) if worst else self.text(),
            subtitle=_("Share that moves on; dot: last quarter with its 95% interval, line: past"),
            source=self.flow.funnel.spec.source,
            height=120 + ROW * max(1, len(table)),
        )
        return dressed.update_layout(margin={"l": 4, "r": 12, "t": 80, "b": 28})

    def readable(self) -> pd.DataFrame:
        """The table with its headings and numbers as a reader expects them."""
        rows = self.table().to_dict("records")
        alike = {_("Past at this mix"): [_share(row["alike"]) for row in rows]}
        return pd.DataFrame(
            {
                _("Stage"): [row["stage"] for row in rows],
                _("Quarter"): [row["quarter"] for row in rows],
                _("Within days"): [f"{row['days']:,}" for row in rows],
                _("Came"): [f"{row['entered']:,}" for row in rows],
                _("Moved on (95% interval)"): [
                    wording.percent(row["rate"], row["low"], row["high"]) for row in rows
                ],
                _("Past"): [_share(row["past"]) for row in rows],
                **(alike if any(each.kinds for each in self.flow.compared) else {}),
                _("Smallest fall noticed (points)"): [_points(row["detectable"]) for row in rows],
            }
        )


def _share(value: float | None) -> str:
    return wording.DASH if pd.isna(value) or value is None else f"{value * 100:.0f}%"


def _points(value: float | None) -> str:
    return wording.DASH if pd.isna(value) or value is None else f"{value * 100:.0f}"
