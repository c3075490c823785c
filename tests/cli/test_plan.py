"""``kpilint plan`` over the sample company."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from kpilint.cli import kpilint
from kpilint.errors import Misuse, Unavailable

GOALS = str(Path(__file__).parents[2] / "data_samples" / "goals.yaml")


def ran(goal: str, *options: str, day: str = "2026-10-31") -> Result:
    command = ["plan", GOALS, goal, "--as-of", day, "--lang", "en", *options]
    return CliRunner().invoke(kpilint, command, catch_exceptions=False)


def test_text() -> None:
    result = ran("wins_q3", "--people")
    assert result.exit_code == 0
    assert "to reach 80" in result.output
    assert "佐藤 健一" in result.output
    assert "Half of those" in result.output


def test_quiet_and_no_names_unless_asked_for() -> None:
    result = ran("wins_q3", "--quiet")
    assert "佐藤 健一" not in result.output
    assert "Half of those" not in result.output


def test_json() -> None:
    told = json.loads(ran("revenue_h2", "--format", "json").output)
    assert told["goal"] == "revenue_h2"
    assert told["unit"] == "JPY"
    assert told["feasible"] is True
    assert list(told["due"]) == ["lead", "mql", "sql", "opportunity", "won"]
    assert {row["month"] for row in told["rows"]} == {f"2026-{m}" for m in (10, 11, 12)} | {
        f"2027-0{m}" for m in (1, 2, 3)
    }
    assert told["people"] == {}


@pytest.mark.parametrize("people", [[], ["--people"]])
def test_yaml_sums_to_the_target(people: list[str]) -> None:
    goals = yaml.safe_load(ran("revenue_h2", "--format", "yaml", *people).output)["goals"]
    own = goals[0]["targets"]
    parts = own["people"].values() if people else [own["months"]]
    values = [value for months in parts for value in months.values()]
    assert goals[0]["id"] == "revenue_h2"
    assert sum(values) == 560_000_000
    assert all(value % 100_000 == 0 for value in values)


def test_what_cannot_be_planned_is_one_sentence() -> None:
    with pytest.raises(Misuse, match="selects other records"):
        ran("revenue_team2_q3")
    with pytest.raises(Unavailable, match="come too late"):
        ran("wins_q3", "--format", "yaml", day="2026-12-28")
