"""Dates and lengths of time as people write them: 2026年10月20日, R8.10.1, 90d, 2か月, 4w..8w."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kpilint.goals.written import excerpt, plain
from kpilint.i18n import _

FIRST_YEAR, LAST_YEAR = 1900, 2199
_TWELVE = "january february march april may june july august september october november december"
_MONTHS = {name: n for n, name in enumerate(_TWELVE.split(), 1)}
_MONTHS |= {name[:3]: n for name, n in _MONTHS.items()} | {"sept": 9}
RANGE = re.compile(  # a hyphen only where it cannot be a part of a date: 2026/10-2026/12, 10月-3月
    r"\.\.|〜|~|から|(?<=[月日])\s*-\s*(?=[0-9])|(?<=/[0-9])-(?=[0-9]{4}/)|(?<=/[0-9]{2})-(?=[0-9]{4}/)"
    r"|\s+-\s+(?=[0-9]{4}|[A-Za-z]{3})"
)
YEAR = (
    r"(?:(?P<era>令和|平成|[RrHh])\s*(?P<era_year>[0-9]{1,2}|元)"
    r"|(?P<year>[0-9]{4}|[0-9]{2}(?=年)|(?:(?<=FY)|(?<=FY\s)|(?<=fy))[0-9]{2}))"
)
_WESTERN = re.compile(
    r"(?:(?P<day>[0-9]{1,2})(?:st|nd|rd|th)?\s+)?(?P<name>[A-Za-z]{3,9})\.?"
    r"(?:\s+(?P<after>[0-9]{1,2})(?:st|nd|rd|th)?)?,?\s+(?P<year>[0-9]{4})"
)
_SLASHED = re.compile(r"(?P<one>[0-9]{1,2})/(?P<two>[0-9]{1,2})/(?P<year>[0-9]{4})")
_ERAS = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988}
DATE = re.compile(
    rf"{YEAR}\s*[-/.年]\s*(?P<month>[0-9]{{1,2}})\s*[-/.月]\s*(?P<day>[0-9]{{1,2}})\s*日?"
)
DAYS = {"hour": 1 / 24, "day": 1, "week": 7, "month": 365.25 / 12, "year": 365.25}
_LENGTHS = {
    "hour": "h hr hrs hour hours 時間",
    "day": "d day days 日 日間",
    "week": "w wk wks week weeks 週 週間",
    "month": "mo mon month months か月 ヶ月 カ月 ヵ月 ケ月 か月間 ヶ月間",
    "year": "y yr yrs year years 年 年間",
}
_WORDS = {word: name for name, words in _LENGTHS.items() for word in words.split()}
_LENGTH = re.compile(r"(?P<number>[0-9]{1,5}(?:\.[0-9]{1,3})?)\s*(?P<word>[^\s0-9.]{0,6})")


def calendar_year(found: re.Match[str]) -> int:
    """The western year of a match of ``YEAR``; ValueError outside 1900 to 2199."""
    era, year = found["era"], found["era_year"]
    if era:
        return _ERAS[era.upper()] + (1 if year == "元" else int(year))
    digits = found["year"]
    return check_year(int(digits) + (2000 if len(digits) == 2 else 0))


def check_year(year: int) -> int:
    """``year`` itself; ValueError with a sentence unless it lies in 1900 to 2199."""
    if FIRST_YEAR <= year <= LAST_YEAR:
        return year
    raise ValueError(
        _(
            "The year {year} lies outside {first} to {last}; check the digits.",
            year=year,
            first=FIRST_YEAR,
            last=LAST_YEAR,
        )
    )


def check_month(month: int, text: str) -> int:
    """``month`` itself; ValueError with a sentence unless it lies in 1 to 12."""
    if 1 <= month <= 12:
        return month
    raise ValueError(
        _(
            "There is no month {month} in “{text}”; months run from 1 to 12.",
            month=month,
            text=excerpt(text),
        )
    )


def western(text: str) -> str:
    """Dates and months in English as ISO ones: 31 Dec 2026, Dec 31, 2026, Oct 2026, 12/31/2026.

    Where day and month could change places, as in 11/12/2026, the text stays as it is.
    """
    found = _WESTERN.fullmatch(text)
    if found and (month := _MONTHS.get(found["name"].lower())):
        days = [day for day in (found["day"], found["after"]) if day]
        if len(days) < 2:
            return "-".join([found["year"], f"{month:02}", *(f"{int(day):02}" for day in days)])
    if found := _SLASHED.fullmatch(text):
        one, two = int(found["one"]), int(found["two"])
        if one == two or (one > 12) != (two > 12):
            month, day = (two, one) if one > 12 else (one, two)
            return f"{found['year']}-{month:02}-{day:02}"
    return text


@lru_cache(maxsize=4096)
def read_date(text: str) -> date:
    """One day: ``2026-10-20``, ``2026/10/20``, ``2026年10月20日``, ``令和8年10月20日``, ``R8.10.20``.

    Raises ValueError with a sentence that names the month or day that does not exist.
    """
    found = DATE.fullmatch(western(plain(text)))
    if not found:
        raise ValueError(
            _(
                "“{text}” cannot be read as a date; write for example 2026-10-20.",
                text=excerpt(text),
            )
        )
    year, month, day = calendar_year(found), check_month(int(found["month"]), text), found["day"]
    try:
        return date(year, month, int(day))
    except ValueError:
        raise ValueError(
            _(
                "There is no day {day} in “{text}”; that month is shorter.",
                day=int(day),
                text=excerpt(text),
            )
        ) from None


def read_days(text: str) -> tuple[date, date]:
    """First and last day (inclusive) of ``2026-12-29..2027-01-03``, or one day as both ends."""
    ends = [read_date(end) for end in RANGE.split(plain(text), maxsplit=1)]
    if ends[0] > ends[-1]:
        raise ValueError(backwards(text))
    return ends[0], ends[-1]


def backwards(text: str) -> str:
    """The sentence about a range whose end comes before its start."""
    return _("“{text}” ends before it starts; write the earlier end first.", text=excerpt(text))


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time in days; a month counts 365.25 / 12 days, rounded to whole days."""

    days: float
    text: str


@lru_cache(maxsize=1024)
def read_duration(text: str) -> Duration:
    """A length of time: ``60d``, ``8w``, ``2か月`` (61 days), ``1年`` (365 days), ``12h``.

    Raises ValueError with a sentence.
    """
    return Duration(_days(plain(text), text, None), text)


@lru_cache(maxsize=1024)
def read_lag(text: str) -> tuple[float, float]:
    """Least and greatest lag in days: ``4w..8w`` and ``4〜8週`` are (28, 56), ``4w`` (28, 28)."""
    ends = [end.strip() for end in RANGE.split(plain(text), maxsplit=1)]
    last = _LENGTH.fullmatch(ends[-1])
    high = _days(ends[-1], text, None)
    low = _days(ends[0], text, last["word"] if last else None)
    if low > high:
        raise ValueError(backwards(text))
    return low, high


def _days(length: str, text: str, word: str | None) -> float:
    """Days in ``length``, whose missing unit is ``word``."""
    found = _LENGTH.fullmatch(length)
    name = _WORDS.get((found["word"] or word or "").lower()) if found else None
    if not found or not name:
        raise ValueError(
            _(
                "“{text}” cannot be read as a length of time; write for example 90d, 8w or 2 months.",
                text=excerpt(text),
            )
        )
    days = float(found["number"]) * DAYS[name]
    return float(round(days)) if name in ("month", "year") else days
