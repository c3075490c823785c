"""The period of a goal in a table: its own, from its first month to a deadline, or the title's."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kpilint.goals.period import Period, read_period
from kpilint.goals.table.grid import Cell, folded
from kpilint.goals.table.heading import heading
from kpilint.goals.table.timeline import Fiscal, Told, resolved, spanning
from kpilint.goals.written import plain
from kpilint.i18n import _

_EPOCH = date(1899, 12, 30)  # of Excel's serial numbers
_SERIALS = range(36_526, 73_051)  # the years 2000 to 2099
_UNTIL = re.compile(r"(?:(?:末日?|中)\s*(?:まで|迄)?|まで|迄)$")
_DAY = re.compile(r"(?P<month>1[0-2]|0?[1-9])(?:/|月)(?P<day>3[01]|[12][0-9]|0?[1-9])日?")


@dataclass(frozen=True, slots=True)
class When:
    """A period as a goals file writes it, or the reason why a table leaves it open."""

    text: str | None = None
    unclear: str | None = None
    end: date | None = None  # of a deadline, whose start the table must tell


def read_when(cell: Cell, told: Told, fiscal: Fiscal, *, deadline: bool) -> When:
    """What a cell of 期限 (``deadline``) or 期間 says; the year may come from the title."""
    text = plain(cell.text)
    if (day := _stored(cell)) is not None:
        return When(end=day)
    until = _UNTIL.sub("", text).strip()
    period: Period | None
    try:
        period = read_period(until, fiscal.start or 1, fiscal.named)
    except ValueError:
        period = _yearless(until, told, fiscal)
        if period is None and (heading(until).stretch or _DAY.fullmatch(until)):
            return When(unclear=_no_year(cell.text))
    if period is None:
        return When(text=cell.text)  # the reader of periods will say what is wrong with it
    by = deadline and period.kind == "month"
    if period.kind == "day" or until != text or by:
        return When(end=period.end)
    return When(text=period.text or None)


def _stored(cell: Cell) -> date | None:
    """The day that a cell holds, as a date or as the serial number of one."""
    if cell.day is None and cell.numeric and cell.text.isdigit() and int(cell.text) in _SERIALS:
        return _EPOCH + timedelta(days=int(cell.text))
    return cell.day


def _yearless(text: str, told: Told, fiscal: Fiscal) -> Period | None:
    said = heading(text)
    if said.stretch is not None:
        return resolved(said.stretch, said.year or told.year, fiscal)
    found = _DAY.fullmatch(folded(text))
    month = heading(f"{found['month']}月").stretch if found else None
    whole = resolved(month, told.year, fiscal) if month else None
    if found is None or whole is None:
        return None
    try:
        day = whole.start.replace(day=int(found["day"]))
    except ValueError:
        return None
    return Period(day, day, "day", text=day.isoformat())


def _no_year(text: str) -> str:
    return _(
        "“{text}” names no year, and neither title, sheet nor file name tells it for certain. "
        "Write the year, as in 2026年度, and fiscal_year_start: in goals.yaml.",
        text=text,
    )


def days_in(cells: Iterable[Cell]) -> set[date]:
    """The deadlines that a table gives as whole dates."""
    found = set()
    for cell in cells:
        when = read_when(cell, Told(), Fiscal(), deadline=True)
        if when.end is not None:
            found.add(when.end)
    return found


def until(end: date, parts: Iterable[Period], told: Told, fiscal: Fiscal) -> When:
    """The period up to a deadline: from the row's first month, else from the title's start."""
    starts = [part.start for part in parts if part.start <= end]
    if not starts and told.stretch is not None:
        whole = resolved(told.stretch, told.year, fiscal)
        starts = [whole.start] if whole and whole.start <= end else []
    if not starts and told.text and told.stretch is None:
        first = read_period(told.text).start
        starts = [first] if first <= end else []
    if not starts and fiscal.start is not None:
        year = end.year - (end.month < fiscal.start)
        starts = [date(year, fiscal.start, 1)]
    if starts:
        return When(text=spanning(min(starts), end).text)
    return When(
        unclear=_(
            "{day} is a day by which; nothing in the sheet says from when. Write the period, as "
            "in 2026-04..2026-12, or name the fiscal year above the table.",
            day=end.isoformat(),
        )
    )
