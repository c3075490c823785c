"""The flow picture: from first contact down to the customer, with what is lost and left open."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from kpilint.analysis import drawing
from kpilint.analysis.funnels import leak_wording, wording
from kpilint.analysis.funnels.placed import Placed, at_stage
from kpilint.i18n import _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.funnels.funnel import FunnelResult

LINE, SPACE, BAR = 19, 12, 14  # pixels: a line of text, between texts, a bar
STREAM, TEXT = 0.36, 0.41  # of a phone's width: where the stream ends, where the texts begin
WIDE = 0.65  # of that width fills a wide page: the texts there need no more room
LETTERS = 35  # half-width letters in a line of text on a phone


@dataclass(frozen=True, slots=True)
class _Stage:
    """One stage as it stands in the picture: texts line by line, places in pixels from above."""

    top: int
    head: list[str]  # what it is, and how many
    goals: list[str]
    onward: list[str]  # the rate to the next stage, and the bottleneck's mark
    fate: list[str]  # waits, open, lost
    marked: bool  # whether the way on from here is the bottleneck

    @property
    def bar(self) -> float:
        """The middle of its bar."""
        return self.top + LINE / 2

    @property
    def gap(self) -> int:
        """Where the texts about the way on begin."""
        return self.top + LINE * (len(self.head) + len(self.goals)) + SPACE // 2

    @property
    def exit(self) -> float:
        """The middle of the line that tells what is lost."""
        return self.gap + LINE * (len(self.onward) + len(self.fate)) - LINE / 2

    @property
    def end(self) -> int:
        """Where the next stage may begin."""
        return self.gap + LINE * (len(self.onward) + len(self.fate)) + SPACE


def picture(result: FunnelResult) -> go.Figure:
    """Bars as wide as the records they stand for, the stream between them, texts to the right.

    The stream is straight where records move on; what is lost bends away to its text, what is open
    stays below the bar in dashes. All texts stand in one column of lines, so that none can meet
    another, and on a phone as well.
    """
    import plotly.graph_objects as go  # a second to import

    stages = _stages(result)
    reached = [step.reached for step in result.steps]
    full = max(1, *reached) / STREAM
    worst = result.worst.stage if result.worst else None
    figure = go.Figure(
        go.Bar(
            orientation="h",
            x=reached,
            y=[stage.bar for stage in stages],
            width=BAR,
            marker={
                "color": [
                    drawing.ACCENT if n == worst else drawing.GREY for n in range(len(stages))
                ]
            },
            hoverinfo="skip",
        )
    )
    for n, (here, below) in enumerate(pairwise(stages)):
        _stream(figure, result, n, here, below, full)
    for stage in stages:
        _texts(figure, stage, full * TEXT)
    height = stages[-1].end
    figure.update_xaxes(range=[0, full * WIDE], visible=False, fixedrange=True)
    figure.update_yaxes(range=[height, 0], visible=False, fixedrange=True)
    return drawing.dressed(
        figure,
        title=wording.headline(result),
        subtitle=wording.scope(result),
        source=result.funnel.spec.source,
        height=height + 80,
        narrow={"xaxis": {"range": [0, full]}},
    )


def _stages(result: FunnelResult) -> list[_Stage]:
    """Every stage with its texts, one below the other."""
    stages: list[_Stage] = []
    top, worst = 0, result.worst
    for n in range(len(result.steps)):
        marked = worst is not None and worst.stage == n + 1
        onward, fate = _way(result, n, marked=marked)
        stages.append(_Stage(top, _head(result, n), _goals(result, n), onward, fate, marked))
        top = stages[-1].end
    return stages


def _head(result: FunnelResult, n: int) -> list[str]:
    step = result.steps[n]
    lines = drawing.wrapped(wording.stage(step.stage), LETTERS - 8)
    lines[-1] += f"  {wording.whole(step.reached)}"
    return lines


def _goals(result: FunnelResult, n: int) -> list[str]:
    """The goals that stand here, how many only a later stage implies, and how many came back."""
    lines = []
    for each in at_stage(result.funnel.goals, n):
        told = (
            _("◇ {goal}: target {target}", goal=each.goal.title, target=_target(each))
            if each.target
            else _("◇ {goal}", goal=each.goal.title)
        )
        lines += drawing.wrapped(told, LETTERS)
    if skipped := result.steps[n].skipped:
        lines += drawing.wrapped(
            _("{count} of them skipped it", count=wording.whole(skipped)), LETTERS
        )
    if returned := result.steps[n].returned:
        lines += drawing.wrapped(
            _("↩ {count:return|returns}", count=wording.whole(returned)), LETTERS
        )
    return lines


def _target(goal: Placed) -> str:
    """A target and how long it has; the picture may show a longer time."""
    spans = {
        "week": _("{target} a week", target=goal.target),
        "month": _("{target} a month", target=goal.target),
        "quarter": _("{target} a quarter", target=goal.target),
        "half": _("{target} a half-year", target=goal.target),
        "year": _("{target} a year", target=goal.target),
    }
    return spans.get(goal.goal.period.kind, goal.target) if goal.goal.period else goal.target


def _way(result: FunnelResult, n: int, *, marked: bool) -> tuple[list[str], list[str]]:
    """The texts about the way on from a stage; below the last one, what the goals file says."""
    if n + 1 == len(result.steps):
        return [], drawing.wrapped(after(result), LETTERS) if after(result) else []
    estimate, step = result.estimates[n], result.steps[n]
    onward, fate = [], []
    if estimate is not None:
        rate = wording.percent(estimate.rate, estimate.low, estimate.high)
        onward = drawing.wrapped(_("↓ {rate} move on", rate=rate), LETTERS)
        fate = drawing.wrapped(_("In the stage: {wait}", wait=wording.stay(estimate.wait)), LETTERS)
    if marked:
        onward = [_("▲ Bottleneck"), *onward, *_fall(result), *_stake(result)]
    both = _(
        "Open: {open}, lost: {lost}",
        open=wording.whole(step.open or 0),
        lost=wording.whole(step.lost),
    )
    return onward, [*fate, *drawing.wrapped(both, LETTERS)]


def _fall(result: FunnelResult) -> list[str]:
    """What makes it the bottleneck: its last quarter against its past, at one age."""
    worst = result.worst
    if worst is None or worst.fall is None:
        return []
    told = _(
        "Within {days:day|days}: {past}% → {now}%",
        days=worst.days,
        past=f"{worst.fall.past * 100:.0f}",
        now=f"{worst.passed / worst.entered * 100:.0f}",
    )
    return drawing.wrapped(told, LETTERS)


def _stake(result: FunnelResult) -> list[str]:
    lost = result.shortfall
    if lost is None or lost.money is None:
        return []
    money = leak_wording.ranged(lost.money, result.funnel.currency)
    return [_("At stake in a quarter:"), *drawing.wrapped(money, LETTERS)]


def after(result: FunnelResult) -> str:
    """What follows an order on the way to a customer, as the goals file tells; else nothing."""
    usual = {"delivery": _("delivery"), "payment": _("payment")}
    steps = [
        f"{usual.get(name, name)} {time.text}"
        for name, time in result.funnel.spec.after_won.items()
    ]
    return _("Then: {steps} (as planned)", steps=" → ".join(steps)) if steps else ""


def _stream(
    figure: go.Figure, result: FunnelResult, n: int, here: _Stage, below: _Stage, full: float
) -> None:
    """What moves on, what stays and what is lost between two stages."""
    step, moved = result.steps[n], result.steps[n + 1].reached
    start, end = here.bar + BAR / 2, below.bar - BAR / 2
    color = drawing.ACCENT if here.marked else drawing.GREY
    _shape(figure, f"M0,{start} L{moved},{start} L{moved},{end} L0,{end} Z", color, 0.4)
    resting = moved + (step.open or 0)
    if step.open:
        low = start + 2 * BAR
        path = f"M{moved},{start} L{resting},{start} L{resting},{low} L{moved},{low} Z"
        dashes = {"color": drawing.SOFT, "width": 1, "dash": "dot"}
        figure.add_shape(type="path", path=path, line=dashes, layer="below")
    if step.lost:
        exit_, edge = here.exit, full * (TEXT - 0.02)
        upper, lower = exit_ - 3, exit_ + 3
        path = (
            f"M{resting},{start} C{resting},{lower} {resting},{lower} {edge},{lower} "
            f"L{edge},{upper} C{step.reached},{upper} {step.reached},{upper} {step.reached},{start} Z"
        )
        _shape(figure, path, drawing.LINE, 0.9)


def _shape(figure: go.Figure, path: str, color: str, opacity: float) -> None:
    figure.add_shape(
        type="path", path=path, fillcolor=color, opacity=opacity, line={"width": 0}, layer="below"
    )


def _texts(figure: go.Figure, stage: _Stage, x: float) -> None:
    """The stage's texts, one line below the other; a client's words are only ever words."""
    lines = [
        *((text, drawing.INK, True) for text in stage.head),
        *((text, drawing.SOFT, False) for text in stage.goals),
    ]
    for n, (text, color, bold) in enumerate(lines):
        _line(figure, x, stage.top + LINE * n, text, color, bold=bold)
    ink = drawing.ACCENT if stage.marked else drawing.INK
    lines = [
        *((text, ink, stage.marked) for text in stage.onward),
        *((text, drawing.SOFT, False) for text in stage.fate),
    ]
    for n, (text, color, bold) in enumerate(lines):
        _line(figure, x, stage.gap + LINE * n, text, color, bold=bold)


def _line(figure: go.Figure, x: float, y: float, text: str, color: str, *, bold: bool) -> None:
    told = drawing.words(text)
    told = f"<b>{told}</b>" if bold else told
    drawing.note(figure, x, y + LINE / 2, told, color=color, yanchor="middle", away=0)
