"""What a plan says: the leads it takes, by when, and where it asks for more than there has been."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kpilint.analysis.funnels.maturity import MOVED
from kpilint.analysis.funnels.wording import DASH, stage
from kpilint.goals.display import department, show
from kpilint.goals.period import DAY, Period
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.analysis.planning.plan import PlanResult


def verdict(result: PlanResult) -> str:
    """What it takes, or why it cannot be had."""
    aim, course = result.plan.aim, result.course
    said = {"goal": aim.goal.title, "target": amount(result, aim.target)}
    if result.done >= aim.target:
        return _(
            "“{goal}” is reached already: {done} of {target}.", done=amount(result, result.done), **said
        )  # fmt: skip
    said |= {"stage": stage(result.stages[-1]), "expected": whole(course.expected)}
    if not course.missing:
        return _(
            "“{goal}” needs no new leads: {done} of {target} are reached, and the {expected} that "
            "are to be expected at {stage} of those under way are enough.",
            done=amount(result, result.done),
            **said,
        )
    said["missing"] = whole(course.missing)
    if result.leads is None:
        return _(
            "“{goal}” can no longer be reached with new leads: they come too late for {stage} by "
            "{end}. {expected} are to be expected of those under way, and {missing} are missing "
            "for {target}. Move the target or its date, or win more of those under way.",
            end=day(aim.end),
            **said,
        )
    if not result.lags:
        sentence = _(
            "For “{goal}” to reach {target}, {missing} more are needed by {end}; {done} are reached.",
            end=day(aim.end),
            done=amount(result, result.done),
            **said,
        )
        return _joined([sentence, *_beyond(result)])
    sentence = _(
        "For “{goal}” to reach {target}, {leads} new at {first} are needed from {begin} to "
        "{end}: {done:is|are} reached, {expected:more is|more are} to be expected at {stage} of "
        "those under way, and {missing} must come of new ones.",
        leads=interval(result),
        first=stage(result.stages[0]),
        begin=day(result.plan.as_of + DAY),
        end=day(aim.end),
        done=amount(result, result.done),
        **said,
    )
    return _joined([sentence, *_beyond(result), *_all_through(result)])


def _all_through(result: PlanResult) -> Iterator[str]:
    """That nobody was ever lost or stopped, which is more likely the export's doing."""
    if all((each.cause == MOVED).all() for each in result.seen.stays):
        yield _(
            "All {count:record|records} of the funnel came through, so its rates of 100% "
            "tell nothing: the export seems to hold won deals only. Export those open and lost "
            "too.",
            count=whole(result.seen.stays[0].came),
        )


def _beyond(result: PlanResult) -> Iterator[str]:
    over = result.beyond
    if not over:
        return
    worst = max(over, key=lambda each: each.needed / max(each.best, 1e-9))
    yield _(
        "That has never been: {stage} would need {needed} in {months:month|months}, and the best "
        "so far is {best}.",
        stage=stage(result.stages[worst.stage]),
        needed=whole(worst.needed),
        months=len(result.calendar.months[result.running]),
        best=whole(worst.best),
    )


def headline(result: PlanResult) -> str:
    """The plan as a chart's title."""
    if result.leads is None:
        return _("{goal}: new leads come too late", goal=result.plan.aim.goal.title)
    return _(
        "{target} take {leads} new at {first}",
        target=amount(result, result.plan.aim.target),
        leads=interval(result),
        first=stage(result.stages[0]),
    )


def interval(result: PlanResult) -> str:
    """The new leads with their 80 % interval, which has no upper end where none is sure to do."""
    leads = result.leads or 0.0
    span = slice(int(result.calendar.month[0]), None)
    settled = float((result.known[0] + result.course.open[0])[span].sum())
    low, high = (float(each[0, span].sum()) - settled for each in (result.low, result.high))
    return _cell(leads, low, high)


def remarks(result: PlanResult) -> list[str]:
    """By when, at the usual rate, who, and what the plan rests on."""
    return [*_deadlines(result), *_usual(result), *_departments(result), *_grounds(result)]


def _deadlines(result: PlanResult) -> Iterator[str]:
    aim, names = result.plan.aim, [stage(name) for name in result.stages]
    if not result.lags:
        return
    due = [
        _("{stage} by {day}", stage=name, day=day(last))
        for name, last in reversed(list(zip(names, result.deadlines, strict=True)))
        if last is not None
    ]
    yield _(
        "Half of those who come through are in time if they have come so far: {steps}.",
        steps=_(", ").join(due),
    )
    if aim.after:
        yield _(
            "The goal counts {days:day|days} after {stage}: what is to count by {counted} must "
            "be there by {end}.",
            days=aim.after,
            stage=names[-1],
            counted=day(aim.period.end),
            end=day(aim.end),
        )
    if volumes := result.volumes():
        yield _(
            "Whenever they come, the whole target takes {counts}.",
            counts=" ← ".join(
                f"{stage(each.stage)} {_cell(each.needed, each.low, each.high)}"
                for each in reversed(volumes)
            ),
        )


