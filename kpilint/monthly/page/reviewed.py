"""What was agreed on in the month before, and what came of it."""

from __future__ import annotations

from collections.abc import Sequence

from kpilint.analysis.tracking import wording
from kpilint.goals.period import Period
from kpilint.i18n import _, language
from kpilint.monthly.blocks import Table
from kpilint.monthly.month import Facts, Reviewed
from kpilint.monthly.page.since import word


def outcomes(reviews: Sequence[Reviewed]) -> Table | None:
    """One row an action: why it was taken, by whom, and the goal then and now; None without any."""
    if not reviews:
        return None
    head = (_("Goal"), _("What was found"), _("Action"), _("Who, by when"), _("Then"), _("Now"))
    return Table(head, tuple(_row(each) for each in reviews))


def _row(reviewed: Reviewed) -> tuple[str, ...]:
    review = reviewed.review
    due = Period(review.due, review.due, "day").label(language()) if review.due else None
    return (
        reviewed.goal.title,
        review.why or wording.DASH,
        review.next or wording.DASH,
        _("{who}, {due}", who=review.who, due=due)
        if review.who and due
        else review.who or due or wording.DASH,
        _stood(reviewed.then),
        _stood(reviewed.now),
    )


def _stood(facts: Facts | None) -> str:
    if facts is None:
        return wording.DASH
    share = facts.get("attainment")
    return word(facts) if share is None else f"{word(facts)} {wording.percent(share)}"
