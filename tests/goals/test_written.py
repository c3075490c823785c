"""Text as people type it: what only holds a place for something to come."""

from __future__ import annotations

import pytest

from kpilint.goals.goalfile import read
from kpilint.goals.written import holds_a_place


@pytest.mark.parametrize(
    "text", ["未定", "（検討中）", "TBD", "tbd.", "N/A", "−", "ー", "？", "○○", "要検討。"]
)
def test_what_holds_a_place(text: str) -> None:
    assert holds_a_place(text)


@pytest.mark.parametrize(
    "text", ["営業部", "値引きの検討", "未定義の案件を棚卸しする", "Nana", "X社担当", "-10%"]
)
def test_what_says_something(text: str) -> None:
    assert not holds_a_place(text)


def test_owner_action_and_review_may_be_still_to_come() -> None:
    text = "goals: [{id: a, owner: 未定, action: 検討中, review: TBD, label: 未定案件の数}]\n"
    (goal,) = read("goals.yaml", source=text)
    assert (goal.owner, goal.action, goal.review, goal.label) == (None, None, None, "未定案件の数")
    assert goal.at("owner").column == 24
