"""How the causes of a fall are drawn: a line each, from the rate before to the rate now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpilint.analysis import drawing
from kpilint.analysis.causes import segments_wording as wording

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.causes.segments import SegmentsResult


def drawn(result: SegmentsResult) -> go.Figure:
    """The rates of each cause; readable without colour by the shape of the marks."""
    import plotly.graph_objects as go  # a second to import

    leaks = result.leaks
    places = list(range(len(leaks)))
    before, after = ([100 * rate for rate in result.table()[name]] for name in ("before", "after"))
    lows, highs = zip(*(leak.interval for leak in leaks), strict=True) if leaks else ((), ())
    figure = go.Figure()
    for place in places:
        ends = {"x": [before[place], after[place]], "y": [place, place]}
        figure.add_scatter(**ends, mode="lines", line={"color": drawing.LINE, "width": 3})
    figure.add_scatter(
        x=before,
        y=places,
        mode="markers",
        marker={"symbol": "circle-open", "size": 13, "color": drawing.SOFT, "line": {"width": 2}},
    )
    figure.add_scatter(
        x=after,
        y=places,
        mode="markers",
        marker={"symbol": "diamond", "size": 13, "color": drawing.ACCENT},
        error_x={
            "type": "data",
            "symmetric": False,
            "array": [100 * high - now for high, now in zip(highs, after, strict=True)],
            "arrayminus": [now - 100 * low for low, now in zip(lows, after, strict=True)],
            "color": drawing.ACCENT,
            "thickness": 1.5,
        },
    )
    figure.update_traces(hoverinfo="skip", cliponaxis=False)
    for place, leak in enumerate(leaks):
        text = f"<b>{drawing.words(wording.label(result, leak))}</b>"
        drawing.note(figure, 0, place - 0.3, text, color=drawing.INK, yanchor="bottom", away=0)
    top = max([*before, *(100 * high for high in highs), 10.0])
    ticks = {"ticksuffix": "%", "gridcolor": drawing.LINE, "zerolinecolor": drawing.LINE}
    figure.update_xaxes(range=[0, top * 1.08], visible=bool(leaks), fixedrange=True, **ticks)
    figure.update_yaxes(range=[len(leaks) - 0.5, -0.9], visible=False, fixedrange=True)
    dressed = drawing.dressed(
        figure,
        title=wording.headline(result),
        subtitle=wording.scope(result),
        source=result.segments.spec.source,
        height=120 + 64 * len(leaks),
    )
    return dressed.update_layout(margin={"l": 12, "r": 12, "t": 80, "b": 30})
