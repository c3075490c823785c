"""A: targets beside their history."""

from __future__ import annotations

from pathlib import Path

import pytest

import kpilint as kl
from tests.rules.pages import found, linted, merged


def raised(goal: str, code: str, folder: Path) -> list[str]:
    result = found("Goal", f"{goal}  # fixture: three_years", folder, code, data=True)
    return [f.code for f in result]


def limit(folder: Path) -> float:
    (flaw,) = found("Goal", "target: 1000件", folder, "A001", data=True)
    return float(flaw.evidence["limit"])  # type: ignore[arg-type]


def test_the_limit_that_is_told_is_the_smallest_target_that_is_flagged(tmp_path: Path) -> None:
    edge = limit(tmp_path)
    assert raised(f"target: {edge * 0.999:.2f}件", "A001", tmp_path) == []
    assert raised(f"target: {edge * 1.001:.2f}件", "A001", tmp_path) == ["A001"]


@pytest.mark.parametrize(
    ("goal", "codes"),
    [
        ("target: 400件", ["A001"]),
        ("target: 20件", []),
        ("role: info\ntarget: 400件", []),
        ("target: +5%", []),
        ("target: 3倍", ["A001"]),
        ("target: 前期比+200%", ["A001"]),
        ("target: ~\nshare: {of: begun, percent: 50, baseline: 50件}", []),
        ("target: ~\nshare: {of: begun, percent: 50, baseline: 50件, win_rate: 10%}", ["A001"]),
    ],
)
def test_outside_history(goal: str, codes: list[str], tmp_path: Path) -> None:
    assert raised(goal, "A001", tmp_path) == codes


def test_a_relative_target_is_told_as_written_and_as_what_it_comes_to(tmp_path: Path) -> None:
    (flaw,) = found("Goal", "target: 3倍", tmp_path, "A001", data=True)
    before = 35 + 7 * 24 % 11 + 35 + 7 * 25 % 11 + 35 + 7 * 26 % 11
    assert flaw.evidence["target"] == 3 * before
    assert f"The target 3倍 ({3 * before}) for" in flaw.message


@pytest.mark.parametrize(
    ("goal", "codes"),
    [
        ("target: 20件", ["A002"]),
        ("target: 前年比70%", ["A002"]),
        ("target: 20件\nkeep: true", []),
        ("target: 20件\nrole: info", []),
        ("target: 140件", []),
    ],
)
def test_already_met(goal: str, codes: list[str], tmp_path: Path) -> None:
    assert raised(goal, "A002", tmp_path) == codes


def test_the_better_way_turns_the_verdicts_round(tmp_path: Path) -> None:
    """With lower being better, 20 is out of reach and 400 is met already."""
    for target, codes in (("20件", ["A001"]), ("400件", ["A002"])):
        text = merged("Goal", f"target: {target}").replace("better: higher", "better: lower")
        result = linted(text, tmp_path, "A001", "A002")
        assert [f.code for f in result if f.goal == "wins"] == codes


def test_a_goal_that_another_is_paired_with_may_hold_its_level(tmp_path: Path) -> None:
    text = merged("Goal", "target: 20件").replace(
        "    role: kgi", "    role: kgi\n    paired_with: wins"
    )
    assert [f for f in linted(text, tmp_path, "A002") if f.goal == "wins"] == []


@pytest.mark.parametrize(("fixture", "codes"), [("five_months", ["A003"]), ("three_years", [])])
def test_too_little_history(fixture: str, codes: list[str], tmp_path: Path) -> None:
    goal = f"target: 400件  # fixture: {fixture}"
    result = linted(merged("Goal", goal), tmp_path, "A003")
    assert [f.code for f in result if f.goal == "wins"] == codes


