"""P010 and P011: what earlier runs recorded, beside what the file says now."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpilint.data.dataset import Dataset
from kpilint.data.ledger import Entry, Json, Kind, Ledger, period_of, subject_of
from kpilint.finding import Findings
from kpilint.goals.goalfile import read
from kpilint.linter import Config, lint

HEAD = (
    "language: en\nsources: {d: {path: d.csv}}\nmetrics: {m: {source: d, agg: count, time: at}}\n"
)
GOAL = "goals: [{{id: wins, label: Wins, metric: m, owner: Sales, {}}}]\n"
QUARTER = "period: 2026-10..2026-12, target: {}"
BEFORE, INSIDE = date(2026, 9, 30), date(2026, 10, 31)


def recorded(folder: Path, kind: Kind, said: str, *, day: date = BEFORE, **body: Json) -> None:
    """What a run on ``day`` recorded of a goal of which the file said so."""
    goals = read(folder / "goals.yaml", source=HEAD + GOAL.format(said))
    goal = goals.goals[0]
    told: dict[str, Json] = {
        "id": goal.id,
        "label": goal.label,
        "role": goal.role,
        "owner": goal.owner,
    }
    entry = Entry(kind, subject_of(goal), period_of(goal), told | body)
    Ledger.of(goals).append([entry], as_of=day, run=f"{day:%Y-%m}")


def found(folder: Path, text: str, code: str, day: date = INSIDE) -> Findings:
    goals = read(folder / "goals.yaml", source=HEAD + text)
    assert goals.faults == ()
    with Dataset.of(goals) as data:
        return lint(goals, data, as_of=day, config=Config(select=(code,)))


@pytest.mark.parametrize(
    ("now", "moved"),
    [
        ("125件", False),
        ("150件", True),
        ("100件", True),
        ("150件, changes: [{on: 2026-10-20, from: 125件, to: 150件}]", False),
        ("150件, changes: [{on: 2026-10-20, from: 125件}]", False),
        ("150件, changes: [{on: 2026-10-20, reason: 新製品}]", False),
        ("150件, changes: [{on: 2026-10-20, from: 130件, to: 150件}]", True),
        ("150件, changes: [{on: 2026-10-20, from: 125件, to: 140件}]", True),
        (
            "150件, changes: [{on: 2026-09-20, from: 125件, to: 150件}]",
            True,
        ),  # before it was recorded
        ("150件, changes: [{on: 2026-11-02, from: 140件}, {on: 2026-10-20, from: 125件}]", False),
        (
            "150件, changes: [{on: 2026-10-05, from: 90件, to: 125件}, {on: 2026-10-20, from: 125件, to: 150件}]",
            False,
        ),
    ],
)
def test_moved_goalpost(tmp_path: Path, now: str, moved: bool) -> None:
    recorded(tmp_path, "target", QUARTER.format("125件"), target=125.0, written="125件")
    findings = found(tmp_path, GOAL.format(QUARTER.format(now)), "P010")
    assert [f.code for f in findings] == ["P010"] * moved
    assert findings.unchecked == ()
    for finding in findings:
        assert "was 125 when its period began (run 2026-09)" in finding.message
        assert finding.evidence["original"] == 125
        assert finding.span.line == 4


def test_before_its_period_a_target_may_move(tmp_path: Path) -> None:
    recorded(tmp_path, "target", QUARTER.format("125件"), target=125.0)
    text = GOAL.format(QUARTER.format("150件"))
    assert [len(found(tmp_path, text, "P010", day)) for day in (BEFORE, INSIDE)] == [0, 1]


def test_a_target_first_recorded_late_is_not_held_against_itself(tmp_path: Path) -> None:
    written = QUARTER.format("150件, changes: [{on: 2026-10-20, from: 125件}]")
    changes: Json = [{"on": "2026-10-20", "from": 125.0, "to": None}]
    recorded(tmp_path, "target", written, day=INSIDE, target=150.0, changes=changes)
    assert len(found(tmp_path, GOAL.format(written), "P010", date(2026, 11, 30))) == 0


def test_a_relative_target_whose_past_was_corrected_has_not_moved(tmp_path: Path) -> None:
    """It was resolved to another number then; nobody wrote another target."""
    written = QUARTER.format("前年比115%")
    recorded(tmp_path, "target", written, target=115.0, written="前年比115%")
    findings = found(tmp_path, GOAL.format(written), "P010")
    assert (len(findings), findings.unchecked) == (0, ())


@pytest.mark.parametrize(
    ("role", "period", "retired", "day", "dropped"),
    [
        ("kpi", "2026-07..2026-09", False, INSIDE, True),
        ("kgi", "2026-07..2026-09", False, INSIDE, True),
        ("info", "2026-07..2026-09", False, INSIDE, False),
        ("kpi", "2026-07..2026-09", True, INSIDE, False),
        ("kpi", "2026-07..2026-09", False, BEFORE, False),  # its last day
        ("kpi", "2026-07..2026-09", False, date(2026, 12, 31), True),
        ("kpi", "2026-07..2026-09", False, date(2027, 1, 1), False),  # long ago
        ("kpi", "2026-10..2026-12", False, INSIDE, False),  # its period still runs
        ("kpi", "2026-W43", False, INSIDE, True),
        ("kpi", "2026-W42", False, INSIDE, False),
    ],
)
def test_dropped_goal(
    tmp_path: Path, role: str, period: str, retired: bool, day: date, dropped: bool
) -> None:
    recorded(tmp_path, "goal", f"role: {role}, period: {period}", retired=retired)
    findings = found(tmp_path, "goals: [{id: other, metric: m, owner: CS}]\n", "P011", day)
    assert [(f.code, f.goal) for f in findings] == [("P011", "wins")] * dropped
    for finding in findings:
        assert "“Wins” of Sales ended on" in finding.message


@pytest.mark.parametrize(
    ("here", "dropped"),
    [
        ("owner: Sales, period: 2026-10..2026-12", False),
        ("owner: Sales, period: 2026-07..2026-09", False),  # T002 tells that it is over
        ("owner: Sales, period: 2026-07..2026-09, retired: {on: 2026-09-30, reason: x}", False),
        ("owner: Sales, department: sales, period: 2026-10..2026-12", True),
        ("owner: Field sales, period: 2026-10..2026-12", True),
    ],
)
def test_what_succeeds_a_goal(tmp_path: Path, here: str, dropped: bool) -> None:
    recorded(tmp_path, "goal", "period: 2026-07..2026-09")
    text = f"goals: [{{id: renamed, metric: m, {here}}}]\n"
    assert len(found(tmp_path, text, "P011")) == dropped


def test_a_goal_that_went_on_and_was_dropped_later_is_told_then(tmp_path: Path) -> None:
    for month, day in (("2026-09", BEFORE), ("2026-10", INSIDE)):
        recorded(tmp_path, "goal", f"period: {month}", day=day)
    text = "goals: [{id: other, metric: m, owner: CS}]\n"
    told = [len(found(tmp_path, text, "P011", day)) for day in (INSIDE, date(2026, 11, 1))]
    assert told == [0, 1]


# Where there is no ledger


@pytest.mark.parametrize("rule", ["P010", "P011"])
def test_a_first_check_is_not_littered(tmp_path: Path, rule: str) -> None:
    text = GOAL.format(QUARTER.format("150件"))
    findings = found(tmp_path, text, rule)
    assert (len(findings), findings.unchecked) == (0, ())
    assert not (tmp_path / ".kpilint").exists()


@pytest.mark.parametrize("rule", ["P010", "P011"])
@pytest.mark.parametrize(
    ("ledger", "said"),
    [
        ("sqlite:///elsewhere.db", "There is no record of earlier runs yet."),
        ("postgresql://${NOBODY_SET_IT}@localhost/x", "NOBODY_SET_IT, which is not set"),
    ],
)
def test_a_ledger_that_is_asked_for_is_missed(
    tmp_path: Path, rule: str, ledger: str, said: str
) -> None:
    text = GOAL.format(QUARTER.format("150件")) + f"ledger: {ledger}\n"
    (unchecked,) = found(tmp_path, text, rule).unchecked
    assert said in unchecked.reason
    assert unchecked.subject.kind == "file"


def test_a_ledger_that_pages_were_made_from_is_missed(tmp_path: Path) -> None:
    manifest = tmp_path / "reports" / "2026-09" / "manifest.json"
    manifest.parent.mkdir(parents=True)
    manifest.write_text('{"ledger": {"number": 3, "head": "abc"}}', encoding="utf-8")
    (unchecked,) = found(tmp_path, GOAL.format(QUARTER.format("150件")), "P010").unchecked
    assert unchecked.reason == "There is no record of earlier runs yet."


def test_a_broken_ledger_decides_nothing(tmp_path: Path) -> None:
    (tmp_path / ".kpilint").mkdir()
    (tmp_path / ".kpilint" / "ledger.db").write_text("no database" * 99)
    (unchecked,) = found(tmp_path, GOAL.format(QUARTER.format("150件")), "P011").unchecked
    assert "is damaged, or no ledger at all" in unchecked.reason


def test_offline_is_said_where_there_is_a_ledger(tmp_path: Path) -> None:
    text = HEAD + GOAL.format(QUARTER.format("150件"))
    goals = read(tmp_path / "goals.yaml", source=text)

    def unchecked() -> list[str]:
        config = Config(select=("P010", "P011"))
        return [u.code for u in lint(goals, as_of=INSIDE, config=config).unchecked]

    assert unchecked() == []
    recorded(tmp_path, "goal", "period: 2026-07..2026-09")
    assert unchecked() == ["P010", "P011"]


def test_an_excuse_for_what_nobody_could_check_is_not_unused(tmp_path: Path) -> None:
    text = GOAL.format(QUARTER.format("150件")) + "lint: {ignore: [{rule: P010, reason: x}]}\n"
    assert len(found(tmp_path, text, "X003")) == 0
