"""``kpilint status``: a table that reads without colour, and JSON as the language page shows."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kpilint.cli import kpilint
from kpilint.errors import FileProblem
from kpilint.output.status_text import bar
from tests.analysis.tracking.test_status import GOALS, MAN, SEED, exported


@pytest.fixture
def file(tmp_path: Path) -> Path:
    exported(tmp_path)
    path = tmp_path / "goals.yaml"
    path.write_text(GOALS + SEED, encoding="utf-8")
    return path


def run(*args: str | Path, colour: bool = False) -> Result:
    words = ["status", *map(str, args)]
    return CliRunner().invoke(kpilint, words, catch_exceptions=False, color=colour)


def test_json(file: Path) -> None:
    told = json.loads(run(file, "--as-of", "2026-05-31", "--format", "json").output)
    assert (told["version"], told["as_of"]) == (1, "2026-05-31")
    (goal,) = told["goals"]
    assert list(goal)[:14] == [
        "goal", "label", "role", "owner", "unit", "period", "target", "original_target", "actual",
        "attainment", "original_attainment", "expected_by_now", "forecast", "status",
    ]  # fmt: skip
    assert goal["period"] == {"start": "2026-04-01", "end": "2026-06-30"}
    assert (goal["target"], goal["actual"]) == (3200 * MAN, 1920 * MAN)
    assert goal["attainment"] == 0.6
    assert goal["by"][0] == {
        "owner": "営業A",
        "month": "2026-04",
        "target": 500 * MAN,
        "actual": 520 * MAN,
        "attainment": 1.04,
    }
    assert len(goal["by"]) == 6
    team = next(total for total in goal["totals"] if "team" in total)
    assert (team["team"], team["month"], team["target"]) == ("営業1課", None, 3200 * MAN)


@pytest.mark.parametrize(("language", "said"), [("en", "■ Missed"), ("ja", "■ ")])
def test_text_reads_without_colour(file: Path, language: str, said: str) -> None:
    result = run(file, "--as-of", "2026-06-30", "--lang", language)
    assert result.exit_code == 0
    assert said in result.output
    assert "98%" in result.output
    assert "\x1b" not in result.output


def test_colour_adds_nothing_but_colour(file: Path) -> None:
    words = (file, "--as-of", "2026-06-30", "--lang", "en")
    assert "\x1b[31m" in run(*words, colour=True).output
    assert "█" in run(*words).output


def test_quiet_leaves_out_remarks(file: Path) -> None:
    goals = file.read_text(encoding="utf-8").replace("営業A: {2026-04", "営業Z: {2026-04")
    file.write_text(goals, encoding="utf-8")
    words = (file, "--as-of", "2026-06-30", "--lang", "en")
    assert "no record of 営業Z" in run(*words).output
    assert "no record of 営業Z" not in run(*words, "--quiet").output


def test_what_cannot_be_read_is_said(file: Path) -> None:
    file.write_text(GOALS + SEED.replace("role: kgi", "roll: kgi"), encoding="utf-8")
    result = run(file, "--as-of", "2026-06-30", "--lang", "en", "--format", "json")
    assert "could not be read" in result.stderr
    assert len(json.loads(result.stdout)["goals"]) == 1


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(FileProblem):
        run(tmp_path / "none.yaml")


@pytest.mark.parametrize(
    ("share", "expected", "drawn"),
    [
        (0.5, None, "█" * 10 + "░" * 10),
        (0.5, 0.75, "█" * 10 + "░" * 5 + "|" + "░" * 4),
        (2.0, 1.0, "█" * 20),
        (-1.0, None, "░" * 20),
        (None, 0.5, "·" * 20),
    ],
)
def test_a_bar(share: float | None, expected: float | None, drawn: str) -> None:
    assert bar(share, expected) == drawn
