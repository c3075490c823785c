"""What the status says: its verdict, headings, numbers and remarks, in two languages."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis.tracking import states
from kpilint.analysis.tracking.forecast import FEWEST
from kpilint.goals.display import show
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Better, Metric
from kpilint.goals.period import Period
from kpilint.goals.unit import CURRENCIES
from kpilint.i18n import _, language, listed

if TYPE_CHECKING:
    from kpilint.analysis.tracking.outlook import Pipeline
    from kpilint.analysis.tracking.pacing import Pace
    from kpilint.analysis.tracking.status import Forecast, GoalStatus, StatusResult

DASH = "–"


def amount(value: float | None, unit: str | None) -> str:
    """A value of the goal's metric."""
    if value is None:
        return DASH
    return show(round(value) if unit == "count" and abs(value) >= 10 else value, unit, language())


def rounded(value: float, unit: str | None) -> str:
    """A value that was computed and not counted: money with three figures."""
    return amount(float(f"{value:.3g}") if unit in CURRENCIES else value, unit)


def percent(share: float | None) -> str:
    """A share of one as whole percent; a dash for none."""
    return DASH if share is None else f"{share * 100:.0f}%"


def day(status: StatusResult) -> str:
    """The day of the status as a reader writes it."""
    return Period(status.as_of, status.as_of, "day").label(language())


# Why there is nothing to show


def incomplete(goal: Goal) -> str:
    """What a goal lacks."""
    if goal.metric is None:
        return _("The goal names no metric, so nothing can be measured; write metric: there.")
    if goal.period is None:
        return _("The goal has no period, so it cannot be tracked; write period: there.")
    return _("The metric {metric} is not defined.", metric=goal.metric)


def not_begun(goals: GoalSet, period: Period) -> str:
    """When the period begins."""
    return _("The period {period} has not begun.", period=_label(goals, period))


def targeted(goal: GoalStatus) -> str:
    """The target, and the original one where that was another."""
    told = amount(goal.target, goal.unit)
    if not moved(goal):
        return told
    return _("{target} (originally {original})", target=told, original=original(goal))


def attained(goal: GoalStatus) -> str:
    """The attainment, and that of the original target where that was another."""
    told = percent(goal.attainment)
    if not moved(goal):
        return told
    share = percent(goal.original_attainment)
    return _("{share} (of the original {original})", share=told, original=share)


def moved(goal: GoalStatus) -> bool:
    """Whether the target is another than the one with which the period began."""
    return goal.original_target is not None and goal.original_target != goal.target


def original(goal: GoalStatus) -> str:
    """The target with which the period began."""
    return amount(goal.original_target, goal.unit)


def _label(goals: GoalSet, period: Period) -> str:
    return period.label(language(), goals.fiscal_year_start or 1, goals.fiscal_year_named)


def unforeseen(past: int) -> str:
    """Why there is no forecast."""
    if past < FEWEST:
        return _(
            "There is no forecast: it takes {least} earlier periods that are known as a whole "
            "(known: {past}).",
            past=past,
            least=FEWEST,
        )
    return _(
        "There is no forecast: of such a metric, how far it has come does not tell where it ends. "
        "Its state is that of its pace."
    )


def cut_short(metric: Metric, last: date) -> str:
    """That the records, or the values typed in, end too early."""
    if metric.manual is not None:
        return _(
            "The values typed in for {metric} end with {day}, and what came later is not in the "
            "actual value. Type in the later ones.",
            metric=metric.title,
            day=Period(last, last, "day").label(language()),
        )
    return _(
        "The records behind {metric} end on {day}; actual, pace and state are those of that day. "
        "Export them anew.",
        metric=metric.title,
        day=Period(last, last, "day").label(language()),
    )


def no_records(period: Period, metric: Metric) -> str:
    """That the data tells nothing of the period."""
    return _(
        "The data tells nothing of {metric} since {day}: there is no record, or nothing to divide "
        "by.",
        metric=metric.title,
        day=Period(period.start, period.start, "day").label(language()),
    )


def notes(
    metric: Metric,
    unit: str | None,
    target: float | None,
    actual: float,
    better: Better,
    forecast: Forecast | None,
) -> Iterator[str]:
    """What a reader must know of a goal's numbers."""
    if target is None:
        yield _("There is no target as a number, so there is no attainment.")
    elif target <= 0:
        yield _(
            "The target is {target}; a share of zero or less says nothing, so there is no "
            "attainment.",
            target=amount(target, unit),
        )
    elif better == "lower" and actual <= 0:
        yield _(
            "The actual value is {actual}, so there is no attainment.", actual=amount(actual, unit)
        )
    if unit == "percent" and metric.form == "ratio" and actual > 1:
        yield _(
            "The rate is {actual}: its numerator counts what its denominator does not.",
            actual=amount(actual, unit),
        )
    if forecast is not None and forecast.guess:
        yield _(
            "The forecast is a guess: {past:earlier period is|earlier periods are} known, and a "
            "probability takes eight.",
            past=forecast.past,
        )


