"""Tables in the shapes that people keep: goals, months, units, and the cells of planted faults."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.goals.table.books import cells, goals_of, linted, months, sheet, target

PLAIN = ["目標名", "指標", "担当", "期限", "目標値"]
HALF = ["4月", "5月", "6月", "7月", "8月", "9月"]
YEAR = [*HALF, "10月", "11月", "12月", "1月", "2月", "3月"]


def test_a_plain_list(tmp_path: Path) -> None:
    book = sheet(
        [
            ["2026年度 営業目標"],
            [],
            [*PLAIN, "区分", "部署", "上位目標", "アクション", "備考"],
            [
                "売上",
                "受注金額",
                "営業部",
                "2027-03-31",
                "1.2億円",
                "KGI",
                "営業",
                None,
                None,
                "税抜",
            ],
            [
                "受注",
                "受注数",
                "山田",
                datetime(2026, 9, 30),
                40,
                "KPI",
                "ＩＳ",
                "売上",
                "毎週見直す",
            ],
        ]
    )
    goals = goals_of(book, tmp_path)
    assert [g.id for g in goals] == ["売上", "受注"]
    assert target(goals, "売上") == (120_000_000, "JPY")
    first, second = goals
    assert (first.role, first.metric, first.owner) == ("kgi", "won_revenue", "営業部")
    assert (second.department, second.parent, second.action) == (
        "inside_sales",
        "売上",
        "毎週見直す",
    )
    assert second.period is not None
    assert (second.period.start, second.period.end) == (date(2026, 4, 1), date(2026, 9, 30))
    assert linted(goals, "E", "M001", "M009", "T001", "T005").findings == ()


def test_english_headings_and_full_width(tmp_path: Path) -> None:
    book = sheet(
        [
            ["Ｇｏａｌ", "Ｍｅｔｒｉｃ", "Owner", "Due Date", "Target", "Apr 2026", "May 2026"],
            ["Wins", "won_count", "Sales", "2026-05-31", "１２件", "５", "７"],
        ]
    )
    goals = goals_of(book, tmp_path)
    assert target(goals, "Wins") == (12, "count")
    assert months(goals, "Wins") == {"2026-04": 5, "2026-05": 7}
    assert linted(goals, "T003").findings == ()


@pytest.mark.parametrize(
    ("note", "stored", "form", "read"),
    [
        ("（単位：千円）", 3900, "#,##0", 3_900_000),
        ("（単位：千円）", 3_900_000, "#,##0,", 3_900_000),
        ("単位：百万円", 3.9, "0.0", 3_900_000),
        (None, 390, '#,##0"万円"', 3_900_000),
        (None, 3900, '#,##0,"千円"', 4000),  # shows 4千円, so 3,900 yen are stored
        (None, 3_900_000, "¥#,##0", 3_900_000),
    ],
)
def test_units_beside_above_and_in_formats(
    note: str | None, stored: float, form: str, read: float, tmp_path: Path
) -> None:
    book = sheet(
        [["2026年度", note], PLAIN, ["売上", "受注金額", "営業部", "2027-03-31", stored]],
        formats={"E3": form},
    )
    amount = target(goals_of(book, tmp_path), "売上")
    assert amount is not None
    assert amount[0] == pytest.approx(read, rel=0.03)


def test_a_note_about_money_leaves_counts_and_rates_alone(tmp_path: Path) -> None:
    book = sheet(
        [
            ["2026年度", None, None, None, "（単位：千円）"],
            PLAIN,
            ["売上", "受注金額", "営業部", "2027-03-31", 3900],
            ["受注", "受注数", "営業部", "2027-03-31", 13],
            ["率", "受注率(決着比)", "営業部", "2027-03-31", 0.3],
        ],
        formats={"E5": "0%"},
    )
    goals = goals_of(book, tmp_path)
    assert [target(goals, g.id) for g in goals] == [(3.9e6, "JPY"), (13, None), (0.3, "percent")]
    assert linted(goals, "E008").findings == ()


def test_months_follow_the_fiscal_year_and_sums_are_checked(tmp_path: Path) -> None:
    """1Q計 is right, 2Q計 and 合計 are not; neither is read as a goal or month."""
    head = ["目標", "指標", *YEAR[:3], "1Q計", *YEAR[3:6], "2Q計", "上期計", *YEAR[6:], "合計"]
    row = ["売上", "受注金額", 1, 2, 3, 6, 4, 5, 6, 16, 21, 1, 1, 1, 1, 1, 1, 99]
    book = sheet([["2026年度 予算（単位：百万円）"], head, row], title="予算")
    goals = goals_of(book, tmp_path)
    assert list(months(goals, "売上"))[8:10] == ["2026-12", "2027-01"]
    assert goals.by_id["売上"].target is None
    assert cells(linted(goals, "T003")) == [("T003", "予算!J3"), ("T003", "予算!R3")]


def test_quarters_alone_are_the_parts(tmp_path: Path) -> None:
    book = sheet([["FY2026"], ["KPI", "1Q", "2Q", "3Q", "4Q", "合計"], ["受注数", 3, 4, 5, 6, 19]])
    goals = goals_of(book, tmp_path)
    assert list(months(goals, "受注数")) == [
        "2026-04..2026-06",
        "2026-07..2026-09",
        "2026-10..2026-12",
        "2027-01..2027-03",
    ]
    assert cells(linted(goals, "T003")) == [("T003", "KPI!F3")]


def test_a_rate_is_not_summed_and_its_yearly_value_is_the_target(tmp_path: Path) -> None:
    head = ["目標", "指標", *HALF, "上期計"]
    book = sheet([["2026年度上期"], head, ["率", "受注率(決着比)", *["30%"] * 6, "30%"]])
    goals = goals_of(book, tmp_path)
    assert target(goals, "率") == (0.3, "percent")
    assert linted(goals, "T003", "E").findings == ()


def test_rows_of_target_actual_and_attainment(tmp_path: Path) -> None:
    book = sheet(
        [
            ["2026年度上期 予実"],
            ["KPI", "担当", "項目", *HALF, "合計"],
            ["受注数", "営業部", "目標", 1, 2, 3, 4, 5, 6, 20],
            [None, None, "実績", 9, 9, 9, None, None, None, 27],
            [None, None, "達成率", 9, 4.5, 3],
            ["受注金額", "営業部", "目標", 1, 1, 1, 1, 1, 1, 6],
            [None, None, "実績", 1],
        ],
        merge=["A3:A5", "B3:B5", "A6:A7", "B6:B7"],
        title="予実",
    )
    goals = goals_of(book, tmp_path)
    assert [(g.id, g.owner) for g in goals] == [("受注数", "営業部"), ("受注金額", "営業部")]
    assert list(months(goals, "受注数").values()) == [1, 2, 3, 4, 5, 6]
    assert cells(linted(goals, "T003", "E")) == [("T003", "予実!J3")]


def test_columns_of_target_actual_and_attainment_under_merged_headings(tmp_path: Path) -> None:
    book = sheet(
        [
            ["目標名", "指標", "担当", "2026年4月", None, None, "2026年5月", None, None],
            [None, None, None, *["目標", "実績", "達成率"] * 2],
            ["受注", "受注数", "営業部", 10, 12, 1.2, 20, None, "要確認"],
        ],
        merge=["A1:A2", "B1:B2", "C1:C2", "D1:F1", "G1:I1"],
    )
    goals = goals_of(book, tmp_path)
    assert months(goals, "受注") == {"2026-04": 10, "2026-05": 20}
    assert linted(goals, "E", "T003").findings == ()


def test_one_heading_row_with_target_and_actual_in_it(tmp_path: Path) -> None:
    head = ["KPI", "担当", "4月目標", "4月実績", "5月目標", "5月実績", "年間目標"]
    book = sheet([head, ["受注数", "営業部", 1, 5, 2, 5, 3]], title="2026年度")
    goals = goals_of(book, tmp_path)
    assert months(goals, "受注数") == {"2026-04": 1, "2026-05": 2}
    assert target(goals, "受注数") == (3, None)


def test_the_year_stands_over_the_months(tmp_path: Path) -> None:
    book = sheet(
        [
            ["KPI管理表"],
            [None, None, "2026年度", *[None] * 2, "2027年度"],
            ["目標", "担当", "1月", "2月", "3月", "4月"],
            ["受注数", "営業部", 1, 2, 3, 4],
        ],
        merge=["C2:E2"],
    )
    goals = goals_of(book, tmp_path)
    assert list(months(goals, "受注数")) == ["2027-01", "2027-02", "2027-03", "2027-04"]


def test_months_that_are_dates(tmp_path: Path) -> None:
    book = sheet(
        [["目標", "担当", datetime(2026, 4, 1), datetime(2026, 5, 1)], ["受注数", "営業部", 1, 2]],
        formats={"C1": 'm"月"', "D1": 'm"月"'},
    )
    assert months(goals_of(book, tmp_path), "受注数") == {"2026-04": 1, "2026-05": 2}


def test_total_rows_are_checked_and_never_goals(tmp_path: Path) -> None:
    """The subtotal is right, the total of the target column is not."""
    book = sheet(
        [
            ["2026年度"],
            ["目標", "指標", "部署", "目標値", "4月"],
            ["東", "受注金額", "東日本", "400万円", "1万円"],
            ["西", "受注金額", "西日本", "300万円", "2万円"],
            ["小計", None, None, "700万円", "3万円"],
            ["南", "受注金額", "九州", "100万円", "3万円"],
            ["合計", None, None, "900万円", "6万円"],
        ]
    )
    goals = goals_of(book, tmp_path)
    assert [g.id for g in goals] == ["東", "西", "南"]
    found = linted(goals, "T003")
    assert ("T003", "KPI!D7") in cells(found)
    assert not {"KPI!D5", "KPI!E5", "KPI!E7"} & {f.span.cell for f in found}


def test_people_by_months_are_one_goal(tmp_path: Path) -> None:
    book = sheet(
        [
            ["2026年度 受注金額 目標（単位：万円）"],
            ["担当者", "4月", "5月", "6月", "合計"],
            ["営業 A", 100, 100, 100, 300],
            ["営業Ｂ", 50, 50, 50, 160],
            ["合計", 150, 150, 140, 450],
        ]
    )
    goals = goals_of(book, tmp_path)
    (goal,) = goals
    assert (goal.label, goal.metric) == ("受注金額", "won_revenue")
    assert goal.targets is not None
    assert list(goal.targets.people) == ["営業 A", "営業Ｂ"]
    assert target(goals, goal.id) == (4_500_000, "JPY")
    assert cells(linted(goals, "T003")) == [("T003", "KPI!E4"), ("T003", "KPI!D5")]


def test_a_title_tells_the_unit_and_a_total_of_all_is_checked(tmp_path: Path) -> None:
    rows = [
        ["個人別 受注目標（万円）", "2026年度"],
        ["担当者", "4月", "5月", "合計"],
        ["営業A", 100, 100, 200],
        ["営業B", 50, 50, 100],
        ["合計", 150, 150, 320],
    ]
    goals = goals_of(sheet(rows), tmp_path, metrics=False)
    (goal,) = goals
    assert (goal.label, target(goals, goal.id)) == ("受注", (3_200_000, "JPY"))
    assert cells(linted(goals, "T003")) == [("T003", "KPI!D5")]


def test_people_who_start_later(tmp_path: Path) -> None:
    book = sheet([["2026年度 受注数"], ["担当", "4月", "5月"], ["新人", None, 3], ["営業A", 1, 2]])
    (goal,) = goals_of(book, tmp_path)
    assert goal.period is not None
    assert goal.period.text == "2026-04..2026-05"


def test_several_sheets_and_one_that_holds_no_goals(tmp_path: Path) -> None:
    row = ["受注", "受注数", "営業部", "2026-Q1", 13]
    book = sheet([PLAIN, row], title="営業")
    sheet([PLAIN, ["受注", "受注数", "CS課", "2026-Q1", "たくさん"]], title="CS", book=book)
    sheet([["使い方"], ["この表は毎月更新する"]], title="説明", book=book)
    goals = goals_of(book, tmp_path)
    assert [g.id for g in goals] == ["受注_営業部", "受注_CS課"]
    found = linted(goals, "E")
    assert [(f.span.cell, f.goal) for f in found] == [("CS!E2", "受注_CS課")]
    assert [(u.code, u.subject.id) for u in found.unchecked] == [("E001", "説明")]


def test_sections_blank_rows_and_notes(tmp_path: Path) -> None:
    book = sheet(
        [
            PLAIN,
            ["■ 営業部"],
            ["受注", "受注数", "営業部", "2026-Q1", 13],
            [],
            ["売上", "受注金額", "営業部", "2026-Q1", "-"],
            ["認知度向上"],
            [],
            ["作成: 経営企画"],
        ]
    )
    goals = goals_of(book, tmp_path)
    assert [g.id for g in goals] == ["受注", "売上", "認知度向上"]
    assert ("M009", "KPI!A5") in cells(linted(goals, "M009"))


def test_titles_numbers_and_headings_tell_role_parent_and_owner(tmp_path: Path) -> None:
    rows = [
        ["■KGI"],
        ["No", "目標", "目標値", "期間", "責任部署"],
        [1, "受注金額", 100, "2026/10-2026/12", "営業部"],
        [],
        ["【KPI一覧】"],
        ["No", "上位No", "目標", "目標値", "期間", "部署"],
        [2, 1, "受注数", 10, "Oct 2026 - Dec 2026", "営業部"],
    ]
    kgi, kpi = goals_of(sheet(rows), tmp_path)
    assert (kgi.role, kgi.owner, kgi.department) == ("kgi", "営業部", "営業部")
    assert (kpi.role, kpi.owner, kpi.parent) == ("kpi", None, "受注金額")
    assert kgi.period is not None
    assert kpi.period is not None
    assert (kgi.period.start, kgi.period.end) == (kpi.period.start, kpi.period.end)


def test_the_months_of_a_title_are_the_period(tmp_path: Path) -> None:
    rows = [
        ["2026年10月〜12月 KPI"],
        ["目標", "目標値", "期限"],
        ["受注数", 3],
        ["決着数", 9, "2026-11-30"],
    ]
    first, second = goals_of(sheet(rows), tmp_path)
    assert first.period is not None
    assert second.period is not None
    assert (f"{first.period.start} {first.period.end}") == "2026-10-01 2026-12-31"
    assert (f"{second.period.start} {second.period.end}") == "2026-10-01 2026-11-30"


def test_a_unit_behind_a_name_is_no_part_of_it(tmp_path: Path) -> None:
    rows = [
        ["2026年4月"],
        ["目標", "目標値", "上位目標"],
        ["売上（千円）", 100, None],
        ["粗利 [百万円]", 3, "売上（千円）"],
        ["受注率（決着比）", 30, "売上"],
    ]
    goals = goals_of(sheet(rows), tmp_path)
    assert [(g.label, g.parent, g.target and g.target.value) for g in goals] == [
        ("売上", None, 100_000),
        ("粗利", "売上", 3_000_000),
        ("受注率（決着比）", "売上", 30),
    ]


def test_two_tables_on_a_sheet(tmp_path: Path) -> None:
    rows = [
        ["2026年度"],
        ["目標", "4月"],
        ["受注数", 1],
        [],
        ["2027年度"],
        ["目標", "4月"],
        ["決着数", 2],
    ]
    goals = goals_of(sheet(rows), tmp_path)
    assert months(goals, "受注数") == {"2026-04": 1}
    assert months(goals, "決着数") == {"2027-04": 2}


def test_a_target_without_a_name_is_told(tmp_path: Path) -> None:
    book = sheet(
        [PLAIN, ["受注", "受注数", "営業部", "2026-Q1", 13], [None, None, "山田", None, 5]]
    )
    assert cells(linted(goals_of(book, tmp_path), "E")) == [("E003", "KPI!E3")]


def test_a_formula_that_nobody_computed(tmp_path: Path) -> None:
    book = sheet([PLAIN, ["受注", "受注数", "営業部", "2026-Q1", "=6+7"]])
    (found,) = linted(goals_of(book, tmp_path), "E")
    assert found.span.cell == "KPI!E2"
    assert "Excel" in found.message


def test_hidden_sheets_are_said_not_to_be_read(tmp_path: Path) -> None:
    book = sheet([PLAIN, ["受注", "受注数", "営業部", "2026-Q1", 13]])
    sheet([PLAIN, ["旧", "受注数", "営業部", "2025-Q1", 1]], title="旧", book=book)
    book["旧"].sheet_state = "hidden"
    goals = goals_of(book, tmp_path)
    assert [g.id for g in goals] == ["受注"]
    assert [u.id for u in goals.undecided] == ["旧"]


@pytest.mark.parametrize(
    ("written", "period"),
    [
        ("2026-Q3", "2026-Q3"),
        ("2026年12月末", "2026-04..2026-12"),
        ("12月末まで", "2026-04..2026-12"),
        ("2026/10/15", "2026-04-01..2026-10-15"),
        (46387, "2026-04..2026-12"),  # what Excel stores for 2026-12-31
        ("上期", "2026-04..2026-09"),
        ("3月31日", "2026-04..2027-03"),
    ],
)
def test_deadlines(written: object, period: str, tmp_path: Path) -> None:
    book = sheet([["2026年度"], PLAIN, ["受注", "受注数", "営業部", written, 13]])
    (goal,) = goals_of(book, tmp_path)
    assert goal.period is not None
    assert goal.period.text == period


@pytest.mark.parametrize(
    ("title", "heads", "first"),
    [
        ("2026年度", YEAR, "2026-04"),
        ("2026年度", ["10月", "11月", "12月", "1月"], "2026-10"),
        ("2026年3月期", ["1月", "2月", "3月"], "2026-01"),
        ("2026年", ["1月", "2月", "3月"], "2026-01"),
        ("FY26", ["9月", "10月"], "2026-09"),
        ("2026年度", ["1月", "2月", "3月"], None),  # of 2026 or of 2027
        ("営業目標", ["4月", "5月"], None),
    ],
)
def test_the_year_of_months(
    title: str, heads: list[str], first: str | None, tmp_path: Path
) -> None:
    """Without a fiscal year's start in any goals file."""
    book = sheet([[title], ["目標", *heads], ["受注数", *range(len(heads))]])
    goals = goals_of(book, tmp_path, metrics=False)
    assert next(iter(months(goals, "受注数")), None) == first
    unchecked = {u.code for u in linted(goals, "T001", "M009").unchecked}
    assert unchecked == (set() if first else {"T001", "M009"})
    assert linted(goals, "T001", "M009").findings == ()


def test_the_file_name_tells_the_year(tmp_path: Path) -> None:
    book = sheet([["目標", "4月"], ["受注数", 3]])
    goals = goals_of(book, tmp_path, "営業目標_2026年度.xlsx")
    assert months(goals, "受注数") == {"2026-04": 3}


def test_a_year_in_one_heading_holds_for_the_others(tmp_path: Path) -> None:
    """A yearly sum of two halves, in the row's own unit."""
    head = ["部門", "KPI項目", "単位", "2026年度目標", "上期目標", "下期目標"]
    rows = [["営業", "受注金額", "百万円", 120, 50, 70], ["営業", "受注数", "件", 14, 6, 7]]
    goals = goals_of(sheet([head, *rows]), tmp_path)
    assert months(goals, "受注金額") == {"2026-04..2026-09": 5e7, "2026-10..2027-03": 7e7}
    assert cells(linted(goals, "E", "T003")) == [("T003", "KPI!D3")]
