"""A check is made once; whatever its findings come from makes it anew."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpilint.cli import kpilint, remembered

GOALS = """version: 1
language: en
sources:
  deals: {path: deals.csv, key: deal_id, expect: [{unique: deal_id}]}
metrics:
  revenue: {label: Revenue, definition: without tax, source: deals, agg: sum, column: amount, time: closed_at, unit: JPY, nature: lagging}
goals:
  - {id: revenue, label: Revenue, role: kgi, metric: revenue, owner: Sales, period: 2026-10, target: 3, action: call}
"""  # noqa: E501
DEALS = "deal_id,amount,closed_at\n" + "".join(
    f"D{n},{n % 7},2026-{n % 9 + 1:02}-11\n" for n in range(90)
)


@pytest.fixture
def goals(tmp_path: Path) -> Path:
    path = tmp_path / "goals.yaml"
    path.write_text(GOALS, encoding="utf-8")
    data = tmp_path / "deals.csv"
    data.write_text(DEALS, encoding="utf-8")
    os.utime(data, (1_700_000_000, 1_700_000_000))
    return path


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The files that were linted and not remembered."""
    told: list[str] = []
    lint = remembered.lint

    def counted(goals, data, **how):  # type: ignore[no-untyped-def]
        told.append(goals.origin)
        return lint(goals, data, **how)

    monkeypatch.setattr(remembered, "lint", counted)
    return told


def check(goals: Path, *more: str) -> tuple[int, str]:
    result = CliRunner().invoke(
        kpilint, [str(goals), "--as-of", "2026-10-15", "--format", "json", *more]
    )
    return result.exit_code, result.stdout


def test_nothing_changed_and_the_same_is_said(goals: Path, made: list[str]) -> None:
    first, second = check(goals), check(goals)
    assert first == second and '"code"' in first[1]
    assert made == [str(goals)]


@pytest.mark.parametrize("more", [["--lang", "ja"], ["--ignore", "A"], ["--as-of", "2026-10-16"]])
def test_another_question_is_answered_anew(goals: Path, made: list[str], more: list[str]) -> None:
    check(goals)
    check(goals, *more)
    assert len(made) == 2


@pytest.mark.parametrize("name", ["goals.yaml", "deals.csv"])
def test_a_changed_file_is_looked_at_anew(goals: Path, made: list[str], name: str) -> None:
    check(goals)
    path = goals.with_name(name)
    path.write_text(path.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    check(goals)
    assert len(made) == 2


def test_a_source_that_is_missing_and_then_there(goals: Path, made: list[str]) -> None:
    data = goals.with_name("deals.csv")
    away = data.rename(data.with_suffix(".away"))
    assert "M003" in check(goals)[1]
    away.rename(data)
    assert '"M003"' not in check(goals)[1]
    assert len(made) == 2


def test_what_a_database_holds_is_never_remembered(goals: Path, made: list[str]) -> None:
    text = GOALS.replace("path: deals.csv", 'url: "nosuch://host/db", table: deals')
    goals.write_text(text, encoding="utf-8")
    assert check(goals)[0] == check(goals)[0]
    assert len(made) == 2


def test_a_run_that_was_recorded_since_is_taken_in(goals: Path, made: list[str]) -> None:
    from kpilint.data.ledger import Entry, Ledger, period_of, subject_of
    from kpilint.goals.goalfile import read

    found = read(goals)
    goal = found.goals[0]
    assert '"P010"' not in check(goals)[1]
    for value in (3, 5):
        told = Entry("target", subject_of(goal), period_of(goal), {"target": value})
        Ledger.of(found).append([told], as_of=date(2026, 9, value), run="2026-09")
        assert check(goals) == check(goals)
        assert ('"P010"' in check(goals)[1]) == (value == 5)
    assert len(made) == 3


def test_an_excuse_and_a_related_place_come_back_as_they_were(goals: Path) -> None:
    excuse = "  # kpilint: ignore P001 -- small team\n"
    ignored = "  # kpilint: ignore P007 until=2027-01-31 -- one goal for now\n"
    goals.write_text(GOALS.replace("  - {id: rev", excuse + ignored + "  - {id: rev"), "utf-8")
    assert check(goals, "--format", "sarif") == check(goals, "--format", "sarif")
    assert check(goals, "--format", "text") == check(goals, "--format", "text")


@pytest.mark.parametrize("kept", ["[]", "{}", '{"as_of": "2026"}', '{"findings": 3}', "null"])
def test_a_foreign_entry_counts_for_nothing(goals: Path, made: list[str], kept: str) -> None:
    first = check(goals)
    (entry,) = Path(os.environ["KPILINT_CACHE_DIR"]).glob("checks/*.json")
    entry.write_text(kept, encoding="utf-8")
    assert check(goals) == first
    assert len(made) == 2


def test_without_a_cache_every_check_is_made(goals: Path, made: list[str]) -> None:
    check(goals, "--no-cache")
    check(goals, "--no-cache")
    assert len(made) == 2
    assert not list(Path(os.environ["KPILINT_CACHE_DIR"]).iterdir())
