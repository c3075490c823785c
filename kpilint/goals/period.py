"""A goal's period as people write it: 2026-Q3, 26年度下期, 2026-10, 2026-W41, 2026-10..2026-12."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from kpilint.goals.dates import (
    DATE,
    RANGE,
    YEAR,
    backwards,
    calendar_year,
    check_month,
    check_year,
    read_date,
    western,
)
from kpilint.goals.written import excerpt, plain
from kpilint.i18n import _

DAY = timedelta(days=1)
_MONTHS = {"quarter": 3, "half": 6, "year": 12}


def add_months(first: date, months: int) -> date:
    """The first day of the month that many months after the month of ``first``."""
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of whole days from ``start`` to ``end``, both inclusive.

    ``kind`` is day, week, month, quarter, half, year or range. ``fiscal`` says that its reading
    depends on when the fiscal year starts. ``text`` is as written, or ISO dates where computed.
    """

    start: date
    end: date
    kind: str
    fiscal: bool = False
    text: str = ""

    @property
    def days(self) -> int:
        """Number of calendar days."""
        return (self.end - self.start).days + 1

    def months(self) -> tuple[Period, ...]:
        """The calendar months it is made of; empty unless it consists of whole months."""
        if self.start.day != 1 or (self.end + DAY).day != 1:
            return ()
        count = (self.end.year - self.start.year) * 12 + self.end.month - self.start.month + 1
        return tuple(month_of(add_months(self.start, n)) for n in range(count))

    def contains(self, other: Period) -> bool:
        """Whether ``other`` lies wholly inside."""
        return self.start <= other.start and other.end <= self.end

    def overlaps(self, other: Period) -> bool:
        """Whether the two share a day."""
        return self.start <= other.end and other.start <= self.end

    def before(self) -> Period:
        """The period just before, of as many months (or days, where it has no whole months)."""
        months = len(self.months())
        length = timedelta(days=self.days)
        start = add_months(self.start, -months) if months else self.start - length
        return self._moved(start, self.start - DAY)

    def after(self) -> Period:
        """The period just after, of as many months, or days."""
        start, months = self.end + DAY, len(self.months())
        later = add_months(start, months) if months else start + timedelta(days=self.days)
        return self._moved(start, later - DAY)

    def last_year(self) -> Period:
        """The same period a year before: the same months or dates, or the week 52 weeks before."""
        if self.kind == "week":
            return self._moved(self.start - 52 * 7 * DAY, self.end - 52 * 7 * DAY)
        if self.months():
            after = add_months(self.end + DAY, -12)
            return self._moved(add_months(self.start, -12), after - DAY)
        return self._moved(_year_before(self.start), _year_before(self.end))

    def label(
        self, language: str, fiscal_year_start: int = 1, fiscal_year_named: str = "start"
    ) -> str:
        """The period's name in ``ja`` or ``en``: 2026年度第3四半期(10〜12月), FY2026 Q3 (Oct–Dec)."""
        return _LABELS[language](self, fiscal_year_start, fiscal_year_named)

    def _moved(self, start: date, end: date) -> Period:
        return Period(start, end, self.kind, self.fiscal, f"{start}..{end}")


def _year_before(day: date) -> date:
    leap_day = day.month == 2 and day.day == 29
    return day.replace(year=day.year - 1, day=28 if leap_day else day.day)


def month_of(day: date) -> Period:
    """The calendar month that ``day`` lies in."""
    start = day.replace(day=1)
    return Period(start, add_months(start, 1) - DAY, "month", text=f"{start:%Y-%m}")


# Reading

_FISCAL = rf"(?P<fy>FY\s?)?{YEAR}(?P<mark>年度|年)?"
_PART = (
    r"(?:Q(?P<q1>[1-4])|(?P<q2>[1-4])Q|第(?P<q3>[1-4一二三四])四半期"
    r"|H(?P<h1>[12])|(?P<h2>[12])H|(?P<first>上半?期|前期)|(?P<second>下半?期|後期))"
)
_MONTH = re.compile(rf"{YEAR}\s*[-/.年]\s*(?P<month>[0-9]{{1,2}})\s*月?")
_PARTS = (
    re.compile(rf"{_FISCAL}[\s/-]*{_PART}", re.IGNORECASE),
    re.compile(rf"{_PART}[\s/-]*{_FISCAL}", re.IGNORECASE),
)
_WEEK = re.compile(r"(?P<year>[0-9]{4})(?:-?W|年第)(?P<week>[0-9]{1,2})週?", re.IGNORECASE)
_YEAR = re.compile(_FISCAL, re.IGNORECASE)
_LATER_MONTH = re.compile(r"(?P<month>[0-9]{1,2})月?")
_KANJI = str.maketrans("一二三四", "1234")


@lru_cache(maxsize=8192)
def read_period(text: str, fiscal_year_start: int = 1, fiscal_year_named: str = "start") -> Period:
    """Read a period.

    Quarters and halves are those of the fiscal year that begins in month ``fiscal_year_start``
    and is named after the calendar year of its ``start`` or ``end``. A bare ``2026`` is the
    fiscal year too, like ``2026-Q3``; only ``2026年`` is the calendar year. Weeks are ISO weeks.
    The end of a range may leave out its year (2026年10月〜3月). Raises ValueError with a sentence.
    """
    ends = [end.strip() for end in RANGE.split(plain(text), maxsplit=1)]
    first = _read_single(ends[0], text, fiscal_year_start, fiscal_year_named)
    if len(ends) == 1:
        return first
    later = _LATER_MONTH.fullmatch(ends[1])
    if later and first.kind == "month":
        ahead = check_month(int(later["month"]), text) - first.start.month
        last = month_of(add_months(first.start, ahead % 12))
    else:
        last = _read_single(ends[1], text, fiscal_year_start, fiscal_year_named)
    if first.start > last.start or first.end > last.end:
        raise ValueError(backwards(text))
    return Period(first.start, last.end, "range", first.fiscal or last.fiscal, text)


