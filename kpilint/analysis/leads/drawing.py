"""Pictures of a lead: the correlation lag by lag, and both series shifted onto each other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis import drawing
from kpilint.analysis.leads import wording
from kpilint.i18n import _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.leads.leadlag import LeadLagResult


def by_lag(result: LeadLagResult) -> go.Figure:
    """A dot and whisker a lag; the one that the verdict names is in the accent."""
    import plotly.graph_objects as go  # a second to import

    table = result.table()
    color = [drawing.ACCENT if lag == result.lag else drawing.GREY for lag in table["lag"]]
    figure = go.Figure()
    for lag, low, high, ink in zip(table["lag"], table["low"], table["high"], color, strict=True):
        line = {"color": ink, "width": 2}
        figure.add_scatter(x=[lag, lag], y=[low, high], mode="lines", line=line, hoverinfo="skip")
    figure.add_scatter(
        x=table["lag"].tolist(),
        y=table["r"].tolist(),
        mode="markers",
        marker={"color": color, "size": 9},
        hovertemplate="%{x}: %{y:.2f}<extra></extra>",
    )
    figure.add_hline(y=0, line={"color": drawing.SOFT, "width": 1})
    figure.add_vline(x=0, line={"color": drawing.LINE, "width": 1, "dash": "dot"})
    figure.update_xaxes(
        title=drawing.words(_("{leading} is earlier by →", leading=result.x.name)),
        dtick=2,
        showgrid=False,
        fixedrange=True,
    )
    figure.update_yaxes(range=[-1.05, 1.05], gridcolor=drawing.LINE, fixedrange=True)
    dressed = drawing.dressed(
        figure,
        title=wording.headline(result),
        subtitle=wording.scope(result),
        source=_("{leading}, {lagging}", leading=result.x.name, lagging=result.y.name),
        height=380,
    )
    return dressed.update_layout(margin={"l": 40, "r": 10, "t": 80, "b": 50})


def shifted(result: LeadLagResult) -> go.Figure:
    """x above, moved later by its lead, and y below, on one axis of time."""
    from plotly.subplots import make_subplots

    lag = result.lag or 0
    panels = [
        (_moved(result.x, lag), _panel(result, lag), drawing.ACCENT),
        (result.y, str(result.y.name), drawing.INK),
    ]
    figure = make_subplots(rows=2, cols=1, shared_xaxes=True, vertical_spacing=0.14)
    for row, (series, title, color) in enumerate(panels, 1):
        figure.add_scatter(
            x=_moments(series),
            y=[None if pd.isna(value) else float(value) for value in series],
            mode="lines",
            line={"color": color, "width": 2},
            hovertemplate="%{x}: %{y}<extra></extra>",
            row=row,
            col=1,
        )
        figure.add_annotation(
            text=f"<b>{drawing.words(title)}</b>",
            x=0,
            y=1,
            xref="x domain" if row == 1 else "x2 domain",
            yref="y domain" if row == 1 else "y2 domain",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"color": color},
        )
    dated = isinstance(result.x.index, pd.PeriodIndex)
    plain = {"showgrid": False, "fixedrange": True}
    figure.update_xaxes(**(drawing.time_axis() if dated else plain))
    figure.update_yaxes(gridcolor=drawing.LINE, fixedrange=True, rangemode="tozero", nticks=4)
    figure.for_each_yaxis(lambda axis: axis.update(domain=[0.93 * end for end in axis.domain]))
    dressed = drawing.dressed(
        figure,
        title=wording.together(result),
        subtitle=_(
            "The values that were compared; n = {n}{window}",
            n=wording.span(result.n, result.grain),
            window=wording.window(result),
        ),
        source=_("{leading}, {lagging}", leading=result.x.name, lagging=result.y.name),
        height=440,
    )
    return dressed.update_layout(margin={"l": 50, "r": 10, "t": 100, "b": 44})


def _panel(result: LeadLagResult, lag: int) -> str:
    if not lag:
        return str(result.x.name)
    later = wording.span(abs(lag), result.grain)
    if lag > 0:
        return _("{leading}, drawn {span} later", leading=result.x.name, span=later)
    return _("{leading}, drawn {span} earlier", leading=result.x.name, span=later)


def _moved(series: pd.Series, lag: int) -> pd.Series:
    return pd.Series(series.to_numpy(), index=series.index + lag, name=series.name)


def _moments(series: pd.Series) -> list[object]:
    if isinstance(series.index, pd.PeriodIndex):
        return [period.start_time.date().isoformat() for period in series.index]
    return list(series.index)
