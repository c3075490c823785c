"""Files that are no tables of goals: one sentence, never a traceback."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from kpilint.errors import FileProblem
from kpilint.goals.document import read
from tests.goals.table.books import cells, linted, saved, sheet

HEAD = ["目標名", "指標", "担当", "期限", "目標値"]
BOOK = [HEAD, ["受注", "受注数", "営業部", "2026-Q1", 13]]


def _problem(path: Path) -> str:
    with pytest.raises(FileProblem) as problem:
        read(path, language="en")
    assert "\n" not in str(problem.value)
    return str(problem.value)


def test_the_mark_of_an_open_workbook(tmp_path: Path) -> None:
    path = tmp_path / "~$goals.xlsx"
    path.write_bytes(b"\x05owner")
    assert "goals.xlsx" in _problem(path)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "password"),
        (b"", "empty"),
        (b"PK\x03\x04 and nothing more", "damaged"),
        (b"version: 1\n", "damaged"),
    ],
)
def test_what_is_no_workbook(content: bytes, says: str, tmp_path: Path) -> None:
    path = tmp_path / "goals.xlsx"
    path.write_bytes(content)
    assert says in _problem(path)


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99])
def test_a_truncated_workbook(share: float, tmp_path: Path) -> None:
    path = saved(sheet(BOOK), tmp_path)
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * share)])
    assert "damaged" in _problem(path)


def test_a_workbook_with_bytes_changed(tmp_path: Path) -> None:
    path = saved(sheet(BOOK), tmp_path)
    whole, chance = path.read_bytes(), random.Random(1)
    for _attempt in range(30):
        content = bytearray(whole)
        for _byte in range(5):
            content[chance.randrange(len(content))] = chance.randrange(256)
        path.write_bytes(content)
        try:
            read(path, language="en")
        except FileProblem as problem:
            assert "\n" not in str(problem)


@pytest.mark.parametrize("name", ["goals.xls", "goals.ods", "goals.xlsb"])
def test_other_forms(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"x")
    assert ".xlsx" in _problem(tmp_path / name)


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    (tmp_path / "plans.xlsx").mkdir()
    assert "no such file" in _problem(tmp_path / "goals.xlsx")
    assert "folder" in _problem(tmp_path / "plans.xlsx")


def test_a_workbook_without_goals(tmp_path: Path) -> None:
    goals = read(saved(sheet([["使い方"], ["毎月更新する"]]), tmp_path), language="en")
    found = linted(goals, "E")
    assert [(f.code, f.span.path) for f in found] == [("E001", str(tmp_path / "goals.xlsx"))]


TABLE = "目標名,指標,担当,期限,目標値\n㈱髙島の受注,受注数,営業①,2026-Q1,たくさん\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp932", "utf-16"])
def test_csv_in_every_encoding(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "goals.csv"
    path.write_bytes(TABLE.encode(encoding))
    goals = read(path, language="en")
    assert [(g.id, g.owner) for g in goals] == [("㈱髙島の受注", "営業①")]
    assert cells(linted(goals, "E")) == [("E003", "E2")]


def test_csv_with_tabs_quotes_and_thousands(tmp_path: Path) -> None:
    path = tmp_path / "goals.csv"
    path.write_text('目標名\t担当\t目標値\n"受注\n金額"\t営業\t"4,200万円"\n', encoding="utf-8")
    (goal,) = read(path, language="en")
    assert goal.label == "受注 金額"
    assert goal.target is not None
    assert goal.target.value == 42_000_000


def test_csv_of_merged_headings(tmp_path: Path) -> None:
    """What Excel leaves of merged cells in CSV are blanks to the right and below."""
    path = tmp_path / "2026年度.csv"
    path.write_text(
        "KPI,担当,4月,,5月,\n,,目標,実績,目標,実績\n受注数,営業,1,9,2,9\n", encoding="utf-8"
    )
    (goal,) = read(path, language="en")
    assert goal.targets is not None
    assert [q.value for q in goal.targets.months.values()] == [1, 2]


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf\r\n", b",,,\r\n", b"\x00\x01\x02,\x00"])
def test_csv_that_is_none(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "goals.csv"
    path.write_bytes(content)
    assert "goals.csv" in _problem(path)
