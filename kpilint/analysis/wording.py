"""What a funnel's result says: its verdict, headline, labels and remarks, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kpilint.analysis.bottleneck import LEAST_QUARTERS
from kpilint.analysis.drawing import words
from kpilint.goals.display import show
from kpilint.goals.period import Period
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.analysis.bottleneck import Comparison
    from kpilint.analysis.funnel import FunnelResult

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


def percent(rate: float, low: float, high: float) -> str:
    """A rate with its interval, both rounded to what the interval allows."""
    digits = 0 if high - low >= 0.02 else 1
    return _(
        "{rate}% ({low}–{high}%)",
        rate=f"{rate * 100:.{digits}f}",
        low=f"{low * 100:.{digits}f}",
        high=f"{high * 100:.{digits}f}",
    )


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
            "{days} days, against {past}% in the {quarters} quarters before.",
            step=_step(result, worst),
            quarter=_quarter(result, worst),
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
        "No stage has fallen below its own past. A fall of {points} points or more at {step} "
        "would have been noticed; smaller ones cannot be told at this number of records.",
        points=f"{points * 100:.0f}",
        step=_step(result, finest),
    )


def headline(result: FunnelResult) -> str:
    """The finding as a chart's title."""
    worst = result.worst
    if worst is not None and worst.fall is not None:
        return _(
            "{step} fell from {past}% to {now}% (within {days} days)",
            days=worst.days,
            step=_step(result, worst),
            past=f"{worst.fall.past * 100:.0f}",
            now=f"{worst.passed / worst.entered * 100:.0f}",
        )
    first, last = result.steps[0], result.steps[-1]
    return _(
        "{last} of {first} came through to {stage}",
        first=_count(first.reached),
        last=_count(last.reached),
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


def bar_names(table: pd.DataFrame, bottleneck: str | None) -> list[str]:
    """What stands above each bar, in plotly's markup: its stage, and the bottleneck's mark."""
    mark = " ◀ " + _("Bottleneck")
    return [
        f"<b>{words(stage(name))}{mark if name == bottleneck else ''}</b>"
        for name in table["stage"]
    ]


def bar_labels(table: pd.DataFrame) -> list[str]:
    """What stands at the end of each bar: how many, and the rate from the stage before."""
    return [
        f"<b>{_count(row['reached'])}</b>"
        + ("" if pd.isna(row["rate"]) else "<br>" + percent(row["rate"], row["low"], row["high"]))
        for row in table.to_dict("records")
    ]


def readable(table: pd.DataFrame) -> pd.DataFrame:
    """The result's table as readers want it: words for headings, rates with their intervals."""
    rows = table.to_dict("records")
    return pd.DataFrame(
        {
            _("Stage"): [stage(row["stage"]) for row in rows],
            _("Reached"): [_shown(row["reached"]) for row in rows],
            _("Conversion (95% interval)"): [
                DASH if pd.isna(row["rate"]) else percent(row["rate"], row["low"], row["high"])
                for row in rows
            ],
            _("Median days from the stage before"): [_shown(row["median_days"]) for row in rows],
            _("Open"): [_shown(row["open"]) for row in rows],
            _("Lost"): [_shown(row["lost"]) for row in rows],
        }
    )


def _shown(value: Any) -> str:
    return DASH if pd.isna(value) else f"{value:,.0f}"


def remarks(result: FunnelResult) -> list[str]:
    """What a careful reader must know about the records behind the numbers."""
    odd, worst = result.oddities, result.worst
    days = worst.days if worst else 0
    waiting = sum(step.open or 0 for step in result.steps)
    found = [
        (
            days,
            _(
                "The comparison of quarters counts {days} days; the rates of the stages count all.",
                days=days,
            ),
        ),
        (
            waiting,
            _("{count} are still open, so that the rates can still rise.", count=_count(waiting)),
        ),
        (
            odd.skipped,
            _(
                "{count} skipped a stage; a later stage counts as having passed it.",
                count=_count(odd.skipped),
            ),
        ),
        (
            odd.disordered,
            _("{count} have stage dates in the wrong order.", count=_count(odd.disordered)),
        ),
        (
            odd.repeated,
            _("{count} returns to a stage do not count again.", count=_count(odd.repeated)),
        ),
        (
            odd.copies,
            _(
                "{count} rows repeat a record; the earliest date of each stage counts.",
                count=_count(odd.copies),
            ),
        ),
        (
            odd.undated,
            _(
                "{count} have no date for the first stage and are left out.",
                count=_count(odd.undated),
            ),
        ),
        (
            odd.unnamed,
            _("{count} rows do not name their record and are left out.", count=_count(odd.unnamed)),
        ),
        (
            odd.unreadable,
            _(
                "{count} cells of stage dates cannot be read; those stages count as not reached.",
                count=_count(odd.unreadable),
            ),
        ),
    ]
    return [sentence for count, sentence in found if count]


def _count(number: int) -> str:
    return show(float(number), "count", language())


def _step(result: FunnelResult, compared: Comparison) -> str:
    before, after = result.steps[compared.stage - 1], result.steps[compared.stage]
    return f"{stage(before.stage)}→{stage(after.stage)}"


def _quarter(result: FunnelResult, compared: Comparison) -> str:
    return compared.quarter.label(language(), result.funnel.year_start)
