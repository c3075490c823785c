"""Text cells as numbers and flags: every shape that exports hold, against a slow reading."""

from __future__ import annotations

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilint.data import cells
from kpilint.data.conversion import Zones, convert, learn_commas
from kpilint.data.moments import Habit

ENGINE = ibis.duckdb.connect()

NUMBERS = {
    "1234.5": 1234.5,
    "0": 0.0,
    "-12": -12.0,
    " 12 ": 12.0,
    "+5": 5.0,
    ".5": 0.5,
    "1e5": 1e5,
    "1.5E-3": 0.0015,
    "1,234": 1234.0,
    "12,345,678.90": 12345678.9,
    "¥1,234": 1234.0,
    "￥1,234": 1234.0,
    "＄1,234": 1234.0,
    "¥ 1,234": 1234.0,
    "\\1,234": 1234.0,
    "▲\\5": -5.0,
    "-¥5": -5.0,
    "¥-5": -5.0,
    "$22,700.00": 22700.0,
    "US$10": 10.0,
    "€1,000": 1000.0,
    "1,234円": 1234.0,
    "1,234 円": 1234.0,
    "JPY 500": 500.0,
    "500 USD": 500.0,
    "13件": 13.0,
    "１，２３４": 1234.0,
    "３０％": 0.3,
    "30%": 0.3,
    "12.3%": 0.123,
    "-5%": -0.05,
    "(1,234)": -1234.0,
    "($1,234.00)": -1234.0,
    "（1,234）": -1234.0,
    "▲1,234": -1234.0,
    "△5": -5.0,
    "−3": -3.0,
    "4200万": 42_000_000.0,
    "4,200万円": 42_000_000.0,
    "1.2億円": 120_000_000.0,
    "0.29億": 29_000_000.0,
    "1億2,000万": 120_000_000.0,
    "1億2,000万5百円": None,
    "1兆2億": 1_000_200_000_000.0,
    "3千万": 30_000_000.0,
    "5千円": 5000.0,
    "▲1.5億円": -150_000_000.0,
    "(1億円)": -100_000_000.0,
    "1億500円": 100_000_500.0,
    "1 234": 1234.0,
    "1\u00a0234\u00a0567.5": 1_234_567.5,
    "12\u202f345": 12_345.0,
    "-1 234 €": -1234.0,
    "1'234.50": 1234.5,
    "1’234’567": 1_234_567.0,
    "1,234.56 €": 1234.56,
    "500$": 500.0,
    "$1.2M": 1_200_000.0,
    "($1.2M)": -1_200_000.0,
    "$ 1.2m": 1_200_000.0,
    "1.2m USD": 1_200_000.0,
    "¥5MM": 5_000_000.0,
    "0.29M": 290_000.0,
    "5k": 5000.0,
    "5 K": 5000.0,
    "▲5k件": -5000.0,
    "3.4B": 3_400_000_000.0,
    "€3.4bn": 3_400_000_000.0,
    "2 Million": 2_000_000.0,
    "US$1,200 thousand": 1_200_000.0,
}
UNREADABLE = [
    "abc", "nan", "NaN", "inf", "-infinity", "1e999", "1e200", "1,23", "1234,567", "12,34,567", "1.234,56",
    "--5", "((5))", "(-5)", "()", "円", "万", "億万", "1万2億", "12 34", "5%%", "$", "%",
    "1 2345", "1 234,567", "080 123 456", "1'23", "1 234'567", "1.2m", "5b", "5km", "k", "5kk", "M5", "5k%",
    "#N/A", "#REF!", "#DIV/0!", "未定", "要確認", "TBD", "?", "NULLS", "banana", "[]",
    "10〜20", "2026-10-20", "0x10", "٣", "九", "1" * 400, "-¥-5", "\\", "\\\\5",
]  # fmt: skip
BLANK: list[str | None] = [
    "", " ", "　", "-", "－", "—", "ー", None, "--", "---", "N/A", "n/a", " NA ", "N.A.", "NULL",
    "(null)", "None", "--None--", "--なし--", "\\N", "未入力", "なし", "該当なし", "(空白)", "（値なし）",
]  # fmt: skip


def read(values: list[str | None]) -> list[dict[str, object]]:
    table = ibis.memtable(
        {"n": range(len(values)), "x": values}, schema={"n": "int64", "x": "string"}
    )
    x = table["x"]
    shown = table.select("n", number=cells.number(x), blank=cells.is_blank(x), flag=cells.flag(x))
    found: list[dict[str, object]] = ENGINE.to_pyarrow(shown.order_by("n")).to_pylist()
    return found


