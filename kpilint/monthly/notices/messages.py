"""What a notice says: a subject of one line and plain text, in Japanese or English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING

from kpilint.analysis.tracking import states
from kpilint.analysis.tracking.wording import amount, percent
from kpilint.finding import Finding
from kpilint.goals.condition import WORDS, Comparison, Joined
from kpilint.goals.display import show
from kpilint.goals.period import Period, read_period
from kpilint.goals.quantity import Quantity
from kpilint.goals.written import excerpt
from kpilint.i18n import _, language
from kpilint.monthly.notices.channel import Message
from kpilint.monthly.notices.occasions import Failed, Occasion, Reached, Report
from kpilint.place import seen_from

if TYPE_CHECKING:
    from datetime import date

    from kpilint.goals.goalset import GoalSet

_MOST = 20  # findings in one message
_LONGEST = 500  # letters of a client's text
# What chats take for a call to everybody, a link or a tag; its full-width twin is only read.
_MENTION = re.compile(r"(?<![\w.])@(?=\w)")
_TAG = re.compile(r"<(?=[!@#/A-Za-z])")


def message(
    goals: GoalSet, occasions: Sequence[Occasion], as_of: date, *, attached: bool
) -> Message:
    """The message about one occasion, or about several goals or findings of one alert.

    ``attached`` is whether a report goes with it; else its place is named.
    """
    about = occasions[0].about
    match about:
        case Reached():
            title, lines = _reached(goals, [o.about for o in occasions])
        case Failed():
            title, lines = _failed(goals, about)
        case Report():
            title, lines = _ready(goals, about, attached)
        case Finding():
            title, lines = _errors(goals, [o.about for o in occasions])
    day = Period(as_of, as_of, "day").label(language())
    text = "\n".join([*lines, "", _("As of {day}, by kpilint.", day=day)])
    file = about.page if isinstance(about, Report) and attached else None
    return Message(title, text, file)


def still(text: str) -> str:
    """A client's text that no mail, chat or page takes for anything but text."""
    line = excerpt(" ".join(text.split()), _LONGEST)
    return _TAG.sub("＜", _MENTION.sub("＠", line))


def whose(goals: GoalSet) -> str:
    """The organisation, else the name of the goals' folder."""
    return still(goals.organization or goals.folder.resolve().name)


# A goal that meets a condition


def _reached(goals: GoalSet, about: Sequence[object]) -> tuple[str, Iterator[str]]:
    found = [each for each in about if isinstance(each, Reached)]
    if len(found) == 1:
        return _subject(goals, found[0]), _facts(goals, found[0])
    title = _(
        "{client}: {count:goal|goals}: {condition}",
        client=whose(goals),
        count=len(found),
        condition=_told(found[0].condition.tree, None),
    )
    return title, _in_turn(goals, found)


def _in_turn(goals: GoalSet, found: Sequence[Reached]) -> Iterator[str]:
    for number, each in enumerate(found):
        yield from ([""] if number else [])
        yield from _facts(goals, each)


def _subject(goals: GoalSet, about: Reached) -> str:
    return _(
        "{label} {period}: {condition}",
        label=still(about.status.label),
        period=_period(goals, about.status.period),
        condition=_told(about.condition.tree, about.status.unit),
    )


def _period(goals: GoalSet, period: Period | None) -> str:
    start, named = goals.fiscal_year_start or 1, goals.fiscal_year_named
    return period.label(language(), start, named) if period else ""


def _facts(goals: GoalSet, about: Reached) -> Iterator[str]:
    status, unit = about.status, about.status.unit
    yield _("Goal: {label}", label=still(status.label))
    period = _period(goals, status.period)
    if about.days_left is None:
        yield _("Period: {period}", period=period)
    else:
        yield _("Period: {period}, days left: {days}", period=period, days=about.days_left)
    if status.owner:
        yield _("Owner: {owner}", owner=still(status.owner))
    yield _("Actual: {actual}", actual=amount(status.actual, unit))
    yield _("Target: {target}", target=amount(status.target, unit))
    if status.original_target not in (None, status.target):
        yield _("Original target: {target}", target=amount(status.original_target, unit))
    yield _("Attainment: {attainment}", attainment=percent(status.attainment))
    if status.expected_by_now is not None and status.expected_by_now != status.target:
        yield _("Expected by now: {expected}", expected=amount(status.expected_by_now, unit))
    if status.forecast is not None:
        yield _(
            "Forecast: {middle} (80% range: {low} to {high})",
            middle=amount(status.forecast.p50, unit),
            low=amount(status.forecast.p10, unit),
            high=amount(status.forecast.p90, unit),
        )
        if status.forecast.probability is not None:
            yield _("Probability: {percent}", percent=percent(status.forecast.probability))
    yield _("State: {state}", state=states.word(status.status))
    if about.action:
        yield _("Next: {action}", action=still(about.action))
    for note in status.notes:
        yield _("Note: {note}", note=still(note))


