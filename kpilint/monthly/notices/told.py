"""Which notices went out: remembered in the ledger, so that an event is told once."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from secrets import token_hex
from typing import TYPE_CHECKING

from kpilint.data.chain import Entry, short

if TYPE_CHECKING:
    from kpilint.data.ledger import Ledger, Record

# Longer than a message may take: who began to send before that was ended and sends no more.
ABANDONED = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that is told once: ``subject`` and ``period`` name it apart from any other."""

    kind: str
    subject: str
    period: str = ""
    goal: str | None = None

    @property
    def name(self) -> str:
        """What the ledger keeps it under, whoever is told."""
        return f"{self.kind}|{self.subject}"


@dataclass(slots=True)
class Told:
    """The notices of a ledger.

    Sending is announced before and settled after it: of two runs that announce the same event at
    once, the one that stands first in the ledger sends.
    """

    ledger: Ledger
    as_of: date
    _known: dict[tuple[str, str], list[Record]] | None = field(default=None, repr=False)

    def before(self, event: Event, channel: str) -> bool:
        """Whether the channel was told, or is being told right now."""
        return _closed(self._records(event, channel), datetime.now(UTC))

    def announce(self, event: Event, channel: str) -> bool:
        """Say that the channel is about to be told; False where another run is the one to do it."""
        mark = token_hex(8)
        self._append(event, channel, {"state": "sending", "mark": mark})
        found = self.ledger.records("notice", subject=_subject(event, channel), period=event.period)
        return _holder(found) == mark

    def settle(self, event: Event, channel: str, *, sent: bool) -> None:
        """Say how it ended; what was not sent is due again."""
        self._append(event, channel, {"state": "sent" if sent else "failed"})

    def pass_by(self, kind: str, lasting: Collection[str], decided: Collection[str]) -> None:
        """Forget the events of a kind that are over, so that they are told when they come back.

        ``lasting`` are the subjects that still are. Of the others only those are over whose first
        word is among ``decided``.
        """
        for records in self._all().values():
            body = records[-1].entry.body
            subject, goal = str(body.get("of")), body.get("goal")
            gone = subject not in lasting and subject.partition("|")[0] in decided
            if body.get("event") == kind and gone and _told(records):
                event = Event(kind, subject, records[-1].entry.period, str(goal) if goal else None)
                self._append(event, str(body["channel"]), {"state": "over"})

    def _append(self, event: Event, channel: str, more: Mapping[str, str]) -> None:
        body = {"event": event.kind, "of": event.subject, "goal": event.goal, "channel": channel}
        entry = Entry("notice", _subject(event, channel), event.period, {**body, **more})
        self.ledger.append([entry], as_of=self.as_of, run="")

    def _records(self, event: Event, channel: str) -> list[Record]:
        return self._all().get((_subject(event, channel), event.period), [])

    def _all(self) -> dict[tuple[str, str], list[Record]]:
        if self._known is None:
            self._known = {}
            for record in self.ledger.records("notice") if self.ledger.begun else ():
                key = record.entry.subject, record.entry.period
                self._known.setdefault(key, []).append(record)
        return self._known


def _subject(event: Event, channel: str) -> str:
    return short(f"{event.name}|{channel}")


def _told(records: Iterable[Record]) -> bool:
    """Whether the last word is that it was sent."""
    settled = [r.entry.body["state"] for r in records if r.entry.body["state"] != "sending"]
    return bool(settled) and settled[-1] == "sent"


def _sending(records: Iterable[Record]) -> Record | None:
    """Who announced first and has not settled; one who is long overdue has lost its turn."""
    first: Record | None = None
    for record in records:
        if record.entry.body["state"] != "sending":
            first = None
        elif first is None or record.at - first.at > ABANDONED:
            first = record
    return first


def _closed(records: list[Record], now: datetime) -> bool:
    sending = _sending(records)
    return _told(records) or (sending is not None and now - sending.at <= ABANDONED)


def _holder(records: tuple[Record, ...]) -> str:
    """The mark of who is to send; empty where it was sent already."""
    sending = _sending(records)
    return "" if sending is None or _told(records) else str(sending.entry.body["mark"])
