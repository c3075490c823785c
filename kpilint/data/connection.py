"""Connections to databases: each made once, read-only where the engine can, ended at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import ibis

from kpilint.data.url import Address
from kpilint.errors import SourceProblem, Unavailable
from kpilint.i18n import _, listed

if TYPE_CHECKING:
    import ibis.expr.types as ir

TIMEOUT = 10  # seconds to wait for a server
_SHOWN = 12  # tables that a message lists
_LONGEST = 240  # letters of a driver's reason
_EXTRAS = {"postgres": "kpilint[postgres]", "pyspark": "kpilint[spark]"}
_NAMES = {"postgresql": "postgres", "spark": "pyspark"}
# How each driver calls the seconds to wait; and nothing is created on the way in.
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "postgres": {"connect_timeout": TIMEOUT},
    "mysql": {"connect_timeout": TIMEOUT},
    "clickhouse": {"connect_timeout": TIMEOUT},
    "snowflake": {"login_timeout": TIMEOUT, "create_object_udfs": False},
}
_READ_ONLY = {"postgres": "SET default_transaction_read_only = on"}


@dataclass(eq=False)
class Connection:
    """An open database; ``end`` ends what was begun for it, and no more."""

    address: Address
    folder: Path
    backend: Any
    end: Callable[[], object]

    @property
    def engine(self) -> str:
        """Ibis's name for the engine, such as postgres."""
        return str(self.backend.name)

    def table(self, name: str, source: str) -> ir.Table:
        """A table by ``name``, ``schema.name`` or ``catalog.schema.name``.

        Raises SourceProblem, with the nearest name, where there is none.
        """
        *place, table = name.split(".")
        database = None if not place else place[0] if len(place) == 1 else tuple(place)
        try:
            if self.engine == "pyspark":
                from kpilint.data import spark

                return spark.table(self.backend, spark.warehouse(self.address, self.folder), name)
            return self.backend.table(table, database=database)
        except Exception as problem:  # drivers share no class of errors
            there = self._tables(database)
            if table in there:
                raise failed(problem, self.address, source) from None
        shown = self.address.shown
        message = _("{address} has no table {table}.", address=shown, table=name)
        near = get_close_matches(table, there, n=1, cutoff=0.6)
        if near:
            message += _(" Did you mean {near}?", near=".".join([*place, near[0]]))
        elif there:
            known = listed(there, _SHOWN)
            message += _(" It has {tables}.", tables=known)
        raise SourceProblem(message, source=source)

    def _tables(self, database: Any) -> list[str]:
        try:
            return sorted(self.backend.list_tables(database=database))
        except Exception:  # a schema that is not there, or may not be listed
            return []


class _Answers:
    """What a backend answers to whoever asks; where it fails, a SourceProblem in a sentence."""

    def __init__(self, backend: Any, address: Address) -> None:
        self.address = address
        self.arrow, self.pandas = backend.to_pyarrow, backend.execute

    def to_pyarrow(self, question: ir.Expr, /, **how: Any) -> Any:
        return self._answer(self.arrow, question, how)

    def execute(self, question: ir.Expr, /, **how: Any) -> Any:
        return self._answer(self.pandas, question, how)

    def _answer(self, ask: Callable[..., Any], question: ir.Expr, how: dict[str, Any]) -> Any:
        try:
            return ask(question, **how)
        except Exception as problem:  # drivers share no class of errors
            raise failed(problem, self.address) from None


def failed(problem: Exception, address: Address, source: str = "") -> SourceProblem:
    """A question that the database did not answer, as a sentence."""
    reason = reason_of(problem, address)
    message = _("{address} gives no answer: {reason}.", address=address.shown, reason=reason)
    return SourceProblem(message, source=source)


def reason_of(problem: Exception, address: Address) -> str:
    """The first sentences of what a driver says, on one line and without secrets."""
    said = str(problem) or type(problem).__name__
    head = address.hide(re.split(r"\n\s*(?:LINE \d|JVM stacktrace|== SQL|\n)", said)[0])
    return (head if len(head) <= _LONGEST else head[: _LONGEST - 1] + "…").rstrip(".? ")


