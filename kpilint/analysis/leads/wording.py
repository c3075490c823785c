"""What a lead or its absence is called: verdicts, labels and remarks, in two languages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis.leads.series import Grain
from kpilint.goals.period import Period
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.analysis.leads.leadlag import LeadLagResult

DASH = "–"
NARROW = "\N{NARROW NO-BREAK SPACE}"


def span(steps: int, grain: Grain) -> str:
    """So many weeks, months or points."""
    match grain:
        case "week":
            return _("{count:week|weeks}", count=steps)
        case "month":
            return _("{count:month|months}", count=steps)
    return _("{count:point|points}", count=steps)


def number(value: float) -> str:
    """A correlation to two decimals, with a true minus sign."""
    return f"{value:.2f}".replace("-", "−")


def chance(p: float) -> str:
    """A p-value with its sign of relation: ``p = .03``, ``p < .001``."""
    told = "p < .001" if p < 0.001 else f"p = {p:.3f}".replace("0.", ".")
    return told.replace(" ", NARROW)


def bare(p: float) -> str:
    """A p-value for a column that says what it is: ``.030``, ``< .001``."""
    return chance(p).removeprefix("p").lstrip(f"={NARROW}")


def strength(result: LeadLagResult, lag: int) -> str:
    """The correlation at a lag with its interval."""
    r, low, high = (number(each) for each in result.at(lag))
    return _("{r} ({low} to {high})", r=r, low=low, high=high)


def verdict(result: LeadLagResult) -> str:
    """Who moves first, by how long and how surely; or what cannot be told."""
    lag, found = result.lag, result.decision
    if found is None or result.reason:
        return result.reason
    if lag is None:
        return _(
            "Whether {leading} leads {lagging} is not detectable with this many points: {n}, worth "
            "{worth} independent ones. A correlation of {detectable} would have been noticed.",
            leading=result.x.name,
            lagging=result.y.name,
            n=span(result.n, result.grain),
            worth=round(result.n_eff),
            detectable=number(result.detectable),
        )
    said = {
        "leading": result.x.name,
        "lagging": result.y.name,
        "span": span(abs(lag), result.grain),
        "strength": strength(result, lag),
        "p": chance(float(found.p_behind) if lag < 0 else result.p_value),
        "n": span(result.n, result.grain),
    }
    falls = result.at(lag)[0] < 0
    match result.direction:
        case "leads" if falls:
            return _(
                "{leading} leads {lagging} by {span}, the other way round: when it rises, "
                "{lagging} falls. Correlation {strength}, {p}, {n}.",
                **said,
            ) + _deadline(result)
        case "leads":
            return _(
                "{leading} leads {lagging} by {span}. Correlation {strength}, {p}, {n}.", **said
            ) + _deadline(result)
        case "follows":
            return _(
                "{leading} does not lead {lagging} but follows it by {span}. "
                "Correlation {strength}, {p}, {n}.",
                **said,
            )
    return _(
        "{leading} and {lagging} move together; neither is earlier. "
        "Correlation {strength}, {p}, {n}.",
        **said,
    )


def headline(result: LeadLagResult) -> str:
    """The finding as a chart's title."""
    said = {"leading": result.x.name, "lagging": result.y.name}
    if not result.n:
        return _("No lead is detectable")
    if result.lag is None:
        return _("No lead of {leading} over {lagging} is detectable", **said)
    said["span"] = span(abs(result.lag), result.grain)
    match result.direction:
        case "leads":
            return _("{leading} leads {lagging} by {span}", **said)
        case "follows":
            return _("{leading} follows {lagging} by {span}", **said)
    return _("{leading} and {lagging} move together", **said)


def together(result: LeadLagResult) -> str:
    """The title of the picture where the leading series is drawn later by its lead."""
    if result.direction != "leads" or not result.lag:
        return headline(result)
    return _(
        "Drawn {span} later, {leading} moves with {lagging}",
        span=span(abs(result.lag), result.grain),
        leading=result.x.name,
        lagging=result.y.name,
    )


def scope(result: LeadLagResult) -> str:
    """What is drawn, how many points there are, and when."""
    return _(
        "Correlation of what is new in each, by how much earlier {leading} is; n = {n}{window}",
        leading=result.x.name,
        n=span(result.n, result.grain),
        window=window(result),
    )


def window(result: LeadLagResult) -> str:
    """From when to when, in brackets; nothing where there are no dates."""
    if not isinstance(result.x.index, pd.PeriodIndex) or not result.n:
        return ""
    first, last = result.x.index[0].start_time, result.x.index[-1].end_time
    return _(" ({first} – {last})", first=day(first.date()), last=day(last.date()))


def day(when: date) -> str:
    """A date as readers write it."""
    return Period(when, when, "day").label(language())


def readable(result: LeadLagResult) -> pd.DataFrame:
    """One row a lag: by how much earlier, the correlation with its interval, and p."""
    rows = result.table().to_dict("records")
    return pd.DataFrame(
        {
            _("Earlier by"): [earlier(int(row["lag"]), result.grain) for row in rows],
            _("Correlation (95% interval)"): [strength(result, int(row["lag"])) for row in rows],
            _("p (this lag alone)"): [bare(row["p"]) for row in rows],
        }
    )


def earlier(lag: int, grain: Grain) -> str:
    """A lag as readers count it: −3 weeks is three weeks later."""
    return span(lag, grain) if lag >= 0 else "−" + span(-lag, grain)


def remarks(result: LeadLagResult) -> list[str]:
    """What a careful reader must know beside the verdict."""
    said = list(result.notes)
    if result.reason:
        return said
    both = zip((result.x, result.y), result.fits, result.breaks, result.calendar, strict=True)
    for series, fit, breaks, calendar in both:
        if fit.missing:
            said.append(
                _(
                    "{name} lacks {count} of {n} values; straight lines bridge them.",
                    name=series.name,
                    count=fit.missing,
                    n=result.n,
                )
            )
        if fit.window:
            said.append(
                _(
                    "{name} looks like a rolling mean over {window}, which blurs lead times; give "
                    "the values that were averaged.",
                    name=series.name,
                    window=span(fit.window, result.grain),
                )
            )
        if calendar:
            said.append(
                _(
                    "{name} follows the calendar: working days, or the first or last days of months "
                    "or quarters. That was taken out before comparing.",
                    name=series.name,
                )
            )
        said += [
            _(
                "The level of {name} breaks at {when}; the step was taken out before comparing.",
                name=series.name,
                when=_when(series, place),
            )
            for place in breaks
            if place >= 0
        ]
    if result.lag is not None and result.first_lag != result.lag:
        said.append(
            _(
                "The first lag that is clear is {first}, the strongest {lag}.",
                first=earlier(result.first_lag or 0, result.grain),
                lag=earlier(result.lag, result.grain),
            )
        )
    if result.lag is not None:
        said.append(_("This is order in time. Something else that moves both is not ruled out."))
    return said


def _when(series: pd.Series, place: int) -> str:
    if not isinstance(series.index, pd.PeriodIndex):
        return _("point {place}", place=place + 1)
    return day(series.index[place].start_time.date())


def _deadline(result: LeadLagResult) -> str:
    """From which day on what x brings comes too late; nothing without a lead."""
    if result.last_day is None or result.deadline is None:
        return ""
    return _(
        " At this lead time, {leading} after {day} no longer reaches {lagging} of {period}.",
        leading=result.x.name,
        lagging=result.y.name,
        day=day(result.last_day),
        period=result.deadline.label(),
    )
