"""Why something changed, as a manager can read it out, in two languages."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis.causes.segments_wording import sentences, step
from kpilint.analysis.funnels.wording import stage
from kpilint.goals.display import show
from kpilint.goals.period import Period
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.analysis.causes.change import ChangeResult, Part

SMALL = 0.1  # of the larger total; a split that depends on its way by more is said to


def verdict(result: ChangeResult) -> str:
    """What changed and what made it change, or why that cannot be told."""
    doubts, before, after = result.doubts, result.before, result.after
    if doubts is None or before is None or after is None:
        return _(
            "Why it changed cannot be told yet: that takes a won record, and a quarter after the "
            "first one that is old enough for most wins to have come."
        )
    if not before.entered or not after.entered:
        empty = result.change.after if not after.entered else result.change.before
        return _(
            "No record came in {period}, so there is nothing to compare.", period=_of(result, empty)
        )
    if doubts.since is not None:
        return _(
            "{before} and {after} cannot be compared: outcomes are recorded only from {day} on, and "
            "a rise from before that day is none.",
            **_periods(result),
            day=Period(doubts.since, doubts.since, "day").label(language()),
        )
    if doubts.months or doubts.length is not None:
        return _(
            "{before} and {after} cannot be compared as they stand: they cover different months of "
            "the quarter, or differ in length, and both volume and rates swing with that. Compare "
            "like with like, such as two whole quarters.",
            **_periods(result),
        )
    if doubts.too_young:
        return _(
            "{after} is too young to be compared: its last records came {days:day|days} ago, and "
            "most wins take {usual}. Compare earlier periods.",
            **_periods(result),
            days=doubts.days,
            usual=f"{result.age or 0:.0f}",
        )
    return _told(result)


def _told(result: ChangeResult) -> str:
    totals = result.totals()
    change = totals["after"] - totals["before"]
    values = _periods(result) | {
        "now": amount(result, totals["after"]),
        "was": amount(result, totals["before"]),
        "by": amount(result, abs(change)),
    }
    if not change:
        return _("What came in {after} brought as much as what came in {before}: {now}.", **values)
    if change < 0:
        said = _(
            "What came in {after} brought {now}, {by} less than what came in {before} ({was}).",
            **values,
        )
    else:
        said = _(
            "What came in {after} brought {now}, {by} more than what came in {before} ({was}).",
            **values,
        )
    low, high = result.interval
    chance = [_("Such a difference is within chance.")] if low <= 0 <= high else []
    return sentences([said, *chance, *_reasons(result, change), *_season(result)])


def _season(result: ChangeResult) -> list[str]:
    """That the same happened a year before, so that it may be the season and no news."""
    low, high = result.interval
    if result.recurring is None or low <= 0 <= high:
        return []
    return [
        _(
            "A year earlier the same step was {change}, so that it may be the season; compare with "
            "the same period of the year before.",
            change=f"{result.recurring:+.0%}",
        )
    ]


def _reasons(result: ChangeResult, change: float) -> list[str]:
    """The factors that can be told from chance: first with the change, then against it."""
    sure = [part for part in result.parts if part.sure]
    along = sorted((p for p in sure if p.value * change > 0), key=lambda p: -abs(p.value))
    against = sorted((p for p in sure if p.value * change < 0), key=lambda p: -abs(p.value))
    if not sure:
        return [_("No single factor stands out from chance.")]
    said = []
    if along:
        named = _(", ").join(_shared(result, part) for part in along[:2])
        said.append(_("It comes from {factors}.", factors=named))
    if against:
        said.append(_("Against it worked {factor}.", factor=_shared(result, against[0])))
    return said


def _shared(result: ChangeResult, part: Part) -> str:
    return _("{factor} ({amount})", factor=factor(result, part), amount=signed(result, part.value))


def factor(result: ChangeResult, part: Part) -> str:
    """What readers call a factor."""
    spec = result.change.spec
    if part.stage is not None:
        return _("the rate {step}", step=step(spec, part.stage))
    if part.factor == "volume":
        return _("the number of {stage}", stage=stage(spec.stages[0].name))
    if part.factor == "mix":
        return _("the mix by {heading}", heading=result.change.heading or "–")
    return _("the amount per win")


def amount(result: ChangeResult, value: float) -> str:
    """A total: money, or wins."""
    if not result.priced:
        return _("{count:win|wins}", count=f"{value:,.0f}")
    return show(float(f"{value:.3g}"), result.change.currency, language())


def signed(result: ChangeResult, value: float) -> str:
    """A contribution with its sign."""
    sign = "+" if value >= 0 else "−"
    if not result.priced:
        return f"{sign}{abs(value):,.1f}"
    return sign + show(float(f"{abs(value):.2g}"), result.change.currency, language())


def headline(result: ChangeResult) -> str:
    """The finding as a chart's title."""
    totals = result.totals()
    if not result.parts or not totals["before"]:
        return _("Two periods compared")
    change = totals["after"] / totals["before"] - 1
    low, high = result.interval
    values = {"change": _moved(change)} | _periods(result)
    if low <= 0 <= high:
        return _("{change} from {before} to {after}: within chance", **values)
    along = [p for p in result.parts if p.value * change > 0 and p.sure]
    if not along:
        return _("{change} from {before} to {after}", **values)
    largest = max(along, key=lambda part: abs(part.value))
    return _(
        "{change}, most of all by {factor}",
        change=values["change"],
        factor=factor(result, largest),
    )


