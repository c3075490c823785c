"""The ledger: what every run saw and judged, only ever added to, and proof against changes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, cast

from kpilint.data.chain import (
    Entry,
    Head,
    Json,
    Kind,
    Record,
    Row,
    canonical,
    continued,
    fresh,
    short,
    unreadable,
)
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet, identity

if TYPE_CHECKING:
    from pathlib import Path

    from kpilint.data.storage import Storage

__all__ = ["Entry", "Json", "Kind", "Ledger", "Record", "period_of", "subject_of"]


def subject_of(goal: Goal) -> str:
    """A goal's identity over its periods: ``metric|department|owner``."""
    return short("|".join(part or "" for part in identity(goal)))


def period_of(goal: Goal) -> str:
    """A goal's period as ``2026-10-01..2026-12-31``; empty where it has none."""
    return f"{goal.period.start}..{goal.period.end}" if goal.period is not None else ""


def days_of(period: str) -> tuple[date, date] | tuple[None, None]:
    """The first and last day of such a period; None for a goal without one."""
    first, _dots, last = period.partition("..")
    try:
        return date.fromisoformat(first), date.fromisoformat(last)
    except ValueError:
        return None, None


class Ledger:
    """One book of a ledger: that of an organisation, else of the folder that the goals are in.

    Reading creates nothing. Whatever asks the database raises LedgerProblem, with the reason, where
    it is locked, damaged, foreign, newer or not there; before that, Unavailable or SourceProblem
    where the URL cannot be resolved.
    """

    def __init__(self, goals: GoalSet) -> None:
        self.goals = goals
        self._held: dict[tuple[Kind, str], Mapping[str, tuple[Record, ...]]] = {}

    @classmethod
    def of(cls, goals: GoalSet) -> Ledger:
        """The ledger of ``goals``; nothing is opened yet."""
        return cls(goals)

    @property
    def book(self) -> str:
        """Whose history it is; several clients may share a database."""
        named = " ".join((self.goals.organization or "").split())
        return short(named or self.goals.folder.resolve().name)

    @cached_property
    def _storage(self) -> Storage:
        from kpilint.data.storage import storage
        from kpilint.data.url import address_in

        return storage(address_in(self.goals.ledger, "ledger"), self.goals.folder, self.book)

    @property
    def file(self) -> Path | None:
        """The file of a SQLite ledger, there or not; None for a server."""
        from kpilint.data.url import address_in, file_of

        return file_of(address_in(self.goals.ledger, "ledger"), self.goals.folder)

    @property
    def begun(self) -> bool:
        """Whether anything was ever recorded in this book; creates nothing."""
        file = self.file
        return (file is None or file.exists()) and bool(self.head())

    def head(self) -> str:
        """The hash of the last record; empty where there is none."""
        return self.end.hash

    @property
    def end(self) -> Head:
        """The number and hash of the last record."""
        return self._storage.head()

    @property
    def expected(self) -> bool:
        """Whether there should be one: the goals name it, or pages that were made from it stand."""
        from kpilint.data.verification import ends

        return self.goals.has("ledger") or any(True for _page in ends(self.goals.folder))

    def append(self, entries: Iterable[Entry], *, as_of: date, run: str) -> tuple[Record, ...]:
        """Record what is new in ``entries``, in one transaction; returns that.

        ``as_of`` is the day from which the run looked, ``run`` its name, such as 2026-10. An entry
        equal to the latest of the same kind, subject, period and run is not written again. Raises
        ValueError or TypeError for a body that JSON cannot say.
        """
        now, by = datetime.now(UTC), short(_account())
        told = [_row(entry, now, as_of, run, by) for entry in entries]

        def following(head: Head, known: Iterable[Row]) -> Iterator[Row]:
            return continued(self.book, head, fresh(told, known))

        self._held.clear()
        return tuple(map(_record, self._storage.write(run, following)))

    def records(
        self,
        kind: Kind | None = None,
        *,
        subject: str | None = None,
        period: str | None = None,
        run: str | None = None,
    ) -> tuple[Record, ...]:
        """What was recorded of a kind, subject, period and run, in the order of writing."""
        subject = None if subject is None else short(subject)
        rows = self._storage.rows(kind=kind, subject=subject, period=period, run=run)
        return tuple(map(self._read, rows))

    def periods(self, kind: Kind, run: str | None = None) -> Mapping[str, tuple[str, ...]]:
        """The periods for which something of that kind was recorded, by subject, in order."""
        found: dict[str, list[str]] = {}
        for subject, period in self._storage.pairs(kind, run):
            found.setdefault(subject, []).append(period)
        return {subject: tuple(sorted(each)) for subject, each in found.items()}

    def held(self, kind: Kind, period: str) -> Mapping[str, tuple[Record, ...]]:
        """What was recorded of a kind for a period, by subject, each in the order of writing."""
        if (kind, period) not in self._held:
            found: dict[str, list[Record]] = {}
            for record in self.records(kind, period=period):
                found.setdefault(record.entry.subject, []).append(record)
            self._held[kind, period] = {name: tuple(each) for name, each in found.items()}
        return self._held[kind, period]

    def runs(self) -> tuple[str, ...]:
        """The names of all runs, in the order of their first record."""
        return self._storage.runs()

    def last_run(self, kind: Kind, until: date = date.max) -> tuple[str, date] | None:
        """The run that recorded something of that kind last, and the day that it looked from.

        Only runs that looked from ``until`` or before; None where there is none.
        """
        found = self._storage.last_run(kind, until.isoformat())
        return (found[0], date.fromisoformat(found[1])) if found is not None else None

    def original(self, goal: Goal) -> Record | None:
        """The record of the target with which the goal's period began.

        Corrections before the period are free, so it is the last that was recorded as of its first
        day or earlier. Once a run has looked from inside the period, what is recorded of earlier
        days no longer counts: else running a past month again would move the goalpost. A goal that
        was first recorded late has its first record.
        """
        if goal.period is None:
            return None
        told = self.held("target", period_of(goal)).get(subject_of(goal), ())
        if self._shared(goal):
            told = tuple(record for record in told if record.entry.body.get("id") == goal.id)
        return original(told, goal.period.start)

    def _shared(self, goal: Goal) -> bool:
        """Whether another goal has the same identity and period, so that only ids tell (P006)."""
        same = self.goals.by_identity.get(identity(goal), ())
        return sum(period_of(other) == period_of(goal) for other in same) > 1

    def first_target(self, goal: Goal) -> float | None:
        """The target with which the goal's period began, in its metric's unit; see ``original``.

        Of a goal that was first recorded late, what the first of the ``changes`` known then came
        from. None where nothing is recorded.
        """
        record = self.original(goal)
        if record is None or goal.period is None:
            return None
        return begun_with(record, goal.period.start)

    def verify(self) -> tuple[str, ...]:
        """A sentence for each edited, missing, moved or foreign row; empty where it is whole."""
        from kpilint.data.verification import verified

        return verified(self._storage, self.goals.folder)

    def _read(self, row: Row) -> Record:
        try:
            return _record(row)
        except (ValueError, TypeError):
            raise unreadable(row.number) from None