# All goals together


def verdict(status: StatusResult) -> str:
    """The KGI first, then how many of the others need attention."""
    if not status.goals:
        return _("There is no goal to track.")
    first = next((each for each in status.goals if each.role == "kgi"), None)
    told = [sentence(first)] if first else []
    told.append(headline(status))
    return "".join(told) if language() == "ja" else " ".join(told)


def headline(status: StatusResult) -> str:
    """How many goals need attention."""
    judged = [each for each in status.goals if each.role != "info"]
    behind = [g for g in judged if g.status in ("at_risk", "off_track", "missed")]
    if behind:
        return _("Goals that need attention: {count} of {all}.", count=len(behind), all=len(judged))
    if judged and all(each.status == "no_data" for each in judged):
        return _("Goals that can be judged: none of {all}, for want of data.", all=len(judged))
    if judged:
        return _("Goals that need attention: none of {all}.", all=len(judged))
    return _("All goals are activities, which are tracked and not judged.")


def sentence(goal: GoalStatus) -> str:
    """One goal in a sentence."""
    state = states.word(goal.status)
    if goal.forecast is None:
        return _(
            "{label}: {state}, actual {actual} of {target}.",
            label=goal.label,
            state=state,
            actual=amount(goal.actual, goal.unit),
            target=amount(goal.target, goal.unit),
        )
    if goal.forecast.probability is None:
        return _(
            "{label}: {state}, forecast {middle} (80% range {low} to {high}) against {target}.",
            label=goal.label,
            state=state,
            target=amount(goal.target, goal.unit),
            **_range(goal),
        )
    return _(
        "{label}: {state}, forecast {middle} (80% range {low} to {high}) against {target}, "
        "reached with a probability of {chance}.",
        label=goal.label,
        state=state,
        target=amount(goal.target, goal.unit),
        chance=percent(goal.forecast.probability),
        **_range(goal),
    )


def _range(goal: GoalStatus) -> dict[str, str]:
    forecast = goal.forecast
    assert forecast is not None
    return {
        "low": amount(forecast.p10, goal.unit),
        "middle": amount(forecast.p50, goal.unit),
        "high": amount(forecast.p90, goal.unit),
    }


def forecast(goal: GoalStatus) -> str:
    """The forecast with its interval."""
    if goal.forecast is None:
        return DASH
    told = _range(goal)
    return _("{middle} ({low} to {high})", **told)


def chance(goal: GoalStatus) -> str:
    """The probability, or that it is a guess."""
    if goal.forecast is None:
        return DASH
    return _("guess") if goal.forecast.guess else percent(goal.forecast.probability)


def readable(status: StatusResult) -> pd.DataFrame:
    """The table in the reader's words."""
    goals = status.goals
    return pd.DataFrame(
        {
            _("Goal"): [g.label for g in goals],
            _("Owner"): [g.owner or DASH for g in goals],
            _("Target"): [targeted(g) for g in goals],
            _("Actual"): [amount(g.actual, g.unit) for g in goals],
            _("Attainment"): [attained(g) for g in goals],
            _("Expected by now"): [amount(g.expected_by_now, g.unit) for g in goals],
            _("Forecast (80% range)"): [forecast(g) for g in goals],
            _("Probability"): [chance(g) for g in goals],
            _("State"): [states.word(g.status) for g in goals],
        }
    )


def remarks(status: StatusResult) -> list[str]:
    """The notes with the goals that share them, what the pipeline says and how far to trust it."""
    whose: dict[str, list[str]] = {}
    for goal in status.goals:
        for note in goal.notes:
            whose.setdefault(note, []).append(goal.label)
    told = [_("{label}: {note}", label=listed(who, 12), note=note) for note, who in whose.items()]
    open_deals = [
        _pipeline(goal, goal.pipeline, goal.pace)
        for goal in status.goals
        if goal.pipeline and goal.pace
    ]
    told += open_deals
    if open_deals:
        told.append(
            _(
                "The weighted pipeline is too high, for it weighs with the win rate among closed "
                "deals, and deals that will close later count in full; the forecast avoids both."
            )
        )
    told += [
        _("The original targets are those of the goals file: {reason}", reason=reason)
        for reason in status.problems
    ]
    if status.retired:
        told.append(_("Goals given up before this day: {count}.", count=status.retired))
    return told


def _pipeline(goal: GoalStatus, pipeline: Pipeline, pace: Pace) -> str:
    whole = {
        "label": goal.label,
        "open": amount(pipeline.value, goal.unit),
        "rate": percent(pipeline.rate),
        "weighted": amount(pace.weighted, goal.unit),
    }
    if pace.coverage is None:
        return _(
            "{label}: open deals {open}, weighted pipeline {weighted} (win rate {rate} of closed).",
            **whole,
        )
    return _(
        "{label}: open deals {open}, weighted pipeline {weighted} (win rate {rate} of closed), "
        "pipeline coverage {coverage} of the gap.",
        coverage=show(round(pace.coverage, 1), "ratio", language()),
        **whole,
    )
