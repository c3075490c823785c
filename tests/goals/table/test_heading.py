"""Headings in both languages, whatever their width, case and brackets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.goals.period import read_period
from kpilint.goals.table.heading import Stretch, Year, heading, is_total, told, year_of


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("目標", "label"),
        ("ＫＰＩ", "label"),
        ("指標 *", "metric"),
        ("担当者※", "owner"),
        ("責任者", "owner"),
        ("期限", "deadline"),
        ("期　間", "period"),
        ("目標値（単位：千円）", "target"),
        ("Target", "target"),
        ("区分(KGI/KPI)", "role"),
        ("部門", "department"),
        ("上位目標", "parent"),
        ("アクション\nプラン", "action"),
        ("備考", "note"),
        ("売上", None),
    ],
)
def test_parts_of_a_goal(text: str, role: str | None) -> None:
    assert heading(text).role == role


@pytest.mark.parametrize(
    ("text", "stretch", "kind"),
    [
        ("４月", Stretch("month", 4), None),
        ("2026年4月", Stretch("month", 4, 2026), None),
        ("2026/4", Stretch("month", 4, 2026), None),
        ("Apr 2026", Stretch("month", 4, 2026), None),
        ("Mar-26", Stretch("month", 3, 2026), None),
        ("R8年4月", Stretch("month", 4, 2026), None),
        ("R8/10", Stretch("month", 10, 2026), None),
        ("令和8.4", Stretch("month", 4, 2026), None),
        ("4月(千円)", Stretch("month", 4), None),
        ("4月目標", Stretch("month", 4), "target"),
        ("4月の実績", Stretch("month", 4), "actual"),
        ("1Q計", Stretch("quarter", 1), None),
        ("第三四半期", Stretch("quarter", 3), None),
        ("上期計", Stretch("half", 1), None),
        ("2026年度下期", Stretch("half", 2), None),
        ("合計", Stretch("whole", 1), None),
        ("2026年度目標", Stretch("whole", 1), "target"),
        ("達成率", None, "other"),
        ("4月の施策", None, None),
        ("13月", None, None),
    ],
)
def test_stretches_of_time(text: str, stretch: Stretch | None, kind: str | None) -> None:
    said = heading(text)
    assert (said.stretch, said.kind) == (stretch, kind)


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("2026年度 営業目標", Year(2026, "fiscal")),
        ("plan_FY26", Year(2026, "fiscal")),
        ("令和8年度計画", Year(2026, "fiscal")),
        ("2026年3月期 予算", Year(2026, "closing", 3)),
        ("2026年 目標", Year(2026, "calendar")),
        ("2025年度実績と2026年度目標", None),
        ("営業目標", None),
        ("作成日：令和8年9月30日", None),
        ("2026年9月現在", None),
        ("5000年度", None),
    ],
)
def test_the_year_of_a_title(text: str, year: Year | None) -> None:
    assert year_of(text) == year


def test_the_part_of_the_year_that_a_title_names() -> None:
    assert told("2026年度上期 営業目標")[1:] == (Stretch("half", 1), "2026年度上期")
    assert told("26下期 目標")[1:] == (Stretch("half", 2), "26年度下期")


@pytest.mark.parametrize(
    ("title", "words"),
    [
        ("2026年10月〜12月 KPI", "2026年10月〜12月"),
        ("26年10月〜12月", "26年10月〜12月"),
        ("営業 2026/10-2027/3", "2026/10-2027/3"),
        ("令和8年10月から12月", "令和8年10月から12月"),
        ("2026年10月〜", ""),  # not October alone
        ("2026年度10月〜3月", ""),
    ],
)
def test_months_from_one_to_another_in_a_title(title: str, words: str) -> None:
    assert told(title)[1:] == (None, words)
    assert not words or read_period(words).kind == "range"


@pytest.mark.parametrize(
    "text", ["合計", "計", "小 計", "営業部計", "営業1課 計", "Total", "全社合計"]
)
def test_totals(text: str) -> None:
    assert is_total(text)


@pytest.mark.parametrize("text", ["受注金額合計", "設計", "会計", "統計", "Total revenue"])
def test_what_only_ends_like_a_total(text: str) -> None:
    assert not is_total(text)


@given(st.text(max_size=30))
def test_any_text_has_a_reading(text: str) -> None:
    said = heading(text)
    assert said.stretch is None or said.stretch.number >= 1
    told(text)
