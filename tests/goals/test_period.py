"""Periods as people write them, each reading in one row."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.goals.period import Period, fiscal_year, fiscal_year_first, month_of, read_period

Q3 = ("2026-10-01", "2026-12-31", "quarter")
H1 = ("2026-04-01", "2026-09-30", "half")
H2 = ("2026-10-01", "2027-03-31", "half")
FY = ("2026-04-01", "2027-03-31", "year")
OCTOBER = ("2026-10-01", "2026-10-31", "month")
WEEK = ("2026-10-05", "2026-10-11", "week")
FIRST = ("2026-10-01", "2026-10-01", "day")
AUTUMN = ("2026-10-01", "2026-12-31", "range")


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("2026-Q3", Q3),
        ("2026Q3", Q3),
        ("2026/q3", Q3),
        ("FY2026-Q3", Q3),
        ("FY26 Q3", Q3),
        ("fy26Q3", Q3),
        ("Q3 FY2026", Q3),
        ("3Q 2026", Q3),
        ("2026年度3Q", Q3),
        ("26年度Q3", Q3),
        ("2026年度第3四半期", Q3),
        ("２０２６年度 第三四半期", Q3),
        ("令和8年度第3四半期", Q3),
        ("2026-H2", H2),
        ("2026 2H", H2),
        ("26年度下期", H2),
        ("2026年度下半期", H2),
        ("2026上期", H1),
        ("FY2026上半期", H1),
        ("FY2026", FY),
        ("FY26", FY),
        ("2026年度", FY),
        ("26年度", FY),
        ("2026", FY),
        ("令和8年度", FY),
        ("R8年度", FY),
        ("2026-10", OCTOBER),
        ("２０２６－１０", OCTOBER),
        ("2026/10", OCTOBER),
        ("2026.10", OCTOBER),
        ("2026年10月", OCTOBER),
        ("26年10月", OCTOBER),
        ("令和8年10月", OCTOBER),
        ("R8.10", OCTOBER),
        ("2026-W41", WEEK),
        ("2026W41", WEEK),
        ("2026年第41週", WEEK),
        ("2026-10-01", FIRST),
        ("2026/10/1", FIRST),
        ("2026年10月1日", FIRST),
        ("R8.10.1", FIRST),
        ("2026-10..2026-12", AUTUMN),
        ("2026-10 〜 2026-12", AUTUMN),
        ("2026年10月～12月", AUTUMN),
        ("2026-10-01..2026-12-31", AUTUMN),
        ("2026-10-01～2026-12-31", AUTUMN),
        ("2026-Q3..2026-12", AUTUMN),
        ("2026年10月〜3月", ("2026-10-01", "2027-03-31", "range")),
        ("2026年", ("2026-01-01", "2026-12-31", "year")),
        ("平成30年度", ("2018-04-01", "2019-03-31", "year")),
        ("令和元年5月", ("2019-05-01", "2019-05-31", "month")),
        ("2024-02", ("2024-02-01", "2024-02-29", "month")),
        ("2026-W01", ("2025-12-29", "2026-01-04", "week")),
    ],
)
def test_a_period_in_a_company_whose_year_starts_in_april(
    text: str, reading: tuple[str, str, str]
) -> None:
    period = read_period(text, 4)
    assert (str(period.start), str(period.end), period.kind) == reading
    assert period.text == text


@pytest.mark.parametrize(
    ("text", "start", "named", "first", "last"),
    [
        ("2026-Q3", 1, "start", "2026-07-01", "2026-09-30"),
        ("2026-Q3", 4, "start", "2026-10-01", "2026-12-31"),
        ("2026-Q3", 4, "end", "2025-10-01", "2025-12-31"),
        ("2026-Q4", 4, "start", "2027-01-01", "2027-03-31"),
        ("FY2026", 4, "end", "2025-04-01", "2026-03-31"),
        ("FY2026", 1, "end", "2026-01-01", "2026-12-31"),
        ("FY2026", 10, "end", "2025-10-01", "2026-09-30"),
        ("2026-H1", 2, "start", "2026-02-01", "2026-07-31"),
    ],
)
def test_the_fiscal_year_decides(text: str, start: int, named: str, first: str, last: str) -> None:
    period = read_period(text, start, named)
    assert (str(period.start), str(period.end), period.fiscal) == (first, last, True)


@pytest.mark.parametrize(
    "text", ["2026年", "2026-10", "2026-W41", "2026-10-01", "2026-10..2026-12"]
)
def test_what_the_fiscal_year_leaves_alone(text: str) -> None:
    assert read_period(text, 1) == read_period(text, 4)
    assert not read_period(text).fiscal


def test_a_range_of_fiscal_ends_is_fiscal() -> None:
    assert read_period("2026-Q1..2026-Q2", 4).fiscal


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "2026-Q3"),
        ("来期", "2026-Q3"),
        ("10月〜12月", "2026-Q3"),
        ("26-Q3", "2026-Q3"),
        ("2026-Q5", "2026-Q3"),
        ("2026-H3", "2026-Q3"),
        ("2026-10-", "2026-Q3"),
        ("2026-10..", "2026-Q3"),
        ("2026-13", "month 13"),
        ("2026-00", "month 0"),
        ("2026-13-45", "month 13"),
        ("2026-02-30", "day 30"),
        ("2026-W54", "week 54"),
        ("2025-W53", "week 53"),
        ("2026-12..2026-10", "ends before"),
        ("2026-10..2026-10-15", "ends before"),
        ("0026-Q3", "The year 26 lies outside"),
        ("9999-Q3", "The year 9999 lies outside"),
        ("٢٠٢٦", "2026-Q3"),
        ("2026\x00", "�"),
        ("\ud800", "�"),
        ("2" * 10_000, "2026-Q3"),
        (" " * 10_000 + "来期", "…"),
        ("〜" * 10_000, "2026-Q3"),
    ],
)
def test_what_is_no_period_is_refused_with_a_way_out(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint) as refusal:
        read_period(text, 4)
    str(refusal.value).encode()


@pytest.mark.parametrize(
    ("text", "before", "last_year"),
    [
        ("2026-10", "2026-09-01..2026-09-30", "2025-10-01..2025-10-31"),
        ("2026-Q3", "2026-07-01..2026-09-30", "2025-10-01..2025-12-31"),
        ("2026-H2", "2026-04-01..2026-09-30", "2025-10-01..2026-03-31"),
        ("FY2026", "2025-04-01..2026-03-31", "2025-04-01..2026-03-31"),
        ("2026-W41", "2026-09-28..2026-10-04", "2025-10-06..2025-10-12"),
        ("2024-02", "2024-01-01..2024-01-31", "2023-02-01..2023-02-28"),
        ("2024-02-29", "2024-02-28..2024-02-28", "2023-02-28..2023-02-28"),
        ("2026-10-05..2026-10-14", "2026-09-25..2026-10-04", "2025-10-05..2025-10-14"),
    ],
)
def test_the_periods_to_compare_with(text: str, before: str, last_year: str) -> None:
    period = read_period(text, 4)
    assert (period.before().text, period.last_year().text) == (before, last_year)
    assert period.before().kind == period.last_year().kind == period.kind


def test_a_period_knows_its_months_and_days() -> None:
    quarter = read_period("2026-Q3", 4)
    assert [m.text for m in quarter.months()] == ["2026-10", "2026-11", "2026-12"]
    assert quarter.days == 92
    assert read_period("2026-10-01..2026-12-30").months() == ()
    assert read_period("2026-W41").months() == ()


def test_contains_and_overlaps() -> None:
    quarter, october, week = (read_period(t, 4) for t in ("2026-Q3", "2026-10", "2026-W40"))
    assert quarter.contains(october) and not october.contains(quarter)
    assert october.overlaps(week) and not october.contains(week)
    assert not october.overlaps(october.before())


@pytest.mark.parametrize(
    ("text", "start", "ja", "en"),
    [
        ("2026-Q3", 4, "2026年度第3四半期(10〜12月)", "FY2026 Q3 (Oct–Dec)"),
        ("2026-Q3", 1, "2026年第3四半期(7〜9月)", "2026 Q3 (Jul–Sep)"),
        ("2026-Q4", 4, "2026年度第4四半期(1〜3月)", "FY2026 Q4 (Jan–Mar)"),
        ("26年度下期", 4, "2026年度下期(10〜3月)", "FY2026 H2 (Oct–Mar)"),
        ("FY2026", 4, "2026年度(4〜3月)", "FY2026 (Apr–Mar)"),
        ("2026", 1, "2026年", "2026"),
        ("2026年", 4, "2026年", "2026"),
        ("2026-10", 4, "2026年10月", "Oct 2026"),
        ("2026-W41", 4, "2026年第41週(10/5〜10/11)", "2026-W41 (5 Oct – 11 Oct)"),
        ("2026-10-01", 4, "2026年10月1日", "1 Oct 2026"),
        ("2026-10..2026-12", 4, "2026年10月〜12月", "Oct – Dec 2026"),
        ("2026-10..2027-03", 4, "2026年10月〜2027年3月", "Oct 2026 – Mar 2027"),
        ("2026-10-05..2026-10-14", 4, "2026年10月5日〜10月14日", "5 Oct – 14 Oct 2026"),
    ],
)
def test_labels(text: str, start: int, ja: str, en: str) -> None:
    period = read_period(text, start)
    assert (period.label("ja", start), period.label("en", start)) == (ja, en)


def test_a_quarter_that_does_not_fit_the_year_is_labelled_by_its_months() -> None:
    assert read_period("2026-Q1", 2).label("ja", 4) == "2026年2月〜4月"


def test_a_fiscal_year_named_after_its_end() -> None:
    assert read_period("FY2026", 4, "end").label("en", 4, "end") == "FY2026 (Apr–Mar)"


days = st.dates(date(1990, 1, 1), date(2100, 12, 31))
starts, names = st.integers(1, 12), st.sampled_from(["start", "end"])


@given(days, starts, names)
def test_every_day_lies_in_the_fiscal_year_that_it_is_said_to(
    day: date, start: int, named: str
) -> None:
    year = fiscal_year(day, start, named)
    assert fiscal_year_first(year, start, named) <= day
    assert day < fiscal_year_first(year + 1, start, named)


@given(st.integers(1990, 2100), starts, names)
def test_the_quarters_of_a_year_fill_it(year: int, start: int, named: str) -> None:
    whole = read_period(f"FY{year}", start, named)
    quarters = [read_period(f"{year}-Q{n}", start, named) for n in (1, 2, 3, 4)]
    assert (quarters[0].start, quarters[-1].end) == (whole.start, whole.end)
    for first, second in pairwise(quarters):
        assert second.before().end == first.end
        assert second.before().start == first.start


@given(days)
def test_a_month_reads_back_from_its_text(day: date) -> None:
    month = month_of(day)
    assert read_period(month.text) == month
    assert month.contains(Period(day, day, "day"))


@given(days, st.integers(0, 800))
def test_any_range_reads_back_and_moves_without_gap(first: date, length: int) -> None:
    period = read_period(f"{first}..{first + timedelta(days=length)}")
    assert period.days == length + 1
    assert period.before().end + timedelta(days=1) == period.start
    assert period.last_year().start < period.start


@given(st.text(max_size=30) | st.text("0123456789-/.QHWFYR年度月日期〜 ", max_size=16), starts)
def test_any_text_is_a_period_or_a_sentence(text: str, start: int) -> None:
    try:
        period = read_period(text, start)
    except ValueError as refusal:
        assert str(refusal).encode()
    else:
        assert period.start <= period.end
        assert period.label("ja", start) and period.label("en", start)
