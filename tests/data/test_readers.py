"""Any export that is a text table is read whole, and anything else is refused in one sentence."""

from __future__ import annotations

import codecs
import csv
import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kpilint.data.dataset import Dataset
from kpilint.data.measure import value
from kpilint.errors import ColumnMissing, SourceProblem
from kpilint.goals.goalfile import read

from .conftest import Workspace, rows

Open = Callable[..., Dataset]
NAMES = "取引名,金額\n㈱髙橋①,1\n山﨑～,2\n"


ENCODED = {
    "utf-8": NAMES.encode(),
    "utf-8 marked": NAMES.encode("utf-8-sig"),
    "cp932": NAMES.encode("cp932"),
    "utf-16 little": codecs.BOM_UTF16_LE + NAMES.encode("utf-16-le"),
    "utf-16 big": codecs.BOM_UTF16_BE + NAMES.encode("utf-16-be"),
    "utf-16 little, unmarked": NAMES.encode("utf-16-le"),
    "utf-16 big, unmarked": NAMES.encode("utf-16-be"),
}


@pytest.mark.parametrize("content", ENCODED.values(), ids=ENCODED)
def test_encodings(opened: Open, content: bytes) -> None:
    assert rows(opened(content)) == [
        {"取引名": "㈱髙橋①", "金額": "1"},
        {"取引名": "山﨑～", "金額": "2"},
    ]


@pytest.mark.parametrize(
    ("declared", "written"),
    [("cp932", "cp932"), ("shift_jis", "cp932"), ("Shift-JIS", "cp932"), ("utf-16-le",) * 2,
     ("UTF-16BE", "utf-16-be")],
)  # fmt: skip
def test_declared_encoding(opened: Open, declared: str, written: str) -> None:
    data = opened(NAMES.encode(written), f"path: t.csv, encoding: {declared}")
    assert rows(data)[0]["取引名"] == "㈱髙橋①"


def test_unmarked_utf_16_with_spaces_of_full_width(opened: Open) -> None:
    """U+3000 has a zero byte where ASCII letters have none."""
    assert rows(opened("a,b\n東京　本社,1\n".encode("utf-16-le"))) == [
        {"a": "東京　本社", "b": "1"}
    ]


def test_iso_2022_jp(opened: Open) -> None:
    """Every byte of it is ASCII, so that it would pass for UTF-8."""
    assert rows(opened("取引名,金額\n山田,1\n".encode("iso2022_jp"))) == [
        {"取引名": "山田", "金額": "1"}
    ]


def test_encoding_is_guessed_where_the_usual_ones_fail(opened: Open) -> None:
    text = "имя,город\n" + "Привет как дела,Москва и Санкт-Петербург\n" * 20
    data = opened(text.encode("koi8-r"))
    assert set(data.columns("t")) != set()
    assert len(rows(data)) == 20


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(opened: Open, delimiter: str) -> None:
    other = ";" if delimiter == "," else ","
    data = opened(f'a{delimiter}"b, x"\n1{delimiter}"2{other}5"\n')
    assert rows(data) == [{"a": "1", "b, x": f"2{other}5"}]


def test_what_excel_saves_as_unicode_text(opened: Open) -> None:
    text = '取引名\t金額\r\n"㈱髙橋\t①"\t"¥1,234"\r\n'
    data = opened(text.encode("utf-16"), "path: t.txt")
    assert rows(data) == [{"取引名": "㈱髙橋\t①", "金額": "¥1,234"}]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_and_quoted_newlines(opened: Open, end: str) -> None:
    data = opened(f'"a{end}b",c{end}"1{end}1","say ""x"""{end}2,3{end}')
    assert [list(r.values()) for r in rows(data)] == [[f"1{end}1", 'say "x"'], ["2", "3"]]


def test_line_ends_of_two_kinds(opened: Open) -> None:
    assert len(rows(opened("a,b\r\n1,2\n3,4\r\n5,6\n"))) == 3


