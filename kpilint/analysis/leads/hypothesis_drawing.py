"""The picture of hypotheses: each claim's correlation as it was known month after month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpilint.analysis import drawing
from kpilint.analysis.leads import hypothesis_wording
from kpilint.analysis.leads.wording import number
from kpilint.i18n import _

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

    from kpilint.analysis.leads.hypothesis import Claim, HypothesesResult

PANEL = 150  # pixels
LETTERS = 56  # half-width letters in a line of a panel's heading on a phone


def course(result: HypothesesResult) -> go.Figure:
    """A panel a claim: dot and whisker a month, in the accent while it stood as supported."""
    from plotly.subplots import make_subplots  # a second to import

    table = result.table()
    panels = max(len(result.claims), 1)
    figure = make_subplots(rows=panels, cols=1, vertical_spacing=0.3 / panels)
    for row, claim in enumerate(result.claims, 1):
        _panel(figure, row, claim, table[table["id"] == claim.hypothesis.id])
    figure.update_xaxes(**drawing.month_axis(sorted(set(table["month"]))))
    room = 1 - 0.16 / panels  # above each panel, for its title
    figure.for_each_yaxis(lambda axis: axis.update(domain=[room * end for end in axis.domain]))
    figure.update_yaxes(
        range=[-0.5, 1.05],
        tickvals=[0, 0.5, 1],
        ticktext=[number(each) for each in (0, 0.5, 1)],
        gridcolor=drawing.LINE,
        fixedrange=True,
    )
    counted = sum(claim.verdict == "supported" for claim in result.claims)
    dressed = drawing.dressed(
        figure,
        title=_(
            "{count} of {claims:hypothesis|hypotheses} supported",
            count=counted,
            claims=len(result.claims),
        ),
        subtitle=_("Strongest correlation inside the claimed lags, as known at each month's end"),
        source=_(", ").join(
            dict.fromkeys(name for c in result.claims for name in (c.leading, c.lagging))
        ),
        height=120 + PANEL * panels,
    )
    return dressed.update_layout(margin={"l": 40, "r": 10, "t": 110, "b": 44})


def _panel(figure: go.Figure, row: int, claim: Claim, months: pd.DataFrame) -> None:
    """One claim's months, with its verdict above them."""
    color = [drawing.ACCENT if each == "supported" else drawing.GREY for each in months["standing"]]
    for month, low, high, ink in zip(
        months["month"], months["low"], months["high"], color, strict=True
    ):
        line = {"color": ink, "width": 2}
        x, y = [month, month], [low, high]
        figure.add_scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip", row=row, col=1)
    figure.add_scatter(
        x=months["month"].tolist(),
        y=months["r"].tolist(),
        mode="markers",
        marker={"color": color, "size": 9},
        hovertemplate="%{x}: %{y:.2f}<extra></extra>",
        row=row,
        col=1,
    )
    axis = "" if row == 1 else str(row)
    lines = drawing.wrapped(hypothesis_wording.verdict(claim), LETTERS)
    figure.add_annotation(
        text="<br>".join(f"<b>{drawing.words(line)}</b>" for line in lines),
        align="left",
        x=0,
        y=1,
        xref=f"x{axis} domain",
        yref=f"y{axis} domain",
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
    )
