"""A number reads as its format shows it, with all stored digits."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.goals.table.amount import amount, note_in
from kpilint.goals.table.grid import Cell
from kpilint.goals.table.numberformat import shown, shows_day


@pytest.mark.parametrize(
    ("value", "form", "text"),
    [
        (0.3, "0%", "30%"),
        (0.285, "0%", "28.5%"),
        (30, '0.0"%"', "30%"),
        (13, '0"件"', "13件"),
        (1200, '#,##0"万円"', "1200万円"),
        (1_200_000, '#,##0,"千円"', "1200千円"),
        (1_200_000, "#,##0,", "1200000"),
        (5, "[$¥-411]#,##0", "¥5"),
        (5, '"¥"#,##0;[Red]"¥"-#,##0', "¥5"),
        (-5, "#,##0;▲#,##0", "-5"),
        (0.1 + 0.2, "General", "0.3"),
        (12, '"目標 "0', "12"),
        (1e7, "0.00E+00", "10000000"),
    ],
)
def test_numbers(value: float, form: str, text: str) -> None:
    assert shown(value, form)[0] == text


@given(st.floats(-1e15, 1e15), st.text(alphabet='0#,.%;"円¥[]_*\\ -', max_size=12))
def test_any_format_gives_a_number(value: float, form: str) -> None:
    assert any(letter.isdigit() for letter in shown(value, form)[0])


@pytest.mark.parametrize(
    ("form", "day"), [("yyyy/m/d", True), ('yyyy"年"m"月"', False), ("mmm-yy", False)]
)
def test_formats_that_show_the_day(form: str, day: bool) -> None:
    assert shows_day(form) is day


@pytest.mark.parametrize(
    ("text", "note", "read"),
    [
        ("1,200", "(単位：千円)", "1,200千円"),
        ("200〜300", "(百万円)", "200〜300百万円"),
        ("300以上", "(千円)", "300千円以上"),
        ("(1,234)", "単位：千円", "-1,234千円"),
        ("▲5", "単位：円", "▲5円"),
        ("4,200万円", "(単位：千円)", "4,200万円"),
        ("30%", "(単位：千円)", "30%"),
        ("たくさん", "(単位：千円)", "たくさん"),
        ("30", "受注率(%)", "30%"),
    ],
)
def test_amounts_under_a_note(text: str, note: str, read: str) -> None:
    assert amount(Cell(text, 1, 1), [note_in(note)], None, "売上") == read
