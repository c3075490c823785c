"""What the bottleneck costs, in orders and money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis import drawing
from kpilint.analysis.funnels import leak_wording
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.funnels.funnel import FunnelResult


@dataclass(frozen=True, slots=True)
class Leak(Result):
    """The value at stake: what moves on too few against the stage's own past."""

    flow: FunnelResult

    def text(self) -> str:
        """Orders and money with their intervals, or why there are none."""
        return leak_wording.verdict(self.flow)

    def table(self) -> pd.DataFrame:
        """``what value low high``: records missing, ``wins`` and ``money``; no row for no leak."""
        lost = self.flow.shortfall
        ranges = {} if lost is None else {"wins": lost.wins, "money": lost.money}
        rows = [(what, r.value, r.low, r.high) for what, r in ranges.items() if r is not None]
        return pd.DataFrame(rows, columns=["what", "value", "low", "high"])

    def figure(self) -> go.Figure:
        """The last row of the table as a dot on its interval."""
        import plotly.graph_objects as go  # a second to import

        table = self.table().tail(1)
        shown = self.readable().tail(1).iloc[:, 1:].to_numpy().ravel().tolist()
        figure = go.Figure()
        for row in table.to_dict("records"):
            places = [row["value"], row["low"], row["high"]]
            line = {"color": drawing.ACCENT, "width": 3}
            figure.add_scatter(x=places[1:], y=[0, 0], mode="lines", line=line, hoverinfo="skip")
            dot = {"color": drawing.ACCENT, "size": [13, 7, 7]}
            figure.add_scatter(x=places, y=[0] * 3, mode="markers", marker=dot, hoverinfo="skip")
            for place, text in zip(places, shown, strict=True):
                bold = f"<b>{drawing.words(text)}</b>" if place == row["value"] else text
                figure.add_annotation(
                    x=place, y=0, text=bold, showarrow=False, yshift=24, font={"color": drawing.INK}
                )
            reach = max(abs(place) for place in places)
            figure.update_xaxes(range=[min(0.0, row["low"]) - 0.16 * reach, 1.16 * reach])
        figure.add_vline(x=0, line={"color": drawing.SOFT, "width": 1})
        figure.add_annotation(
            x=0, y=-1, text="0", showarrow=False, yanchor="top", font={"color": drawing.SOFT}
        )
        figure.update_xaxes(visible=False, fixedrange=True)
        figure.update_yaxes(range=[-1, 1], visible=False, fixedrange=True)
        dressed = drawing.dressed(
            figure,
            title=leak_wording.headline(self.flow),
            subtitle=leak_wording.scope(self.flow),
            source=self.flow.funnel.spec.source,
            height=200,
        )
        return dressed.update_layout(margin={"l": 8, "r": 8, "t": 80, "b": 24})

    def readable(self) -> pd.DataFrame:
        """The table in words, money in the client's currency."""
        return leak_wording.readable(self)

    def remarks(self) -> list[str]:
        """What the value rests on, and what would overstate it."""
        return leak_wording.remarks(self.flow)
