"""What was agreed on in the month before stands beside what came of it."""

from __future__ import annotations

from kpilint.monthly.month import Reviewed
from kpilint.monthly.page.reviewed import outcomes
from tests.monthly.made import GOALS, goal_set


def test_one_row_an_action() -> None:
    goals = goal_set(
        GOALS.replace(
            "target: 13,",
            "target: 13, reviews: [{month: 2026-09, why: Lost late, next: Check, who: Bob, "
            "due: 2026-10-15}, {month: 2026-09, next: Ask}],",
        )
    )
    goal = goals.by_id["orders"]
    then, now = {"status": "at_risk", "attainment": 0.3}, {"status": "met", "attainment": 1.02}
    first, second = goal.reviews
    table = outcomes([Reviewed(goal, first, then, now), Reviewed(goal, second, None, now)])
    assert table is not None
    assert table.rows == (
        ("Orders", "Lost late", "Check", "Bob, 15 Oct 2026", "▲ At risk 30%", "● Met 102%"),
        ("Orders", "–", "Ask", "–", "–", "● Met 102%"),
    )


def test_no_reviews_no_table() -> None:
    assert outcomes(()) is None
