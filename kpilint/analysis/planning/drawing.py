"""A plan drawn: a panel a stage, a bar a month."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpilint.analysis import drawing
from kpilint.analysis.funnels.wording import stage
from kpilint.analysis.planning import wording
from kpilint.i18n import _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.planning.plan import PlanResult

PANEL = 120  # pixels


def picture(result: PlanResult) -> go.Figure:
    """What has come, what is expected of those under way and what is new, stage by stage."""
    from plotly.subplots import make_subplots  # a second to import

    table, names = result.table(), result.stages
    figure = make_subplots(rows=len(names), cols=1, shared_xaxes=True, vertical_spacing=0.08)
    kinds = [
        ("known", _("come already"), drawing.INK),
        ("open", _("of those under way"), drawing.GREY),
        ("new", _("of new ones"), drawing.ACCENT),
    ]
    for row, name in enumerate(names, 1):
        rows = table[table["stage"] == name]
        for column, label, color in kinds:
            figure.add_bar(
                x=rows["month"].tolist(),
                y=rows[column].round(1).tolist(),
                marker={"color": color, "line": {"color": drawing.PAPER, "width": 1}},
                hovertemplate="%{x}: %{y:,.0f} " + drawing.words(label) + "<extra></extra>",
                row=row,
                col=1,
            )
        figure.add_annotation(
            text=f"<b>{drawing.words(stage(name))}</b>",
            x=0,
            y=1,
            xref="x domain" if row == 1 else f"x{row} domain",
            yref="y domain" if row == 1 else f"y{row} domain",
            xanchor="left",
            yanchor="bottom",
            showarrow=False,
            font={"color": drawing.INK},
        )
    figure.update_xaxes(**drawing.month_axis(list(dict.fromkeys(table["month"]))))
    figure.update_yaxes(gridcolor=drawing.LINE, fixedrange=True, rangemode="tozero", nticks=4)
    dressed = drawing.dressed(
        figure,
        title=wording.headline(result),
        subtitle=_("Records by month, from below: come (dark), under way (grey), new (red)"),
        source=result.plan.aim.spec.source,
        height=130 + PANEL * len(names),
    )
    return dressed.update_layout(
        barmode="stack", bargap=0.35, margin={"l": 44, "r": 8, "t": 100, "b": 44}
    )
