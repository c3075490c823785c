"""``kpilint history``: targets then and now, what changed between runs, whether it is whole."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from rich.cells import cell_len

from kpilint.cli import kpilint
from kpilint.data.ledger import Entry, Json, Kind, Ledger, period_of, subject_of
from kpilint.errors import LedgerProblem, Misuse
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import read

GOALS = """language: en
organization: 株式会社サンプル
sources: {d: {path: d.csv}}
metrics:
  won: {label: 受注金額, source: d, agg: sum, column: amount, time: at, unit: JPY}
  hours: {label: 応答時間, source: d, agg: mean, column: hours, time: at, unit: hours, better: lower}
  calls: {label: 架電数, source: d, agg: count, time: at}
goals:
  - {id: revenue, label: 受注金額, role: kgi, metric: won, owner: 営業部, period: 2026-10..2026-12, target: 3900万円}
  - {id: reply, label: Reply time, metric: hours, owner: CS, period: 2026-10, target: 4h}
  - {id: calls, label: 架電数, metric: calls, owner: IS課, period: 2026-09, target: 400件}
"""
CHANGE: Json = {
    "on": "2026-10-20",
    "from": 36e6,
    "to": 39e6,
    "who": "営業部長",
    "reason": "新製品の受注開始",
}


def entry(kind: Kind, goal: Goal, **body: Json) -> Entry:
    about: dict[str, Json] = {
        name: getattr(goal, name)
        for name in ("id", "label", "role", "metric", "department", "owner")
    }
    return Entry(kind, subject_of(goal), period_of(goal), about | {"goal": goal.id} | body)


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """Two runs: a target that moved, a goal that came and one that went, a verdict that turned."""
    path = tmp_path / "goals.yaml"
    path.write_text(GOALS, encoding="utf-8")
    goals = read(path)
    revenue, reply, calls = goals
    ledger = Ledger.of(goals)
    september = [
        entry("goal", revenue, definition={"agg": "sum"}),
        entry("target", revenue, target=36e6, unit="JPY", changes=[]),
        entry("actual", revenue, actual=None, attainment=None, status="not_started"),
        entry("goal", calls),
        entry("target", calls, target=400, unit="count", changes=[]),
        entry("actual", calls, actual=412, attainment=1.03, status="met"),
        Entry(
            "finding", "M009|goal|x", "", {"code": "M009", "message": "old", "path": "g", "line": 3}
        ),
        Entry("hypothesis", "leads", "", {"verdict": "supported"}),
    ]
    october = [
        entry("goal", revenue, definition={"agg": "sum", "where": "x"}),
        entry("target", revenue, target=39e6, unit="JPY", changes=[CHANGE]),
        entry("actual", revenue, actual=12.5e6, attainment=0.3205, status="at_risk"),
        entry("goal", reply),
        entry("target", reply, target=4, unit="hours", changes=[]),
        entry("actual", reply, actual=5, attainment=0.8, status="missed"),
        Entry(
            "finding", "A001|goal|x", "", {"code": "A001", "message": "new", "path": "g", "line": 9}
        ),
        Entry("hypothesis", "leads", "", {"verdict": "refuted"}),
    ]
    ledger.append(september, as_of=date(2026, 9, 30), run="2026-09")
    ledger.append(october, as_of=date(2026, 10, 31), run="2026-10")
    return path


def run(*words: str) -> Result:
    return CliRunner().invoke(kpilint, ["history", *words], standalone_mode=False)


def shown(*words: str) -> str:
    done = run(*words)
    assert (done.return_value, done.exception) == (0, None), done.output
    return done.output


def told(*words: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(shown(*words, "--format", "json"))
    return content


def line(output: str, name: str) -> str:
    return next(line for line in output.splitlines() if line.strip().startswith(name))


def test_original_and_latest_stand_side_by_side(client: Path) -> None:
    output = shown(str(client))
    assert output == shown(str(client), "list")
    row = line(output, "受注金額").split()
    assert row[-7:] == ["¥39.0M", "¥12.5M", "35%", "32%", "▲", "At", "risk"]
    assert line(output, "Reply").split()[-5:] == ["hours", "80%", "80%", "■", "Missed"]
    assert "架電数" not in output  # the last run did not have it
    change = line(output, "¥39.0M")
    assert all(word in change for word in ("2026-10-20", "営業部長", "新製品の受注開始", "2026-10"))


def test_columns_stand_under_their_heads(client: Path) -> None:
    head, *rows = shown(str(client), "--quiet").splitlines()
    ends = [
        cell_len(head[: head.index(name) + len(name)]) for name in ("Original target", "Actual")
    ]
    for row, values in zip(rows, (("¥36.0M", "¥12.5M"), ("4 hours", "5 hours")), strict=True):
        assert [cell_len(row[: row.index(v) + len(v)]) for v in values] == ends


def test_a_goal_run_by_run(client: Path) -> None:
    output = shown(str(client), "--goal", "revenue")
    assert line(output, "2026-09").split() == [
        "2026-09",
        "2026-09-30",
        "¥36.0M",
        "–",
        "–",
        "○",
        "Not",
        "started",
    ]
    assert line(output, "2026-10").split() == [
        "2026-10",
        "2026-10-31",
        "¥39.0M",
        "¥12.5M",
        "32%",
        "▲",
        "At",
        "risk",
    ]
    assert "Reply" not in output


def test_as_of_shows_what_held_then(client: Path) -> None:
    goals = told(str(client), "--as-of", "2026-10-15")["goals"]
    assert [goal["goal"] for goal in goals] == ["revenue", "calls"]
    values = [goals[0][name] for name in ("original_target", "target_then", "target", "actual")]
    assert values == [36e6, 36e6, 39e6, None]
    assert "Target then" in shown(str(client), "--as-of", "2026-10-15")


def test_all_goals_in_all_periods_as_json(client: Path) -> None:
    found = told(str(client), "--all")
    assert (found["version"], found["book"], found["run"]) == (1, "株式会社サンプル", "2026-10")
    assert [goal["goal"] for goal in found["goals"]] == ["revenue", "reply", "calls"]
    revenue = found["goals"][0]
    assert (revenue["original_attainment"], revenue["attainment"]) == (0.3472, 0.3205)
    assert [(step["value"], step["who"], step["run"]) for step in revenue["targets"]] == [
        (36e6, None, "2026-09"),
        (39e6, "営業部長", "2026-10"),
    ]
    assert all(step["by"] and step["at"].endswith("+00:00") for step in revenue["targets"])


def test_what_changed_between_two_runs(client: Path) -> None:
    found = told(str(client), "diff", "2026-09", "2026-10")
    assert [goal["goal"] for goal in found["added"]] == ["reply"]
    assert [goal["goal"] for goal in found["gone"]] == ["calls"]
    assert [(m["goal"], m["before"], m["after"]) for m in found["targets"]] == [
        ("revenue", 36e6, 39e6)
    ]
    assert found["targets"][0]["change"]["reason"] == "新製品の受注開始"
    assert [(m["before"], m["after"]) for m in found["states"]] == [("not_started", "at_risk")]
    assert [m["goal"] for m in found["definitions"]] == ["revenue"]
    assert [f["code"] for f in found["findings"]["new"]] == ["A001"]
    assert [f["code"] for f in found["findings"]["solved"]] == ["M009"]
    assert found["hypotheses"] == [
        {"hypothesis": "leads", "before": "supported", "after": "refuted"}
    ]
    output = shown(str(client), "diff", "2026-09", "2026-10")
    assert "¥36.0M  →  ¥39.0M  2026-10-20  営業部長  新製品の受注開始" in output
    assert "supported  →  refuted" in output
    assert (
        shown(str(client), "diff", "2026-10", "2026-10")
        == "Nothing changed from 2026-10 to 2026-10.\n"
    )


def test_a_goal_goes_on_in_its_next_period(client: Path) -> None:
    text = GOALS.replace("period: 2026-09, ", "period: 2026-11, ")
    goals = read(client, source=text)
    Ledger.of(goals).append(
        [entry("goal", goals.goals[2])], as_of=date(2026, 11, 30), run="2026-11"
    )
    (moved,) = told(str(client), "diff", "2026-09", "2026-11")["renewed"]
    assert (moved["before"], moved["after"]) == ("2026-09-01..2026-09-30", "2026-11-01..2026-11-30")


def test_verify(client: Path) -> None:
    assert shown(str(client), "verify").startswith("The ledger is whole: 16 records, the last is ")
    assert shown(str(client), "verify", "--quiet") == ""
    assert told(str(client), "verify")["faults"] == []
    with closing(sqlite3.connect(client.parent / ".kpilint" / "ledger.db")) as database, database:
        database.execute("DROP TRIGGER kpilint_ledger_update")
        database.execute("UPDATE kpilint_ledger SET body = '{}' WHERE number = 2")
    done = run(str(client), "verify")
    assert done.return_value == 1
    assert "Row 2 (target, won||営業部, run 2026-09): edited after it was written." in done.output
    assert len(json.loads(run(str(client), "verify", "--format", "json").output)["faults"]) == 1


@pytest.mark.parametrize("lang", ["ja", "en"])
@pytest.mark.parametrize(
    "words", [["list"], ["list", "--goal", "revenue"], ["diff", "2026-09", "2026-10"]]
)
def test_both_languages(client: Path, lang: str, words: list[str]) -> None:
    output = shown(str(client), *words, "--lang", lang)
    assert ("¥36.0M" in output, "3,600万円" in output) == (lang == "en", lang == "ja")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["verfy"], "Did you mean verify?"),
        (["diff", "2026-09"], "diff takes two runs"),
        (["list", "2026-09"], "takes nothing after it"),
        (
            ["diff", "2026-09", "2026-1"],
            "no run 2026-1; it has 2026-09, 2026-10. Did you mean 2026-10?",
        ),
        (["--goal", "nope"], "no goal nope"),
        (["verify", "--goal", "revenue"], "belong to kpilint history GOALS list"),
    ],
)
def test_misuse(client: Path, words: list[str], said: str) -> None:
    problem = run(str(client), *words).exception
    assert isinstance(problem, Misuse)
    assert said in str(problem)


@pytest.mark.parametrize("words", [[], ["verify"], ["diff", "2026-09", "2026-10"]])
def test_nothing_is_recorded_yet(tmp_path: Path, words: list[str]) -> None:
    path = tmp_path / "goals.yaml"
    path.write_text(GOALS, encoding="utf-8")
    problem = run(str(path), *words).exception
    assert isinstance(problem, Misuse)
    assert "Nothing is recorded for 株式会社サンプル yet" in str(problem)
    assert [each.name for each in tmp_path.iterdir()] == ["goals.yaml"]


def test_a_broken_ledger_is_one_sentence(client: Path) -> None:
    (client.parent / ".kpilint" / "ledger.db").write_bytes(b"x" * 10_000)
    for words in ([], ["verify"], ["diff", "2026-09", "2026-10"]):
        assert isinstance(run(str(client), *words).exception, LedgerProblem)


def test_what_a_client_wrote_steers_no_terminal(client: Path) -> None:
    name = "\x1b[31m<script>\u202e" + "長" * 200
    goals = read(client)
    told = entry("target", goals.goals[0], target=4e7, unit="JPY", label=name, changes=[])
    Ledger.of(goals).append([told], as_of=date(2026, 11, 30), run="2026-11")
    output = shown(str(client), "--goal", "revenue")
    assert "\x1b[31m<" not in output and "\u202e" not in output
    assert "<script>" in output
