"""Pictures of a tree: from the top down, and what a change would do to the top."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING, Any

from kpilint.analysis import drawing
from kpilint.analysis.tracking import states
from kpilint.analysis.tree import what_if_wording, wording

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.tree.shape import Branch
    from kpilint.analysis.tree.tree import TreeResult
    from kpilint.analysis.tree.what_if import Moved, WhatIf

LINE, SPACE, INDENT, MARK = 19, 16, 20, 18  # pixels: a line, between goals, a level, the sign
LETTERS, WIDE = 48, 7.2  # half-width letters on a phone's line, and how many pixels one takes
BESIDE = 0.46  # of a wide page: where the values stand, beside the names
DEEPEST = 6  # levels that are set in; on a phone there is room for no more


@dataclass(frozen=True, slots=True)
class _Row:
    """One goal's texts, and where they stand in pixels: from above, and from the left."""

    top: int
    left: int
    sign: str
    colour: str
    title: list[str]
    values: list[str]
    beside: bool  # whether the values stand beside the title, and not below it

    @property
    def middle(self) -> float:
        """Of the line with the sign."""
        return self.top + LINE / 2

    @property
    def end(self) -> int:
        """Where the next goal may begin."""
        title, values = len(self.title), len(self.values)
        return self.top + LINE * (max(title, values) if self.beside else title + values) + SPACE


def picture(result: TreeResult) -> go.Figure:
    """An outline: each goal below the one it serves, with values and state.

    Solid lines lead to parts, dotted ones to goals that merely serve; the sign tells how the
    parts make up the whole. A line of text takes the same room on any screen; on a phone the
    values stand below the names.
    """
    figure, phone = _outline(result, beside=True), _outline(result, beside=False).layout
    top, height = int(figure.layout.yaxis.range[0]), int(phone.yaxis.range[0])
    narrow = {
        "annotations": [note.to_plotly_json() for note in phone.annotations],
        "shapes": [shape.to_plotly_json() for shape in phone.shapes],
        "yaxis": {"range": [height, 0]},
        "height": height + 90,
    }
    return _dressed(figure, wording.headline(result), wording.scope(result), top, narrow)


def _outline(result: TreeResult, *, beside: bool) -> go.Figure:
    """The tree's rows from above, their values beside or below the names."""
    import plotly.graph_objects as go  # a second to import

    figure = go.Figure()
    ends: dict[str, float] = {}  # where the line down from a goal has come to
    hows = {b.goal.id: b.how for b in result.shape}
    top = 0
    for branch in result.shape:
        row = _row(result, branch, hows.get(branch.above, ""), top, beside=beside)
        _write(figure, row)
        if branch.above:
            _lead(figure, row, ends[branch.above], dotted=not branch.is_part)
            ends[branch.above] = row.middle
        ends[branch.goal.id] = row.top + LINE
        top = row.end
    figure.add_scatter(x=[0], y=[0], mode="markers", marker={"opacity": 0}, hoverinfo="skip")
    figure.update_xaxes(visible=False, fixedrange=True, range=[0, 1])
    figure.update_yaxes(visible=False, fixedrange=True, range=[top, 0])
    return figure


def _row(result: TreeResult, branch: Branch, how: str, top: int, *, beside: bool) -> _Row:
    stands = result.standings[branch.goal.id]
    left = INDENT * min(branch.depth, DEEPEST)
    room = int(LETTERS - (left + MARK) / WIDE)
    step = f"{wording.SIGNS[how]} " if branch.is_part else ""
    told = [drawing.wrapped(text, room) for text in wording.lines(branch, stands)]
    return _Row(
        top,
        left,
        wording.state(branch, stands).partition(" ")[0],
        drawing.SOFT if branch.goal.role == "info" else states.COLOURS[stands.state],
        drawing.wrapped(step + branch.goal.title, room),
        [line for lines in told for line in lines],
        beside,
    )


