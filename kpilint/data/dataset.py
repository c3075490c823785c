"""The only data door: the sources of a goals file as named, typed Ibis tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from kpilint.data.cache import Cache
from kpilint.errors import SourceProblem, Unavailable
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _
from kpilint.scratch import Scratch

if TYPE_CHECKING:
    from datetime import date

    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

    from kpilint.data.aside import Aside
    from kpilint.data.connection import Connection
    from kpilint.data.coverage import Coverage
    from kpilint.data.ledger import Ledger
    from kpilint.data.opened import Opened
    from kpilint.data.tally import Asked, Tally
    from kpilint.data.url import Address
    from kpilint.goals.source import Source


@dataclass(frozen=True, slots=True)
class UnreadableCells:
    """Cells of one column of one file that are neither blank nor what the column holds.

    ``kind`` is time, number or flag. ``examples`` are the first few as (row, text); rows count as
    a spreadsheet shows them: the heading is row 1, and a line break inside quotation marks
    begins no row.
    """

    column: str
    kind: str
    count: int
    examples: tuple[tuple[int, str], ...]
    file: str


class GuessedDates(NamedTuple):
    """A column whose dates may have the day or the month first, and no cell tells which.

    The month is taken to. ``examples`` are the first few as (row, text), of one file.
    """

    column: str
    examples: tuple[tuple[int, str], ...]
    file: str


class LackingColumn(NamedTuple):
    """A column that some files of a source do not have; its cells count as empty there."""

    column: str
    files: tuple[str, ...]


class Dataset:
    """The sources of a goals file, each opened when first used and then kept.

    Closing it, or leaving it as a context manager, ends the engine and removes what it wrote.
    """

    def __init__(self, goals: GoalSet, cache: Cache | None = None) -> None:
        self.goals = goals
        self.cache = cache or Cache.of_user()
        self._opened: dict[str, Opened] = {}
        self._problems: dict[str, Unavailable] = {}
        self._connections: dict[str, Connection | Unavailable] = {}
        self._coverages: dict[tuple[str, str, date], Coverage | None] = {}
        self.tallies: dict[tuple[str, str, str], dict[Asked, Tally]] = {}  # see tally.py

    @classmethod
    def of(cls, goals: GoalSet) -> Dataset:
        """The data of ``goals``; nothing is opened yet."""
        return cls(goals)

    def table(self, source: str) -> ir.Table:
        """A source as a table with canonical column names and typed columns.

        Columns that the goals use as dates or times are timestamps without zone, as clocks in
        the goals' time zone show them; numbers are floating point; all others are text as in
        the file. What a conversion cannot read is NULL, see ``unreadable``. Raises SourceProblem
        where the source cannot be read, and Unavailable for kinds of sources that are not read.
        """
        if source in self._problems:  # a broken file is read through once, not for every metric
            raise self._problems[source]
        try:
            return self.opened(source).table
        except Unavailable as problem:
            self._problems[source] = problem
            raise

    def columns(self, source: str) -> tuple[str, ...]:
        """Canonical names, the other headings, joined fields; reads the headings only."""
        return tuple(self.opened(source).columns)

    def resolve(self, source: str, column: str) -> str:
        """The exact name of a column, however its width and case are written.

        Raises ColumnMissing, with the nearest heading or canonical name, where there is none.
        """
        return self.opened(source).resolve(column)

    def fingerprint(self, source: str) -> str:
        """SHA-256 of the source's content, of all its files in order.

        Raises Unavailable for a database, whose content is not read, and like ``table``.
        """
        from kpilint.data.files import files_of  # a source need not be opened for it

        spec = self._spec(source)
        if spec.url is not None:
            message = _(
                "{source} is a database, whose content is not read; there is no hash of it.",
                source=source,
            )
            raise Unavailable(message)
        return self.cache.fingerprint(files_of(spec, self.goals.folder), source)

    def files(self, source: str) -> tuple[Path, ...]:
        """The files that a source is made of, in order; none for a database."""
        return self.opened(source).files

    def address(self, source: str) -> Address | None:
        """Where the database of a source is; None for files. Raises like ``table``."""
        from kpilint.data.url import address_of

        return address_of(self._spec(source))

    def unreadable(self, source: str) -> tuple[UnreadableCells, ...]:
        """Cells that could not be converted, by file and column, in the order of the columns."""
        return self.opened(source).unreadable

    def guessed(self, source: str) -> tuple[GuessedDates, ...]:
        """Columns of dates such as 4/1/2026 that nothing tells to be in April or in January."""
        return self.opened(source).guessed

    def lacking(self, source: str) -> tuple[LackingColumn, ...]:
        """Columns that not every file of a source has."""
        return self.opened(source).lacking

    def doubled(self, source: str) -> Mapping[str, str]:
        """Columns whose heading stands over several columns of a file, with that file."""
        opened = self.opened(source)
        return {
            opened.resolve(heading): part.file for part in opened.parts for heading in part.doubled
        }

    def aside(self, source: str) -> tuple[Aside, ...]:
        """Rows of its files that are no records, as titles and totals, and were left out."""
        return tuple(a for part in self.opened(source).parts if (a := part.aside) is not None)

    def subtotals(self, source: str) -> tuple[Aside, ...]:
        """Rows between its records that look like totals of some; they are among the records."""
        return self.opened(source).subtotals

    def coverage(self, source: str, column: str, until: date) -> Coverage | None:
        """Which days up to ``until`` a source's records cover, by one of its time columns."""
        from kpilint.data.coverage import coverage

        key = (source, self.resolve(source, column), until)
        if key not in self._coverages:
            self._coverages[key] = coverage(self.table(source)[key[1]], until)
        return self._coverages[key]

    def opened(self, name: str) -> Opened:
        """A source with its headings read; SourceProblem or Unavailable where that fails."""
        if name not in self._opened:
            from kpilint.data.opened import Opened

            number = len(self._opened)
            self._opened[name] = Opened.of(self, self._spec(name), f"source_{number}")
        return self._opened[name]

    def _spec(self, name: str) -> Source:
        spec = self.goals.sources.get(name)
        if spec is None:
            message = _("The source {source} is not defined under sources:.", source=name)
            raise SourceProblem(message, source=name)
        return spec

    def connection(self, spec: Source) -> Connection:
        """The connection that a source is read by; those of one ``url:`` share it.

        Raises Unavailable or SourceProblem, and does not try the same address twice.
        """
        from kpilint.data.connection import connect
        from kpilint.data.url import address_of

        address = address_of(spec)
        if address is None:
            message = _("The source {source} has no url.", source=spec.name)
            raise SourceProblem(message, source=spec.name)
        if address.url not in self._connections:
            try:
                found: Connection | Unavailable = connect(address, self.goals.folder, spec.name)
            except Unavailable as problem:
                found = problem
            self._connections[address.url] = found
        kept = self._connections[address.url]
        if isinstance(kept, Unavailable):
            raise kept
        return kept

    @cached_property
    def ledger(self) -> Ledger:
        """What earlier runs recorded of these goals; nothing is opened until it is asked."""
        from kpilint.data.ledger import Ledger

        return Ledger.of(self.goals)

    @cached_property
    def workshop(self) -> Path:
        """A folder for files that live as long as the data does."""
        self._scratch = Scratch()  # also for a notebook that never closes its data
        return self._scratch.path

    @cached_property
    def engine(self) -> Backend:
        """DuckDB in memory; it downloads nothing."""
        try:
            import ibis
        except ImportError as problem:
            raise Unavailable(
                _("Reading data needs {package}; install kpilint anew.", package=problem.name)
            ) from None
        return ibis.duckdb.connect(
            autoinstall_known_extensions=False, autoload_known_extensions=False
        )

    def close(self) -> None:
        """End the engine and remove temporary files; opened tables are gone."""
        self._opened.clear()
        self._coverages.clear()
        self.tallies.clear()
        self._problems.clear()
        while self._connections:
            _url, kept = self._connections.popitem()
            if not isinstance(kept, Unavailable):
                kept.end()
        if "engine" in self.__dict__:
            self.__dict__.pop("engine").disconnect()
        if "workshop" in self.__dict__:
            self.__dict__.pop("workshop")
            self._scratch.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
