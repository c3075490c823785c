"""What the course of one goal says, in two languages."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pandas as pd

from kpilint.analysis.tracking import states
from kpilint.analysis.tracking import wording as told
from kpilint.goals.period import Period
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.analysis.tracking.progress import ProgressResult
    from kpilint.analysis.tracking.status import GoalStatus


def nothing(goal: GoalStatus) -> str:
    """Why there is no course to show."""
    return " ".join(_("{label}: {note}", label=goal.label, note=note) for note in goal.notes)


def verdict(result: ProgressResult) -> str:
    """The goal's state, the pace that is needed, and the target with which the period began."""
    goal, said = result.status, [told.sentence(result.status)]
    if result.pace is not None:
        said.append(
            _(
                "A working day has brought {made} so far; {needed} are needed from now on.",
                made=told.rounded(result.pace.made, goal.unit),
                needed=told.rounded(result.pace.needed, goal.unit),
            )
        )
    if told.moved(goal):
        said.append(
            _(
                "The period began with a target of {original}, of which {share} is reached.",
                original=told.original(goal),
                share=told.percent(goal.original_attainment),
            )
        )
    return "".join(said) if language() == "ja" else " ".join(said)


def headline(result: ProgressResult) -> str:
    """The finding, as the picture's title."""
    goal = result.status
    return _("{goal}: {state}", goal=goal.label, state=states.word(goal.status))


def scope(result: ProgressResult) -> str:
    """The period, the day, and what the fan is."""
    goals, period = result.progress.goals, result.status.period
    assert period is not None
    label = period.label(language(), goals.fiscal_year_start or 1, goals.fiscal_year_named)
    if result.status.forecast is None:
        return _("{period}, as of {day}", period=label, day=day(result.seen))
    return _(
        "{period}, as of {day}; band: forecast (80% range)", period=label, day=day(result.seen)
    )


def day(when: date) -> str:
    """A day as readers write it."""
    return Period(when, when, "day").label(language())


def target(result: ProgressResult) -> str:
    """The target line's name."""
    return _("Target {target}", target=told.amount(result.status.target, result.status.unit))


def original(result: ProgressResult) -> str:
    """The name of the line of the target with which the period began."""
    return _("Original target {target}", target=told.original(result.status))


def made(result: ProgressResult) -> str:
    """The name of the last point that is known."""
    return _("Actual {actual}", actual=told.amount(result.status.actual, result.status.unit))


def heading(result: ProgressResult) -> str:
    """The forecast at the period's end."""
    return _("Forecast {forecast}", forecast=told.forecast(result.status))


def readable(result: ProgressResult) -> pd.DataFrame:
    """One row a month's end, the last known day, and the period's last."""
    period, unit = result.status.period, result.status.unit
    assert period is not None
    shown = {month.end for month in period.months()} | {result.seen, period.end}
    rows = result.table()
    rows = rows[rows["day"].isin(list(shown))].groupby("day", as_index=False).first()
    return pd.DataFrame(
        {
            _("Day"): [day(each) for each in rows["day"]],
            _("Actual"): [_cell(each, unit) for each in rows["actual"]],
            _("Expected by now"): [_cell(each, unit) for each in rows["expected"]],
            _("Forecast (80% range)"): [
                _range(float(row["middle"]), float(row["low"]), float(row["high"]), unit)
                if row["day"] != result.seen
                else told.DASH
                for row in rows.to_dict("records")
            ],
        }
    )


def _cell(value: float, unit: str | None) -> str:
    return told.DASH if pd.isna(value) else told.rounded(value, unit)


def _range(middle: float, low: float, high: float, unit: str | None) -> str:
    if pd.isna(middle):
        return told.DASH
    values = {"middle": middle, "low": low, "high": high}
    return _(
        "{middle} ({low} to {high})",
        **{name: told.rounded(value, unit) for name, value in values.items()},
    )


def remarks(result: ProgressResult) -> list[str]:
    """The goal's notes, and which part of the fan was tried."""
    said = list(result.status.notes)
    if result.status.forecast is not None:
        said.append(
            _(
                "The range at the period's end is the one that past periods were tried on; on the "
                "way there it is drawn, as if the days were independent."
            )
        )
    return said