def _moved(change: float) -> str:
    """A change as a share, with its sign in words where the language has none."""
    share = f"{abs(change):.0%}"
    return _("−{share}", share=share) if change < 0 else _("+{share}", share=share)


def ends(result: ChangeResult) -> tuple[str, str]:
    """The names of the two periods."""
    return _of(result, result.change.before), _of(result, result.change.after)


def scope(result: ChangeResult) -> str:
    """Unit, number and period, as a chart's subtitle."""
    before, after = result.before, result.after
    if result.doubts is None or before is None or after is None:
        return ""
    return _(
        "Records that came in each period, {days:day|days} after; n = {n0} and {n1}; hatched: "
        "less; lines are 95% intervals",
        days=result.doubts.days,
        n0=f"{before.entered:,}",
        n1=f"{after.entered:,}",
    )


def readable(result: ChangeResult) -> pd.DataFrame:
    """One row a factor, as readers want it."""
    return pd.DataFrame(
        [
            {
                _("Factor"): factor(result, part),
                _("Adds (95% interval)"): _(
                    "{value} ({low} to {high})",
                    value=signed(result, part.value),
                    low=signed(result, part.low),
                    high=signed(result, part.high),
                ),
            }
            for part in result.parts
        ]
    )


def remarks(result: ChangeResult) -> list[str]:
    """How it was counted and what is doubtful."""
    doubts, before, after = result.doubts, result.before, result.after
    if doubts is None or before is None or after is None or not result.parts:
        return []
    said = [
        _(
            "Records count for the period in which they came in; both periods are seen "
            "{days:day|days} after each record came.",
            days=doubts.days,
        )
    ]
    if doubts.young and result.age is not None:
        said.append(
            _(
                "The later records are too young: most wins take {usual:day|days}. What is still "
                "to come is missing from both periods alike.",
                usual=f"{result.age:.0f}",
            )
        )
    if before.unpriced + after.unpriced and result.priced:
        said.append(
            _(
                "{count:win has no amount and counts|wins have no amount and count} as 0.",
                count=before.unpriced + after.unpriced,
            )
        )
    if not result.priced and result.change.spec.amount:
        said.append(_("What was won has no positive amount, so wins are counted."))
    apart = max(abs(part.value - part.check) for part in result.parts)
    largest = max(abs(total) for total in result.totals().values())
    if apart > SMALL * largest:
        said.append(
            _(
                "The change is large: another way to split it (Shapley) differs by up to {amount}.",
                amount=signed(result, apart).lstrip("+"),
            )
        )
    else:
        said.append(
            _(
                "Another way to split it (Shapley) gives the same within {amount}.",
                amount=signed(result, apart).lstrip("+"),
            )
        )
    return said


def _periods(result: ChangeResult) -> dict[str, str]:
    return {
        "before": _of(result, result.change.before),
        "after": _of(result, result.change.after),
    }


def _of(result: ChangeResult, period: Period | None) -> str:
    return period.label(language(), result.change.year_start) if period else "–"
