"""What became of a goal since the run before: moved, new, or of another period."""

from __future__ import annotations

from typing import Any

import pytest

from kpilint.monthly.month import Before, key_of
from kpilint.monthly.page.since import since, word
from tests.monthly.made import goal_set, state_of

GOALS = goal_set()
REVENUE = GOALS.by_id["revenue"]
KEY = key_of(REVENUE)
EARLIER = KEY.replace("2026-10-01..2026-12-31", "2026-07-01..2026-09-30")


def told(actuals: dict[str, dict[str, Any]], **changes: Any) -> tuple[str, str] | None:
    return since(Before("2026-09", actuals), REVENUE, state_of(GOALS, "revenue", **changes))


def test_nothing_is_said_at_the_first_run() -> None:
    assert since(Before(), REVENUE, state_of(GOALS, "revenue")) is None


@pytest.mark.parametrize(
    ("then", "changes", "said"),
    [
        (12.5e6, {}, "±¥0"),
        (13_123_456.0, {}, "−¥623,000"),
        (None, {}, "–"),
        (10e6, {"actual": None}, "–"),
        (0.5, {"actual": 0.525, "unit": "percent"}, "+2.5 points"),
        (10, {"actual": 22.0, "unit": "count"}, "+12"),
    ],
)
def test_by_how_much_it_moved(then: float | None, changes: dict[str, Any], said: str) -> None:
    found = told({KEY: {"actual": then, "attainment": 0.3, "status": "at_risk"}}, **changes)
    assert found is not None
    assert found == (said, "attainment 30% → 32%")


def test_a_goal_of_the_period_before_is_set_beside() -> None:
    older = EARLIER.replace("2026-07", "2026-04")
    actuals = {
        EARLIER: {"attainment": 0.95, "status": "missed"},
        older: {"attainment": 0.1, "status": "met"},
    }
    assert told(actuals) == ("95%", "■ Missed in the period before")


def test_another_goal_is_no_earlier_one() -> None:
    assert told({"revenue|field_sales|Sales2|2026-07-01..2026-09-30": {}}) == ("New", "")


def test_a_state_that_a_newer_version_wrote_is_no_data() -> None:
    assert word({"status": "brilliant"}) == "– No data"
