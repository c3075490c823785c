"""Text cells as moments: every shape that exports hold, zones, and what a column tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilint.data.conversion import Zones, convert, learn_habits
from kpilint.data.moments import Habit

ENGINE = ibis.duckdb.connect()
TOKYO = "Asia/Tokyo"

SHAPES = {
    "2026-10-20": "2026-10-20 00:00",
    "2026/10/20": "2026-10-20 00:00",
    "2026/1/5": "2026-01-05 00:00",
    " 2026-01-05 ": "2026-01-05 00:00",
    "2026/1/5 9:05": "2026-01-05 09:05",
    "2026-01-05T09:05": "2026-01-05 09:05",
    "2026-01-05 09:05:07.123": "2026-01-05 09:05:07.123",
    "2026-01-05 9:05 PM": "2026-01-05 21:05",
    "2026年10月20日": "2026-10-20 00:00",
    "2026年1月5日 9:05": "2026-01-05 09:05",
    "2026年1月5日9時05分": "2026-01-05 09:05",
    "2026年1月5日9:05": "2026-01-05 09:05",
    "２０２６年１月５日": "2026-01-05 00:00",
    "２０２６／１／５": "2026-01-05 00:00",
    "2026.10.20": "2026-10-20 00:00",
    "20.10.2026": "2026-10-20 00:00",
    "20261020": "2026-10-20 00:00",
    "15 Apr, 2021 00:03:00": "2021-04-15 00:03",
    "15 Apr 2021": "2021-04-15 00:00",
    "5-Apr-2021": "2021-04-05 00:00",
    "Apr 5, 2021": "2021-04-05 00:00",
    "April 5, 2021 9:05 AM": "2021-04-05 09:05",
    "10/20/2026": "2026-10-20 00:00",
    "10/20/2026 21:05": "2026-10-20 21:05",
    "令和8年10月20日": "2026-10-20 00:00",
    "令和元年5月1日": "2019-05-01 00:00",
    "R8.10.20": "2026-10-20 00:00",
    "H31/4/30": "2019-04-30 00:00",
    "昭和63年12月31日": "1988-12-31 00:00",
    "2026/4/1(水)": "2026-04-01 00:00",
    "2026年4月1日（日） 9:05": "2026-04-01 09:05",
    "2026年4月1日 水曜日": "2026-04-01 00:00",
    "2026/04/01 午後3:05": "2026-04-01 15:05",
    "2026年4月1日午前9:05:07": "2026-04-01 09:05:07",
    "2026-10": "2026-10-01 00:00",
    "2026年4月": "2026-04-01 00:00",
    "1775044800000": "2026-04-01 21:00",
    "44000": "2020-06-18 00:00",
    "44000.5": "2020-06-18 12:00",
    "2026-10-20T12:00:00Z": "2026-10-20 21:00",
    "2026-10-20T12:00Z": "2026-10-20 21:00",
    "2026-10-20T12:00:00.123Z": "2026-10-20 21:00:00.123",
    "2026-10-20 12:00:00+09:00": "2026-10-20 12:00",
    "2026-10-20T12:00:00+0900": "2026-10-20 12:00",
    "2026-10-20T12:00:00-05:00": "2026-10-21 02:00",
    "2026-10-20 12:00:00 UTC": "2026-10-20 21:00",
    "2026-03-31T15:30:00Z": "2026-04-01 00:30",
}
ONE_SHAPE = [
    "2026-10-20",
    "2026/1/5 9:05",
    "2026-10-20T12:00:00Z",
    "15 Apr, 2021 00:03:00",
    "44000.5",
]
UNREADABLE = [
    "2026-13-45", "2026-02-30", "2026-10-20 25:00", "13/13/2026", "1/5/26", "26-10-20", "12345",
    "2026", "2026-13", "20261301",
    "午後3:00", "177504480000", "2026/4/1 午後13:00", "infinity", "epoch", "2026-10-20 BC", "0001-01-01",
    "99999-01-01", "令和8年13月1日", "平成百年", "soon", "未定", "2026-10-20 soon", "1e5", "0",
]  # fmt: skip


def read(
    values: list[str], told_in: str = TOKYO, habit: Habit | None = None
) -> list[datetime | None]:
    table = ibis.memtable(
        {"n": range(len(values)), "x": values}, schema={"n": "int64", "x": "string"}
    )
    zones = Zones(told_in, TOKYO)
    if habit is None:
        habit = learn_habits(table, ["x"], zones)["x"]
    shown = table.select("n", x=convert(table["x"], "time", zones, habit)).order_by("n")
    found: list[datetime | None] = ENGINE.to_pyarrow(shown)["x"].to_pylist()
    return found


def test_shapes() -> None:
    found = dict(zip(SHAPES, read(list(SHAPES), habit=Habit()), strict=True))
    assert found == {text: datetime.fromisoformat(meant) for text, meant in SHAPES.items()}


def test_what_is_no_date() -> None:
    found = read(UNREADABLE, habit=Habit())
    assert [t for t, moment in zip(UNREADABLE, found, strict=True) if moment is not None] == []


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        (["3/4/2026", "25/4/2026"], "2026-04-03"),  # one cell settles it: day first
        (["3/4/2026", "4/25/2026"], "2026-03-04"),  # month first
        (["3/4/2026", "5/6/2026"], "2026-03-04"),  # nothing settles it: as American software
        (["3-4-2026", "25-4-2026"], "2026-04-03"),
        (["３/４/２０２６", "25/4/2026"], "2026-04-03"),
    ],
)
def test_day_or_month_first(column: list[str], meant: str) -> None:
    assert read(column)[0] == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    ("other", "meant", "guessed"),
    [
        (["25/4/2026", "1/5/2026"], "2026-04-03", False),
        (["4/25/2026", "1/5/2026"], "2026-03-04", False),
        (["2026-04-25", "2026-05-01"], "2026-03-04", True),
        (["7/8/2026", "1/5/2026"], "2026-03-04", True),
    ],
)
def test_a_column_that_leaves_it_open_is_read_as_its_neighbour(
    other: list[str], meant: str, guessed: bool
) -> None:
    table = ibis.memtable({"x": ["3/4/2026", "4/4/2026"], "other": other})
    zones = Zones(TOKYO, TOKYO)
    habit = learn_habits(table, ["x", "other"], zones)["x"]
    assert habit.guessed is guessed
    assert read(["3/4/2026"], habit=habit) == [datetime.fromisoformat(meant)]


def test_a_day_that_is_its_month_is_no_guess() -> None:
    table = ibis.memtable({"x": ["4/4/2026", "05-05-2026", "2026-04-01"]})
    assert not learn_habits(table, ["x"], Zones(TOKYO, TOKYO))["x"].guessed


def test_a_column_that_contradicts_itself_loses_no_certain_date_silently() -> None:
    assert read(["13/1/2026", "1/13/2026"]) == [None, datetime(2026, 1, 13)]


@pytest.mark.parametrize("told_in", [TOKYO, "UTC"])
def test_a_column_of_one_shape_is_read_as_among_others(told_in: str) -> None:
    for text in ONE_SHAPE:
        assert read([text], told_in) == read([text, "soon"], told_in)[:1]
        timed = read([text, "2026-04-01 09:30:00"], told_in)[:1]
        assert timed == read([text], told_in, Habit())


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        (["2026-03-31 15:30", "2026-04-01 00:00"], ["2026-04-01 00:30", "2026-04-01 09:00"]),
        (["2026-03-31 00:00", "2026-04-01 00:00:00"], ["2026-03-31", "2026-04-01"]),
        (["2026-03-31", "2026-04-01"], ["2026-03-31", "2026-04-01"]),
        (["2026-03-31", "2026-03-31 15:30"], ["2026-03-31", "2026-04-01 00:30"]),
        (["2026-03-31T15:30:00Z", "2026年3月31日15時30分"], ["2026-04-01 00:30"] * 2),
    ],
)
def test_a_source_told_in_utc(column: list[str], meant: list[str]) -> None:
    """Times shift to the goals' zone; dates, and columns of nothing but midnights, never do."""
    assert read(column, told_in="UTC") == [datetime.fromisoformat(m) for m in meant]