def test_text_stays_text(opened: Open) -> None:
    data = opened("id,case,note\n007,NA,=cmd()\n1e5,NULL, x \n,nan,#N/A\n")
    assert [list(r.values()) for r in rows(data)] == [
        ["007", "NA", "=cmd()"],
        ["1e5", "NULL", " x "],
        [None, "nan", "#N/A"],
    ]


@pytest.mark.parametrize("heading", ["\n", "\r\n"])
@pytest.mark.parametrize("cell", ["\n", "\r\n"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_breaks_in_cells_are_no_line_ends(
    opened: Open, heading: str, cell: str, end: str
) -> None:
    data = opened(f'"a{heading}b",c{end}"1{cell}1",2{end}"3",4{end}')
    assert [list(r.values()) for r in rows(data)] == [[f"1{cell}1", "2"], ["3", "4"]]


def test_blank_lines_are_no_records(opened: Open) -> None:
    assert len(rows(opened("a,b\n1,2\n\n3,4\n\n"))) == 2
    assert rows(opened("a\n1\n\n3\n\n")) == [{"a": "1"}, {"a": "3"}]


def test_headings_alone_are_no_records(opened: Open) -> None:
    assert rows(opened("a,b\n")) == []


def test_headings_that_are_hard_to_tell_apart(opened: Open) -> None:
    data = opened("Amount,amount,,Amount\n1,2,3,4\n")
    assert data.columns("t") == ("Amount", "amount_1", "column_3", "Amount_2")
    assert rows(data) == [{"Amount": "1", "amount_1": "2", "column_3": "3", "Amount_2": "4"}]


def test_an_export_of_three_hundred_columns(opened: Open) -> None:
    names = [f"項目{n}" for n in range(300)]
    lines = [",".join(names), ",".join(map(str, range(300)))]
    data = opened("\n".join(lines).encode("cp932"))
    assert list(rows(data)[0].items()) == [(name, str(n)) for n, name in enumerate(names)]
    with pytest.raises(ColumnMissing) as problem:
        data.resolve("t", "amount")
    assert len(str(problem.value)) < 400


HOSTILE = ['a"b', "a'b", "a\nb", "x; DROP TABLE t; --", "{a}", "%s", "x" * 10_000, "select", "😀"]


@pytest.mark.parametrize("heading", HOSTILE)
def test_hostile_headings_stay_names(opened: Open, heading: str) -> None:
    buffer = io.StringIO()
    csv.writer(buffer).writerows([[heading, "when"], ["1", "2026-10-01"]])
    metrics = "  n: {source: t, agg: count, time: when}"
    data = opened(buffer.getvalue(), metrics=metrics)
    assert rows(data)[0][heading] == "1"


def test_files_of_a_glob_are_united_by_name(workspace: Workspace) -> None:
    files = {
        "d/2026-01.csv": "id,金額\n1,10\n",
        "d/2026-02.csv": NAMES.replace("取引名", "id").encode("cp932"),
        "d/2026-03.csv": "owner;ID\nx;3\n",
        "d/~$2026-04.csv": b"\0\0",
    }
    with Dataset.of(workspace("sources: {t: {path: 'd/*.csv'}}", files)) as data:
        assert data.columns("t") == ("id", "金額", "owner")
        ids = [(r["id"], r["owner"]) for r in rows(data)]
        assert sorted(ids, key=str) == [
            ("1", None),
            ("3", "x"),
            ("㈱髙橋①", None),
            ("山﨑～", None),
        ]
        assert len(data.files("t")) == 3


def test_a_name_with_signs_is_no_pattern(workspace: Workspace) -> None:
    files = {"deals [1] (2)*.csv": "a,b\n1,2\n", "deals 1 (2)x.csv": "c,d\n"}
    with Dataset.of(workspace("sources: {t: {path: 'deals [1] (2)*.csv'}}", files)) as data:
        assert rows(data) == [{"a": "1", "b": "2"}]


def test_parquet_and_csv_say_the_same(opened: Open, tmp_path: Path) -> None:
    metrics = "  m: {source: t, agg: sum, column: amount, time: day}"
    one = opened('id,amount\n1,"1,000"\n2,x\n', metrics=metrics)
    two = opened(b"", "path: t.parquet", metrics)
    columns = {"id": ["1", "2"], "amount": ["1,000", "x"]}
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    assert rows(one) == rows(two) == [{"id": "1", "amount": 1000.0}, {"id": "2", "amount": None}]
    assert [c.examples for c in one.unreadable("t")] == [((3, "x"),)]
    assert [c.examples for c in two.unreadable("t")] == [((2, "x"),)]


def test_parquet_files_of_different_columns_are_united_and_told(tmp_path: Path) -> None:
    pq.write_table(pa.table({"Amount": [1.0], "old": [1.0]}), tmp_path / "1.parquet")
    pq.write_table(pa.table({"amount": [2.0], "New": ["x"]}), tmp_path / "2.parquet")
    (tmp_path / "goals.yaml").write_text("sources: {t: {path: '[12].parquet'}}")
    with Dataset.of(read(tmp_path / "goals.yaml")) as data:
        assert [row["Amount"] for row in rows(data)] == [1.0, 2.0]
        told = {c.column: [Path(f).name for f in c.files] for c in data.lacking("t")}
    assert told == {"old": ["2.parquet"], "New": ["1.parquet"]}


def test_a_mean_of_decimals_is_not_rounded_to_their_digits(opened: Open, tmp_path: Path) -> None:
    metrics = "  m: {source: t, agg: mean, column: amount, time: day}"
    data = opened(b"", "path: t.parquet", metrics)
    amounts = pa.array([Decimal("1.00"), Decimal("1.00"), Decimal("2.00")], pa.decimal128(10, 2))
    pq.write_table(
        pa.table({"amount": amounts, "day": [date(2026, 10, 1)] * 3}), tmp_path / "t.parquet"
    )
    day, last = date(2026, 10, 1), date(2026, 10, 31)
    assert value(data, data.goals, data.goals.metrics["m"], day, last) == 4 / 3


def test_parquet_keeps_types_that_are_right(opened: Open, tmp_path: Path) -> None:
    metrics = """
  m: {source: t, agg: sum, column: amount, time: at, person: owner}
  d: {source: t, agg: count, time: day, where: hot}
"""
    data = opened(b"", "path: t.parquet, timezone: UTC", metrics)
    columns = {
        "at": pa.array([datetime(2026, 3, 31, 15, 30)], pa.timestamp("us")),
        "zoned": pa.array([datetime(2026, 3, 31, 15, 30)], pa.timestamp("us", "UTC")),
        "day": pa.array([date(2026, 3, 31)]),
        "amount": pa.array([7], pa.int32()),
        "owner": pa.array([12]),
        "hot": pa.array([True]),
    }
    pq.write_table(pa.table(columns), tmp_path / "t.parquet")
    assert rows(data) == [
        {
            "at": datetime(2026, 4, 1, 0, 30),
            "zoned": datetime(2026, 4, 1, 0, 30),
            "day": datetime(2026, 3, 31),
            "amount": 7,
            "owner": "12",
            "hot": True,
        }
    ]
    assert data.unreadable("t") == ()


def test_a_cut_parquet_file(opened: Open) -> None:
    with pytest.raises(SourceProblem, match="is not a complete Parquet file"):
        opened(b"PAR1 and no more", "path: t.parquet").table("t")


def zipped() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.csv", "a,b\n")
    return buffer.getvalue()


BROKEN = {
    "a long row": ("a,b\n1,2\n3,4,5\n", 3, "3 cells where the headings have 2"),
    "a short row": ('a,b\n"1\n1",2\n3\n', 3, "1 cell where the headings have 2"),
    "a short row after a blank line": ("a,b\n\n1,2\n3\n", 4, "1 cell"),
    "an open quote": ('a,b\n1,2\n"3,4\n5,6\n', 3, "quotation mark"),
    "a quote inside": ('a,b\n"1"x,2\n', 2, "quotation mark"),
    "empty": ("", None, "is empty"),
    "only spaces": (" \n\n", None, "is empty"),
    "only a mark": ("\ufeff", None, "is empty"),
    "a zip": (zipped(), None, "no text table, it holds Excel/ZIP data"),
    "an old Excel file": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", None, "Excel (xls)"),
    "a web page": ("\n<!DOCTYPE html>\n<p>Log in\n", None, "holds HTML data"),
    "a web page as some CRMs write it": ("<table><tr><td>a,b</table>", None, "holds HTML data"),
    "XML": ('<?xml version="1.0"?>\n<a>1,2</a>', None, "holds XML data"),
    "JSON": ('[\n {"a": 1, "b": 2}]', None, "holds JSON data"),
    "zeros after a broken download": (b"a,b\n1,2\n" + b"\0" * 99, None, "binary"),
    "binary": (b"a,b\n\0\0\1", None, "binary"),
}


@pytest.mark.parametrize(("content", "row", "said"), BROKEN.values(), ids=BROKEN)
def test_broken_files(opened: Open, content: str | bytes, row: int | None, said: str) -> None:
    with pytest.raises(SourceProblem) as problem:
        opened(content).table("t")
    assert said in str(problem.value)
    assert "t.csv" in str(problem.value)
    assert problem.value.place == row
    assert problem.value.source == "t"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_byte_order_marks_of_joined_files_are_no_text(opened: Open, encoding: str) -> None:
    content = "\ufeffid,名\nD1,あ\n\ufeffD2,い\n".encode(encoding)
    assert rows(opened(content)) == [{"id": "D1", "名": "あ"}, {"id": "D2", "名": "い"}]


def test_a_heading_with_a_line_break_is_found_as_it_is_shown(opened: Open) -> None:
    data = opened('id,"取引\nステージ"\n1,won\n')
    assert data.resolve("t", "取引 ステージ") == "取引\nステージ"
    with pytest.raises(ColumnMissing, match="Did you mean 取引 ステージ"):
        data.resolve("t", "取引ステージ")


def test_a_ragged_row_beyond_any_sample(opened: Open) -> None:
    with pytest.raises(SourceProblem) as problem:
        opened("a,b\n" + "1,2\n" * 100_000 + "3\n").table("t")
    assert problem.value.place == 100_002


def test_bytes_that_are_not_in_the_declared_encoding(opened: Open) -> None:
    with pytest.raises(SourceProblem, match="line 3 is not written in utf-8") as problem:
        opened(b"a,b\n1,2\n\xff,3\n", "path: t.csv, encoding: utf-8").columns("t")
    assert problem.value.place == 3


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ("path: missing.csv", "there is no such file"),
        ("path: 'nothing/*.csv'", "no file matches"),
        ("path: folder", "is a folder"),
        ("path: ok.csv, encoding: klingon", "is no encoding"),
        ("path: ok.csv, encoding: hex", "is no encoding"),
        ("path: ok.csv, preset: hubspot/deal", "Did you mean hubspot/deals?"),
        ("key: id", "has no path"),
        ("path: 'a\\u0000b.csv'", "there is no such file"),
    ],
)
def test_sources_that_are_not_there(workspace: Workspace, keys: str, said: str) -> None:
    keys = keys.replace("'a\\u0000b.csv'", '"a\\0b.csv"')
    files = {"folder/a.csv": "a\n", "ok.csv": "a,b\n"}
    with pytest.raises(SourceProblem) as problem:
        Dataset.of(workspace(f"sources: {{t: {{{keys}}}}}", files)).table("t")
    assert said in str(problem.value)


