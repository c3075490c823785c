"""T and P: a goal is looked at before it is too late."""

from __future__ import annotations

import re
from unicodedata import normalize

from kpilint.goals.goal import Goal, Targets
from kpilint.goals.quantity import Quantity
from kpilint.i18n import _
from kpilint.rule import INFO, Flaw, Flaws, rule

_MONTH = 31  # days
_EVERY = (  # how many days lie between two reviews, by the word for it
    (re.compile(r"quarter|四半期", re.IGNORECASE), 90),
    (re.compile(r"half|semi|半期|半年", re.IGNORECASE), 181),
    (re.compile(r"year|annual|年次|年度|毎年|年1回|年一回", re.IGNORECASE), 365),
)


@rule("T004", INFO, requires={"T001"})
def no_checkpoint(goal: Goal) -> Flaws:
    """A goal of over a month has a point before its end where it is looked at.

    A quarter that is judged only when it is over cannot be rescued. Monthly targets, or a review
    at shorter intervals than the period, show in time that it goes wrong.

    Bad:
        review: quarterly     # of a quarter
    Good:
        review: monthly
    """
    if goal.role == "info" or goal.period is None or goal.period.days <= _MONTH:
        return
    if not _by_month(goal.targets) and _interval(goal.review) > goal.period.days - _MONTH:
        message = _(
            "“{goal}” runs for {days:day|days} without a checkpoint. Write monthly targets, or a "
            "review: at shorter intervals, such as monthly.",
            goal=goal.title,
            days=goal.period.days,
        )
        yield Flaw(goal.at("review"), message, {"days": goal.period.days})


def _interval(review: str | None) -> float:
    """Days between two reviews; 0 for a text that names no long interval."""
    if not review:
        return float("inf")
    text = normalize("NFKC", review)
    return next((days for pattern, days in _EVERY if pattern.search(text)), 0)


def _by_month(targets: Targets | None) -> bool:
    """Whether a target is split over months, for all or for anyone."""
    if targets is None:
        return False
    parts = (*targets.people.values(), *targets.teams.values())
    return bool(targets.months) or any(not isinstance(part, Quantity) for part in parts)


@rule("P008", INFO, requires={"T004"})
def no_review(goal: Goal) -> Flaws:
    """A goal says when it is looked at.

    What is in nobody's calendar is looked at when it is missed. For longer goals T004 asks the
    same.

    Bad:
        period: 2026-10
        action: 停滞商談を棚卸しする
    Good:
        period: 2026-10
        action: 停滞商談を棚卸しする
        review: weekly
    """
    if goal.role != "info" and not goal.review and not _by_month(goal.targets):
        message = _(
            "Nothing says when “{goal}” is looked at. Write review:, for example weekly.",
            goal=goal.title,
        )
        yield Flaw(goal.at("review"), message)
