"""M and D: sources that cannot be read, columns that are not there, cells that say nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilint.data.dataset import Dataset
from kpilint.finding import Findings, Severity
from kpilint.goals.goalfile import read
from kpilint.linter import Config, lint
from tests.rules.pages import DAY, found, linted, merged

GOAL = "{id: g, metric: m, period: 2026-10..2026-12}"


def with_csv(
    content: str | bytes, folder: Path, code: str, columns: str = "", goal: str = ""
) -> Findings:
    data = folder / "deals.csv"
    data.write_bytes(content if isinstance(content, bytes) else content.encode())
    text = f"""language: en
sources: {{deals: {{path: deals.csv, {columns}}}}}
metrics: {{m: {{source: deals, agg: sum, column: amount, time: closed, unit: JPY}}}}
goals: [{goal}]
"""
    path = folder / "goals.yaml"
    path.write_text(text, encoding="utf-8")
    goals = read(path)
    with Dataset.of(goals) as dataset:
        return lint(goals, dataset, as_of=DAY, config=Config(select=(code,)))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("amount,closed\n1,2026-01-01\n", None),
        ("", "deals.csv"),
        ("amount,closed\n1,2026-01-01,3\n", "row 2"),
        ('amount,closed\n1,"2026-01-01\n', "quotation mark"),
        (b"\x00\x01\x02PK", "deals.csv"),
    ],
)
def test_a_source_is_read_to_its_last_row(
    content: str | bytes, says: str | None, tmp_path: Path
) -> None:
    result = with_csv(content, tmp_path, "M003")
    assert [says is None or says in f.message for f in result] == ([True] if says else [])
    assert [(f.span.line, f.span.column) for f in result] == ([(2, 25)] if says else [])


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (flaw,) = found("Source", "path: data/none.csv", tmp_path, "M003", data=True)
    assert "none.csv" in flaw.message
    assert flaw.subject.id == "deals"


@pytest.mark.parametrize(
    ("heading", "columns", "near"),
    [
        ("amount", "", None),
        ("Ａｍｏｕｎｔ", "", None),
        ("amonut", "", "amonut"),
        ("金額", "", "—"),
        ("金額", "columns: {amount: 金額}", None),
        ("金額", "columns: {amount: 金がく}", "金額"),
    ],
)
def test_a_column_is_among_the_headings(
    heading: str, columns: str, near: str | None, tmp_path: Path
) -> None:
    result = with_csv(f"{heading},closed\n1,2026-01-01\n", tmp_path, "M004", columns)
    assert bool(len(result)) == (near is not None)
    if near and near != "—":
        assert any(near in f.message for f in result)


def test_every_missing_column_is_told_where_it_is_named(tmp_path: Path) -> None:
    metric = "column: amuont * 2, time: closd_at, where: stag = 1, person: ownr"
    text = merged("GoalSet", f"metrics:\n  m: {{source: deals, agg: sum, {metric}}}")
    result = linted(text, tmp_path, "M004")
    assert len([f for f in result if f.subject.id == "m"]) == 4
    assert {f.span.line for f in result} == {
        next(n for n, line in enumerate(text.splitlines(), 1) if "amuont" in line)
    }


def test_an_unsafe_expression_does_not_stop_the_columns(tmp_path: Path) -> None:
    text = merged(
        "GoalSet",
        "metrics:\n  m: {source: deals, agg: sum, column: amount, where: 1;2, time: closd_at}",
    )
    codes = [f.code for f in linted(text, tmp_path, "M004", "E007")]
    assert codes == ["E007", "M004"]


def test_a_source_of_another_kind_hides_no_missing_column(tmp_path: Path) -> None:
    text = merged(
        "GoalSet",
        "metrics:\n  a: {source: away, agg: count, time: t}\n"
        "  m: {source: deals, agg: count, time: closd_at}",
    )
    text = text.replace(
        "sources:\n", 'sources:\n  away: {url: "postgresql://localhost/x", table: t}\n'
    )
    result = linted(text, tmp_path, "M004")
    assert [f.subject.id for f in result] == ["m"]
    assert [u.subject.id for u in result.unchecked] == ["away"]


@pytest.mark.parametrize(
    ("cells", "rows"),
    [
        (("1", "2"), []),
        (("1", "", " "), []),
        (("1", "要確認", "2", "未定"), [3, 5]),
        (("1万円", "x"), [3]),
    ],
)
def test_unreadable_cells_are_counted_by_row(
    cells: tuple[str, ...], rows: list[int], tmp_path: Path
) -> None:
    content = "amount,closed\n" + "".join(f"{cell},2026-01-01\n" for cell in cells)
    result = with_csv(content, tmp_path, "D009")
    assert [f.evidence["rows"] for f in result] == ([rows] if rows else [])
    assert [f.evidence["count"] for f in result] == ([len(rows)] if rows else [])


@pytest.mark.parametrize(
    ("goal", "count"),
    [
        ("target: 1件", 0),
        ("target:", 1),
        ("target: たくさん", 0),  # E003's
        ("target: ~\nshare: {of: revenue, percent: 30}", 0),
        ("target: ~\ntargets: {months: {2026-10: 3件}}", 0),
        ("target: ~\ntargets: {}", 1),
        ("target: ~\nrole: info", 0),
    ],
)
def test_a_target(goal: str, count: int, tmp_path: Path) -> None:
    assert len(found("Goal", goal, tmp_path, "M009")) == count


@pytest.mark.parametrize(
    ("metric", "count"), [("metric:", 1), ("metric: won_count", 0), ("metric: x", 0)]
)
def test_a_metric(metric: str, count: int, tmp_path: Path) -> None:
    assert len(found("Goal", metric, tmp_path, "M001")) == count


@pytest.mark.parametrize(
    ("title", "told"),
    [("受注一覧", [Severity.INFO]), ("（単位：千円）", [Severity.INFO, Severity.WARNING])],
)
def test_rows_that_are_no_records_are_noted(
    title: str, told: list[Severity], tmp_path: Path
) -> None:
    content = f"{title},,\ndeal_id,closed,amount\nA,2026-04-01,1\n合計,,1\n"
    result = with_csv(content, tmp_path, "D009")
    assert [f.severity for f in result] == told
    assert f"2 (row 1 “{title}”, row 4 “合計 1”)" in result.findings[0].message


@pytest.mark.parametrize(
    ("key", "lines", "rows"),
    [
        ("", ["A,2026-04-01,1", "小計,,1", "B,2026-05-01,2", "東京支店 小計,,2", "C,2026-06-01,1"], [3, 5]),
        ("", ["A,2026-04-01,1", "2026-04,Sub-total,1", "B,2026-05-01,2"], [3]),
        ("key: id", ["A,2026-04-01,1", "Total (East),,1", "B,2026-05-01,2", "計,,3"], [3]),
        ("", ["合計システム導入,2026-04-01,1", "設計,2026-04-01,2", "設計,,3", "会計,,3", "B,,1"], []),
        ("", ["売上合計,2026-04-01,1", "Total,2026-04-02,1", "Totalizer,,1", "B,2026-04-03,2"], []),
        ("", ["A,2026-04-01,1", "小計,,1'000 €", "B,2026-05-01,2", "小計,,1\u202f000", "C,,1"], [3, 5]),
        ("key: id", ["A,合計,1", "B,2026-04-01,1"], []),
    ],
)  # fmt: skip
def test_subtotals_between_records(
    key: str, lines: list[str], rows: list[int], tmp_path: Path
) -> None:
    content = "id,closed,amount\n" + "".join(f"{line}\n" for line in lines)
    result = with_csv(content, tmp_path, "D009", key)
    told = [f for f in result if "between the records" in f.message]
    assert [f.evidence["rows"] for f in told] == ([rows] if rows else [])


@pytest.mark.parametrize(
    ("closed", "rows"),
    [
        (("4/4/2026", "4/1/2026", "5/2/2026"), [3, 4]),
        (("4/1/2026", "4/13/2026"), []),
        (("13/4/2026", "1/4/2026"), []),
        (("2026-04-01", "4/4/2026"), []),
    ],
)
def test_days_that_may_be_months(closed: tuple[str, ...], rows: list[int], tmp_path: Path) -> None:
    content = "amount,closed\n" + "".join(f"1,{cell}\n" for cell in closed)
    result = with_csv(content, tmp_path, "D009", goal=GOAL)
    assert [f.evidence["rows"] for f in result] == ([rows] if rows else [])
    assert all("closed" in flaw.message and flaw.evidence["goals"] == ["g"] for flaw in result)


@pytest.mark.parametrize(("need", "count"), [("amount", 1), ("other", 0)])
def test_a_column_that_some_files_lack(need: str, count: int, tmp_path: Path) -> None:
    (tmp_path / "1.csv").write_text("amount,other,closed\n1,1,2026-09-01\n")
    (tmp_path / "2.csv").write_text("other,closed\n1,2026-10-01\n")
    (tmp_path / "goals.yaml").write_text(
        f"""language: en