def _usual(result: PlanResult) -> Iterator[str]:
    aim = result.plan.aim
    yield _(
        "At the usual {count} new a month at {first}, “{goal}” comes to {reached} of {target} if all "
        "else stays.",
        count=whole(result.usual_leads),
        first=stage(result.stages[0]),
        goal=aim.goal.title,
        reached=amount(result, result.as_usual),
        target=amount(result, aim.target),
    )
    gap = result.course.missing * result.seen.worth.mean
    for goal in result.plan.goals.goals:
        if goal.share is not None and goal.share.of == aim.goal.id and goal.share.percent:
            percent = goal.share.percent if goal.share.percent > 1 else goal.share.percent * 100
            yield _(
                "“{goal}” carries {percent}% of the gap, which is {part} of {gap} that are neither "
                "reached nor under way.",
                goal=goal.title,
                percent=f"{percent:g}",
                part=amount(result, gap * percent / 100),
                gap=amount(result, gap),
            )


def _departments(result: PlanResult) -> Iterator[str]:
    told = {name: count for name, count in result.by_department().items() if name}
    gap = sum(told.values())
    if len(told) > 1 and result.done < result.plan.aim.target and gap > 0:
        parts = (
            _(
                "{department} {count} ({share})",
                department=department(name),
                count=whole(count),
                share=f"{count / gap:.0%}",
            )
            for name, count in told.items()
        )
        yield _(
            "What is missing lies with the department where it stands today, what is yet to come "
            "with the first: {parts}.",
            parts=_(", ").join(parts),
        )


def _grounds(result: PlanResult) -> Iterator[str]:
    seen, rates = result.seen, []
    for n, each in enumerate(result.lags):
        rates.append(f"{stage(result.stages[n])} → {stage(result.stages[n + 1])} {each.rate:.0%}")
    if rates:
        yield _(
            "Rates and waits are those of the last year, and of all records where a stage had fewer "
            "than 100: {rates}. The intervals (80%) hold their uncertainty, not chance.",
            rates=_(", ").join(rates),
        )
    if result.plan.aim.money:
        worth = amount(result, seen.worth.mean)
        yield _("Each one counts {worth}, the mean of those that came through.", worth=worth)
    if seen.until < result.plan.as_of:
        yield _(
            "The records end on {day}; what came after is not known here.", day=day(seen.until)
        )  # fmt: skip


def readable(result: PlanResult) -> pd.DataFrame:
    """A row a stage, a column a month, in whole records with their intervals, and the best so far."""
    columns: dict[str, list[str]] = {_("Stage"): [stage(name) for name in result.stages]}
    for n, month in enumerate(result.calendar.months):
        cells = zip(result.needed[:, n], result.low[:, n], result.high[:, n], strict=True)
        columns[month.label(language())] = [_cell(*each) for each in cells]
    columns[_("Due")] = [_due(result, last) for last in result.deadlines]
    return pd.DataFrame(columns)


def _due(result: PlanResult, last: date | None) -> str:
    if last is None:
        return DASH
    return _("{day} (over)", day=day(last)) if last <= result.plan.as_of else day(last)


def _cell(needed: float, low: float, high: float) -> str:
    if not np.isfinite(needed):
        return DASH
    if np.isnan(low) or whole(low) == whole(high):
        return whole(needed)
    if not np.isfinite(high):
        return _("{value} ({low} or more)", value=whole(needed), low=whole(low))
    return _("{value} ({low}–{high})", value=whole(needed), low=whole(low), high=whole(high))


def amount(result: PlanResult, value: float) -> str:
    """A value in the goal's unit; money to three figures, counts whole."""
    aim = result.plan.aim
    if aim.money and value >= 1e3:
        value = float(f"{value:.3g}") if value != aim.target else value
    return show(value if aim.money else round(value), aim.unit or "count", language())


def whole(count: float) -> str:
    """A number of records."""
    return f"{round(max(count, 0.0)):,}"


def day(when: date) -> str:
    """A day as readers write it."""
    return Period(when, when, "day").label(language())


def _joined(sentences: list[str]) -> str:
    return (" " if language() == "en" else "").join(sentences)
