"""D007: the people who are given targets are those of the data."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilint.finding import Findings
from tests.rules.pages import linted

TEXT = """version: 1
language: en
teams: {{{teams}}}
sources:
  own: {{path: own.csv}}
  other: {{path: other.csv}}
metrics:
  won: {{source: own, agg: count, time: at, person: owner}}
  calls: {{source: other, agg: count, time: at, person: caller}}
  rate: {{numerator: won, denominator: bare}}
  bare: {{source: own, agg: count, time: at}}
goals:
{goals}
"""
GOAL = "  - {{id: {id}, metric: {metric}, period: 2026-10, targets: {{people: {{{people}}}}}}}"


def goal(people: str, metric: str = "won", name: str = "a") -> str:
    """A goal whose target is split over people."""
    shares = ", ".join(f"{person}: 5" for person in people.split("/"))
    return GOAL.format(id=name, metric=metric, people=shares)


def checked(folder: Path, goals: str, teams: str = "", *, owners: str = "") -> Findings:
    """What D007 says where 佐藤 健一, 髙田 美咲 and Mary Ann win, and 電話 係 calls."""
    owners = owners or "佐藤 健一/髙田 美咲/Mary Ann/"
    rows = "".join(f"2026-10-01,{owner}\n" for owner in owners.split("/"))
    (folder / "own.csv").write_text("at,owner\n" + rows, encoding="utf-8")
    (folder / "other.csv").write_text("at,caller\n2026-10-01,電話 係\n", encoding="utf-8")
    return linted(TEXT.format(teams=teams, goals=goals), folder, "D007")


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ("佐藤 健一/髙田 美咲", []),
        ("佐藤健一/髙田　美咲/ＭＡＲＹ ann", []),
        ("佐藤 健一/佐藤 健二", [("佐藤 健二", "佐藤 健一")]),
        ("佐藤 健一/高田 美咲", [("高田 美咲", "髙田 美咲")]),
        ("佐藤 健一/Zoe", [("Zoe", None)]),
        ("Zoe", [("Zoe", None)]),
        ("佐藤 健一/電話 係", [("電話 係", None)]),  # of another source
    ],
)
def test_people_with_a_target(
    people: str, told: list[tuple[str, str | None]], tmp_path: Path
) -> None:
    result = checked(tmp_path, goal(people))
    assert [(f.evidence["name"], f.evidence["near"]) for f in result] == told
    assert {f.goal for f in result} <= {"a"}


@pytest.mark.parametrize(
    ("teams", "told"),
    [
        ("A: [佐藤 健一, 電話 係]", []),  # any column that names people
        ("A: [佐藤 健一], B: [Zoe]", ["Zoe"]),
        ("A: [佐藤 健一, Mary Anne], B: [Zoe]", ["Mary Anne", "Zoe"]),
        ("", []),
    ],
)
def test_members_of_teams(teams: str, told: list[str], tmp_path: Path) -> None:
    result = checked(tmp_path, goal("佐藤 健一"), teams)
    assert [f.evidence["name"] for f in result] == told
    assert {f.subject.kind for f in result} <= {"file"}


def test_somebody_is_told_once(tmp_path: Path) -> None:
    goals = goal("佐藤 健一/Zoe") + "\n" + goal("佐藤 健一/Zoe", name="b")
    assert [f.goal for f in checked(tmp_path, goals, "A: [佐藤健一, Zoe]")] == ["a"]


def test_a_column_of_numbers_is_told_as_one(tmp_path: Path) -> None:
    (flaw,) = checked(tmp_path, goal("佐藤 健一/髙田 美咲"), owners="71334/80021")
    assert flaw.evidence["names"] == ["佐藤 健一", "髙田 美咲"]
    assert "“71334”, “80021”" in flaw.message


def test_the_person_of_a_rate_is_that_of_its_parts(tmp_path: Path) -> None:
    assert len(checked(tmp_path, goal("佐藤 健一", "rate"))) == 0
    assert len(checked(tmp_path, goal("Zoe", "rate"))) == 1


def test_without_a_column_of_people_nobody_can_tell(tmp_path: Path) -> None:
    result = checked(tmp_path, goal("Zoe", "bare"))
    assert len(result) == 0
    assert [(u.code, u.subject.id) for u in result.unchecked] == [("D007", "a")]