def connect(address: Address, folder: Path, source: str) -> Connection:
    """Connect within ``TIMEOUT`` seconds; paths of file databases start at ``folder``.

    Raises Unavailable for a server that does not answer or a driver that is not installed, and
    SourceProblem where the server refuses, or the URL names no database that Ibis knows.
    """
    engine = _NAMES.get(address.scheme, address.scheme)
    known = {entry.name for entry in entry_points(group="ibis.backends")}
    if engine not in known:
        raise _unknown(address, known, source)
    try:
        backend, end = _opened(engine, address, folder, source)
        answers = _Answers(backend, address)
        backend.to_pyarrow, backend.execute = answers.to_pyarrow, answers.execute
        return Connection(address, folder, backend, end)
    except Unavailable:
        raise
    except ImportError:
        message = _(
            "The source {source} needs the driver of {engine}; install {package}.",
            source=source,
            engine=engine,
            package=_EXTRAS.get(engine, f"ibis-framework[{engine}]"),
        )
        raise Unavailable(message) from None
    except Exception as problem:  # drivers share no class of errors
        _not_connected(problem, address, source)


def _opened(
    engine: str, address: Address, folder: Path, source: str
) -> tuple[Any, Callable[[], object]]:
    """The backend, and what ends it."""
    if engine == "pyspark":
        from kpilint.data import spark

        return spark.session(address, folder, TIMEOUT)
    backend: Any
    if engine in ("duckdb", "sqlite"):
        backend = _file(engine, address, folder, source)
    else:
        given = {"user": address.user, "password": address.password}
        told = {name: value for name, value in given.items() if value is not None}
        backend = ibis.connect(address.url, **{**_OPTIONS.get(engine, {}), **told})
    if engine in _READ_ONLY:
        with backend._safe_raw_sql(_READ_ONLY[engine]):
            pass
    return backend, backend.disconnect


def _file(engine: str, address: Address, folder: Path, source: str) -> Any:
    """A database in a file: ``duckdb:///sales.db`` stands beside the goals file."""
    path = folder / address.place.removeprefix("/")
    if not path.is_file():
        message = _("{path}: there is no such file; check the path.", path=path)
        raise SourceProblem(message, source=source)
    if engine == "sqlite":
        return ibis.sqlite.connect(path)
    return ibis.duckdb.connect(
        path,
        read_only=True,
        autoinstall_known_extensions=False,
        autoload_known_extensions=False,
    )


def _unknown(address: Address, known: Iterable[str], source: str) -> SourceProblem:
    names = sorted({*known, *_NAMES} - {"pyspark", "postgres"})
    near = get_close_matches(address.scheme, names, n=1, cutoff=0.6)
    message = _(
        "{scheme} is no database that can be read; there are {names}.",
        scheme=address.scheme,
        names=listed(names),
    )
    hint = _(" Did you mean {near}?", near=near[0]) if near else ""
    return SourceProblem(message + hint, source=source)


def _not_connected(problem: Exception, address: Address, source: str) -> NoReturn:
    reason = reason_of(problem, address)
    # PostgreSQL's client has one class for both; only a server says FATAL.
    answered = "FATAL" in reason or not isinstance(problem, _unanswered())
    if answered:
        message = _(
            "{address} refuses the connection: {reason}. Check the database, the user and the "
            "password.",
            address=address.shown,
            reason=reason,
        )
        raise SourceProblem(message, source=source) from None
    message = _(
        "{address} does not answer: {reason}. Check the host, and that the network reaches it.",
        address=address.shown,
        reason=reason,
    )
    raise Unavailable(message) from None


def _unanswered() -> tuple[type[Exception], ...]:
    """What says that nobody was there."""
    try:
        import psycopg
    except ImportError:
        return (OSError,)
    return (OSError, psycopg.OperationalError)
