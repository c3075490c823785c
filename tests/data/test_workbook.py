"""Excel workbooks are read as their sheets show them, and refused in one sentence where broken."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from io import BytesIO
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from kpilint.data import package
from kpilint.data.dataset import Dataset
from kpilint.data.sheet import texts
from kpilint.errors import SourceProblem

from .conftest import Workspace, rows

Open = Callable[..., Dataset]
XLSX = "path: t.xlsx"
AMOUNTS = "  m: {source: t, agg: sum, column: 金額, time: 完了予定日}"


def saved(book: Workbook) -> bytes:
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def book(*cells: Sequence[object], merged: Sequence[str] = (), at: int = 1) -> bytes:
    """A workbook of one sheet, its first row at row ``at``."""
    made = openpyxl.Workbook()
    sheet = made.worksheets[0]
    fill(sheet, cells, at)
    for span in merged:
        sheet.merge_cells(span)
    return saved(made)


def fill(sheet: Worksheet, cells: Sequence[Sequence[object]], at: int = 1) -> None:
    for row, values in enumerate(cells, at):
        for column, value in enumerate(values, 1):
            if value is not None:
                sheet.cell(row, column).value = value  # type: ignore[assignment]


def test_a_sheet_says_what_the_same_csv_says(opened: Open) -> None:
    keys = ", preset: salesforce/opportunity"
    metrics = "  m: {source: t, agg: sum, column: amount, time: closed_at, person: owner}"
    made = book(
        ["商談名", "金額", "完了予定日", "商談所有者"],
        ["㈱髙橋①", 1_200_000, date(2026, 10, 1), 7],
        ["NA", "▲120万円", "R8.10.20", "007"],
        ["x", 0.5, datetime(2026, 10, 2, 9, 5, 7), None],
    )
    text = (
        "商談名,金額,完了予定日,商談所有者\n㈱髙橋①,1200000,2026-10-01,7\n"
        "NA,▲120万円,R8.10.20,007\nx,0.5,2026-10-02 09:05:07,\n"
    )
    sheet = opened(made, XLSX + keys, metrics)
    assert rows(sheet) == rows(opened(text, "path: t.csv" + keys, metrics))
    assert rows(sheet)[1] == {
        "name": "NA", "amount": -1_200_000.0, "closed_at": datetime(2026, 10, 20), "owner": "007",
    }  # fmt: skip


SHOWN = {
    "an id kept as text": ("007", "007"),
    "a whole number": (7.0, "7"),
    "a fraction": (0.25, "0.25"),
    "a long id": (123_456_789_012_345, "123456789012345"),
    "a negative": (-3, "-3"),
    "true": (True, "TRUE"),
    "a day": (date(2026, 1, 2), "2026-01-02"),
    "a moment": (datetime(2026, 1, 2, 3, 4, 5), "2026-01-02 03:04:05"),
    "a time": (time(3, 4), "03:04:00"),
    "a duration": (timedelta(hours=30), "30:00:00"),
    "a line break": ("a\nb", "a\nb"),
    "an error's name": ("#N/A", "#N/A"),
    "a formula that nobody computed": ("=cmd()", "=cmd()"),
}


@pytest.mark.parametrize(("value", "shown"), SHOWN.values(), ids=SHOWN)
def test_cells(opened: Open, value: object, shown: str) -> None:
    data = opened(book(["id", "x"], ["a", value], ["b", "text"], ["c", 1.5]), XLSX)
    assert [row["x"] for row in rows(data)] == [shown, "text", "1.5"]


def test_errors_and_open_formulas_are_counted_with_their_rows(opened: Open) -> None:
    made = book(
        ["報告"], [], ["金額", "完了予定日"], [100, "2026-10-01"], ["#N/A", "2026-10-01"], [],
        ["=A4*2", "2026-10-01"], ["", "#DIV/0!"],
    )  # fmt: skip
    data = opened(made, XLSX, AMOUNTS)
    assert [row["金額"] for row in rows(data)] == [100.0, None, None, None]
    found = {cells.column: (cells.count, cells.examples) for cells in data.unreadable("t")}
    assert found == {"金額": (2, ((5, "#N/A"), (7, "=A4*2"))), "完了予定日": (1, ((8, "#DIV/0!"),))}
    assert data.unreadable("t")[0].file.endswith("t.xlsx [Sheet]")


def test_what_a_formula_gave_is_its_value(opened: Open) -> None:
    computed = recast(book(["id", "x"], ["a", "=1+1"]), "<f>1+1</f><v></v>", "<f>1+1</f><v>2</v>")
    assert [row["x"] for row in rows(opened(computed, XLSX))] == ["2"]


def recast(content: bytes, old: str, new: str) -> bytes:
    """The workbook with the text of its sheets changed."""
    buffer = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as source, zipfile.ZipFile(buffer, "w") as target:
        for name in source.namelist():
            part = source.read(name)
            if "worksheets/" in name:
                changed = part.replace(b"<v />", b"<v></v>").replace(old.encode(), new.encode())
                assert changed != part
                part = changed
            target.writestr(name, part)
    return buffer.getvalue()


HEADINGS = {
    "first row": ([["id", "金額"], [1, 2]], [], ["id", "金額"]),
    "titles above": (
        [["売上報告"], ["出力日", date(2026, 10, 31)], [], ["id", "金額", "担当"], [1, 2, "x"]],
        [], ["id", "金額", "担当"],
    ),
    "a title merged over all": (
        [["売上報告"], ["id", "金額", "担当"], [1, 2, "x"]], ["A1:C1"], ["id", "金額", "担当"],
    ),
    "a title merged over some": (
        [["売上報告"], ["id", "金額", "担当"], [1, 2, "x"]], ["A1:B1"], ["id", "金額", "担当"],
    ),
    "groups above": (
        [["ID", "商談", None, "受注", None], [None, "名前", "金額", "日付", "金額"], [1, "x", 2, 3, 4]],
        ["A1:A2", "B1:C1", "D1:E1"], ["ID", "商談 名前", "商談 金額", "受注 日付", "受注 金額"],
    ),
    "groups without a merged id": (
        [["ID", "商談", None], [None, "名前", "金額"], [1, "x", 2]],
        ["B1:C1"], ["ID", "商談 名前", "商談 金額"],
    ),
    "one group above its own": (
        [["表題"], ["ID", "名前", "金額", None, "担当"], [None, None, "税抜", "税込", None],
         ["1", "x", "2", "3", "y"]],
        ["A2:A3", "B2:B3", "C2:D2", "E2:E3"], ["ID", "名前", "金額 税抜", "金額 税込", "担当"],
    ),
    "a merged cell beside records of text": (
        [["取引先", None, "担当"], ["㈱x", "東京", "y"]], ["A1:B1"], ["取引先", "取引先_1", "担当"],
    ),
    "wrapped headings": (
        [["完了\n予定日", "Close\nDate"], ["x", 1]], [], ["完了予定日", "Close Date"],
    ),
    "years as headings": (
        [["部門", "区分", 2025], ["a", "b", 3]], [], ["部門", "区分", "2025"],
    ),
    "one name twice, one missing": (
        [["a", "A", None], ["1", "2", "3"]], [], ["a", "A_1", "column_3"],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("cells", "merged", "headings"), HEADINGS.values(), ids=HEADINGS)
def test_headings(
    opened: Open, cells: list[list[object]], merged: list[str], headings: list[str]
) -> None:
    data = opened(book(*cells, merged=merged), XLSX)
    assert list(data.columns("t")) == headings
    assert len(rows(data)) == 1


def test_blank_rows_and_margins_are_nothing(opened: Open) -> None:
    made = book(["", "id", "", "x"], [], ["", "1", "", "2"], [], [], ["", "3", "", "4"], at=3)
    data = opened(made, XLSX)
    assert rows(data) == [{"id": "1", "x": "2"}, {"id": "3", "x": "4"}]


def test_headings_alone_are_no_records(opened: Open) -> None:
    assert rows(opened(book(["id", "金額"]), XLSX)) == []


@pytest.fixture
def several() -> bytes:
    made = openpyxl.Workbook()
    made.worksheets[0].title = "表紙"
    fill(made.worksheets[0], [["月次報告"], ["作成者は営業企画です"]])
    for title, state in (("隠し", "hidden"), ("空", "visible"), ("10月", "visible")):
        made.create_sheet(title).sheet_state = state
    made.create_chartsheet("図")
    fill(made["隠し"], [["a", "b"], [1, 2]])
    fill(made["10月"], [["id", "金額"], ["x", 5]])
    return saved(made)


@pytest.mark.parametrize(
    ("sheet", "columns"),
    [("", ("id", "金額")), (", sheet: 10月", ("id", "金額")), (", sheet: １０月", ("id", "金額")),
     (", sheet: 隠し", ("a", "b")), (", sheet: 表紙", ("月次報告",))],
)  # fmt: skip
def test_sheets(opened: Open, several: bytes, sheet: str, columns: tuple[str, ...]) -> None:
    assert opened(several, XLSX + sheet).columns("t") == columns


@pytest.mark.parametrize(
    ("sheet", "said"),
    [
        ("11月", r"has no sheet 11月\. Did you mean 10月\?"),
        ("zzz", r"has no sheet zzz\. It has 表紙, 隠し, 空, 10月\."),
        ("図", "has no sheet 図"),
        ("空", "the sheet 空 is empty or has no row of headings"),
    ],
)
def test_sheets_that_are_not_there(opened: Open, several: bytes, sheet: str, said: str) -> None:
    with pytest.raises(SourceProblem, match=said):
        opened(several, f"{XLSX}, sheet: {sheet}").table("t")


def test_a_workbook_without_a_table(opened: Open) -> None:
    with pytest.raises(SourceProblem, match="no visible sheet holds a row of headings"):
        opened(book(), XLSX).table("t")


def test_a_sheet_of_no_workbook(opened: Open) -> None:
    with pytest.raises(SourceProblem, match=r"t\.csv is no Excel file and has no sheets"):
        opened("a,b\n", "path: t.csv, sheet: x").table("t")


def test_months_in_files_of_several_forms(workspace: Workspace) -> None:
    files = {
        "m/2026-08.csv": "ID,金額\n1,10\n",
        "m/2026-09.xlsx": book(["報告", "", ""], ["担当", "金額", "id"], ["x", "x20", "2"]),
        "m/2026-10.csv": "id;担当\n3;y\n".encode("cp932"),
        "m/~$2026-10.xlsx": b"\0",
    }
    goals = f"sources: {{t: {{path: 'm/*'}}}}\nmetrics:\n{AMOUNTS.replace('完了予定日', 'id')}"
    with Dataset.of(workspace(goals.replace("time: id", "time: 担当"), files)) as data:
        assert data.columns("t") == ("ID", "金額", "担当")
        found = sorted((row["ID"], row["金額"]) for row in rows(data))
        assert found == [("1", 10.0), ("2", None), ("3", None)]
        unread = {(Path(c.file).name, c.column): c.examples for c in data.unreadable("t")}
        assert unread["2026-09.xlsx [Sheet]", "金額"] == ((3, "x20"),)


def test_an_export_of_three_hundred_columns(opened: Open) -> None:
    names = [f"項目{n}" for n in range(300)]
    data = opened(book(names, [*range(300)]), XLSX)
    assert data.columns("t") == tuple(names)
    assert rows(data) == [{name: str(n) for n, name in enumerate(names)}]


def compound(name: str, content: bytes) -> bytes:
    """A file of the kind that Word and Excel wrote before 2007, with one stream."""
    content += b"\0" * max(4096 - len(content), -len(content) % 512)
    sectors = len(content) // 512
    fat = [-3, -2, *range(3, sectors + 2), -2]
    fat += [-1] * (128 - len(fat))
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16
    head += struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6) + struct.pack("<2i", 0, 1)
    head += struct.pack("<8i", 1, 0, 4096, -2, 0, -2, 0, 0) + struct.pack("<i", -1) * 108
    entries = _entry("Root Entry", 5, -2, 0, child=1) + _entry(name, 2, 2, len(content))
    return head + struct.pack("<128i", *fat) + entries + b"\0" * 256 + content


def _entry(name: str, kind: int, start: int, size: int, child: int = -1) -> bytes:
    text = (name + "\0").encode("utf-16-le")
    entry = text.ljust(64, b"\0") + struct.pack("<HBB3i", len(text), kind, 1, -1, -1, child)
    return entry + b"\0" * 36 + struct.pack("<iQ", start, size)


def old_workbook(*cells: Sequence[str | float]) -> bytes:
    """A workbook as Excel 97 wrote it (BIFF8)."""

    def record(kind: int, content: bytes) -> bytes:
        return struct.pack("<2H", kind, len(content)) + content

    def cell(row: int, column: int, value: str | float) -> bytes:
        place = struct.pack("<3H", row, column, 0)
        if isinstance(value, str):
            text = struct.pack("<HB", len(value), 1) + value.encode("utf-16-le")
            return record(0x204, place + text)
        return record(0x203, place + struct.pack("<d", value))

    version = b"\0\6", b"\0" * 12
    name = "10月"
    listed = struct.pack("<H2B", 0, len(name), 1) + name.encode("utf-16-le")
    start = record(0x809, version[0] + b"\5\0" + version[1])
    begins = len(start) + 4 + 4 + len(listed) + 4
    book = start + record(0x85, struct.pack("<I", begins) + listed) + record(10, b"")
    placed = [cell(r, c, value) for r, row in enumerate(cells) for c, value in enumerate(row)]
    return compound(
        "Workbook",
        book + record(0x809, version[0] + b"\x10\0" + version[1]) + b"".join(placed) + record(10, b""),
    )  # fmt: skip


@pytest.mark.parametrize("keys", ["path: t.xls", "path: t.xls, sheet: 10月", XLSX])
def test_the_old_form(opened: Open, keys: str) -> None:
    data = opened(old_workbook(["商談名", "金額"], ["㈱髙橋", 7.0], ["007", 1.5]), keys)
    assert [list(row.values()) for row in rows(data)] == [["㈱髙橋", "7"], ["007", "1.5"]]


@pytest.mark.parametrize("name", ["t.xlsm", "t.XLSX", "t.xls"])
def test_the_content_tells_the_form(opened: Open, name: str) -> None:
    assert rows(opened(book(["id", "x"], ["1", "2"]), f"path: {name}")) == [{"id": "1", "x": "2"}]


WHOLE = book(["id", "x"], *([str(n), n] for n in range(200)))
BROKEN = {
    "empty": (b"", "is empty"),
    "cut off": (WHOLE[: len(WHOLE) // 2], "is damaged or incomplete"),
    "cut off late": (WHOLE[:-30], "is damaged or incomplete"),
    "bytes changed": (WHOLE.replace(b"xl/work", b"xx/work"), "is damaged or incomplete"),
    "no workbook inside": (b"PK\5\6" + b"\0" * 18, "has an Excel file's name but is none"),
    "a web page": (b"<html><table><tr><td>1", "has an Excel file's name but is none"),
    "a text table": (b"a,b\n1,2\n", "has an Excel file's name but is none"),
    "locked": (compound("EncryptedPackage", b"x"), "is protected by a password"),
    "another old document": (compound("WordDocument", b"x"), "is damaged or incomplete"),
    "an old document cut off": (old_workbook(["a", "b"])[:600], "is damaged or incomplete"),
}


@pytest.mark.parametrize(("content", "said"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("name", ["t.xlsx", "t.xls"])
def test_broken_workbooks(opened: Open, name: str, content: bytes, said: str) -> None:
    with pytest.raises(SourceProblem, match=said) as problem:
        opened(content, f"path: {name}").table("t")
    assert name in str(problem.value)


@given(st.integers(0, len(WHOLE) - 1), st.binary(min_size=1, max_size=4))
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_no_damage_is_read_as_something_else(opened: Open, at: int, noise: bytes) -> None:
    data = opened(WHOLE[:at] + noise + WHOLE[at + len(noise) :], XLSX)
    try:
        found = [list(row.values()) for row in rows(data)]
    except SourceProblem as problem:
        assert "t.xlsx" in str(problem)
    else:
        assert found == [[str(n), str(n)] for n in range(200)]
    data.close()


def test_a_bomb(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package, "UNPACKED_LIMIT", 1_000_000_000 // 10)
    buffer = BytesIO(WHOLE)
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/media/zeros.xml", b"\0" * 100_000_000)
    assert len(buffer.getvalue()) < 1_000_000
    with pytest.raises(SourceProblem, match="when unpacked, and workbooks of that size"):
        opened(buffer.getvalue(), XLSX).table("t")


def test_a_bomb_that_belittles_itself(opened: Open) -> None:
    buffer = BytesIO(WHOLE)
    size, said = 10_000_000, 1_000
    with zipfile.ZipFile(buffer, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings2.xml", b"\0" * size)
    lying = buffer.getvalue().replace(struct.pack("<I", size), struct.pack("<I", said))
    with pytest.raises(SourceProblem, match="is damaged or incomplete"):
        opened(lying, XLSX).table("t")


def test_a_stray_cell_in_the_last_corner(opened: Open) -> None:
    made = openpyxl.Workbook()
    fill(made.worksheets[0], [["id", "x"], [1, 2]])
    made.worksheets[0]["XFD1048576"] = " "
    with pytest.raises(SourceProblem, match="reaches over 1048576 rows and 16384 columns"):
        opened(saved(made), XLSX).table("t")


cells = st.one_of(
    st.text(st.characters(codec="utf-8"), max_size=5),
    st.booleans(),
    st.integers(-(10**14), 10**14).map(float),
    st.floats(-1e14, 1e14),
    st.dates(date(1900, 3, 1)),
    st.datetimes(datetime(1900, 3, 1)).map(lambda moment: moment.replace(microsecond=0)),
)


@given(st.lists(cells, max_size=30))
def test_columns_of_any_mixture(column: list[object]) -> None:
    """What the columns say together, each cell says alone."""
    found = texts(column)
    assert found.type == pa.string()
    assert found.to_pylist() == [texts([cell])[0].as_py() for cell in column]
    for cell, text in zip(column, found.to_pylist(), strict=True):
        match cell:
            case bool():
                assert text == str(cell).upper()
            case float():
                assert float(text) == cell
            case datetime():
                assert datetime.fromisoformat(text) == cell
            case date():
                assert date.fromisoformat(text) == cell
            case _:
                assert text == (cell or None)
