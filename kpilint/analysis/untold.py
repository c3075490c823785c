"""A question that cannot be answered, as a result that says why: pages are made unattended."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis import drawing
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go


@dataclass(frozen=True, slots=True)
class Untold(Result):
    """What there is no answer to, and the ``reason`` in a sentence."""

    reason: str

    def text(self) -> str:
        """The reason."""
        return self.reason

    def table(self) -> pd.DataFrame:
        """No rows."""
        return pd.DataFrame()

    def figure(self) -> go.Figure:
        """The reason where the picture would be."""
        import plotly.graph_objects as go  # a second to import

        figure = go.Figure()
        figure.update_xaxes(visible=False, fixedrange=True)
        figure.update_yaxes(visible=False, fixedrange=True)
        lines = [drawing.words(line) for line in drawing.wrapped(self.reason, 70)]
        dressed = drawing.dressed(
            figure, title="", subtitle="", source="", height=60 + 22 * len(lines)
        )
        dressed.update_layout(title=None, margin={"l": 10, "r": 10, "t": 10, "b": 10})
        return dressed.add_annotation(
            x=0, y=1, xref="paper", yref="paper", xanchor="left", yanchor="top", align="left",
            text="<br>".join(lines), showarrow=False, font={"color": drawing.SOFT},
        )  # fmt: skip
