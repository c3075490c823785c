"""Titles above the headings, and totals and notes below the records, are left out and told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest

from kpilint.data.aside import headings_at
from kpilint.data.dataset import Dataset
from kpilint.errors import SourceProblem

from .conftest import rows

Open = Callable[..., Dataset]

ABOVE = {
    "a title": ("売上一覧\n\na,b\n1,2\n", ["2"], [(1, "売上一覧")]),
    "a title in a line of commas": ("売上,,\na,b,c\n1,2,3\n", ["2"], [(1, "売上")]),
    "a hint for Excel": ("sep=;\na;b;c\n1;2;3\n", ["2"], [(1, "sep=")]),
    "a condition on two lines": (
        '報告\n"条件:\n全件",2026/4/1\n\na,b,c,d\n1,2,3,4\n',
        ["2"],
        [(1, "報告"), (2, "条件:\n全件 2026/4/1")],
    ),
    "no record": ("売上\na,b,c\n", [], [(1, "売上")]),
}


@pytest.mark.parametrize(("content", "read", "told"), ABOVE.values(), ids=ABOVE)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"], ids=["LF", "CRLF", "CR"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp932"])
def test_above_the_headings(
    opened: Open,
    content: str,
    read: list[str],
    told: list[tuple[int, str]],
    end: str,
    encoding: str,
) -> None:
    data = opened(content.replace("\n", end).encode(encoding))
    assert [row["b"] for row in rows(data)] == read
    (aside,) = data.aside("t")
    assert [(row, text.replace(end, "\n")) for row, text in aside.examples] == told


RECORDS = 'a,b,c\n1,"2\n3",4\n5,6,7\n'
BELOW = {
    "a total": ("合計,8,\n", [(4, "合計 8")]),
    "a total behind a blank line": ("\n,総計 (2 件),\"1,234\"\n", [(5, "総計 (2 件) 1,234")]),
    "notes": ('\n"Copyright, Inc."\n機密情報\n', [(5, "Copyright, Inc."), (6, "機密情報")]),
    "notes in lines of commas": (",,\n小計,8,\n,,\n社外秘,,\n", [(5, "小計 8"), (7, "社外秘")]),
}  # fmt: skip


@pytest.mark.parametrize(("under", "told"), BELOW.values(), ids=BELOW)
@pytest.mark.parametrize("above", ["", "報告\n\n"], ids=["bare", "titled"])
def test_below_the_records(
    opened: Open, under: str, told: list[tuple[int, str]], above: str
) -> None:
    data = opened(above + RECORDS + under)
    assert [row["a"] for row in rows(data)] == ["1", "5"]
    (aside,) = data.aside("t")
    shift = 2 if above else 0
    expected = [(1, "報告")] if above else []
    expected += [(row + shift, text) for row, text in told]
    assert (list(aside.examples), aside.count) == (expected, len(expected))


@pytest.mark.parametrize(
    "last",
    ["合計,株式会社A,8\n", "Total,Energy,\n", "8,,\n", "\n8,9,\n"],
    ids=["a name beside it", "a company", "a lone cell", "two cells"],
)
def test_a_record_is_no_total(opened: Open, last: str) -> None:
    data = opened(RECORDS + last)
    assert (len(rows(data)), data.aside("t")) == (3, ())


def test_a_list_of_one_column_has_no_notes(opened: Open) -> None:
    data = opened("name\n\nTotal\n\nEnergy\n")
    assert ([row["name"] for row in rows(data)], data.aside("t")) == (["Total", "Energy"], ())


def test_a_short_last_row_is_still_refused(opened: Open) -> None:
    """A download that broke off is no note."""
    with pytest.raises(SourceProblem, match="row 4: 1 cell"):
        opened(RECORDS + "8\n").table("t")


@pytest.mark.parametrize(
    ("table", "top"),
    [
        ([["a", "b"], ["1", "2"], ["1", "2", "3", "4", "x"]], 0),
        ([["担当", "2026-04", "2026-05"], ["佐藤", "1", "2"]], 0),
        ([["a", "", ""], ["x", "y", "z"], ["1", "2"], ["1", "2"]], 0),
        ([["題"], ["佐藤", "1", "2"], ["a", "b", "c"], ["佐藤", "1", "2"]], 2),
        ([[], ["a", "b"], ["1", "2"]], 1),
    ],
    ids=["a long row", "months", "what fits none", "figures", "a blank line"],
)
def test_where_headings_stand(table: list[list[str]], top: int) -> None:
    assert headings_at(table) == top


def test_a_sheet_tells_the_same(opened: Open, tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    for row in (["報告"], [], ["a", "b", "c"], ["x", 1, 2], ["合計", 1, 2], [], ["単位：百万円"]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(tmp_path / "t.xlsx")
    data = opened((tmp_path / "t.xlsx").read_bytes(), "path: t.xlsx")
    assert [row["a"] for row in rows(data)] == ["x"]
    (aside,) = data.aside("t")
    assert aside.examples == ((1, "報告"), (5, "合計 1 2"), (7, "単位：百万円"))
    assert aside.unit == (7, "単位：百万円")
