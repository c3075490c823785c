"""Pictures of many leads: a heat map of lead times, and the network from activity to KGI."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING, TypeAlias

from kpilint.analysis import drawing
from kpilint.analysis.leads import screening_wording
from kpilint.analysis.leads.wording import number, span
from kpilint.i18n import _, listed

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.leads.screening import ScreeningResult

ROW = 34  # pixels a metric
BESIDE = 0.28  # of a column: where a line comes out from between two names
Place: TypeAlias = tuple[float, float]  # column and row


def heat_map(result: ScreeningResult) -> go.Figure:
    """Leading metrics down, lagging ones across; a cell holds the lead time and correlation."""
    import plotly.graph_objects as go  # a second to import

    pairs = result.pairs
    down, across = list(dict.fromkeys(pairs["leading"])), list(dict.fromkeys(pairs["lagging"]))
    times: list[list[float | None]] = [[None] * len(across) for _name in down]
    texts = [["·"] * len(across) for _name in down]
    for row in pairs.to_dict("records"):
        if row["direction"] == "leads":
            at = down.index(row["leading"]), across.index(row["lagging"])
            times[at[0]][at[1]] = abs(float(row["r"]))
            texts[at[0]][at[1]] = (
                f"<b>{span(int(row['lag']), result.screening.grain)}</b> ({number(row['r'])})"
            )
    figure = go.Figure(
        go.Heatmap(
            z=times,
            x=[drawing.words(result.title(name)) for name in across],
            y=[drawing.words(result.title(name)) for name in down],
            zmin=0,
            zmax=1,
            colorscale=[[0, drawing.PAPER], [1, drawing.ACCENT]],
            showscale=False,
            xgap=2,
            ygap=2,
            hoverinfo="skip",
        )
    )
    for y, line in enumerate(texts):
        for x, text in enumerate(line):
            figure.add_annotation(x=x, y=y, text=text, showarrow=False, font={"color": drawing.INK})
    plain = {"showgrid": False, "fixedrange": True, "automargin": True, "ticks": ""}
    figure.update_xaxes(side="top", tickangle=0, **plain)
    figure.update_yaxes(autorange="reversed", **plain)
    title = screening_wording.headline(result)
    return _dressed(result, figure, title, _subtitle(result), 150 + ROW * len(down))


def network(result: ScreeningResult) -> go.Figure:
    """Four columns of metrics; a line in the accent joins one that leads another, with its time.

    A thin line joins the metrics of goals where one serves the other.
    """
    import plotly.graph_objects as go

    places = _places(result)
    figure = go.Figure()
    for child, parent in _served(result):
        if child in places and parent in places and child != parent:
            _line(figure, _way(places[child], places[parent]), drawing.LINE, 1)
    for row in result.pairs[result.pairs["direction"] == "leads"].to_dict("records"):
        way = _way(places[row["leading"]], places[row["lagging"]])
        _line(figure, way, drawing.ACCENT, 1 + 5 * abs(float(row["r"])))
        (x0, y0), (x1, y1) = way[-2:]
        figure.add_annotation(
            x=0.45 * x0 + 0.55 * x1,
            y=0.45 * y0 + 0.55 * y1,
            text=f"<b>{span(int(row['lag']), result.screening.grain)}</b>",
            bgcolor=drawing.PAPER,
            font={"color": drawing.ACCENT},
            showarrow=False,
        )
    for name, (x, y) in places.items():
        figure.add_annotation(
            x=x,
            y=y,
            text=drawing.words(result.title(name)),
            bgcolor=drawing.PAPER,
            bordercolor=drawing.GREY,
            borderpad=5,
            font={"color": drawing.INK},
            showarrow=False,
        )
    top = max((y for _x, y in places.values()), default=0.0)
    for column, heading in enumerate((_("Activity"), _("Leading"), _("Lagging"), "KGI")):
        figure.add_annotation(
            x=column, y=-0.9, text=heading, font={"color": drawing.SOFT}, showarrow=False
        )
    figure.update_xaxes(range=[-0.45, 3.45], visible=False, fixedrange=True)
    figure.update_yaxes(range=[top + 0.6, -1.2], visible=False, fixedrange=True)
    subtitle = _("Accent: one leads the other; thin: its goal serves the other's")
    title = screening_wording.leaders(result)
    return _dressed(result, figure, title, subtitle, int(160 + 46 * (top + 1)))


def _places(result: ScreeningResult) -> dict[str, Place]:
    """Each measured metric's column, by its nature, and its row, the columns centred."""
    from kpilint.analysis.leads.screening import natures

    goals = result.screening.goals
    told = natures(goals)
    kgis = {goal.metric for goal in goals.goals if goal.role == "kgi"}
    order = ("activity", "leading", "lagging")
    columns: list[list[str]] = [[], [], [], []]
    for name in result.series:
        columns[3 if name in kgis else order.index(told[name])].append(name)
    tallest = max(map(len, columns))
    return {
        name: (float(x), float(y + (tallest - len(column)) // 2))
        for x, column in enumerate(columns)
        for y, name in enumerate(column)
    }


def _served(result: ScreeningResult) -> list[tuple[str, str]]:
    """Metric and the metric of the goal that its goal serves, each pair once."""
    goals = result.screening.goals
    metric = {goal.id: goal.metric or "" for goal in goals.goals}
    pairs = [
        (child.metric or "", metric[whole])
        for whole, children in goals.served_by.items()
        for child in children
        if whole in metric
    ]
    return list(dict.fromkeys(pairs))


def _way(start: Place, end: Place) -> list[Place]:
    """From one metric to another, between the rows of the columns that lie in between."""
    if start[0] > end[0]:
        return _way(end, start)[::-1]
    between = range(int(start[0]) + 1, int(end[0]))
    slope = (end[1] - start[1]) / max(end[0] - start[0], 1)
    lanes = [(x, floor(start[1] + slope * (x - start[0])) + 0.5) for x in between]
    passed = [(x + side, lane) for x, lane in lanes for side in (-BESIDE, BESIDE)]
    return [start, *passed, end]


def _line(figure: go.Figure, way: list[Place], color: str, width: float) -> None:
    figure.add_scatter(
        x=[x for x, _y in way],
        y=[y for _x, y in way],
        mode="lines",
        line={"color": color, "width": width, "shape": "spline", "smoothing": 0.5},
        hoverinfo="skip",
    )


def _subtitle(result: ScreeningResult) -> str:
    most = int(result.pairs["n"].max()) if len(result.pairs) else 0
    return _(
        "Lead time and correlation where a lead is detectable; n = {n}",
        n=span(most, result.screening.grain),
    )


def _dressed(
    result: ScreeningResult, figure: go.Figure, title: str, subtitle: str, height: int
) -> go.Figure:
    sources = {m.source for n, m in result.screening.goals.metrics.items() if n in result.series}
    source = listed(sorted(each for each in sources if each))
    return drawing.dressed(figure, title=title, subtitle=subtitle, source=source, height=height)
