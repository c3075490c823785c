"""What a scan of segments says: its verdict, headings and remarks, in two languages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis.funnels.dimensions import OTHERS
from kpilint.analysis.funnels.wording import DASH, percent, stage, value
from kpilint.goals.display import show
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.period import Period
from kpilint.i18n import _, language, listed

if TYPE_CHECKING:
    from kpilint.analysis.causes.segments import Leak, SegmentsResult
    from kpilint.analysis.causes.windows import Visible


def step(spec: FunnelSpec, number: int) -> str:
    """The way to a stage from the one before it."""
    return f"{stage(spec.stages[number - 1].name)}→{stage(spec.stages[number].name)}"


def segment(pairs: Sequence[tuple[str, object]], headings: Mapping[str, str]) -> str:
    """A segment in words."""
    named = [
        _("{dimension} “{value}”", dimension=headings.get(name, name), value=value(str(text)))
        for name, text in pairs
    ]
    return _(" and ").join(named) or _("all records")


def money(amount: float, currency: str) -> str:
    """An amount with two figures, for its interval is wide."""
    return show(float(f"{amount:.1e}"), currency, language())


def sentences(parts: Iterable[str]) -> str:
    """Sentences in a row; Japanese sets no space between them."""
    return ("" if language() == "ja" else " ").join(part for part in parts if part)


def verdict(result: SegmentsResult) -> str:
    """What has fallen and where, or what cannot be told."""
    if not result.looks:
        return _(
            "Segments cannot be compared yet: that takes two complete quarters, old enough for "
            "most to have moved on, after the first quarter of the data."
        )
    if result.leaks:
        return sentences(_told(result, leak) for leak in result.leaks)
    finest = _finest(result)
    if finest is None or finest.points is None:
        return _(
            "No segment can be told apart with this few records: even a fall to zero would not "
            "stand out."
        )
    return sentences(
        [_("No segment has fallen so far that it can be told."), _seen(result, finest)]
    )


def _told(result: SegmentsResult, leak: Leak) -> str:
    said = _(
        "{step} has fallen for {segment}: of {count} that came in {period}, {rate} moved on "
        "within {days:day|days}, against {before}% in {past}.",
        step=step(result.segments.spec, leak.stage),
        segment=_segment(result, leak),
        count=_count(leak.entered),
        period=_period(result, leak.now),
        rate=percent(leak.cause.after, *leak.interval),
        days=leak.days,
        before=f"{leak.cause.before * 100:.0f}",
        past=_period(result, leak.past),
    )
    return sentences([said, _worth(result, leak)])


def _worth(result: SegmentsResult, leak: Leak) -> str:
    worth, currency = leak.stake, result.segments.currency
    if worth.value is not None and worth.low is not None and worth.high is not None:
        return _(
            "About {missing} fewer moved on; at stake in that time: {value} ({low} to {high}).",
            missing=_count(round(leak.cause.missing)),
            value=money(worth.value, currency),
            low=money(worth.low, currency),
            high=money(worth.high, currency),
        )
    return _("About {missing} fewer moved on.", missing=_count(round(leak.cause.missing)))


def _finest(result: SegmentsResult) -> Visible | None:
    """The smallest fall that could be seen, of a segment where there are any."""
    visible = [each for each in result.visible if each.points is not None]
    parts = [each for each in visible if each.dimension]
    return min(parts or visible, key=lambda each: each.points or 1.0, default=None)


def _seen(result: SegmentsResult, finest: Visible) -> str:
    pairs = ((finest.dimension, finest.value),) if finest.dimension else ()
    return _(
        "A fall of {points:point|points} or more at {step} for {segment} would have been named; "
        "elsewhere only larger ones.",
        points=f"{(finest.points or 0) * 100:.0f}",
        step=step(result.segments.spec, finest.stage),
        segment=segment(pairs, dict(result.segments.headings)),
    )


def headline(result: SegmentsResult) -> str:
    """The finding as a chart's title."""
    if not result.leaks:
        return _("No segment stands out")
    first = min(result.leaks, key=lambda leak: leak.cause.p_value)
    return _(
        "{step} fell from {before}% to {after}% for {segment}",
        step=step(result.segments.spec, first.stage),
        before=f"{first.cause.before * 100:.0f}",
        after=f"{first.cause.after * 100:.0f}",
        segment=_segment(result, first),
    )


