"""What a leader's worth is called and how it is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kpilint.analysis import drawing
from kpilint.analysis.leads.wording import chance, span
from kpilint.i18n import _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.leads.distributed_lag import WorthResult


def verdict(result: WorthResult) -> str:
    """The gain in the forecast, or that none can be shown."""
    made, lead = result.forecasts, result.lead
    if lead.reason:
        return lead.reason
    said = {"leading": lead.x.name, "lagging": lead.y.name}
    if made is None and lead.direction != "leads":
        return _(
            "Without a lead of {leading}, it has no worth for a prediction of {lagging}.", **said
        )
    if made is None:
        return _(
            "{n} are too few to try out what {leading} is worth for a prediction of {lagging}.",
            n=span(lead.n, lead.grain),
            **said,
        )
    said |= {
        "span": span(made.steps, lead.grain),
        "count": len(made.at),
        "p": chance(made.p_value),
        "gain": f"{abs(made.gain) * 100:.0f}",
    }
    if result.shown:
        return _(
            "Knowing {leading} makes a prediction of {lagging} {span} ahead {gain}% more exact "
            "than the past of {lagging} alone ({count:prediction|predictions}, {p}).",
            **said,
        )
    return _(
        "{leading} adds nothing that can be shown to a prediction of {lagging} {span} ahead: the "
        "past of {lagging} alone does about as well ({count:prediction|predictions}, {p}).",
        **said,
    )


def readable(result: WorthResult) -> pd.DataFrame:
    """The usual error of each kind of forecast."""
    made, lead = result.forecasts, result.lead
    if made is None:
        return pd.DataFrame()
    errors = [float(np.sqrt(((made.actual - each) ** 2).mean())) for each in (made.own, made.led)]
    kinds = [
        _("Its own past alone"),
        _("With {leading} as well", leading=lead.x.name),
    ]
    return pd.DataFrame(
        {_("Predicted from"): kinds, _("Usual error"): [f"{e:,.3g}" for e in errors]}
    )


def remarks(result: WorthResult) -> list[str]:
    """What a gain does not prove."""
    if not result.shown:
        return []
    return [
        _(
            "Each prediction knows only its past, but the lead was found in the same data: only "
            "the months to come can confirm the gain."
        )
    ]


def drawn(result: WorthResult) -> go.Figure:
    """What was, and what was foreseen with and without the leader."""
    import plotly.graph_objects as go  # a second to import

    table, lead = result.table(), result.lead
    dates = isinstance(lead.y.index, pd.PeriodIndex)
    at = [each.start_time.date().isoformat() if dates else each for each in table["at"]]
    lines = (
        ("actual", _("Actual"), drawing.INK, None),  # dots: two lines are alike without colour
        ("own", _("Its own past alone"), drawing.GREY, "dot"),
        ("led", _("With {leading} as well", leading=lead.x.name), drawing.ACCENT, "solid"),
    )
    figure = go.Figure()
    for column, name, color, dash in lines:
        figure.add_scatter(
            x=at,
            y=table[column].tolist(),
            name=drawing.words(name),
            mode="lines" if dash else "markers",
            line={"color": color, "width": 2, "dash": dash},
            marker={"color": color, "size": 5},
        )
    plain = {"showgrid": False, "fixedrange": True}
    figure.update_xaxes(**(drawing.time_axis() if dates else plain))
    figure.update_yaxes(gridcolor=drawing.LINE, fixedrange=True, rangemode="tozero")
    steps = span(result.forecasts.steps, lead.grain) if result.forecasts else ""
    title = (
        _("{leading} makes the prediction more exact", leading=lead.x.name)
        if result.shown
        else _("{leading} does not make the prediction more exact", leading=lead.x.name)
    )
    dressed = drawing.dressed(
        figure,
        title=title,
        subtitle=_(
            "{lagging}, each prediction made {span} before; n = {count}",
            lagging=lead.y.name,
            span=steps,
            count=len(table),
        ),
        source=_("{leading}, {lagging}", leading=lead.x.name, lagging=lead.y.name),
        height=380,
    )
    legend = {"orientation": "h", "y": 1.0, "yanchor": "bottom", "x": 0}
    margin = {"l": 50, "r": 10, "t": 110, "b": 44}
    return dressed.update_layout(margin=margin, showlegend=True, legend=legend)
