"""What a funnel's result says: its verdict, headline, labels and remarks, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from kpilint.analysis.funnels.bottleneck import LEAST_QUARTERS
from kpilint.goals.display import show
from kpilint.goals.period import Period
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.analysis.funnels.bottleneck import Comparison
    from kpilint.analysis.funnels.funnel import FunnelResult
    from kpilint.analysis.survival import Wait

DASH = "–"
MONTHS = 3  # of a quarter


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
    digits = _digits(low, high)
    return _(
        "{rate}% ({low}–{high}%)",
        rate=f"{rate * 100:.{digits}f}",
        low=f"{low * 100:.{digits}f}",
        high=f"{high * 100:.{digits}f}",
    )


def _digits(low: float, high: float) -> int:
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
            "{days} days, against {past}% in the {quarters} quarters before.",
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
        "No stage has fallen below its own past. A fall of {points} points or more at {step} "
        "would have been noticed; smaller ones cannot be told at this number of records.",
        points=f"{points * 100:.0f}",
        step=arrow(result, finest),
    )


def headline(result: FunnelResult) -> str:
    """The finding as a chart's title."""
    worst = result.worst
    if worst is not None and worst.fall is not None:
        return _(
            "{step} fell from {past}% to {now}% (within {days} days)",
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


def remarks(result: FunnelResult) -> list[str]:
    """What a careful reader must know about the records behind the numbers."""
    odd, worst = result.oddities, result.worst
    days = worst.days if worst else 0
    found = [
        (
            days,
            _(
                "The comparison of quarters counts {days} days; the rates of the stages count all.",
                days=days,
            ),
        ),
        (
            odd.skipped,
            _(
                "{count} skipped a stage; a later stage counts as having passed it.",
                count=whole(odd.skipped),
            ),
        ),
        (
            odd.disordered,
            _("{count} have stage dates in the wrong order.", count=whole(odd.disordered)),
        ),
        (
            odd.strayed,
            _(
                "{count} entered a later stage out of order or too late; "
                "such a stage counts as not reached.",
                count=whole(odd.strayed),
            ),
        ),
        (
            odd.repeated,
            _("{count} returns to a stage do not count again.", count=whole(odd.repeated)),
        ),
        (
            odd.copies,
            _(
                "{count} rows repeat a record; the earliest date of each stage counts.",
                count=whole(odd.copies),
            ),
        ),
        (
            odd.undated,
            _(
                "{count} have no date for the first stage and are left out.",
                count=whole(odd.undated),
            ),
        ),
        (
            odd.unnamed,
            _("{count} rows do not name their record and are left out.", count=whole(odd.unnamed)),
        ),
        (
            odd.unreadable,
            _(
                "{count} cells of stage dates cannot be read; those stages count as not reached.",
                count=whole(odd.unreadable),
            ),
        ),
    ]
    told = [sentence for count, sentence in found if count]
    return [*_in_the_end(result), *told, *_cautions(result)]


def _in_the_end(result: FunnelResult) -> list[str]:
    """What comes through in the end, beside what has come through so far."""
    winning = result.winning
    if winning is None:
        return []
    share = percent(winning.rate, winning.low, winning.high)
    said = {
        "first": stage(result.steps[0].stage),
        "last": stage(result.steps[-1].stage),
        "share": share,
    }
    counted = winning.moved / winning.entered
    if counted >= winning.low:  # nothing to add: the open ones hardly matter
        return [_("Of those who entered {first}, {share} came through to {last}.", **said)]
    rising = _(
        "Records have been seen for {days} days at most, and more moved on until then: the rates "
        "in the end may be higher.",
        days=f"{winning.days:,.0f}",
    )
    return [
        _(
            "Of those who entered {first}, {share} come through to {last} in the end: {open} are "
            "still open, so that the {counted}% counted so far are too few.",
            open=whole(winning.open),
            counted=f"{counted * 100:.{_digits(winning.low, winning.high)}f}",
            **said,
        ),
        *([] if winning.settled else [rising]),
    ]


def _cautions(result: FunnelResult) -> list[str]:
    """What makes the rates deceive: months that are missing, late outcomes, idle records."""
    begun, spec = result.cautions.begun, result.funnel.spec
    partial = next((each for each in result.compared if each.months < MONTHS), None)
    undated = spec.lost is not None and not (spec.lost.entered or spec.entered)
    found = []
    if begun is not None and (result.funnel.start is None or result.funnel.start < begun.since):
        found.append(
            _(
                "Outcomes are recorded only from {day} on, though {count} records came before: "
                "rates over those are too low, and a rise after that day is none.",
                day=Period(begun.since, begun.since, "day").label(language()),
                count=whole(begun.before),
            )
        )
    if partial is not None:
        found.append(
            _(
                "Of {quarter} only {months} of 3 months have records; earlier quarters are "
                "compared in the same months only.",
                quarter=quarter(result, partial),
                months=partial.months,
            )
        )
    if undated and any(step.lost for step in result.steps):
        found.append(
            _(
                "The funnel does not say when a record was lost, so each counts as lost at once; "
                "write entered: under lost:."
            )
        )
    return found + _balance(result)


def _balance(result: FunnelResult) -> list[str]:
    """Stages that hold more or fewer than Little's law makes of arrivals and stays."""
    over: list[str] = []
    under: list[str] = []
    for each in result.cautions.unbalanced:
        law = each.law
        implied = law.rate * law.wait
        told = _(
            "{stage} {work} ({implied})",
            stage=stage(result.steps[each.stage].stage),
            work=whole(law.work),
            implied=whole(implied),
        )
        (over if law.work > implied else under).append(told)
    sentences = [
        (
            over,
            _(
                "Over the last year more stood open than arrivals and times in the stage account "
                "for (in brackets), so that some are neither moved on nor closed as lost: {stages}.",
                stages=_("; ").join(over),
            ),
        ),
        (
            under,
            _(
                "Over the last year fewer stood open than arrivals and times in the stage would "
                "make (in brackets), so that some dates are entered late or in bulk: {stages}.",
                stages=_("; ").join(under),
            ),
        ),
    ]
    return [sentence for stages, sentence in sentences if stages]


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
