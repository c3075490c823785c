"""Where the ledger is kept: SQLite beside the goals, or any database that SQLAlchemy speaks to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import (
    Column,
    Connection,
    Engine,
    Select,
    Table,
    create_engine,
    func,
    inspect,
    select,
    update,
)
from sqlalchemy.exc import DBAPIError, IntegrityError, ProgrammingError, SQLAlchemyError
from sqlalchemy.pool import NullPool

from kpilint.data.chain import Head, Row, unreadable
from kpilint.data.tables import BOOKS, FIELDS, ROWS, TABLES, VERSION
from kpilint.data.url import Address, file_of
from kpilint.errors import LedgerProblem
from kpilint.i18n import _

WAIT = 60  # seconds in which other writers have to come to an end
_ANSWER = 10  # seconds in which a server has to answer
_TRIES = 20  # of writers who meet where the database has no lock to queue at
_LONGEST = 240  # letters of a driver's reason
T = TypeVar("T")
Make = Callable[[Head, Iterable[Row]], Iterable[Row]]


class Storage:
    """The tables of the ledger in one database, and one book in them."""

    def __init__(self, address: Address, file: Path | None, book: str) -> None:
        self.address = address
        self.file = file  # of SQLite; None for a server
        self.book = book
        self._sound = False  # whether the tables were looked at, and are the ledger's
        self.shown = str(file) if file is not None else address.shown

    @cached_property
    def engine(self) -> Engine:
        """Every use connects anew, so that a fork or a killed process leaves nothing behind."""
        if self.file is not None:
            target = f"sqlite:///file:{_quoted(self.file)}?mode=rw&uri=true"
            waiting: dict[str, Any] = {"timeout": WAIT}
            return create_engine(
                target, poolclass=NullPool, connect_args=waiting, isolation_level="AUTOCOMMIT"
            )
        patient = {}
        if self.address.scheme.startswith("postgres"):
            patient = {"connect_timeout": _ANSWER, "options": f"-c lock_timeout={WAIT}s"}
        scheme, colon, rest = self.address.url.partition(":")
        url = ("postgresql" if scheme == "postgres" else scheme) + colon + rest
        return create_engine(url, poolclass=NullPool, connect_args=patient)

    # Reading

    def rows(self, **where: str | None) -> tuple[Row, ...]:
        """The rows of the book in order, of those columns that are given; creates nothing."""
        asked = self._asked(*FIELDS)
        for name, value in where.items():
            if value is not None:
                asked = asked.where(ROWS.c[name] == value)
        return self._read(lambda connection: _rows(connection, asked), ())

    def pairs(self, kind: str, run: str | None = None) -> tuple[tuple[str, str], ...]:
        """The subjects and periods of that kind, each pair once."""
        asked = select(ROWS.c.subject, ROWS.c.period)
        asked = asked.where(ROWS.c.book == self.book, ROWS.c.kind == kind)
        if run is not None:
            asked = asked.where(
                ROWS.c.run == run
            )  # "distinct" would make SQLite pass this index by
        return self._read(lambda c: tuple(dict.fromkeys(c.execute(asked))), ())

    def runs(self) -> tuple[str, ...]:
        """The runs, in the order of their first row."""
        asked = select(ROWS.c.run).where(ROWS.c.book == self.book)
        asked = asked.group_by(ROWS.c.run).order_by(func.min(ROWS.c.number))
        return self._read(lambda connection: tuple(connection.execute(asked).scalars()), ())

    def last_run(self, kind: str, until: str) -> tuple[str, str] | None:
        """The last row's run and day, of rows of that kind that looked from ``until`` or before."""
        asked = select(ROWS.c.run, ROWS.c.as_of).where(ROWS.c.book == self.book)
        asked = asked.where(ROWS.c.kind == kind, ROWS.c.as_of <= until)
        asked = asked.order_by(ROWS.c.number.desc()).limit(1)

        def first(connection: Connection) -> tuple[str, str] | None:
            found = connection.execute(asked).first()
            return (found.run, found.as_of) if found is not None else None

        return self._read(first, None)

    def along(self, visit: Callable[[Iterator[Row], Head], T]) -> T | None:
        """What ``visit`` makes of all rows, which come by and by, and of the end of the book."""

        def walked(connection: Connection) -> T:
            head = self._head(connection) or Head()
            asked = self._asked(*FIELDS).order_by(ROWS.c.number)
            found = connection.execution_options(yield_per=2000).execute(asked)
            return visit(map(_row, found), head)

        return self._read(walked, None)

    def head(self) -> Head:
        """The last row of the book."""
        return self._read(self._head, None) or Head()

    def _asked(self, *columns: Column[Any]) -> Select[Any]:
        return select(*columns).where(ROWS.c.book == self.book)

    def _head(self, connection: Connection, *, lock: bool = False) -> Head | None:
        asked = select(BOOKS.c.number, BOOKS.c.hash).where(BOOKS.c.book == self.book)
        found = connection.execute(asked.with_for_update() if lock else asked).first()
        return Head(*found) if found is not None else None

    def _read(self, ask: Callable[[Connection], T], nothing: T) -> T:
        if self.file is not None and not self.file.exists():
            return nothing
        with self._told(), self.engine.connect() as connection:
            return ask(connection) if self._begun(connection) else nothing

    def _begun(self, connection: Connection) -> bool:
        """Whether the tables are there; LedgerProblem where others are in their place."""
        self._sound = self._sound or self._looked(connection)
        return self._sound

    def _looked(self, connection: Connection) -> bool:
        tables = inspect(connection)
        there = [table for table in (ROWS, BOOKS) if tables.has_table(table.name)]
        if not there:
            if self.file is not None and tables.get_table_names():
                raise self._foreign()
            return False
        if BOOKS in there and "version" in _columns(tables, BOOKS):
            newest = connection.execute(select(func.max(BOOKS.c.version))).scalar() or 0
            if not isinstance(newest, int):  # SQLite keeps whatever somebody writes there
                raise self._damaged(f"version {newest!r}")
            if newest > VERSION:
                raise LedgerProblem(
                    _(
                        "The ledger {ledger} was written by a newer kpilint (version {version}, "
                        "this one knows {known}). Update kpilint.",
                        ledger=self.shown,
                        version=newest,
                        known=VERSION,
                    )
                )
        if any(not _columns(tables, table) >= set(table.c.keys()) for table in (ROWS, BOOKS)):
            raise self._foreign()
        return True

    def _foreign(self) -> LedgerProblem:
        return LedgerProblem(
            _(
                "{ledger} is a database of another program, not a ledger. Name another place "
                "under ledger: in the goals file.",
                ledger=self.shown,
            )
        )

    # Writing

    def write(self, run: str, make: Make) -> tuple[Row, ...]:
        """Add what ``make`` makes of the end of the book and the rows of ``run``, all or nothing.

        It is called again where another writer came first. Returns the rows that were added.
        """
        if self.file is not None:
            self._prepare(self.file)
        with self._told():
            for left in reversed(range(_TRIES)):
                try:
                    with self._transaction() as connection:
                        return self._extend(connection, run, make)
                except (IntegrityError, ProgrammingError):  # another writer was there first
                    if not left:
                        raise
        raise AssertionError("the last try raises or returns")

    def _extend(self, connection: Connection, run: str, make: Make) -> tuple[Row, ...]:
        if not self._begun(connection):
            TABLES.create_all(connection)
        head = self._head(connection, lock=True)
        if head is None:
            head = Head()
            start = {"book": self.book, "version": VERSION, **head._asdict()}
            connection.execute(BOOKS.insert(), start)

        asked = self._asked(*FIELDS).where(ROWS.c.run == run)
        rows = tuple(make(head, _rows(connection, asked)))
        if rows:
            connection.execute(ROWS.insert(), [{"book": self.book, **r._asdict()} for r in rows])
            end = {"number": rows[-1].number, "hash": rows[-1].hash}
            connection.execute(update(BOOKS).where(BOOKS.c.book == self.book), end)
        return rows

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            if self.file is None:
                with connection.begin():
                    yield connection
                return
            connection.exec_driver_sql("BEGIN IMMEDIATE")  # a reader who writes later may deadlock
            yield connection
            connection.exec_driver_sql("COMMIT")  # closed without it, nothing was written

    def _prepare(self, file: Path) -> None:
        """An empty file for SQLite to write into, in its folder."""
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.open("ab").close()
        except OSError as problem:
            raise self._unwritable(problem.strerror or str(problem)) from None

    # Problems

    @contextmanager
    def _told(self) -> Iterator[None]:
        """What a driver complains of, as a sentence without secrets."""
        try:
            yield
        except (SQLAlchemyError, ImportError, ValueError) as problem:
            raise self._sentence(problem) from None

    def _sentence(self, problem: Exception) -> LedgerProblem:
        own = problem.orig if isinstance(problem, DBAPIError) and problem.orig else problem
        reason = self._reason(own)
        if isinstance(problem, ImportError):
            message = _(
                "The ledger {ledger} needs the driver {driver}; install it.",
                ledger=self.shown,
                driver=problem.name or reason,
            )
            return LedgerProblem(message)
        if "locked" in reason or "lock timeout" in reason:
            message = _(
                "The ledger {ledger} is in use by another program, and was not free within "
                "{seconds} seconds. Nothing was written; close that program and try again.",
                ledger=self.shown,
                seconds=WAIT,
            )
            return LedgerProblem(message)
        if any(word in reason for word in ("not a database", "malformed", "decode")):
            return self._damaged(reason.partition(" with text ")[0])  # SQLite quotes the garbage
        if any(word in reason for word in ("readonly", "read-only", "disk", "full", "permission")):
            return self._unwritable(reason)
        message = _(
            "The ledger {ledger} gives no answer: {reason}.", ledger=self.shown, reason=reason
        )
        return LedgerProblem(message)

    def _damaged(self, reason: str) -> LedgerProblem:
        message = _(
            "{ledger} is damaged, or no ledger at all ({reason}). Restore it from a backup.",
            ledger=self.shown,
            reason=reason,
        )
        return LedgerProblem(message)

    def _unwritable(self, reason: str) -> LedgerProblem:
        message = _(
            "The ledger {ledger} cannot be written: {reason}. What was recorded before is kept; "
            "make room or allow writing there, and try again.",
            ledger=self.shown,
            reason=reason,
        )
        return LedgerProblem(message)

    def _reason(self, problem: BaseException) -> str:
        said = (str(problem) or type(problem).__name__).strip().partition("\n")[0]
        said = self.address.hide(said)
        return (said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…").rstrip(". ")


def _row(found: Any) -> Row:
    return Row(*found)


def _rows(connection: Connection, asked: Select[Any]) -> tuple[Row, ...]:
    """In the order of writing; asked for an order, SQLite would walk along the whole book for it."""
    found = [_row(each) for each in connection.execute(asked)]
    for row in found:
        if not isinstance(row.number, int):
            raise unreadable(row.number)
    return tuple(sorted(found, key=lambda row: row.number))


def _columns(tables: Any, table: Table) -> set[str]:
    if not tables.has_table(table.name):
        return set()
    return {column["name"] for column in tables.get_columns(table.name)}


def _quoted(file: Path) -> str:
    """A file's path inside SQLite's own URI."""
    from urllib.parse import quote

    return quote(str(file.absolute()))


def storage(address: Address, folder: Path, book: str) -> Storage:
    """The storage at an address; a SQLite file's path starts from ``folder``."""
    if address.place.removeprefix("/") in {"", ":memory:"}:
        message = _(
            "The ledger must outlive the run: write a file under ledger:, for example {example}.",
            example="sqlite:///.kpilint/ledger.db",
        )
        raise LedgerProblem(message)
    return Storage(address, file_of(address, folder), book)
