"""Who sees what, as the table of views says."""

from __future__ import annotations

import pytest

from kpilint.i18n import LANGUAGES, speaking
from kpilint.monthly.page.views import (
    BOARD,
    FIELD,
    MANAGER,
    SECTIONS,
    VIEWS,
    Views,
    audience,
    audience_of,
    section_title,
    view_name,
)
from tests.monthly.made import goal_set

EVERY = [f"audience-{view}" for view in VIEWS]


@pytest.mark.parametrize(
    ("section", "tags", "seen"),
    [
        ("flow", [], MANAGER),
        ("flow", EVERY, FIELD),
        ("why", EVERY, BOARD),
        ("why", ["audience-field"], MANAGER),
        ("plan", ["audience-field"], FIELD),
        ("data", EVERY, MANAGER),
        ("goals", EVERY, MANAGER),  # beside the rows
        ("own1", EVERY, MANAGER),
    ],
)
def test_a_cell_is_seen_by_whom_it_names_where_its_section_allows(
    section: str, tags: list[str], seen: Views
) -> None:
    assert audience(section, tags) == seen


@pytest.mark.parametrize(
    ("role", "named", "seen"),
    [
        ("kgi", "", BOARD),
        ("kpi", "", FIELD),
        ("info", "", FIELD),
        ("kpi", ", audience: [board]", BOARD),
        ("kgi", ", audience: [manager]", MANAGER),
    ],
)
def test_rows(role: str, named: str, seen: Views) -> None:
    (goal,) = goal_set(f"goals: [{{id: a, role: {role}{named}}}]")
    assert audience_of(goal) == seen


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_view_and_section_has_a_name_of_its_own(language: str) -> None:
    with speaking(language):
        names = [view_name(view) for view in VIEWS] + [section_title(key) for key in SECTIONS]
    assert all(names)
    assert len(set(names)) == len(names)
