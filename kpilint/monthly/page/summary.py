"""The page in three sentences: will it be met, where does it leak, what is to be done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kpilint.analysis.tracking import states, wording
from kpilint.analysis.tracking.status import GoalStatus
from kpilint.goals.goal import Goal
from kpilint.goals.period import Period, month_of
from kpilint.i18n import _, language
from kpilint.monthly.blocks import Table
from kpilint.monthly.month import Month
from kpilint.monthly.page.people import People, owner
from kpilint.monthly.page.rows import goal_of, period_of, urgency
from kpilint.monthly.page.sections import Section
from kpilint.monthly.page.views import Views

MOST = 3  # actions: more is no priority
KGIS = 2  # sentences about them
BEHIND = ("off_track", "missed", "at_risk")


@dataclass(frozen=True, slots=True)
class Action:
    """What to do, for which goal, by whom and by when."""

    text: str
    goal: str
    owner: str
    public_owner: str
    by: str
    views: Views


@dataclass(frozen=True, slots=True)
class Summary:
    """What a reader in a hurry takes away."""

    outlook: tuple[str, ...]
    leak: tuple[str, ...]
    actions: tuple[Action, ...]
    leads: tuple[str, ...]


def summary(month: Month, sections: Sequence[Section], people: People) -> Summary:
    """The KGIs' forecasts, the leak with its money, and at most three actions.

    What the notebooks' cells tagged ``summary`` say stands here as they say it.
    """
    by_key = {section.key: section for section in sections}
    leak = [*by_key["flow"].said("summary"), *by_key["why"].said("summary")]
    return Summary(
        outlook=tuple(_outlook(month)),
        leak=tuple(leak) or (_unknown_leak(month),),
        actions=tuple(_actions(month, sections, people)),
        leads=tuple(by_key["leads"].said("summary")),
    )


def _unknown_leak(month: Month) -> str:
    if not month.order.goals.funnels:
        return _("Where deals leak away cannot be told, for the goals file has no funnel.")
    return _("Where deals leak away cannot be told: no notebook has said it.")


# Will it be met


def _outlook(month: Month) -> Iterator[str]:
    """A sentence a KGI, those with a forecast first; then how many goals need attention."""
    kgis = [g for g in month.status.goals if g.role == "kgi" and _current(month, g)]
    if not kgis:
        yield _("Whether the KGI will be met cannot be told, for no goal is one: write role: kgi.")
    for each in sorted(kgis, key=_told_well)[:KGIS]:
        yield told(month, each)
    if month.status.goals:
        yield wording.headline(month.status)


def _current(month: Month, goal: GoalStatus) -> bool:
    return goal.period is None or goal.period.end >= month.order.period.start


def _told_well(goal: GoalStatus) -> bool:
    return goal.forecast is None or goal.forecast.probability is None


def told(month: Month, goal: GoalStatus) -> str:
    """Whether a goal will be met, with the forecast and its interval; or why it cannot be told."""
    said = {
        "label": goal.label,
        "period": period_of(month.order.goals, goal.period),
        "target": wording.amount(goal.target, goal.unit),
        "actual": wording.amount(goal.actual, goal.unit),
    }
    if goal.status in ("met", "missed"):
        return _(
            "{label} in {period}: {state}, with {actual} against a target of {target}.",
            state=states.word(goal.status),
            **said,
        )
    if goal.forecast is None or goal.target is None:
        return _(
            "Whether {label} in {period} will be met cannot be told: {reason}",
            reason=next(iter(goal.notes), _("there is no forecast.")),
            **said,
        )
    low, middle, high = (
        wording.amount(q, goal.unit)
        for q in (goal.forecast.p10, goal.forecast.p50, goal.forecast.p90)
    )
    said |= {"low": low, "middle": middle, "high": high}
    if goal.forecast.probability is None:
        return _(
            "How likely {label} in {period} is to be met cannot be told, for only {past:earlier "
            "period is|earlier periods are} known; the forecast is {middle} (80% range {low} to "
            "{high}) against a target of {target}.",
            past=goal.forecast.past,
            **said,
        )
    return _(
        "{label} in {period} is met with a probability of {chance}: the forecast is {middle} "
        "(80% range {low} to {high}) against a target of {target}.",
        chance=wording.percent(goal.forecast.probability),
        **said,
    )


# What is to be done


def _actions(month: Month, sections: Sequence[Section], people: People) -> Iterator[Action]:
    """What was agreed on and is not yet due, then the bottleneck's goals, then those behind."""
    wanted: dict[str, Action] = {}
    for action in (*_agreed(month, people), *_written(month, sections, people)):
        wanted.setdefault(action.text, action)
    yield from list(wanted.values())[:MOST]


def _agreed(month: Month, people: People) -> Iterator[Action]:
    """The next steps of reviews that are due from now on, the earliest first."""
    as_of = month.order.as_of
    open_ = [
        (review.due, goal, review)
        for goal in month.order.goals
        for review in goal.reviews
        if review.next and review.due and review.due > as_of
    ]
    for due, goal, review in sorted(open_, key=lambda each: each[0]):
        who = review.who or owner(goal)
        public = people.owner(goal) if people.named_in(who) else who
        yield _action(people, review.next or "", goal, who, public, _("by {day}", day=_day(due)))


def _written(month: Month, sections: Sequence[Section], people: People) -> Iterator[Action]:
    """The actions of goals at the bottleneck, then of those behind, the most urgent first."""
    current = [s for s in month.status.goals if s.status in BEHIND and _current(month, s)]
    behind = [goal_of(month.order.goals, each) for each in sorted(current, key=urgency)]
    named = list(_at_the_bottleneck(month, sections))
    for goal in (*named, *behind):
        if goal.action:
            by = _("by the next review, {day}", day=_day(next_review(goal, month.order.as_of)))
            yield _action(people, goal.action, goal, owner(goal), people.owner(goal), by)


def _at_the_bottleneck(month: Month, sections: Iterable[Section]) -> Iterator[Goal]:
    """The goals whose actions stand in the tables of cells tagged ``actions``."""
    tables = [
        piece.block
        for section in sections
        for piece in section.pieces
        if "actions" in piece.tags and isinstance(piece.block, Table)
    ]
    rows = [row for table in tables for row in table.rows]
    for row in rows:
        yield from (g for g in month.order.goals if g.action in row and g.title in row)


def _action(people: People, text: str, goal: Goal, who: str, public: str, by: str) -> Action:
    return Action(text, goal.title, who, public, by, people.readers(text, goal.title))


def next_review(goal: Goal, as_of: date) -> date:
    """The day by which a goal is looked at again in its rhythm, at the latest its last day."""
    tomorrow = as_of + timedelta(days=1)
    rhythm = {
        "daily": tomorrow,
        "weekly": as_of + timedelta(days=7),
        "monthly": month_of(tomorrow).end,
    }
    end = goal.period.end if goal.period else as_of
    return min(rhythm.get(goal.review or "", end), max(end, as_of))


def _day(day: date) -> str:
    return Period(day, day, "day").label(language())
