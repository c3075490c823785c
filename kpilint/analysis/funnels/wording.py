"""What a funnel's result says: its verdict, headline and labels, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kpilint.analysis.funnels.bottleneck import LEAST_QUARTERS
from kpilint.analysis.funnels.dimensions import BLANK, OTHERS
from kpilint.goals.display import show
from kpilint.goals.period import Period
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.analysis.funnels.bottleneck import Comparison
    from kpilint.analysis.funnels.funnel import FunnelResult
    from kpilint.analysis.survival import Wait

DASH = "–"


def stage(name: str) -> str:
    """A stage as readers know it; names beyond the usual ones stay as written."""
    usual = {
        "lead": _("Leads"),
        "mql": "MQL",
        "sql": "SQL",
        "opportunity": _("Opportunities"),
        "won": _("Won"),
    }
    return usual.get(name, name)


def value(text: str) -> str:
    """A value of a dimension; blank and rare ones have words of their own."""
    return {BLANK: _("(blank)"), OTHERS: _("others")}.get(text, text)


def percent(rate: float, low: float, high: float) -> str:
    """A rate with its interval, both rounded to what the interval allows."""
    places = digits(low, high)
    return _(
        "{rate}% ({low}–{high}%)",
        rate=f"{rate * 100:.{places}f}",
        low=f"{low * 100:.{places}f}",
        high=f"{high * 100:.{places}f}",
    )


def digits(low: float, high: float) -> int:
    """How many decimals of a percentage its interval allows."""
    return 0 if high - low >= 0.02 else 1


def verdict(result: FunnelResult) -> str:
    """The bottleneck, or what can and cannot be told."""
    if not result.steps[0].reached:
        return _(
            "No record of the funnel {funnel} entered its first stage in this period; "
            "check the period and the column of the first stage.",
            funnel=result.funnel.spec.name,
        )
    worst = result.worst
    if worst is not None and worst.fall is not None:
        return _(
            "{step} is the bottleneck: of those who came in {quarter}, {rate} moved on within "
            "{days:day|days}, against {past}% in the {quarters:quarter|quarters} before.",
            step=arrow(result, worst),
            quarter=quarter(result, worst),
            rate=percent(worst.passed / worst.entered, *worst.interval),
            days=worst.days,
            past=f"{worst.fall.past * 100:.0f}",
            quarters=worst.quarters,
        )
    if not any(each.fall for each in result.compared):
        return _(
            "Whether a stage has become worse cannot be told yet: that takes "
            "one complete quarter and at least {quarters} before it.",
            quarters=LEAST_QUARTERS,
        )
    visible = [
        (each.fall.detectable, each)
        for each in result.compared
        if each.fall and each.fall.detectable is not None
    ]
    if not visible:
        return _(
            "With this few records it cannot be told whether a stage has become worse: "
            "even a fall to zero would not stand out."
        )
    points, finest = min(visible, key=lambda pair: pair[0])
    return _(
        "No stage has fallen below its own past. A fall of {points:point|points} or more at "
        "{step} would have been noticed; smaller ones cannot be told at this number of records.",
        points=f"{points * 100:.0f}",
        step=arrow(result, finest),
    )


def headline(result: FunnelResult) -> str:
    """The finding as a chart's title."""
    worst = result.worst
    if worst is not None and worst.fall is not None:
        return _(
            "{step} fell from {past}% to {now}% (within {days:day|days})",
            days=worst.days,
            step=arrow(result, worst),
            past=f"{worst.fall.past * 100:.0f}",
            now=f"{worst.passed / worst.entered * 100:.0f}",
        )
    first, last = result.steps[0], result.steps[-1]
    return _(
        "{last} of {first} came through to {stage}",
        first=whole(first.reached),
        last=whole(last.reached),
        stage=stage(last.stage),
    )


def scope(result: FunnelResult) -> str:
    """Unit, number and period, as a chart's subtitle."""
    funnel, speech = result.funnel, language()
    first = result.steps[0]
    days = [
        Period(day, day, "day").label(speech) if day else ""
        for day in (funnel.start, funnel.end, funnel.as_of)
    ]
    return _(
        "Records by the stage they reached; n = {count}; entered {stage} {period}",
        count=f"{first.reached:,}",
        stage=stage(first.stage),
        period=" – ".join(days[:2]) if any(days[:2]) else _("at any time"),
    )


def stay(told: Wait | None) -> str:
    """A median wait with its interval, in days or the unit that shows it."""
    if told is None:
        return DASH
    size = told.low if told.median is None else told.median
    unit, scale = next(((u, k) for u, k in _CLOCKS if size * k >= 1), _CLOCKS[0])
    if told.median == 0:
        return _("less than {time}", time=show(1.0, unit, language()))
    if told.median is None:
        return _("more than {low}", low=show(told.low * scale, unit, language()))
    said = {
        "median": show(told.median * scale, unit, language()),
        "low": show(told.low * scale, None, language()),
    }
    if told.high is None:
        return _("{median} ({low} or more)", **said)
    return _("{median} ({low}–{high})", high=show(told.high * scale, None, language()), **said)


_CLOCKS = (("days", 1), ("hours", 24), ("minutes", 1_440))


def readable(result: FunnelResult) -> pd.DataFrame:
    """The result's table as readers want it: words for headings, rates with their intervals."""
    rows = result.table().to_dict("records")
    steps = len(rows) - 1
    into = [None, *result.estimates[:steps]]
    out = [*result.estimates[:steps], None]
    return pd.DataFrame(
        {
            _("Stage"): [stage(row["stage"]) for row in rows],
            _("Reached"): [_shown(row["reached"]) for row in rows],
            _("Conversion in the end (95% interval)"): [
                DASH if pd.isna(row["rate"]) else percent(row["rate"], row["low"], row["high"])
                for row in rows
            ],
            _("So far"): [f"{e.moved / e.entered * 100:.0f}%" if e else DASH for e in into],
            _("Time in the stage, median (95% interval)"): [
                stay(e.wait) if e else DASH for e in out
            ],
            _("Open"): [_shown(row["open"]) for row in rows],
            _("Lost"): [_shown(row["lost"]) for row in rows],
        }
    )


def _shown(value: Any) -> str:
    return DASH if pd.isna(value) else f"{value:,.0f}"


def whole(number: float) -> str:
    """A number of records."""
    return show(float(round(number)), "count", language())


def arrow(result: FunnelResult, compared: Comparison) -> str:
    """The step that is compared, from stage to stage."""
    before, after = result.steps[compared.stage - 1], result.steps[compared.stage]
    return f"{stage(before.stage)}→{stage(after.stage)}"


def quarter(result: FunnelResult, compared: Comparison) -> str:
    """The quarter that is compared."""
    return compared.quarter.label(language(), result.funnel.year_start)