def test_the_evidence_can_be_checked(tmp_path: Path) -> None:
    (flaw,) = found("Goal", "target: 400件", tmp_path, "A001", data=True)
    assert flaw.evidence["target"] == 400
    assert (flaw.evidence["n"], flaw.evidence["window"]) == (36, "2023-10..2026-09")
    assert flaw.evidence["source"] == "deals"
    assert len(str(flaw.evidence["source_sha256"])) == 64


def test_a_source_that_cannot_be_read_is_no_pass(tmp_path: Path) -> None:
    text = merged("Source", "path: data/none.csv")
    result = linted(text, tmp_path, "A001")
    assert [f.code for f in result] == []
    assert {u.code for u in result.unchecked} == {"A001"}
    assert {u.subject.id for u in result.unchecked} >= {"revenue", "wins"}


def grown(goal: str, folder: Path, fixture: str = "slow_growth") -> list[str]:
    result = linted(merged("Goal", f"{goal}  # fixture: {fixture}"), folder, "A004")
    return [f.code for f in result if f.goal == "wins"]


@pytest.mark.parametrize(
    ("goal", "codes"),
    [
        ("target: 137件", []),  # 131 a year before, and the best growth was 4.84 %: 137.34
        ("target: 138件", ["A004"]),
        ("role: info\ntarget: 138件", []),
        ("target: 400件", []),  # A001's
        ("target: +20%", []),
    ],
)
def test_more_growth_than_ever(goal: str, codes: list[str], tmp_path: Path) -> None:
    assert grown(goal, tmp_path) == codes


def test_growth_is_told_with_its_evidence(tmp_path: Path) -> None:
    (flaw,) = found("Goal", "target: 138件  # fixture: slow_growth", tmp_path, "A004", data=True)
    assert (flaw.evidence["last_year"], flaw.evidence["pairs"]) == (131, 22)
    assert flaw.evidence["best"] == pytest.approx(130 / 124)
    assert "+5.3%" in flaw.message
    assert "+4.8%" in flaw.message


@pytest.mark.parametrize(("fixture", "unchecked"), [("two_years", 1), ("slow_growth", 0)])
def test_growth_needs_eight_pairs(fixture: str, unchecked: int, tmp_path: Path) -> None:
    text = merged("Goal", f"target: 130件  # fixture: {fixture}")
    result = linted(text, tmp_path, "A004")
    assert len([u for u in result.unchecked if u.subject.id == "wins"]) == unchecked


@pytest.mark.parametrize(("target", "codes"), [("128件", ["A004"]), ("133件", [])])
def test_less_can_be_growth_too(target: str, codes: list[str], tmp_path: Path) -> None:
    """With lower being better, 132 is the best that has been seen: it never fell by a year."""
    text = merged("Goal", f"target: {target}  # fixture: slow_growth")
    result = linted(text.replace("better: higher", "better: lower"), tmp_path, "A004")
    assert [f.code for f in result if f.goal == "wins"] == codes


def test_an_amount_of_mostly_empty_months_has_no_limit(tmp_path: Path) -> None:
    days = [f"{year}-{month:02d}-10" for year in (2024, 2025) for month in (1, 4, 6, 9, 11)]
    rows = [f"{n},{day},{900 + 20 * n}" for n, day in enumerate(days)]
    (tmp_path / "deals.csv").write_text("\n".join(["id,closed,amount", *rows, "z,2025-12-10,1000"]))
    (tmp_path / "goals.yaml").write_text("""
language: en
sources: {deals: {path: deals.csv}}
metrics: {won: {source: deals, agg: sum, column: amount, time: closed}}
goals: [{id: g, role: kgi, metric: won, period: 2026-01..2026-03, target: 100000}]
""")
    goals = kl.read(tmp_path / "goals.yaml")
    result = kl.lint(goals, kl.Dataset.of(goals), as_of="2025-12-31")
    assert "A001" not in [f.code for f in result]
    (reason,) = [u.reason for u in result.unchecked if u.code == "A001"]
    assert reason.startswith("Most of 24 past values are zero")
