"""A waterfall: from what one period brought to what the next did, factor by factor."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING

from kpilint.analysis import drawing
from kpilint.analysis.causes import change_wording as wording

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.causes.change import ChangeResult

ROW = 46  # pixels


def drawn(result: ChangeResult) -> go.Figure:
    """Bars from left to right and top to bottom; a falling bar is hatched, for print in grey."""
    import plotly.graph_objects as go  # a second to import

    figure = go.Figure()
    totals, parts = result.totals(), result.parts
    rows = len(parts) + 2 if parts else 0
    labels: list[str] = []
    if parts:
        added = [part.value for part in parts]
        starts = [totals["before"], *accumulate(added, initial=totals["before"])][1:-1]
        _ends(figure, result, rows)
        for falls in (True, False):
            chosen = [n for n, part in enumerate(parts) if (part.value < 0) == falls]
            figure.add_bar(
                orientation="h",
                y=[n + 1 for n in chosen],
                x=[parts[n].value for n in chosen],
                base=[starts[n] for n in chosen],
                width=0.55,
                hoverinfo="skip",
                marker={
                    "color": drawing.ACCENT if falls else drawing.SOFT,
                    "line": {"color": drawing.ACCENT if falls else drawing.SOFT, "width": 1},
                    "pattern": {
                        "shape": "/" if falls else "",
                        "fgcolor": drawing.ACCENT,
                        "bgcolor": drawing.PAPER,
                        "solidity": 0.5,
                    },
                },
                error_x={
                    "type": "data",
                    "symmetric": False,
                    "array": [parts[n].high - parts[n].value for n in chosen],
                    "arrayminus": [parts[n].value - parts[n].low for n in chosen],
                    "color": drawing.INK,
                    "thickness": 1.2,
                    "width": 4,
                },
            )
        before, after = wording.ends(result)
        labels = [
            _named(before, wording.amount(result, totals["before"])),
            *(
                _named(wording.factor(result, part), wording.signed(result, part.value))
                for part in parts
            ),
            _named(after, wording.amount(result, totals["after"])),
        ]
    figure.update_xaxes(visible=False, fixedrange=True, rangemode="tozero")
    drawing.name_rows(figure, dict(enumerate(labels)), rows - 0.4, -0.6)
    dressed = drawing.dressed(
        figure,
        title=wording.headline(result),
        subtitle=wording.scope(result),
        source=result.change.spec.source,
        height=110 + ROW * rows,
    )
    dressed.update_layout(barmode="overlay", title={"xref": "container", "x": 0.01})
    return dressed.update_layout(margin={"l": 10, "r": 12, "t": 80, "b": 10})


def _ends(figure: go.Figure, result: ChangeResult, rows: int) -> None:
    totals = result.totals()
    figure.add_bar(
        orientation="h",
        y=[0, rows - 1],
        x=[totals["before"], totals["after"]],
        width=0.55,
        marker={"color": drawing.GREY},
        hoverinfo="skip",
    )


def _named(name: str, value: str) -> str:
    return f"{drawing.words(name)}<br><b>{drawing.words(value)}</b>"
