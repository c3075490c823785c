"""What pairs of quantity and quality say and how they are drawn, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis import drawing
from kpilint.analysis.causes.segments_wording import sentences
from kpilint.analysis.funnels.wording import DASH
from kpilint.analysis.leads.wording import chance
from kpilint.i18n import _

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.causes.tradeoff import Pair, Traded, TradeoffsResult


def verdict(result: TradeoffsResult) -> str:
    """What was bought with what."""
    if not result.pairs:
        return _(
            "No goal is paired with another; write paired_with: where one keeps another honest."
        )
    if result.alarms:
        return sentences(_alarm(pair) for pair in result.alarms)
    judged = sum(pair.traded is not None for pair in result.pairs)
    if not judged:
        return _("Whether quantity was bought with quality cannot be told of any pair yet.")
    return _(
        "Of {count:pair|pairs}, in none has the quantity risen while its quality fell.",
        count=judged,
    )


def _alarm(pair: Pair) -> str:
    assert pair.traded is not None
    return _(
        "“{goal}” rose ({up}) while the quality that keeps it honest, “{other}”, became worse "
        "({down}): the one may have been bought with the other.",
        goal=pair.goal.title,
        other=pair.other.title,
        up=_change(pair.traded.quantity),
        down=_change(pair.traded.quality),
    )


def readable(result: TradeoffsResult) -> pd.DataFrame:
    """One row a pair, as readers want it."""
    return pd.DataFrame(
        [
            {
                _("Quantity"): pair.goal.title,
                _("Its change"): _change(pair.traded.quantity) if pair.traded else DASH,
                _("Quality"): pair.other.title,
                _("Change of quality"): _change(pair.traded.quality) if pair.traded else DASH,
                _("Verdict"): _word(result, pair),
            }
            for pair in result.pairs
        ]
    )


def _word(result: TradeoffsResult, pair: Pair) -> str:
    if pair.traded is None:
        return pair.reason
    if pair in result.alarms:
        return _("quantity up, quality down ({p})", p=chance(pair.traded.p_value))
    return _("nothing to tell")


def _change(values: tuple[float, float]) -> str:
    before, now = values
    return f"{now / before - 1:+.0%}" if before > 0 else DASH


def drawn(result: TradeoffsResult) -> go.Figure:
    """Two bars a pair, the change of its quantity and of its quality, in percent."""
    import plotly.graph_objects as go  # a second to import

    pairs = [(pair, pair.traded) for pair in result.pairs if pair.traded is not None]
    figure = go.Figure()
    values: list[float] = []
    for place, (pair, found) in enumerate(pairs):
        alarming = pair in result.alarms
        for away, title, change in _bars(pair, found):
            values.append(change)
            figure.add_bar(
                orientation="h",
                x=[change],
                y=[place + away],
                width=0.26,
                marker={"color": drawing.ACCENT if alarming else drawing.GREY},
                hoverinfo="skip",
            )
            text = f"{drawing.words(title)}  <b>{change:+.0f}%</b>"
            side = max(change, 0)
            color = drawing.ACCENT if alarming else drawing.INK
            drawing.note(figure, side, place + away, text, color=color, yanchor="middle", away=6)
    low, high = min([0.0, *values]), max([10.0, *values])
    figure.update_xaxes(
        range=[low * 1.1, high + 1.3 * (high - low)], visible=False, fixedrange=True
    )
    figure.update_yaxes(range=[len(pairs) - 0.4, -0.6], visible=False, fixedrange=True)
    figure.add_vline(x=0, line={"color": drawing.LINE, "width": 1})
    return drawing.dressed(
        figure,
        title=_("Quantity rose, quality fell") if result.alarms else _("No trade of quality seen"),
        subtitle=_("Change of the last three months against all before, in percent"),
        source="",
        height=100 + 76 * len(pairs),
    )


def _bars(pair: Pair, found: Traded) -> list[tuple[float, str, float]]:
    told = [(-0.16, pair.goal.title, found.quantity), (0.16, pair.other.title, found.quality)]
    return [
        (away, title, 100 * (now / before - 1) if before > 0 else 0.0)
        for away, title, (before, now) in told
    ]