def original(told: Iterable[Record], start: date) -> Record | None:
    """Of the targets recorded for a period, in the order of writing, the one that it began with."""
    told = [record for record in told if _number(record.entry.body.get("target")) is not None]
    ahead = tuple(takewhile(lambda record: record.as_of <= start, told))
    return ahead[-1] if ahead else next(iter(told), None)


def begun_with(record: Record, start: date) -> float | None:
    """The value of such a record; of a late one, what the first change inside the period was from."""
    body = record.entry.body
    if record.as_of > start:
        changes = body.get("changes")
        for change in changes if isinstance(changes, (list, tuple)) else ():
            was = _number(change.get("from")) if isinstance(change, Mapping) else None
            if was is not None and str(change.get("on")) >= start.isoformat():
                return was
    return _number(body.get("target"))


def _number(value: Json) -> float | None:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(cast("float", value)) if number else None


def _row(entry: Entry, now: datetime, as_of: date, run: str, by: str) -> Row:
    return Row(
        number=0,
        at=now.isoformat(timespec="microseconds"),
        as_of=as_of.isoformat(),
        run=run,
        account=by,
        kind=entry.kind,
        subject=short(entry.subject),
        period=entry.period,
        body=canonical(entry.body),
        previous="",
        hash="",
    )


def _record(row: Row) -> Record:
    body = json.loads(row.body)
    if not isinstance(body, dict):
        raise ValueError(row.body)
    return Record(
        number=row.number,
        at=datetime.fromisoformat(row.at),
        as_of=date.fromisoformat(row.as_of),
        run=row.run,
        by=row.account,
        entry=Entry(cast("Kind", row.kind), row.subject, row.period, body),
        hash=row.hash,
    )


def _account() -> str:
    """Who runs this, as the machine calls them."""
    from getpass import getuser

    try:
        return getuser()
    except (KeyError, OSError):  # a container without a name for its user
        return ""
