"""How people are drawn: by stage, each one's distance from peers with the same mix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpilint.analysis import drawing
from kpilint.analysis.causes import people_wording as wording
from kpilint.analysis.causes.segments_wording import step

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.causes.people import PeopleResult, Standing

ROW = 20  # pixels


def drawn(result: PeopleResult) -> go.Figure:
    """A row a person under each stage; those told apart are filled and in the accent."""
    import plotly.graph_objects as go  # a second to import

    figure = go.Figure()
    rows: list[tuple[int, Standing, bool]] = []
    labels: dict[int, str] = {}
    place = 0
    for stage in sorted({each.stage for each in result.standings}):
        labels[place] = f"<b>{drawing.words(step(result.people.spec, stage))}</b>"
        own = [
            pair
            for pair in zip(result.standings, result.told, strict=True)
            if pair[0].stage == stage
        ]
        for each, told in sorted(own, key=lambda pair: pair[0].shrunk - pair[0].expected):
            place += 1
            labels[place] = drawing.words(result.called(each.person))
            rows.append((place, each, told))
        place += 2
    for apart in (False, True):
        chosen = [(at, each) for at, each, told in rows if told == apart]
        colour = drawing.ACCENT if apart else drawing.GREY
        points = [100 * (each.shrunk - each.expected) for _at, each in chosen]
        figure.add_scatter(
            x=points,
            y=[at for at, _each in chosen],
            mode="markers",
            hoverinfo="skip",
            cliponaxis=False,
            marker={"color": colour, "size": 9, "symbol": "diamond" if apart else "circle-open"},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": [100 * (each.high - each.shrunk) for _at, each in chosen],
                "arrayminus": [100 * (each.shrunk - each.low) for _at, each in chosen],
                "color": colour,
                "thickness": 1.5,
                "width": 0,
            },
        )
    figure.add_vline(x=0, line={"color": drawing.INK, "width": 1})
    figure.update_xaxes(gridcolor=drawing.LINE, fixedrange=True, zeroline=False, nticks=7)
    drawing.name_rows(figure, labels, max(place - 1, 1), -1)
    dressed = drawing.dressed(
        figure,
        title=wording.headline(result),
        subtitle=wording.scope(result),
        source=result.people.spec.source,
        height=130 + ROW * place,
    )
    dressed.update_layout(title={"xref": "container", "x": 0.01})
    return dressed.update_layout(margin={"l": 10, "r": 12, "t": 80, "b": 30})