def scope(result: SegmentsResult) -> str:
    """Unit, number and period, as a chart's subtitle."""
    if not result.leaks:
        return _("Compared by {names}", names=_names(result, result.segments.by) or DASH)
    first = result.leaks[0]
    return _(
        "Share that moved on: ○ before, ◆ in {period} with its 95% interval; n = {count}",
        period=_period(result, first.now),
        count=f"{sum(leak.entered for leak in result.leaks):,}",
    )


def label(result: SegmentsResult, leak: Leak) -> str:
    """What stands beside a cause in the chart."""
    return f"{step(result.segments.spec, leak.stage)}  {_segment(result, leak)}"


def readable(result: SegmentsResult) -> pd.DataFrame:
    """The result's table as readers want it."""
    currency = result.segments.currency
    return pd.DataFrame(
        [
            {
                _("Stage"): step(result.segments.spec, leak.stage),
                _("Segment"): _segment(result, leak),
                _("Came in"): _period(result, leak.now),
                _("Records"): f"{leak.entered:,}",
                _("Before"): f"{leak.cause.before * 100:.0f}%",
                _("Now (95% interval)"): percent(leak.cause.after, *leak.interval),
                _("Too few"): f"{leak.cause.missing:,.0f}",
                _("At stake (95% interval)"): _stake(leak, currency),
            }
            for leak in result.leaks
        ]
    )


def _stake(leak: Leak, currency: str) -> str:
    worth = leak.stake
    if worth.value is None or worth.low is None or worth.high is None:
        return DASH
    return _(
        "{value} ({low} to {high})",
        value=money(worth.value, currency),
        low=money(worth.low, currency),
        high=money(worth.high, currency),
    )


def remarks(result: SegmentsResult) -> list[str]:
    """What a careful reader must know."""
    return [
        *_of_the_start(result),
        *_of_causes(result),
        *_of_dimensions(result),
        *_of_people(result),
        *_of_the_past(result),
    ]


def _of_the_start(result: SegmentsResult) -> list[str]:
    if result.since is None:
        return []
    return [
        _(
            "Outcomes are recorded only from {day} on, though records came before: quarters that "
            "begin earlier are left out of the comparison.",
            day=Period(result.since, result.since, "day").label(language()),
        )
    ]


def _of_causes(result: SegmentsResult) -> list[str]:
    if not result.leaks:
        return []
    said = []
    if any(leak.stake.value is not None for leak in result.leaks):
        said.append(
            _(
                "At stake is what those too few would have brought if the period before is the "
                "measure; if that was a good one, it is overstated."
            )
        )
    if result.idle:
        said.append(
            _(
                "{names}: these explain nothing; none of their values stands out.",
                names=_names(result, result.idle),
            )
        )
    if any(not leak.stake.own for leak in result.leaks):
        said.append(
            _(
                "A segment with few wins of its own is valued with the win rate and the amounts of "
                "the whole funnel."
            )
        )
    finest = _finest(result)
    return [*said, *([_seen(result, finest)] if finest is not None else [])]


def _of_people(result: SegmentsResult) -> list[str]:
    left = result.segments.personal
    if not left:
        return []
    return [_("{names} names people and is left out.", names=listed(left))]


def _of_dimensions(result: SegmentsResult) -> list[str]:
    if not result.dimensions:
        return [
            _(
                "The funnel names no columns under by:, so that only all records together are "
                "compared."
            )
        ]
    return [
        _(
            "{count:rare value of {name} is|rare values of {name} are} taken together as "
            "“{others}”.",
            count=each.pooled,
            name=_names(result, (each.name,)),
            others=value(OTHERS),
        )
        for each in result.dimensions
        if each.pooled
    ]


def _of_the_past(result: SegmentsResult) -> list[str]:
    if not result.looks or any(look.scan.drift is not None for look in result.looks):
        return []
    return [
        _(
            "The past is too short to tell how much rates change by themselves; what is named may "
            "be such a change."
        )
    ]


def _segment(result: SegmentsResult, leak: Leak) -> str:
    return segment(leak.cause.segment, dict(result.segments.headings))


def _names(result: SegmentsResult, names: Sequence[str]) -> str:
    headings = dict(result.segments.headings)
    return _(", ").join(headings.get(name, name) for name in names)


def _period(result: SegmentsResult, period: Period) -> str:
    return period.label(language(), result.segments.year_start)


def _count(number: int) -> str:
    return show(float(number), "count", language())