def test_a_file_that_may_not_be_read(opened: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    data = opened("a,b\n")

    def locked(*args: object, **options: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", locked)  # root, whom containers run tests as, reads all
    with pytest.raises(SourceProblem, match=r"t\.csv may not be read; close it"):
        data.table("t")


def test_an_undefined_source(opened: Open) -> None:
    with pytest.raises(SourceProblem, match="not defined under sources"):
        opened("a,b\n").table("nothing")


def test_a_broken_file_is_read_through_once(opened: Open, tmp_path: Path) -> None:
    data = opened("a,b\n1\n")
    with pytest.raises(SourceProblem) as first:
        data.table("t")
    (tmp_path / "t.csv").unlink()
    with pytest.raises(SourceProblem) as again:
        data.table("t")
    assert str(again.value) == str(first.value)


def test_fingerprints_follow_the_content(opened: Open, tmp_path: Path) -> None:
    before = opened("a,b\n1,2\n").fingerprint("t")
    assert before == opened("a,b\n1,2\n").fingerprint("t")
    assert before != opened("a,b\n1,3\n").fingerprint("t")
    assert len(before) == 64


@pytest.mark.parametrize("use", [Dataset.table, Dataset.columns])
def test_closing_removes_what_was_written(
    use: Callable[[Dataset, str], object],
    opened: Open,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    data = opened(NAMES.encode("cp932"))
    use(data, "t")
    assert list((tmp_path / "temporary").rglob("*.csv")) != []
    data.close()
    assert list((tmp_path / "temporary").iterdir()) == []
    assert len(rows(data)) == 2  # opened anew


def test_a_file_that_cannot_be_decoded_leaves_nothing_behind(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    with pytest.raises(SourceProblem, match="line 3 is not written in shift_jis"):
        opened(b"a,b\n1,2\n\x81 ,3\n", "path: t.csv, encoding: shift_jis").columns("t")
    assert list((tmp_path / "temporary").iterdir()) == []


@pytest.mark.parametrize("at", [-1, 0, 1])
def test_a_letter_may_lie_across_what_is_read_at_a_time(opened: Open, at: int) -> None:
    filler = "x" * ((1 << 20) - len("a,b\n,1\n") + at)
    data = opened(f"a,b\n{filler},1\n髙橋,2\n".encode("cp932"))
    assert [row["a"] for row in rows(data)] == [filler, "髙橋"]


letter = st.characters(codec="cp932", exclude_characters="\0\r\x1a¢£¬‖−〜")  # not of two codes
cell = st.text(letter, max_size=8)
tables = st.integers(2, 4).flatmap(
    lambda width: st.lists(st.lists(cell, min_size=width, max_size=width), min_size=1, max_size=8)
)


@given(
    records=tables,
    delimiter=st.sampled_from(",;\t|"),
    end=st.sampled_from(["\n", "\r\n"]),
    encoding=st.sampled_from(["utf-8", "cp932"]),
    quoted=st.booleans(),
)
@settings(
    max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None
)
def test_every_record_is_read(
    opened: Open, records: list[list[str]], delimiter: str, end: str, encoding: str, quoted: bool
) -> None:
    """What Python's own reader finds in a file, the engine finds."""
    width = len(records[0])
    buffer = io.StringIO(newline="")
    dialect = csv.unix_dialect if quoted else csv.excel  # the first puts every cell in quotes
    writer = csv.writer(buffer, dialect, delimiter=delimiter, lineterminator=end)
    writer.writerows([[f"column {n}" for n in range(width)], *records])
    data = opened(buffer.getvalue().encode(encoding), f"path: t.csv, encoding: {encoding}")
    found = [[value or "" for value in record.values()] for record in rows(data)]
    filled = [record for record in records if any(record)]
    notes = sum(aside.count for aside in data.aside("t"))  # a lone cell below a blank row
    assert (found, len(found) + notes) == (filled[: len(found)], len(filled))
    data.close()


def test_files_in_two_languages_are_one_table(workspace: Workspace) -> None:
    """A preset knows that 金額 and Amount are one column."""
    contents = {
        "e/1.csv": "レコードID,金額\nA,1\n",
        "e/2.csv": "Record ID,Amount,extra\nB,2,x\n",
        "e/3.csv": "レコードＩＤ,金額\nC,3\n",
    }
    goals = workspace("sources:\n  t: {path: e/*.csv, preset: hubspot/deals}\n", contents)
    with Dataset.of(goals) as data:
        assert data.columns("t") == ("deal_id", "amount", "extra")
        assert sorted((r["deal_id"], str(r["amount"])[0]) for r in rows(data)) == [
            ("A", "1"),
            ("B", "2"),
            ("C", "3"),
        ]
        (lacking,) = data.lacking("t")
        assert (lacking.column, [Path(f).name for f in lacking.files]) == (
            "extra",
            ["1.csv", "3.csv"],
        )
