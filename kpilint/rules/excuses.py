"""X: what is set aside is set aside for a reason, and not for ever."""

from __future__ import annotations

from collections.abc import Set
from datetime import date

from kpilint.goals.excuse import Excuse
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _
from kpilint.rule import INFO, WARNING, Flaw, Flaws, rule


@rule("X001", WARNING)
def excuse_without_reason(excuse: Excuse) -> Flaws:
    """An excuse gives its reason.

    The next reader must be able to tell whether it still holds.

    Bad:
        target: 13件    # kpilint: ignore P004
    Good:
        target: 13件    # kpilint: ignore P004 -- 行動計画は顧客会議で決める
    """
    if not excuse.reason:
        message = _(
            "{rule} is set aside without a reason. Write one after --, or as reason:.",
            rule=excuse.rule,
        )
        yield Flaw(excuse.span, message)


@rule("X002", WARNING)
def excuse_expired(excuse: Excuse, as_of: date) -> Flaws:
    """An excuse whose last day has passed is renewed or removed.

    From then on it sets nothing aside: the finding shows again.

    Bad:
        target: 13件    # kpilint: ignore P004 until=2020-12-31 -- 期限つき
    Good:
        target: 13件    # kpilint: ignore P004 until=2099-12-31 -- 期限つき
    """
    if excuse.until is not None and excuse.expired(as_of):
        message = _(
            "The excuse for {rule} ended on {until} and no longer holds. Renew or remove it.",
            rule=excuse.rule,
            until=excuse.until.isoformat(),
        )
        yield Flaw(excuse.span, message, {"until": excuse.until.isoformat()})


@rule("X003", INFO)
def excuse_unused(
    excuse: Excuse, goals: GoalSet, as_of: date, spent: Set[Excuse], decided: Set[str]
) -> Flaws:
    """An excuse that sets nothing aside is removed.

    The fault is gone, or the excuse stands in the wrong place. Silent for rules that did not run
    or could not be checked.

    Bad:
        owner: 営業部    # kpilint: ignore S002 -- 決まっていない
    Good:
        owner: 営業部
    """
    dangling = any(not goals.defines(kind, name) for kind, name in excuse.subjects)  # E005 tells
    if excuse in spent or excuse.rule not in decided or dangling:
        return
    if not excuse.expired(as_of):
        message = _(
            "This excuse for {rule} sets nothing aside. Remove it, or put it on the line of the "
            "finding.",
            rule=excuse.rule,
        )
        yield Flaw(excuse.span, message)