def _write(figure: go.Figure, row: _Row) -> None:
    """The state's sign, then title, values and the state's word, line by line."""
    _text(figure, row.left, row.middle, row.sign, row.colour)
    left, middle = row.left + MARK, row.middle
    for number, text in enumerate(row.title):
        bold = f"<b>{drawing.words(text)}</b>"
        _text(figure, left, middle + LINE * number, bold, drawing.INK)
    first, x = (0, BESIDE) if row.beside else (len(row.title), 0.0)
    for number, text in enumerate(row.values, first):
        y = middle + LINE * number
        _text(figure, 0 if x else left, y, drawing.words(text), drawing.INK, x)


def _text(figure: go.Figure, left: float, y: float, text: str, colour: str, x: float = 0.0) -> None:
    figure.add_annotation(
        x=x,
        y=y,
        text=text,
        font={"color": colour},
        showarrow=False,
        xanchor="left",
        yanchor="middle",
        align="left",
        xshift=left,
    )


def _lead(figure: go.Figure, row: _Row, start: float, *, dotted: bool) -> None:
    """From under the sign of the goal above, or where its line has come to, down and right."""
    x = row.left - INDENT + 6
    figure.add_shape(
        type="path",
        path=f"M {x},{start} L {x},{row.middle} L {row.left - 2},{row.middle}",
        xsizemode="pixel",
        xanchor=0,
        line={"color": drawing.GREY, "width": 1, "dash": "dot" if dotted else "solid"},
        layer="below",
    )


def ranges(result: WhatIf) -> go.Figure:
    """The top as expected and with the change: dots for the middle, lines for 80 %."""
    import plotly.graph_objects as go  # a second to import

    top = result.moved[-1]
    figure = go.Figure()
    names = [*what_if_wording.readable(result).columns][2:]
    for y, (name, found, colour) in enumerate(
        zip(names, (top.before, top.after), (drawing.GREY, drawing.INK), strict=True)
    ):
        figure.add_scatter(
            x=[found.low, found.high], y=[y, y], mode="lines", line={"color": colour, "width": 6}
        )
        figure.add_scatter(
            x=[found.middle], y=[y], mode="markers", marker={"color": colour, "size": 13}
        )
        figure.add_annotation(
            xref="paper",
            x=0,
            y=y,
            text=f"{drawing.words(name)}<br>"
            f"<b>{drawing.words(what_if_wording.shown(found, top.unit))}</b>",
            showarrow=False,
            xanchor="left",
            yanchor="bottom",
            align="left",
            yshift=10,
            bgcolor=drawing.PAPER,
        )
    if isfinite(top.target):
        target = wording.aimed(top.target, top.unit)
        figure.add_vline(x=top.target, line={"color": drawing.INK, "width": 1, "dash": "dot"})
        figure.add_annotation(
            x=top.target,
            y=1.25,
            text=drawing.words(target),
            showarrow=False,
            xanchor="auto",
            yanchor="top",
            bgcolor=drawing.PAPER,
        )
    figure.update_traces(hoverinfo="skip")
    figure.update_xaxes(visible=False, fixedrange=True, range=_room(top))
    figure.update_yaxes(visible=False, fixedrange=True, range=[1.75, -0.75])
    return _dressed(figure, what_if_wording.headline(result), top.branch.goal.title, 200)


def _room(top: Moved) -> tuple[float, float]:
    """All that is drawn of the top, with a little air."""
    ends = [top.before.low, top.after.low, top.before.high, top.after.high]
    ends += [top.target] if isfinite(top.target) else []
    air = (max(ends) - min(ends)) * 0.05 or 1.0
    return min(ends) - air, max(ends) + air


def _dressed(
    figure: go.Figure,
    title: str,
    subtitle: str,
    height: int,
    narrow: Mapping[str, Any] | None = None,
) -> go.Figure:
    lines = drawing.wrapped(title, LETTERS - 6)
    dressed = drawing.dressed(
        figure, title=title, subtitle=subtitle, source="", height=height + 90, narrow=narrow
    )
    head = "<br>".join(drawing.words(text) for text in lines)
    dressed.update_layout(title={"text": f"<b>{head}</b>", "xref": "container", "x": 0.01})
    return dressed.update_layout(margin={"l": 10, "r": 10, "t": 60 + 20 * len(lines), "b": 10})