FORMATS = ["%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%d %b, %Y %H:%M:%S", "%Y年%m月%d日 %H:%M:%S",
           "%m/%d/%Y %H:%M:%S", "%Y-%m-%dT%H:%M:%S"]  # fmt: skip
moments = st.datetimes(datetime(1990, 1, 1), datetime(2199, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)


@given(st.lists(st.tuples(moments, st.sampled_from(FORMATS)), min_size=1, max_size=20))
@settings(max_examples=40, deadline=None)
def test_moments_come_back(told: list[tuple[datetime, str]]) -> None:
    found = read([moment.strftime(shape) for moment, shape in told], habit=Habit())
    assert found == [moment for moment, _shape in told]


@given(moments, st.integers(-12 * 60, 14 * 60))
@settings(max_examples=40, deadline=None)
def test_offsets(moment: datetime, minutes: int) -> None:
    zone = timedelta(minutes=minutes)
    sign = "-" if minutes < 0 else "+"
    hours, rest = divmod(abs(minutes), 60)
    text = f"{moment:%Y-%m-%dT%H:%M:%S}{sign}{hours:02}:{rest:02}"
    expected = (moment - zone).replace(tzinfo=UTC).astimezone(ZoneInfo(TOKYO)).replace(tzinfo=None)
    assert read([text]) == [expected]


@given(st.lists(st.text(max_size=16), min_size=1, max_size=30))
@settings(max_examples=40, deadline=None)
def test_no_text_stops_the_engine(texts: list[str]) -> None:
    clean = [text.encode("utf-8", "ignore").decode() for text in texts]
    assert len(read(clean)) == len(texts)
