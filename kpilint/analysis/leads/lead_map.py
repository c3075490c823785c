"""Pictures of many leads: a heat map of lead times, and the network from activity to KGI."""

from __future__ import annotations

from collections.abc import Mapping
from math import floor
from typing import TYPE_CHECKING, Any, TypeAlias

from kpilint.analysis import drawing
from kpilint.analysis.leads import screening_wording
from kpilint.analysis.leads.wording import number, span
from kpilint.i18n import _, listed

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.leads.screening import ScreeningResult

ROW = 34  # pixels a metric
LETTERS = 110  # half-width letters that fit beside each other above the heat map
CELL = 11  # of them a lead time with its correlation takes
BOX = 26, 10  # half-width letters in a line of the network's boxes: on a wide page, on a phone
BESIDE = 0.28  # of a column: where a line comes out from between two names
Place: TypeAlias = tuple[float, float]  # column and row


def heat_map(result: ScreeningResult) -> go.Figure:
    """Leading metrics down, lagging ones across; a cell holds the lead time and correlation."""
    import plotly.graph_objects as go  # a second to import

    pairs = result.pairs
    down, across = list(dict.fromkeys(pairs["leading"])), list(dict.fromkeys(pairs["lagging"]))
    times: list[list[float | None]] = [[None] * len(across) for _name in down]
    texts = [["·"] * len(across) for _name in down]
    short = [["·"] * len(across) for _name in down]
    room = LETTERS // max(len(across), 1)
    for row in pairs.to_dict("records"):
        if row["direction"] == "leads":
            at = down.index(row["leading"]), across.index(row["lagging"])
            times[at[0]][at[1]] = abs(float(row["r"]))
            time = f"<b>{span(int(row['lag']), result.screening.grain)}</b>"
            short[at[0]][at[1]] = time
            texts[at[0]][at[1]] = f"{time} ({number(row['r'])})" if room > CELL else time
    figure = go.Figure(
        go.Heatmap(
            z=times,
            x=[_boxed(result.title(name), room) for name in across],
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
    figure.update_layout(annotations=_cells(texts))
    plain = {"showgrid": False, "fixedrange": True, "automargin": True, "ticks": ""}
    figure.update_xaxes(side="top", tickangle=0, **plain)
    figure.update_yaxes(autorange="reversed", **plain)
    title, height = screening_wording.headline(result), 150 + ROW * len(down)
    longest = max((drawing.breadth(result.title(name)) for name in across), default=0)
    narrow = {
        "annotations": _cells(short),
        "xaxis": {"tickangle": -90},
        "height": height + 6 * min(longest, room),
    }
    return _dressed(result, figure, title, _subtitle(result), height, narrow)


def _cells(texts: list[list[str]]) -> list[dict[str, Any]]:
    """An annotation a cell of a heat map."""
    ink = {"color": drawing.INK}
    return [
        {"x": x, "y": y, "text": text, "showarrow": False, "font": ink}
        for y, line in enumerate(texts)
        for x, text in enumerate(line)
    ]


def _boxed(title: str, letters: int) -> str:
    """A metric's title in lines of so many letters, as plotly's markup."""
    return "<br>".join(drawing.words(line) for line in drawing.wrapped(title, max(letters, 8)))


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
        along = (x1 - 0.5 - x0) / (x1 - x0)  # half way from the column before
        figure.add_annotation(
            x=x0 + along * (x1 - x0),
            y=y0 + along * (y1 - y0),
            text=f"<b>{span(int(row['lag']), result.screening.grain)}</b>",
            bgcolor=drawing.PAPER,
            font={"color": drawing.ACCENT},
            showarrow=False,
        )
    times = len(figure.layout.annotations)
    for name, (x, y) in places.items():
        figure.add_annotation(
            x=x,
            y=y,
            text=_boxed(result.title(name), BOX[0]),
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
    notes = [note.to_plotly_json() for note in figure.layout.annotations]
    boxes = [_boxed(result.title(name), BOX[1]) for name in places]
    for note, text in zip(notes[times:], boxes, strict=False):
        note |= {"text": text, "borderpad": 2}
    tall, taller = (
        max((text.count("<br>") for text in texts), default=0)
        for texts in ([_boxed(result.title(name), BOX[0]) for name in places], boxes)
    )
    height, narrow = (int(160 + (46 + 15 * lines) * (top + 1)) for lines in (tall, taller))
    smaller = {"annotations": notes, "height": narrow}
    return _dressed(result, figure, title, subtitle, height, smaller)


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
    result: ScreeningResult,
    figure: go.Figure,
    title: str,
    subtitle: str,
    height: int,
    narrow: Mapping[str, Any],
) -> go.Figure:
    sources = {m.source for n, m in result.screening.goals.metrics.items() if n in result.series}
    source = listed(sorted(each for each in sources if each))
    return drawing.dressed(
        figure, title=title, subtitle=subtitle, source=source, height=height, narrow=narrow
    )
