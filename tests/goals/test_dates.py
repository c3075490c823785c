"""Dates and lengths of time as people write them."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.goals.dates import read_date, read_days, read_duration, read_lag


@pytest.mark.parametrize(
    "text",
    [
        "2026-10-20",
        "2026/10/20",
        "2026.10.20",
        "2026年10月20日",
        "２０２６年１０月２０日",
        "令和8年10月20日",
        "R8.10.20",
        "r8/10/20",
        "20 Oct 2026",
        "October 20, 2026",
        "20th Oct. 2026",
        "10/20/2026",
        "20/10/2026",
        " 2026-10-20 ",
    ],
)
def test_a_date(text: str) -> None:
    assert read_date(text) == date(2026, 10, 20)


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("2026-13-45", "month 13"),
        ("2026-02-30", "day 30"),
        ("2026-10-00", "day 0"),
        ("1026-10-20", "1026"),
        ("2026-10", "2026-10-20"),
        ("10-20-2026", "2026-10-20"),
        ("tomorrow", "2026-10-20"),
        ("11/12/2026", "2026-10-20"),  # which of the two is the month?
        ("", "2026-10-20"),
        ("\x00\ud800", "��"),
        ("1" * 10_000, "2026-10-20"),
    ],
)
def test_no_date(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        read_date(text)


def test_days() -> None:
    assert read_days("2026-12-29..2027-01-03") == (date(2026, 12, 29), date(2027, 1, 3))
    assert read_days("2026年12月29日〜2027年1月3日") == (date(2026, 12, 29), date(2027, 1, 3))
    assert read_days("2026-12-29") == (date(2026, 12, 29), date(2026, 12, 29))
    with pytest.raises(ValueError, match="ends before"):
        read_days("2027-01-03..2026-12-29")


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("60d", 60),
        ("60 days", 60),
        ("60日", 60),
        ("8w", 56),
        ("8週間", 56),
        ("2か月", 61),
        ("3ヶ月", 91),
        ("12か月", 365),
        ("1年", 365),
        ("12h", 0.5),
        ("1.5d", 1.5),
        ("０d", 0),
    ],
)
def test_a_duration_in_days(text: str, days: float) -> None:
    assert read_duration(text).days == pytest.approx(days)


@pytest.mark.parametrize(
    ("text", "lag"),
    [("4w..8w", (28, 56)), ("4〜8週", (28, 56)), ("4w", (28, 28)), ("0d..2か月", (0, 61))],
)
def test_a_lag_in_days(text: str, lag: tuple[float, float]) -> None:
    assert read_lag(text) == lag


@pytest.mark.parametrize("text", ["", "90", "d", "-5d", "5m", "soon", "1e9d", "9" * 10_000, "\0"])
def test_no_duration(text: str) -> None:
    for read in (read_duration, read_lag):
        with pytest.raises(ValueError, match="90d"):
            read(text)


def test_a_lag_runs_forwards() -> None:
    with pytest.raises(ValueError, match="ends before"):
        read_lag("8w..4w")


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_any_date_reads_back(day: date) -> None:
    assert read_date(day.isoformat()) == read_date(f"{day:%Y年%m月%d日}") == day


@given(st.text(max_size=30) | st.text("0123456789-/.年月日dwhか〜 ", max_size=16))
def test_any_text_is_read_or_refused_with_a_sentence(text: str) -> None:
    for read in (read_date, read_days, read_duration, read_lag):
        try:
            read(text)
        except ValueError as refusal:
            assert str(refusal).encode()