def test_numbers() -> None:
    found = read(list(NUMBERS))
    assert {text: row["number"] for text, row in zip(NUMBERS, found, strict=True)} == NUMBERS
    assert not any(row["blank"] for row in found)


def test_what_is_no_number_is_unreadable_and_not_blank() -> None:
    found = read(list(UNREADABLE))
    assert [t for t, r in zip(UNREADABLE, found, strict=True) if r["number"] is not None] == []
    assert [t for t, r in zip(UNREADABLE, found, strict=True) if r["blank"]] == []


def test_blanks_are_neither_numbers_nor_unreadable() -> None:
    found = zip(BLANK, read(BLANK), strict=True)
    assert [t for t, row in found if not row["blank"] or row["number"] is not None] == []


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        (["1.234,56", "12.345", "0,5", "-7"], [1234.56, 12345.0, 0.5, -7.0]),
        (["€ 1.234,50", "(99,90)", "12,5%"], [1234.5, -99.9, 0.125]),
        (["1,234", "5,678"], [1234.0, 5678.0]),  # groups of three
        (["12,34", "1,234", "5,678"], [None, 1234.0, 5678.0]),  # a slip
        (["0,5", "1.5"], [None, 1.5]),  # nothing settles it
        (["0,5", "1,234.50"], [None, 1234.5]),
        (["1.234"], [1.234]),
        (["1 234,50", "99,90", "12\u202f345"], [1234.5, 99.9, 12345.0]),
        (
            [*["0,5"] * 40, "1.234", "1.2m", "1,234.50"],
            [*[0.5] * 40, 1234.0, None, 1234.5],
        ),  # slips among many
        (["1.234,56 €", "1,2M", "N/A"], [1234.56, 1_200_000.0, None]),
    ],
)
def test_a_column_with_decimal_commas(column: list[str], meant: list[float | None]) -> None:
    table = ibis.memtable({"n": range(len(column)), "x": column})
    comma = "x" in learn_commas(table, ["x"])
    number = convert(table["x"], "number", Zones("UTC", "UTC"), Habit(), comma=comma)
    shown = table.select("n", number=number).order_by("n")
    assert ENGINE.to_pyarrow(shown)["number"].to_pylist() == meant


@pytest.mark.parametrize(
    ("text", "flag"),
    [("TRUE", True), ("はい", True), ("○", True), ("1", True), (" no ", False), ("いいえ", False),
     ("×", False), ("なし", False), ("あり", True), ("maybe", None), ("", None)],
)  # fmt: skip
def test_flags(text: str, flag: bool | None) -> None:
    assert read([text])[0]["flag"] is flag


def wide(text: str) -> str:
    return text.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789,.%()-"})


@st.composite
def written(draw: st.DrawFn) -> tuple[str, float]:
    """An amount as someone might type it, and the number it means."""
    whole = draw(st.integers(0, 10**9))
    digits = draw(st.sampled_from([str(whole), f"{whole:,}"]))
    decimals = draw(st.sampled_from(["", ".5", ".25", ".125"]))
    mark, power = draw(
        st.sampled_from([("", 0), ("万", 4), ("億", 8), ("千", 3), ("千万", 7), ("%", -2)])
    )
    value = float(f"{whole}{decimals}e{power}")
    unit = draw(st.sampled_from(["", "円"])) if mark != "%" else ""
    currency = draw(st.sampled_from(["", "¥", "$"])) if not unit else ""
    text = f"{currency}{digits}{decimals}{mark}{unit}"
    style = draw(st.sampled_from(["{}", " {} ", "-{}", "▲{}", "({})"]))
    text = style.format(text)
    sign = 1 if style in ("{}", " {} ") else -1
    return (wide(text) if draw(st.booleans()) else text), sign * value


@given(st.lists(written(), min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_amounts_as_people_type_them(amounts: list[tuple[str, float]]) -> None:
    found = read([text for text, _value in amounts])
    assert [row["number"] for row in found] == [value for _text, value in amounts]


@given(st.lists(st.text(max_size=12), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_no_text_stops_the_engine(texts: list[str]) -> None:
    clean = [text.encode("utf-8", "ignore").decode() for text in texts]
    assert len(read(list(clean))) == len(texts)
