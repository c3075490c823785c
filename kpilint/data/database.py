"""A table of a database as a source's part: its columns are typed there, and it stays there."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis

from kpilint.data.connection import Connection
from kpilint.errors import SourceProblem
from kpilint.goals.source import Source
from kpilint.i18n import _

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend


@dataclass(frozen=True, slots=True)
class StoredTable:
    """One table of one database; ``headings`` are its columns."""

    connection: Connection
    name: str
    source: str
    stored: ir.Table

    @classmethod
    def of(cls, connection: Connection, source: Source) -> StoredTable:
        """Look at the table's columns; SourceProblem where there is no such table."""
        if source.table is None:
            message = _(
                "The source {source} has a url: and no table:. Write which table of the database "
                "it is.",
                source=source.name,
            )
            raise SourceProblem(message, source=source.name)
        stored = connection.table(source.table, source.name)
        return cls(connection, source.table, source.name, stored)

    @property
    def headings(self) -> tuple[str, ...]:
        """The table's columns."""
        return tuple(self.stored.columns)

    @property
    def file(self) -> str:
        """Where the table is, in place of a file's name."""
        return f"{self.connection.address.shown} {self.name}"

    @property
    def doubled(self) -> tuple[str, ...]:
        """No two columns have one name."""
        return ()

    @property
    def aside(self) -> None:
        """Every row is a record."""

    def load(self, engine: Backend, name: str, workshop: Path, row: str) -> ir.Table:
        """The table where it lies, its records numbered under ``row`` where text is converted.

        Asks for no record, so that a table that may not be read says so now. Raises SourceProblem.
        """
        self.stored.limit(0).to_pyarrow()
        # Only DuckDB converts text, and only what is converted is pointed at by its number.
        duck = self.connection.engine == "duckdb"
        number: Any = ibis.row_number() + 1 if duck else ibis.literal(0)
        return self.stored.mutate(**{row: number})

    def rows_of(self, numbers: list[int]) -> list[int]:
        """Where records stand: a table has no heading row."""
        return numbers