sources: {{deals: {{path: "[12].csv"}}}}
metrics: {{m: {{label: M, source: deals, agg: sum, column: {need}, time: closed, unit: JPY}}}}
goals: [{{id: g, metric: m, period: 2026-10..2026-12}}]
"""
    )
    goals = read(tmp_path / "goals.yaml")
    with Dataset.of(goals) as dataset:
        result = lint(goals, dataset, as_of=DAY, config=Config(select=("D009",)))
    assert [f.evidence["files"] for f in result] == [[str(tmp_path / "2.csv")]] * count


@pytest.mark.parametrize(
    ("head", "columns", "count"),
    [
        ("amount,Amount,closed", "", 1),
        ("amount,memo,closed,memo", "", 0),
        ("amount,amount,closed", "columns: {amount: amount_1}", 0),
        ("amount,,closed,", "", 0),
    ],
    ids=["one that a goal needs", "another", "said which", "blank"],
)
def test_two_columns_of_one_heading(head: str, columns: str, count: int, tmp_path: Path) -> None:
    cells = ["1", "2", "2026-09-01", "4"][: head.count(",") + 1]
    (tmp_path / "d.csv").write_text(f"{head}\n{','.join(cells)}\n")
    text = f"""language: en
sources: {{deals: {{path: d.csv, {columns}}}}}
metrics: {{m: {{label: M, source: deals, agg: sum, column: amount, time: closed, unit: JPY}}}}
goals: [{{id: g, metric: m, period: 2026-10..2026-12}}]
"""
    (tmp_path / "goals.yaml").write_text(text)
    with Dataset.of(read(tmp_path / "goals.yaml")) as dataset:
        result = lint(dataset.goals, dataset, as_of=DAY, config=Config(select=("D009",)))
    assert len(result) == count
    assert all("columns: {amount: amount_1}" in flaw.message for flaw in result)
