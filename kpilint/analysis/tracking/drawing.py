"""The status as bullets: actual, expected by now, target and the forecast's interval."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpilint.analysis import drawing
from kpilint.analysis.tracking import states, wording
from kpilint.i18n import _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.tracking.status import GoalStatus, StatusResult

ROW = 62  # pixels a goal
_END = 1.5  # of the target; what lies beyond is cut, its number stands in the label


def drawn(status: StatusResult) -> go.Figure:
    """One bullet a goal, on the scale of its target; the number says what the bar cannot."""
    import plotly.graph_objects as go

    figure = go.Figure()
    goals = status.goals
    for n, goal in enumerate(goals):
        name = f"<b>{drawing.words(goal.label)}</b>  {drawing.words(_line(goal))}"
        drawing.note(figure, 0, n - 0.28, name, color=drawing.INK, yanchor="bottom", away=0)
        if goal.target is not None and goal.target > 0 and goal.actual is not None:
            _bullet(figure, n, goal, goal.target, goal.actual)
    figure.update_xaxes(
        range=[0, _END], tickformat=".0%", gridcolor=drawing.LINE, fixedrange=True, nticks=6
    )
    figure.update_yaxes(range=[len(goals) - 0.5, -0.9], visible=False, fixedrange=True)
    dressed = drawing.dressed(
        figure,
        title=wording.headline(status) if goals else status.text(),
        subtitle=_("Bar: actual; tick: expected by now; line: forecast (80% range); 100%: target"),
        source=wording.day(status),
        height=120 + ROW * max(1, len(goals)),
    )
    return dressed.update_layout(margin={"l": 4, "r": 12, "t": 80, "b": 28})


def _line(goal: GoalStatus) -> str:
    state = states.word(goal.status)
    return f"{state} {wording.amount(goal.actual, goal.unit)} / {wording.amount(goal.target, goal.unit)}"


def _bullet(figure: go.Figure, n: int, goal: GoalStatus, target: float, actual: float) -> None:
    told = drawing.words(_line(goal))
    figure.add_bar(
        x=[min(max(actual / target, 0), _END)],
        y=[n],
        width=0.36,
        orientation="h",
        marker={"color": states.COLOURS[goal.status]},
        hovertext=told,
        hoverinfo="text",
    )
    figure.add_shape(
        type="line", x0=1, x1=1, y0=n - 0.26, y1=n + 0.26, line={"color": drawing.INK, "width": 3}
    )
    if goal.expected_by_now is not None:
        by_now = goal.expected_by_now / target
        figure.add_shape(
            type="line",
            x0=by_now,
            x1=by_now,
            y0=n - 0.18,
            y1=n + 0.18,
            line={"color": drawing.GREY, "width": 2},
        )
    if goal.forecast is not None:
        low, high = (min(q / target, _END) for q in (goal.forecast.p10, goal.forecast.p90))
        figure.add_shape(
            type="line",
            x0=low,
            x1=high,
            y0=n + 0.3,
            y1=n + 0.3,
            line={"color": drawing.SOFT, "width": 4},
        )
