"""A row a goal: in order of attention, with its numbers, its change and what it was split over."""

from __future__ import annotations

from typing import Any

import pytest

from kpilint.monthly.month import Before, Month, key_of
from kpilint.monthly.page.people import People
from kpilint.monthly.page.rows import Row, over, rows
from kpilint.monthly.page.views import ALL, BOARD, FIELD
from tests.monthly.made import GOALS, PARTS, forecast, goal_set, month, state_of

SET = goal_set()


def of(found: Month) -> dict[str, Row]:
    return {row.label: row for row in rows(found, People.of(found.order))}


def facts(row: Row) -> dict[str, tuple[str, str]]:
    return {fact.name: (fact.value, fact.note) for fact in row.facts}


def test_kgis_come_first_then_what_needs_attention_activities_last() -> None:
    goals = goal_set(
        "fiscal_year_start: 4\ngoals:\n"
        + "".join(
            f"  - {{id: {name}, role: {role}, period: 2026-Q3}}\n"
            for name, role in [
                ("fine", "kpi"),
                ("lost", "kpi"),
                ("active", "info"),
                ("unlikely", "kpi"),
                ("less", "kpi"),
                ("top", "kgi"),
            ]
        )
    )
    kinds: dict[str, dict[str, Any]] = {
        "fine": {"status": "on_track"},
        "lost": {"status": "off_track"},
        "active": {"status": "off_track"},
        "unlikely": {"status": "at_risk", "forecast": forecast(0.21)},
        "less": {"status": "at_risk", "forecast": forecast(0.4)},
        "top": {"status": "met"},
    }
    states = [state_of(goals, name, **changes) for name, changes in kinds.items()]
    found = of(month(goals=goals, states=states))
    assert list(found) == ["top", "lost", "unlikely", "less", "fine", "active"]


def test_goals_that_were_over_before_have_no_row_and_are_counted() -> None:
    goals = goal_set(GOALS.replace("period: 2026-10,", "period: 2026-09,"))
    found = month(goals=goals)
    assert "Calls" not in of(found)
    assert over(found) == 1


def test_numbers() -> None:
    told = facts(of(month())["Revenue"])
    assert told["Actual"] == ("¥12.5M", "")
    assert told["Target"] == ("¥39.0M", "")
    assert told["Attainment"] == ("32%", "")
    assert told["Forecast"] == ("¥37.8M", "¥34.1M to ¥42.0M")
    assert told["Probability"] == ("31%", "")
    assert "Since last month" not in told


def test_a_guess_gives_no_probability() -> None:
    found = month(states=[state_of(SET, "revenue", forecast=forecast(None))])
    assert facts(of(found)["Revenue"])["Probability"] == ("guess", "")


def test_a_changed_target_shows_original_and_latest_side_by_side() -> None:
    goals = goal_set(
        GOALS.replace(
            "target: 3900万円",
            "target: 3900万円, changes: [{on: 2026-10-20, from: 3600万円, reason: New product}]",
        )
    )
    state = state_of(goals, "revenue", original_target=36e6, original_attainment=12.5 / 36)
    row = of(month(goals=goals, states=[state]))["Revenue"]
    assert facts(row)["Target"] == ("¥39.0M", "originally ¥36.0M")
    assert facts(row)["Attainment"] == ("32%", "35% of the original")
    assert row.bullet is not None
    assert row.bullet.original is not None
    notes = [note for note, _views in row.notes]
    assert notes == [
        "The target was changed from ¥36.0M to ¥39.0M: attainment 35% of the original, 32% of the "
        "latest.",
        "Changed on 20 Oct 2026: New product",
    ]


def test_people_are_named_to_managers_only() -> None:
    state = state_of(SET, "revenue", by=PARTS, notes=("The data knows no 佐藤健一.", "Plain."))
    row = of(month(states=[state]))["Revenue"]
    assert row.notes == (("The data knows no 佐藤健一.", BOARD), ("Plain.", ALL))
    assert row.parts is not None
    assert row.team_parts is not None
    assert [cells[0] for cells in row.parts.rows] == ["佐藤 健一", "North"]
    assert row.team_parts.rows == (("North", "Total", "¥9.00M", "¥29.0M", "31%"),)


def test_owners_and_readers() -> None:
    found = of(month())
    assert (found["Orders"].owner, found["Orders"].public_owner) == ("Ann Lee", "Field sales")
    assert found["Revenue"].views == BOARD
    assert found["Orders"].views == FIELD


def test_the_alternative_text_tells_the_row() -> None:
    told = of(month())["Revenue"].sentence
    assert told.startswith("Revenue ▲ At risk: Actual ¥12.5M, Target ¥39.0M, Attainment 32%")


@pytest.mark.parametrize("period", ["2026-10", "2026-W44"])
def test_the_change_is_since_the_run_before(period: str) -> None:
    then = {"actual": 10e6, "attainment": 10 / 39, "status": "off_track"}
    before = Before("earlier", {key_of(SET.by_id["revenue"]): then})
    told = facts(of(month(before=before, period=period))["Revenue"])
    name = "Since last week" if "W" in period else "Since last month"
    assert told[name] == ("+¥2.50M", "attainment 26% → 32%, was ■ Off track")
