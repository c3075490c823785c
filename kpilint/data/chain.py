"""The ledger's rows as a chain: each is sealed together with the one before it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, NamedTuple, TypeAlias

from kpilint.errors import LedgerProblem
from kpilint.i18n import _

Kind = Literal[
    "run", "goal", "target", "actual", "finding", "hypothesis", "quality", "review", "notice"
]
Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Damage = Literal["edited", "missing", "moved", "cut", "foreign"]
_LONGEST = 200  # letters of a name, beyond which an index of some databases refuses it


@dataclass(frozen=True, slots=True)
class Entry:
    """Something to remember: what ``kind`` of fact, about what, in which period.

    ``period`` is ``2026-10-01..2026-12-31``, or empty. ``body`` holds what JSON can say, never a
    secret.
    """

    kind: Kind
    subject: str
    period: str
    body: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class Record:
    """An entry as it stands in the ledger: its place there, and who wrote it when, seen from when.

    ``at`` is in UTC, ``as_of`` the day from which the run looked, ``by`` the account that ran it.
    """

    number: int
    at: datetime
    as_of: date
    run: str
    by: str
    entry: Entry
    hash: str


class Row(NamedTuple):
    """A record as a database keeps it, all but its number as text."""

    number: int
    at: str
    as_of: str
    run: str
    account: str
    kind: str
    subject: str
    period: str
    body: str
    previous: str
    hash: str


class Head(NamedTuple):
    """Where a book ends: the number and hash of its last row."""

    number: int = 0
    hash: str = ""


class Flaw(NamedTuple):
    """What is wrong with the rows ``first`` to ``last``; ``row`` is the first as it stands.

    ``was`` is the number that a moved row was written with.
    """

    damage: Damage
    first: int
    last: int
    row: Row | None = None
    was: int = 0


def canonical(body: Mapping[str, Json]) -> str:
    """JSON in the one spelling that is sealed. Raises ValueError or TypeError for anything else."""
    text = json.dumps(
        body, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )
    return _encodable(text)


def short(name: str) -> str:
    """A name as an index can hold it: what is too long ends in its hash."""
    name = _encodable(name).replace("\0", "")
    if len(name) <= _LONGEST:
        return name
    return name[: _LONGEST - 17] + "…" + _sha256(name.encode())[:16]


def _sha256(content: bytes) -> str:
    from hashlib import sha256  # a check without a ledger seals nothing

    return sha256(content).hexdigest()


def _encodable(text: str) -> str:
    """Half a surrogate pair, which no database takes, as JSON spells it."""
    return text.encode("utf-8", "backslashreplace").decode()


def seal(book: str, row: Row) -> str:
    """SHA-256 over the canonical JSON of a row and the hash of the one before it."""
    told = [book, row.previous, *row[:-3]]
    head = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=repr)
    sealed = f"{head[:-1]},{row.body}]"  # the body is canonical already
    return _sha256(sealed.encode("utf-8", "surrogatepass"))


def continued(book: str, head: Head, rows: Iterable[Row]) -> Iterator[Row]:
    """``rows``, whose number and hashes are still to come, joined to the chain after ``head``."""
    number, previous = head
    for row in rows:
        number += 1
        numbered = row._replace(number=number, previous=previous)
        previous = seal(book, numbered)
        yield numbered._replace(hash=previous)


def fresh(rows: Iterable[Row], known: Iterable[Row]) -> Iterator[Row]:
    """The rows that say something new after those ``known`` of the same kind, subject and period.

    Several rows on one subject are news together, or not at all.
    """
    bodies = {key: [row.body for row in group] for key, group in _grouped(known).items()}
    for key, group in _grouped(rows).items():
        if [row.body for row in group] != bodies.get(key, [])[-len(group) :]:
            yield from group


def _grouped(rows: Iterable[Row]) -> dict[tuple[str, str, str], list[Row]]:
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.kind, row.subject, row.period), []).append(row)
    return groups


class Chain:
    """What a walk along the rows of a book finds: flaws, and the hash of each row."""

    def __init__(self, book: str) -> None:
        self.book = book
        self.hashes: dict[int, str] = {}
        self._links: dict[str, tuple[int | None, str]] = {}  # hash: true number, hash before it
        self._flaws: list[Flaw] = []
        self._last: Row | None = None
        self._sound = True

    def walk(self, rows: Iterable[Row], head: Head) -> tuple[Flaw, ...]:
        """Every flaw of rows that come in order of their numbers, and of the end of the book."""
        for row in rows:
            self._step(row)
        self._end(head)
        return tuple(_runs(self._placed(flaw) for flaw in self._flaws))

    def _step(self, row: Row) -> None:
        last = self._last.number if self._last is not None else 0
        if not isinstance(row.number, int) or row.number <= last:
            self._flaws.append(Flaw("foreign", last, last, row))
            return
        if row.number > last + 1:
            self._flaws.append(Flaw("missing", last + 1, row.number - 1))
        sound = seal(self.book, row) == row.hash
        if not sound:
            self._flaws.append(Flaw("edited", row.number, row.number, row))
        elif row.number == last + 1 and self._sound and row.previous != self.hashes.get(last, ""):
            self._flaws.append(Flaw("cut", row.number, row.number, row))
        self.hashes[row.number] = row.hash
        self._links.setdefault(row.hash, (row.number if sound else None, row.previous))
        self._last, self._sound = row, sound

    def _end(self, head: Head) -> None:
        last = self._last.number if self._last is not None else 0
        if head.number > last:
            self._flaws.append(Flaw("missing", last + 1, head.number))
        elif head.number < last:
            self._flaws.append(Flaw("foreign", head.number + 1, last))
        elif self._sound and head.hash != self.hashes.get(last, ""):
            self._flaws.append(Flaw("cut", last, last, self._last))

    def _placed(self, flaw: Flaw) -> Flaw:
        """A row that was sealed with another number was moved, not edited."""
        row = flaw.row if flaw.damage == "edited" else None
        was = self._written_as(row) if row is not None else None
        if row is None or was is None or seal(self.book, row._replace(number=was)) != row.hash:
            return flaw
        self._links[row.hash] = (was, row.previous)
        return flaw._replace(damage="moved", was=was)

    def _written_as(self, row: Row) -> int | None:
        """The number that a row had, by the rows that it followed; None where they are gone."""
        before = row.previous
        for steps in range(1, len(self._links) + 2):
            if not before:
                return steps
            number, before = self._links.get(before, (0, ""))
            if number is not None:
                return number + steps if number else None
        return None


def _runs(flaws: Iterable[Flaw]) -> Iterator[Flaw]:
    """Neighbouring rows with the same fault as one."""
    run: Flaw | None = None
    for flaw in flaws:
        if (
            run is not None
            and flaw.damage == run.damage
            and flaw.first == run.last + 1
            and flaw.was - run.was in (0, flaw.first - run.first)
        ):
            run = run._replace(last=flaw.last)
            continue
        if run is not None:
            yield run
        run = flaw
    if run is not None:
        yield run


def unreadable(number: object) -> LedgerProblem:
    """The sentence about a row that is not as it was written."""
    return LedgerProblem(
        _(
            "Row {number} of the ledger cannot be read: somebody edited it. kpilint history "
            "verify shows what else was.",
            number=number,
        )
    )