def _unread(text: str) -> str:
    return _(
        "“{text}” cannot be read as a period; write for example 2026-Q3, 2026-10, FY2026 or "
        "2026-10-01..2026-12-31.",
        text=excerpt(text),
    )


def _read_single(line: str, text: str, year_start: int, named: str) -> Period:
    """One period that is no range; ``text`` is the whole of what was written."""
    line = western(line)
    if found := _MONTH.fullmatch(line):
        month = check_month(int(found["month"]), text)
        start = date(calendar_year(found), month, 1)
        return Period(start, add_months(start, 1) - DAY, "month", text=text)
    if found := _PARTS[0].fullmatch(line) or _PARTS[1].fullmatch(line):
        first = fiscal_year_first(calendar_year(found), year_start, named)
        quarter = found["q1"] or found["q2"] or found["q3"]
        half = found["h1"] or found["h2"] or ("1" if found["first"] else "2")
        kind, number = ("quarter", quarter) if quarter else ("half", half)
        return _part(first, kind, int(number.translate(_KANJI)), text)
    if found := _WEEK.fullmatch(line):
        return _week(check_year(int(found["year"])), int(found["week"]), text)
    if found := _YEAR.fullmatch(line):
        year = calendar_year(found)
        if found["mark"] == "年" and not found["fy"]:
            return Period(date(year, 1, 1), date(year, 12, 31), "year", text=text)
        return _part(fiscal_year_first(year, year_start, named), "year", 1, text)
    if not DATE.fullmatch(line):
        raise ValueError(_unread(text))
    day = read_date(line)
    return Period(day, day, "day", text=text)


def _part(first: date, kind: str, number: int, text: str) -> Period:
    """The ``number``-th quarter, half or year of the fiscal year that starts on ``first``."""
    length = _MONTHS[kind]
    start = add_months(first, length * (number - 1))
    return Period(start, add_months(start, length) - DAY, kind, fiscal=True, text=text)


def _week(year: int, week: int, text: str) -> Period:
    try:
        start = date.fromisocalendar(year, week, 1)
    except ValueError:
        raise ValueError(_("The year {year} has no week {week}.", year=year, week=week)) from None
    return Period(start, start + 6 * DAY, "week", text=text)


# The fiscal year


def fiscal_year_first(year: int, year_start: int, named: str) -> date:
    """First day of the fiscal year called ``year`` (see ``read_period``)."""
    return date(year - (named == "end" and year_start > 1), year_start, 1)


def fiscal_year(day: date, year_start: int = 1, named: str = "start") -> int:
    """The name of the fiscal year that ``day`` lies in."""
    return day.year - (day.month < year_start) + (named == "end" and year_start > 1)


# Labels

_NAMES = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"
_MONTH_NAMES = dict(enumerate(_NAMES.split(), 1))


def _place(period: Period, year_start: int) -> int:
    """Which quarter or half of its fiscal year; 0 where it fits none."""
    length = _MONTHS.get(period.kind, 0)
    ahead = (period.start.month - year_start) % 12
    return 0 if not length or ahead % length else ahead // length + 1


def _japanese(period: Period, year_start: int, named: str) -> str:
    start, end = period.start, period.end
    year = f"{fiscal_year(start, year_start, named)}年{'度' if year_start > 1 else ''}"
    months = f"{start.month}〜{end.month}月"
    place = _place(period, year_start)
    match period.kind:
        case "day":
            return f"{start.year}年{start.month}月{start.day}日"
        case "week":
            number = start.isocalendar()
            return f"{number.year}年第{number.week}週({start.month}/{start.day}〜{end.month}/{end.day})"
        case "month":
            return f"{start.year}年{start.month}月"
        case "year" if not period.fiscal and start.month == 1:
            return f"{start.year}年"
        case "quarter" if place:
            return f"{year}第{place}四半期({months})"
        case "half" if place:
            return f"{year}{'上下'[place - 1]}期({months})"
        case "year" if place:
            return year if year_start == 1 else f"{year}({months})"
    later = "" if start.year == end.year else f"{end.year}年"
    if period.months():
        return f"{start.year}年{start.month}月〜{later}{end.month}月"
    return f"{start.year}年{start.month}月{start.day}日〜{later}{end.month}月{end.day}日"


def _english(period: Period, year_start: int, named: str) -> str:
    start, end = period.start, period.end
    year = f"{'FY' if year_start > 1 else ''}{fiscal_year(start, year_start, named)}"
    first, last = _MONTH_NAMES[start.month], _MONTH_NAMES[end.month]
    place = _place(period, year_start)
    match period.kind:
        case "day":
            return f"{start.day} {first} {start.year}"
        case "week":
            number = start.isocalendar()
            return f"{number.year}-W{number.week:02} ({start.day} {first} – {end.day} {last})"
        case "month":
            return f"{first} {start.year}"
        case "year" if not period.fiscal and start.month == 1:
            return f"{start.year}"
        case "quarter" | "half" if place:
            return f"{year} {'Q' if period.kind == 'quarter' else 'H'}{place} ({first}–{last})"
        case "year" if place:
            return year if year_start == 1 else f"{year} ({first}–{last})"
    earlier = "" if start.year == end.year else f" {start.year}"
    if period.months():
        return f"{first}{earlier} – {last} {end.year}"
    return f"{start.day} {first}{earlier} – {end.day} {last} {end.year}"


_LABELS = {"ja": _japanese, "en": _english}
