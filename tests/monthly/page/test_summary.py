"""Three sentences: will it be met, where does it leak, what is to be done; or why not."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from nbformat import NotebookNode

from kpilint.goals.period import read_period
from kpilint.monthly.month import Month
from kpilint.monthly.page.people import People
from kpilint.monthly.page.sections import sections
from kpilint.monthly.page.summary import Summary, next_review, summary, told
from kpilint.monthly.page.views import ALL
from tests.monthly.made import (
    GOALS,
    forecast,
    goal_set,
    html,
    month,
    notebook,
    said,
    shown,
    state_of,
)

SET = goal_set()


def of(found: Month) -> Summary:
    people = People.of(found.order)
    return summary(found, sections(found.executed, "en", people), people)


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        (
            {},
            "Revenue in FY2026 Q3 (Oct–Dec) is met with a probability of 31%: the forecast is "
            "¥37.8M (80% range ¥34.1M to ¥42.0M) against a target of ¥39.0M.",
        ),
        (
            {"forecast": forecast(None)},
            "How likely Revenue in FY2026 Q3 (Oct–Dec) is to be met cannot be told, for only 6 "
            "earlier periods are known; the forecast is ¥37.8M (80% range ¥34.1M to ¥42.0M) against "
            "a target of ¥39.0M.",
        ),
        (
            {"forecast": None, "notes": ("The file is gone.",)},
            "Whether Revenue in FY2026 Q3 (Oct–Dec) will be met cannot be told: The file is gone.",
        ),
        (
            {"status": "missed"},
            "Revenue in FY2026 Q3 (Oct–Dec): ■ Missed, with ¥12.5M against a target of ¥39.0M.",
        ),
    ],
)
def test_will_it_be_met(changes: dict[str, Any], sentence: str) -> None:
    assert told(month(), state_of(SET, "revenue", **changes)) == sentence


def test_without_a_kgi_that_is_the_sentence() -> None:
    first, last = of(month(goals=goal_set(GOALS.replace("kgi", "kpi")))).outlook
    assert first.startswith("Whether the KGI will be met cannot be told")
    assert last == "Goals that need attention: 2 of 2."


def leaking(*actions: tuple[str, str]) -> NotebookNode:
    rows = "".join(f"<tr><td>{action}</td><td>{goal}</td></tr>" for action, goal in actions)
    return notebook(
        said("# Flow", "section-flow"),
        shown(html("It leaks ¥6M."), tags=("summary",)),
        shown(
            {"text/html": f"<table><tr><th>a</th><th>g</th></tr>{rows}</table>"}, tags=("actions",)
        ),
    )


def test_where_it_leaks_is_what_the_notebook_says() -> None:
    assert of(month(leaking())).leak == ("It leaks ¥6M.",)
    assert of(month()).leak[0].startswith("Where deals leak away cannot be told")


def test_actions_of_the_bottleneck_come_before_those_of_goals_behind() -> None:
    found = of(month(leaking(("Ask for the order", "Orders")))).actions
    assert [(a.text, a.goal, a.by) for a in found] == [
        ("Ask for the order", "Orders", "by the next review, 30 Nov 2026"),
        ("Walk through stalled deals", "Revenue", "by the next review, 7 Nov 2026"),
    ]
    assert (found[0].owner, found[0].public_owner, found[0].views) == (
        "Ann Lee",
        "Field sales",
        ALL,
    )


def test_what_was_agreed_on_and_is_not_yet_due_comes_first_and_three_are_enough() -> None:
    reviews = "".join(
        f"{{month: 2026-10, next: {text}, who: {who}, due: {due}}}, "
        for text, who, due in [
            ("Later", "Bob", "2026-12-01"),
            ("Past", "Bob", "2026-10-31"),
            ("Soon", "Ann Lee", "2026-11-15"),
        ]
    )
    goals = goal_set(GOALS.replace("period: 2026-10,", f"period: 2026-10, reviews: [{reviews}],"))
    found = of(month(goals=goals)).actions
    assert [action.text for action in found] == ["Soon", "Later", "Walk through stalled deals"]
    assert found[0].by == "by 15 Nov 2026"
    assert (found[0].owner, found[1].public_owner) == ("Ann Lee", "Bob")
    assert "Ann" not in found[0].public_owner


def test_goals_on_track_ask_for_nothing() -> None:
    fine = [state_of(SET, goal.id, status="on_track") for goal in SET]
    assert of(month(states=fine)).actions == ()


@pytest.mark.parametrize(
    ("review", "period", "day"),
    [
        ("daily", "2026-Q3", date(2026, 11, 1)),
        ("weekly", "2026-Q3", date(2026, 11, 7)),
        ("monthly", "2026-Q3", date(2026, 11, 30)),
        ("quarterly", "2026-Q3", date(2026, 12, 31)),
        ("weekly", "2026-11-01..2026-11-03", date(2026, 11, 3)),
        ("weekly", "2026-10", date(2026, 10, 31)),
    ],
)
def test_the_next_review(review: str, period: str, day: date) -> None:
    goals = goal_set(
        f"fiscal_year_start: 4\ngoals: [{{id: a, review: {review}, period: {period}}}]"
    )
    assert goals.by_id["a"].period == read_period(period, 4)
    assert next_review(goals.by_id["a"], date(2026, 10, 31)) == day
