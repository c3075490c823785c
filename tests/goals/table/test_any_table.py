"""Whatever stands in a table, reading, linting and writing it never breaks."""

from __future__ import annotations

import csv
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpilint.errors import FileProblem
from kpilint.goals.document import read
from kpilint.goals.table.yamlwriter import to_yaml
from tests.goals.table.books import linted

_HEADS = [
    "目標",
    "目標値",
    "指標",
    "担当",
    "期限",
    "期間",
    "区分",
    "実績",
    "達成率",
    "合計",
    "1Q計",
    "下期計",
    "4月",
    "5月",
    "1月",
    "99年4月",
    "2026年度",
    "上位目標",
    "単位",
    "部署",
    "備考",
    "(単位：千円)",
    "Feb-27",
]
_CELLS = [
    "KGI",
    "受注金額",
    "受注数",
    "30%",
    "1.2億円",
    "13件",
    "▲5",
    "(1,234)",
    "=A1+B1",
    "#REF!",
    "たくさん",
    "2026/12/31",
    "2026-13",
    "46387",
    "合計",
    "小計",
    "目標",
    "実績",
    "千円",
    "（単位：謎）",
    "9999年度",
    "令和99年5月",
    "2月30日",
    "末",
    "まで",
    "~",
    "-",
    "０",
    "①",
]


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    head=st.lists(st.sampled_from(_HEADS), min_size=2, max_size=9),
    rows=st.lists(st.lists(st.sampled_from(["", *_CELLS, *_HEADS]), max_size=9), max_size=8),
)
def test_any_table(head: list[str], rows: list[list[str]], tmp_path: Path) -> None:
    path = tmp_path / "2026年度.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    try:
        goals = read(path, language="ja")
    except FileProblem as problem:
        assert "\n" not in str(problem)
        return
    found = linted(goals)
    assert all(f.span.cell or f.span.line == 1 for f in found)
    assert to_yaml(goals).startswith("# ")
