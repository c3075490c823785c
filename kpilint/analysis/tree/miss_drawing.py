"""A waterfall of a gap: from what was expected to what came."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from kpilint.analysis import drawing
from kpilint.analysis.tree import miss_wording as wording

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.tree.miss import Miss

ROW = 46  # pixels


def drawn(result: Miss) -> go.Figure:
    """Bars from top to bottom; what works against the goal is hatched, for print in grey."""
    import plotly.graph_objects as go  # a second to import

    figure = go.Figure()
    values = [float(value) for value in result.table()["value"]]
    first, *steps, last = values
    starts = [first, *accumulate(steps, initial=first)][1:-1]
    figure.add_bar(
        orientation="h",
        y=[0, len(values) - 1],
        x=[first, last],
        width=0.55,
        marker={"color": drawing.GREY},
        hoverinfo="skip",
    )
    hurts = [(step < 0) == (result.whole.better == "higher") for step in steps]
    for bad in (True, False):
        chosen = [n for n, hurt in enumerate(hurts) if hurt == bad]
        colour = drawing.ACCENT if bad else drawing.SOFT
        figure.add_bar(
            orientation="h",
            y=[n + 1 for n in chosen],
            x=[steps[n] for n in chosen],
            base=[starts[n] for n in chosen],
            width=0.55,
            hoverinfo="skip",
            marker={
                "color": colour,
                "line": {"color": colour, "width": 1},
                "pattern": {
                    "shape": "/" if bad else "",
                    "fgcolor": colour,
                    "bgcolor": drawing.PAPER,
                    "solidity": 0.5,
                },
            },
        )
    labels = [
        f"{drawing.words(name)}<br><b>{drawing.words(amount)}</b>"
        for name, amount in zip(wording.names(result), wording.amounts(result), strict=True)
    ]
    figure.update_xaxes(visible=False, fixedrange=True, rangemode="tozero")
    drawing.name_rows(figure, dict(enumerate(labels)), len(values) - 0.4, -0.6)
    dressed = drawing.dressed(
        figure,
        title=wording.headline(result),
        subtitle=wording.scope(result),
        source="",
        height=110 + ROW * len(values),
    )
    dressed.update_layout(barmode="overlay", title={"xref": "container", "x": 0.01})
    return dressed.update_layout(margin={"l": 10, "r": 12, "t": 80, "b": 10})
