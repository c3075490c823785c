"""``kpilint import``: the YAML of a table says what the table says."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpilint.cli import kpilint
from kpilint.goals.document import read
from kpilint.goals.table.yamlwriter import to_yaml
from tests.goals.table.books import codes_by_goal, linted, saved, sheet

FAULTY = [
    ["2026年度 KPI（単位：千円）"],
    [
        "目標名",
        "指標",
        "区分",
        "部署",
        "担当",
        "期限",
        "4月",
        "5月",
        "6月",
        "1Q計",
        "上位目標",
        "備考",
    ],
    ["売上", "受注金額", "KGI", "営業", "営業部", "2026-06-30", 100, 100, 100, 310, None, "税抜"],
    [
        "売上を上げる",
        "受注数",
        "KPI",
        "営業",
        None,
        "2026-06-30",
        1,
        1,
        "たくさん",
        3,
        "売り上げ",
        "x: # y",
    ],
    ["率", "受注率(決着比)", "KPI", "CS", "CS課", "2026-13", "30%", "30%", "30%", None, "売上"],
]


PLAIN = [
    ["目標名", "指標", "担当", "期間", "目標値", "アクション"],
    ["売上", "受注金額", "営業部", "2026-Q3", "1.2億円", "毎週、\n見直す: 必ず"],
    ["null", "受注数", "~", "2026-Q3", "≤ 3", "- x"],
]


@pytest.mark.parametrize("rows", [FAULTY, PLAIN], ids=["faulty", "plain"])
def test_the_yaml_raises_the_same_rules_on_the_same_goals(
    rows: list[list[object]], tmp_path: Path
) -> None:
    table = read(saved(sheet(rows), tmp_path), language="en")
    path = tmp_path / "plan.yaml"
    path.write_text(to_yaml(table), encoding="utf-8")
    again = read(path, language="en")
    assert [g.id for g in again] == [g.id for g in table]
    assert [(g.label, g.owner, g.action) for g in again] == [
        (g.label, g.owner, g.action) for g in table
    ]
    found = codes_by_goal(linted(table))
    assert found == codes_by_goal(linted(again))
    assert len(found) > 2


def test_what_is_left_open_stands_as_a_comment(tmp_path: Path) -> None:
    path = saved(sheet([["目標", "4月"], ["受注数", 3]]), tmp_path, metrics=False)
    written = to_yaml(read(path, language="en"))
    assert "# M001" in written
    assert "# T001" in written


def test_the_command(tmp_path: Path) -> None:
    path = saved(sheet(PLAIN), tmp_path)
    done = CliRunner().invoke(kpilint, ["import", str(path), "--lang", "en"], standalone_mode=False)
    assert done.return_value == 0
    assert "- id: 売上" in done.output
    assert "include:" in done.output


def test_the_command_for_a_program(tmp_path: Path) -> None:
    path = saved(sheet(FAULTY, title="予算"), tmp_path)
    command = ["import", str(path), "--lang", "en", "--format", "json"]
    done = CliRunner().invoke(kpilint, command, standalone_mode=False)
    told = json.loads(done.stdout)
    again = tmp_path / "plan.yaml"
    again.write_text(json.dumps(told["content"]), encoding="utf-8")
    assert done.return_value == 1
    assert {goal.id for goal in read(again)} == {goal.id for goal in read(path)}
    assert [fault["cell"] for fault in told["faults"]] == ["I4", "F5"]
    assert {entry["code"] for entry in told["unchecked"]} <= {"M001", "T001", "S002"}


def test_without_a_table_of_goals_nothing_is_written(tmp_path: Path) -> None:
    path = saved(sheet([["使い方"], ["この表は毎月更新する"]]), tmp_path)
    done = CliRunner().invoke(kpilint, ["import", str(path), "--lang", "en"], standalone_mode=False)
    assert (done.return_value, done.stdout) == (1, "")
    assert "No table of goals" in done.stderr


def test_check_shows_the_cell(tmp_path: Path) -> None:
    path = saved(sheet(FAULTY, title="予算"), tmp_path)
    command = [str(path), "--offline", "--lang", "en", "--select", "E003"]
    done = CliRunner().invoke(kpilint, command, standalone_mode=False)
    assert done.return_value == 1
    assert "goals.xlsx[予算!I4] error E003" in done.output
