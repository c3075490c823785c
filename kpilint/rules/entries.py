"""When the records of each team were entered, against when they happened: by month."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from kpilint.errors import ColumnMissing, Unavailable
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period, add_months, month_of
from kpilint.goals.source import Source
from kpilint.goals.workdays import workdays_between
from kpilint.goals.written import plain_name
from kpilint.i18n import _
from kpilint.rules.happenings import happenings
from kpilint.rules.rows import Rows, after

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from numpy.typing import NDArray

    from kpilint.data.dataset import Dataset

_RECORDED = "recorded_at"
_TEAM = "team"
_MONTHS = 36  # what is looked at, the last month included
_MOST = 100_000  # records whose gaps are told apart
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, eq=False)
class Entered:
    """One team's records by the month of the event, oldest first; the last is judged.

    ``months`` and ``days`` have one entry a record: the month's number, and the days to its entry.
    """

    team: str
    month: Period
    on_last_day: NDArray[np.int64]
    records: NDArray[np.int64]
    months: NDArray[np.int64]
    days: NDArray[np.float64]


def entries(goals: GoalSet, data: Dataset, source: Source, as_of: date) -> tuple[Entered, ...]:
    """The teams of a source, up to the last month that is complete on ``as_of``.

    Of each month counts what was entered as soon after its end as ``as_of`` is after the last
    one's: what comes later is missing there too. Nothing where no column ``recorded_at`` says when
    a record was entered. Raises Unavailable for columns that hold no dates, and the data door's
    errors.
    """
    rows = Rows.of(data, source.name)
    recorded = _column(rows, _RECORDED)
    if recorded is None:
        return ()
    times = [each for each in happenings(goals, source) if each.time != _RECORDED]
    if not times:
        return ()
    times = [each for each in times if each.wheres] or times  # targets are set on what is decided
    moments = [
        ibis.ifelse(rows.any_holds(t.wheres), rows.moment(t.time), ibis.null("timestamp"))
        for t in times
    ]
    event = ibis.greatest(*moments) if len(moments) > 1 else moments[0]
    last = month_of(as_of + _DAY).start - _DAY
    first = add_months(last.replace(day=1), 1 - _MONTHS)
    who, teams = _teams(goals, rows)
    counted = (
        rows.table.mutate(who=who, event=event.date(), entered=_moment(recorded, source).date())
        .filter(lambda t: t.entered.notnull() & (t.event >= first) & (event < after(last)))
        .filter(lambda t: t.entered <= as_of)
        .group_by("who", "event", "entered")
        .aggregate(count=lambda t: t.count())
        .to_pandas()
    )
    end = pd.to_datetime(counted["event"]) + pd.offsets.MonthEnd(0)
    counted = counted[pd.to_datetime(counted["entered"]) <= end + (as_of - last)]
    ends = _last_days(first, last, goals.closures)
    return tuple(_by_team(counted, teams, ends, last))


def _column(rows: Rows, name: str) -> ir.Column | None:
    try:
        return rows.column(name)
    except ColumnMissing:
        return None


def _moment(column: ir.Column, source: Source) -> ir.TimestampValue:
    if column.type().is_string() and isinstance(column, ibis.expr.types.StringColumn):
        return column.try_cast("timestamp")
    if not (column.type().is_timestamp() or column.type().is_date()):
        message = _("{column} of {source} holds no dates.", column=_RECORDED, source=source.name)
        raise Unavailable(message)
    return column.cast("timestamp")


def _teams(goals: GoalSet, rows: Rows) -> tuple[ir.Value, Mapping[str, str] | None]:
    """What tells teams apart, and the teams by its values; None where it names them itself."""
    team = _column(rows, _TEAM)
    if team is not None:
        return team.cast("string"), None
    metrics = goals.metrics.values()
    person = next((m.person for m in metrics if m.source == rows.source and m.person), None)
    column = _column(rows, person) if person and goals.teams else None
    if column is None:
        return ibis.literal(""), {}
    members = {plain_name(name): team for team, names in goals.teams.items() for name in names}
    return column.cast("string"), members


def _by_team(
    counted: pd.DataFrame,
    teams: Mapping[str, str] | None,
    ends: Mapping[int, date],
    last: date,
) -> Iterator[Entered]:
    event, entered = (pd.to_datetime(counted[name]) for name in ("event", "entered"))
    month = event.dt.year * 12 + event.dt.month - 1
    days = (entered - event).dt.days.clip(lower=0).astype("float64")
    on_end = entered == pd.to_datetime(month.map(ends))
    named = counted["who"].fillna("").astype(str)
    if teams is not None:
        named = named.map(lambda name: teams.get(plain_name(name), ""))
    found = sorted(set(named.str.strip()))
    for team in found:
        if not team and len(found) > 1:
            continue  # those who belong to no team have no habit in common
        mine = (named.str.strip() == team).to_numpy()
        count = counted["count"].to_numpy(np.int64)[mine]
        place = month.to_numpy(np.int64)[mine]
        first = int(place.min())
        size = last.year * 12 + last.month - first
        records = np.bincount(place - first, count, size).astype(np.int64)
        at_end = np.bincount(place - first, count * on_end.to_numpy()[mine], size)
        thin = np.maximum(count // (count.sum() // _MOST + 1), 1)
        yield Entered(
            team,
            month_of(last),
            at_end.astype(np.int64),
            records,
            np.repeat(place, thin),
            np.repeat(days.to_numpy()[mine], thin),
        )


def _last_days(first: date, last: date, closures: Iterable[tuple[date, date]]) -> dict[int, date]:
    """The last working day of each month, by the month's number."""
    closed = tuple(closures)
    found = {}
    month = first
    while month <= last:
        found[month.year * 12 + month.month - 1] = _last_day(month, closed)
        month = add_months(month, 1)
    return found


@lru_cache(maxsize=512)
def _last_day(month: date, closures: tuple[tuple[date, date], ...]) -> date:
    day = month_of(month).end
    while day > month and not workdays_between(day - _DAY, day + _DAY, closures):
        day -= _DAY
    return day
