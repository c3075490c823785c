"""The goals file beside a table: its metrics, its settings, and of its goals the named parents."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilint.errors import FileProblem, Misuse
from kpilint.goals.document import read
from tests.goals.table.books import METRICS, goals_of, linted, saved, sheet

HEAD = ["目標名", "指標", "担当", "期間", "目標値", "上位目標"]
ROW = ["受注", "受注数", "営業部", "2026-Q1", 13, None]


@pytest.mark.parametrize("name", ["受注数", "won_count", "受 注 数", "ＷＯＮ_COUNT"])
def test_a_metric_by_label_or_id(name: str, tmp_path: Path) -> None:
    (goal,) = goals_of(sheet([HEAD, ["受注", name, "営業部", "2026-Q1", 13]]), tmp_path)
    assert goal.metric == "won_count"


def test_an_unknown_metric_is_one_line_and_no_finding(tmp_path: Path) -> None:
    goals = goals_of(sheet([HEAD, [*ROW[:1], "受注の数", *ROW[2:]]]), tmp_path)
    found = linted(goals)
    about = [u for u in found.unchecked if u.subject.kind == "goal"]
    assert [(u.code, u.subject.id) for u in about] == [("M001", "受注")]
    assert "受注の数" in about[0].reason
    assert not {"M001", "E005"} & {f.code for f in found}


def test_a_blank_metric_is_a_finding(tmp_path: Path) -> None:
    goals = goals_of(sheet([HEAD, ["何か", None, "営業部", "2026-Q1", 13]]), tmp_path)
    assert [f.span.cell for f in linted(goals, "M001")] == ["KPI!A2"]


def test_without_a_goals_file_nothing_is_a_wall(tmp_path: Path) -> None:
    goals = goals_of(sheet([HEAD, ROW]), tmp_path, metrics=False)
    assert [u.code for u in goals.undecided] == ["M001"]
    assert "--metrics" in goals.undecided[0].reason


def test_an_empty_goals_file_is_one_that_import_is_writing(tmp_path: Path) -> None:
    (tmp_path / "goals.yaml").touch()
    assert goals_of(sheet([HEAD, ROW]), tmp_path, metrics=False).faults == ()


def test_another_file_by_name_and_where_its_sources_are(tmp_path: Path) -> None:
    folder = tmp_path / "metrics"
    folder.mkdir()
    (folder / "m.yaml").write_text(METRICS, encoding="utf-8")
    path = saved(sheet([HEAD, ROW]), tmp_path, metrics=False)
    goals = read(path, metrics=folder / "m.yaml", language="en")
    assert goals.folder == folder
    assert goals.undecided == ()
    with pytest.raises(FileProblem):
        read(path, metrics=folder / "none.yaml")
    with pytest.raises(Misuse):
        read(folder / "m.yaml", metrics=path)


def test_a_parent_in_the_goals_file_comes_along_and_no_other(tmp_path: Path) -> None:
    path = saved(sheet([HEAD, [*ROW[:5], "全社売上"]]), tmp_path)
    (tmp_path / "goals.yaml").write_text(
        METRICS.replace("goals: []", "goals:")
        + "  - {id: revenue, label: 全社売上, role: kgi, metric: won_revenue, parent: top}\n"
        + "  - {id: top, label: 利益, metric: won_revenue}\n"
        + "  - {id: other, taget: 3}\n",
        encoding="utf-8",
    )
    goals = read(path, language="en")
    assert [g.id for g in goals] == ["受注", "revenue", "top"]
    assert goals.by_id["受注"].parent == "revenue"
    assert linted(goals, "E").findings == ()


def test_a_parent_that_nobody_defines(tmp_path: Path) -> None:
    goals = goals_of(sheet([HEAD, [*ROW[:5], "全社売上"]]), tmp_path)
    assert [(f.code, f.span.cell) for f in linted(goals, "E005")] == [("E005", "KPI!F2")]