def _told(tree: Comparison | Joined, unit: str | None) -> str:
    """A condition in words."""
    if isinstance(tree, Joined):
        parts = [_told(part, unit) for part in tree.parts]
        return reduce(_and if tree.join == "and" else _or, parts)
    what, than = _words()[tree.word], _than(tree, unit)
    return {
        "<": _("{what} is below {than}", what=what, than=than),
        "<=": _("{what} is {than} or less", what=what, than=than),
        ">": _("{what} is above {than}", what=what, than=than),
        ">=": _("{what} is {than} or more", what=what, than=than),
        "=": _("{what} is {than}", what=what, than=than),
        "!=": _("{what} is not {than}", what=what, than=than),
        "in": _("{what} is {than}", what=what, than=than),
        "not in": _("{what} is not {than}", what=what, than=than),
    }[tree.sign]


def _and(first: str, second: str) -> str:
    return _("{first} and {second}", first=first, second=second)


def _or(first: str, second: str) -> str:
    return _("{first} or {second}", first=first, second=second)


def _than(comparison: Comparison, unit: str | None) -> str:
    than = comparison.than
    if isinstance(than, tuple):
        return reduce(_or, (states.word(state).partition(" ")[2] for state in _states(than)))
    if isinstance(than, str):
        return _words()[than]
    kind = WORDS[comparison.word]
    in_unit = {"share": "percent", "days": "days"}.get(kind, unit)
    return show(_number(than, in_unit), in_unit, language())


def _number(quantity: Quantity, unit: str | None) -> float:
    return quantity.to(unit) if unit else quantity.value


def _states(names: tuple[str, ...]) -> Iterator[states.State]:
    return (state for state in states.SIGNS if state in names)


def _words() -> dict[str, str]:
    return {
        "attainment": _("attainment"),
        "original_attainment": _("attainment of the original target"),
        "probability": _("the probability"),
        "days_left": _("the time left"),
        "actual": _("the actual value"),
        "target": _("the target"),
        "original_target": _("the original target"),
        "expected_by_now": _("what was expected by now"),
        "forecast": _("the forecast"),
        "status": _("the state"),
    }


# Findings, runs and reports


def _errors(goals: GoalSet, found: Sequence[object]) -> tuple[str, Iterator[str]]:
    errors = [each for each in found if isinstance(each, Finding)]
    title = _("{client}: {count:error|errors} in the goals", client=whose(goals), count=len(errors))
    return title, _listed(goals, errors)


def _listed(goals: GoalSet, errors: Sequence[Finding]) -> Iterator[str]:
    yield _("kpilint check finds this, and did not before:")
    yield ""
    for each in errors[:_MOST]:
        place = f"{seen_from(goals.folder, each.span.path)}:{each.span.line}"
        yield f"・{each.code} {still(each.message)} ({place})"
    if len(errors) > _MOST:
        yield _("… and {count} more.", count=len(errors) - _MOST)


def _failed(goals: GoalSet, about: Failed) -> tuple[str, Iterator[str]]:
    title = _("{client}: the run of {run} failed", client=whose(goals), run=_run(about.run))
    told = _("No new report was made; the earlier ones are untouched.")
    return title, iter([title, "", still(about.problem), told])


def _ready(goals: GoalSet, about: Report, attached: bool) -> tuple[str, Iterator[str]]:
    if about.run:
        title = _("{client}: the report of {run}", client=whose(goals), run=_run(about.run))
    else:
        title = _("{client}: a report is ready", client=whose(goals))
    if attached:
        where = _("It is attached as one file; open it in a browser, it loads nothing else.")
    else:
        place = still(seen_from(goals.folder, str(about.page)))
        where = _("It cannot be attached here; you find it in {path}.", path=place)
    return title, iter([title, "", where])


def _run(name: str) -> str:
    """A run's month or week as a reader writes it."""
    try:
        return read_period(name).label(language())
    except ValueError:  # a ledger that another hand wrote
        return still(name)
