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
    rows = len(result.parts) + 2 if result.parts else 0
    if result.parts:
        _ends(figure, result, rows)
        for falls in (True, False):
            _steps(figure, result, falls=falls)
    figure.update_xaxes(visible=False, fixedrange=True, rangemode="tozero")
    drawing.name_rows(figure, dict(enumerate(_labels(result))), rows - 0.4, -0.6)
    dressed = drawing.dressed(
        figure,
        title=wording.headline(result),
        subtitle=wording.scope(result),
        source=result.change.spec.source,
        height=110 + ROW * rows,
    )
    dressed.update_layout(barmode="overlay", title={"xref": "container", "x": 0.01})
    return dressed.update_layout(margin={"l": 10, "r": 12, "t": 80, "b": 10})


def _steps(figure: go.Figure, result: ChangeResult, *, falls: bool) -> None:
    """The factors that take away, or those that add, each from where the one before ended."""
    parts = result.parts
    starts = list(accumulate((p.value for p in parts), initial=result.totals()["before"]))
    chosen = [n for n, part in enumerate(parts) if (part.value < 0) == falls]
    color = drawing.ACCENT if falls else drawing.SOFT
    hatched = {
        "shape": "/" if falls else "",
        "fgcolor": drawing.ACCENT,
        "bgcolor": drawing.PAPER,
        "solidity": 0.5,
    }
    whiskers = {
        "type": "data",
        "symmetric": False,
        "array": [parts[n].high - parts[n].value for n in chosen],
        "arrayminus": [parts[n].value - parts[n].low for n in chosen],
        "color": drawing.INK,
        "thickness": 1.2,
        "width": 4,
    }
    figure.add_bar(
        orientation="h",
        y=[n + 1 for n in chosen],
        x=[parts[n].value for n in chosen],
        base=[starts[n] for n in chosen],
        width=0.55,
        hoverinfo="skip",
        marker={"color": color, "line": {"color": color, "width": 1}, "pattern": hatched},
        error_x=whiskers,
    )


def _labels(result: ChangeResult) -> list[str]:
    """What stands beside the bars, from the earlier period to the later one."""
    if not result.parts:
        return []
    totals, (before, after) = result.totals(), wording.ends(result)
    return [
        _named(before, wording.amount(result, totals["before"])),
        *(
            _named(wording.factor(result, part), wording.signed(result, part.value))
            for part in result.parts
        ),
        _named(after, wording.amount(result, totals["after"])),
    ]


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
