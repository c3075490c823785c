"""A goal's course drawn: actual, what was expected, the target line and the forecast's fan."""

from __future__ import annotations

from math import ceil, floor, log10
from typing import TYPE_CHECKING

import numpy as np

from kpilint.analysis import drawing
from kpilint.analysis.tracking import progress_wording as wording
from kpilint.analysis.tracking import states
from kpilint.analysis.tracking import wording as told

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.tracking.progress import ProgressResult

_FAN = "rgba(135, 150, 165, 0.28)"
_AIR = 1.12  # of the highest value


def drawn(result: ProgressResult) -> go.Figure:
    """Lines over the period's days, each named where it ends."""
    import plotly.graph_objects as go

    figure = go.Figure()
    _fan(figure, result)
    rows, goal = result.table(), result.status
    due, made = rows[rows["expected"].notna()], rows[rows["actual"].notna()]
    if goal.expected_by_now != goal.target or len(due) > 1:
        _line(figure, due["day"], due["expected"], drawing.GREY, 1.5, dash="dash")
    _line(figure, made["day"], made["actual"], states.COLOURS[goal.status], 3)
    last = made.iloc[-1]
    figure.add_scatter(
        x=[last["day"]],
        y=[last["actual"]],
        mode="markers",
        marker={"color": states.COLOURS[goal.status], "size": 9},
        hoverinfo="skip",
    )
    _named(figure, last["day"], last["actual"], wording.made(result), states.COLOURS[goal.status])
    _targets(figure, result)
    low, high = _span(result)
    ticks = _ticks(low, high)
    figure.update_yaxes(
        range=[low, low + (high - low) * _AIR],
        tickvals=ticks,
        ticktext=[told.rounded(tick, goal.unit) for tick in ticks],
        gridcolor=drawing.LINE,
        zeroline=False,
        fixedrange=True,
        automargin=True,
    )
    figure.update_xaxes(nticks=5, ticks="outside", ticklen=8, **drawing.time_axis(days=True))
    metric = result.progress.goals.metric_of(result.progress.goal)
    dressed = drawing.dressed(
        figure,
        title=wording.headline(result),
        subtitle=wording.scope(result),
        source=(metric.source if metric else None) or "",
        height=380,
    )
    dressed.update_layout(title={"xref": "container", "x": 0.01})
    return dressed.update_layout(margin={"l": 10, "r": 16, "t": 80, "b": 52})


def _fan(figure: go.Figure, result: ProgressResult) -> None:
    rows = result.table()
    rows = rows[rows["middle"].notna()]
    if not len(rows):
        return
    figure.add_scatter(
        x=[*rows["day"], *rows["day"][::-1]],
        y=[*rows["high"], *rows["low"][::-1]],
        fill="toself",
        fillcolor=_FAN,
        mode="lines",
        line={"width": 0},
        hoverinfo="skip",
    )
    _line(figure, rows["day"], rows["middle"], drawing.SOFT, 1.5, dash="dot")
    end = rows.iloc[-1]
    figure.add_annotation(
        x=end["day"],
        y=end["middle"],
        text=drawing.words(wording.heading(result)),
        font={"color": drawing.SOFT},
        showarrow=False,
        xanchor="right",
        yanchor="top",
        yshift=-26,
        bgcolor=drawing.PAPER,
    )


def _line(
    figure: go.Figure, x: object, y: object, colour: str, width: float, dash: str = "solid"
) -> None:
    figure.add_scatter(
        x=list(x),  # type: ignore[call-overload]
        y=list(y),  # type: ignore[call-overload]
        mode="lines",
        line={"color": colour, "width": width, "dash": dash},
        hovertemplate="%{x}: %{y:,.3s}<extra></extra>",
    )


def _targets(figure: go.Figure, result: ProgressResult) -> None:
    """The target as a level line with its name, and the original one where that was another."""
    goal = result.status
    lines = [(goal.target, wording.target(result), drawing.INK, "solid")]
    if told.moved(goal):
        lines.append((goal.original_target, wording.original(result), drawing.SOFT, "dot"))
    for value, name, colour, dash in lines:
        if value is None:
            continue
        figure.add_hline(y=value, line={"color": colour, "width": 1.5, "dash": dash})
        figure.add_annotation(
            x=0,
            xref="paper",
            y=value,
            text=drawing.words(name),
            font={"color": colour},
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
        )


def _named(figure: go.Figure, x: object, y: float, text: str, colour: str) -> None:
    figure.add_annotation(
        x=x,
        y=y,
        text=f"<b>{drawing.words(text)}</b>",
        font={"color": colour},
        showarrow=False,
        xanchor="left",
        yanchor="top",
        xshift=8,
        yshift=-4,
    )


def _span(result: ProgressResult) -> tuple[float, float]:
    """All that is drawn, and 0 for what adds up: a level is seen better from nearby."""
    rows, goal = result.table(), result.status
    metric = result.progress.goals.metric_of(result.progress.goal)
    values = [each for each in (goal.target, goal.original_target) if each is not None]
    drawn = rows[["actual", "expected", "low", "high"]].to_numpy(dtype=np.float64)
    values += drawn[np.isfinite(drawn)].tolist()
    low, high = min(values), max(values)
    if metric is not None and metric.additive:
        low = min(low, 0.0)
    else:
        low -= 0.15 * (high - low)
    return low, high if high > low else low + 1.0


def _ticks(low: float, high: float) -> list[float]:
    """Three to five round values between two."""
    rough = (high - low) / 4
    scale = 10.0 ** floor(log10(rough))
    step = next(n * scale for n in (1, 2, 2.5, 5, 10) if n * scale >= rough * 0.999)
    return [n * step for n in range(ceil(low / step), floor(high / step) + 1)]
