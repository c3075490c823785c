"""What a careful reader must know about the records behind a funnel, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpilint.analysis.funnels import wording
from kpilint.analysis.funnels.bottleneck import explained
from kpilint.goals.period import Period
from kpilint.i18n import _, language, listed

if TYPE_CHECKING:
    from kpilint.analysis.funnels.bottleneck import Comparison, Fall
    from kpilint.analysis.funnels.flow import Oddities
    from kpilint.analysis.funnels.funnel import FunnelResult

MONTHS = 3  # of a quarter


def remarks(result: FunnelResult) -> list[str]:
    """What was left out, implied or is still open, and what makes the rates deceive."""
    worst = result.worst
    told = [
        *([_of_days(worst.days)] if worst else []),
        *_of_mix(result),
        *_of_order(result),
        *_of_entries(result),
        *_of_rows(result.oddities),
    ]
    return [*_in_the_end(result), *told, *_cautions(result)]


def _of_days(days: int) -> str:
    return _(
        "The comparison of quarters counts {days:day|days}; the rates of the stages count all.",
        days=days,
    )


def _of_mix(result: FunnelResult) -> list[str]:
    """At what mix the past was taken, and which falls are the mix's own."""
    worst = result.worst
    told = [
        _explained(result, each, fall, plain) for each, fall, plain in explained(result.compared)
    ]
    if worst is None or worst.plain is None or not worst.kinds:
        return told
    headings = dict(result.funnel.by)
    first = _(
        "The past of {step} is taken at the mix of {names} that came in {quarter}; as it came it "
        "was {past}%.",
        step=wording.arrow(result, worst),
        names=listed(headings.get(name, name) for name in worst.kinds),
        quarter=wording.quarter(result, worst),
        past=f"{worst.plain.past * 100:.0f}",
    )
    return [first, *told]


def _explained(result: FunnelResult, each: Comparison, fall: Fall, plain: Fall) -> str:
    """A fall that the mix accounts for, and by what if one value tells most of it."""
    said = {
        "step": wording.arrow(result, each),
        "past": f"{plain.past * 100:.0f}",
        "now": f"{each.passed / each.entered * 100:.0f}",
        "alike": f"{fall.past * 100:.0f}",
        "quarter": wording.quarter(result, each),
    }
    shift = each.shift
    if shift is None:
        return _(
            "{step} fell from {past}% to {now}% in {quarter}, but by no more than the mix of the "
            "records explains: at this mix the past would be {alike}%.",
            **said,
        )
    return _(
        "{step} fell from {past}% to {now}% in {quarter}, but by no more than the mix of the "
        "records explains: {dimension} “{value}” went from {before}% to {share}% of them, and at "
        "this mix the past would be {alike}%.",
        dimension=dict(result.funnel.by).get(shift.dimension, shift.dimension),
        value=wording.value(shift.value),
        before=f"{shift.before * 100:.0f}",
        share=f"{shift.now * 100:.0f}",
        **said,
    )


def _of_entries(result: FunnelResult) -> list[str]:
    """On which day a record counts that began more than once."""
    if result.funnel.spec.within is None or not result.steps[0].returned:
        return []
    return [
        _(
            "A record that entered {stage} more than once counts from the entry that led furthest "
            "within {within}; of entries that led as far, from the last one before it first got there.",
            stage=wording.stage(result.steps[0].stage),
            within=result.funnel.spec.within.text,
        )
    ]


def _of_order(result: FunnelResult) -> list[str]:
    """Stages that were skipped, came in another order, or were entered again."""
    odd = result.oddities
    returns = _("; ").join(
        f"{wording.stage(step.stage)} {wording.whole(step.returned)}"
        for step in result.steps
        if step.returned
    )
    return _kept(
        (
            odd.skipped,
            _(
                "{count} skipped a stage; a later stage counts as having passed it.",
                count=wording.whole(odd.skipped),
            ),
        ),
        (
            odd.disordered,
            _(
                "{count:has|have} stage dates in the wrong order.",
                count=wording.whole(odd.disordered),
            ),
        ),
        (
            odd.strayed,
            _(
                "{count} entered a later stage out of order or too late; "
                "such a stage counts as not reached.",
                count=wording.whole(odd.strayed),
            ),
        ),
        (
            odd.repeated,
            _(
                "{count:return to a stage does|returns to a stage do} not count again ({stages}).",
                count=wording.whole(odd.repeated),
                stages=returns,
            ),
        ),
    )


def _of_rows(odd: Oddities) -> list[str]:
    """Rows and cells that are left out or count but once."""
    return _kept(
        (
            odd.copies,
            _(
                "{count:row repeats|rows repeat} a record; the earliest date of each stage counts.",
                count=wording.whole(odd.copies),
            ),
        ),
        (
            odd.undated,
            _(
                "{count} have no date for the first stage and are left out.",
                count=wording.whole(odd.undated),
            ),
        ),
        (
            odd.unnamed,
            _(
                "{count:row does not name its record and is|rows do not name their record and "
                "are} left out.",
                count=wording.whole(odd.unnamed),
            ),
        ),
        (
            odd.unreadable,
            _(
                "{count:cell of stage dates cannot be read; its stage counts|cells of stage "
                "dates cannot be read; those stages count} as not reached.",
                count=wording.whole(odd.unreadable),
            ),
        ),
    )


def _kept(*told: tuple[int, str]) -> list[str]:
    return [sentence for count, sentence in told if count]


def _in_the_end(result: FunnelResult) -> list[str]:
    """What comes through in the end, beside what has come through so far."""
    winning = result.winning
    if winning is None:
        return []
    share = wording.percent(winning.rate, winning.low, winning.high)
    said = {
        "first": wording.stage(result.steps[0].stage),
        "last": wording.stage(result.steps[-1].stage),
        "share": share,
    }
    counted = winning.moved / winning.entered
    if counted >= winning.low:  # nothing to add: the open ones hardly matter
        return [_("Of those who entered {first}, {share} came through to {last}.", **said)]
    rising = _(
        "Records have been seen for {days:day|days} at most, and more moved on until then: the "
        "rates in the end may be higher.",
        days=f"{winning.days:,.0f}",
    )
    return [
        _(
            "Of those who entered {first}, {share} come through to {last} in the end: {open} are "
            "still open, so that the {counted}% counted so far are too few.",
            open=wording.whole(winning.open),
            counted=f"{counted * 100:.{wording.digits(winning.low, winning.high)}f}",
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
                "Outcomes are recorded only from {day} on, though {count:record|records} came "
                "before: rates over those are too low, and a rise after that day is none.",
                day=Period(begun.since, begun.since, "day").label(language()),
                count=wording.whole(begun.before),
            )
        )
    if partial is not None:
        found.append(
            _(
                "Of {quarter} only {months} of 3 months have records; earlier quarters are "
                "compared in the same months only.",
                quarter=wording.quarter(result, partial),
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
            stage=wording.stage(result.steps[each.stage].stage),
            work=wording.whole(law.work),
            implied=wording.whole(implied),
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
