"""The files of a source as tables of their own, whatever each is written in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kpilint.data.aside import Aside
from kpilint.data.files import is_parquet, is_workbook
from kpilint.data.parquet import ParquetTable
from kpilint.data.readers import TextTable
from kpilint.errors import SourceProblem
from kpilint.goals.source import Source
from kpilint.i18n import _

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend


class Part(Protocol):
    """A file, or several Parquet files, whose headings are read and whose records are not yet."""

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings, made ``unique``."""

    @property
    def file(self) -> str:
        """What messages call the part."""

    @property
    def doubled(self) -> tuple[str, ...]:
        """The headings that stand over more than one column, of which the first is taken."""

    @property
    def aside(self) -> Aside | None:
        """The rows of the file that are no records; None where there are none."""

    def load(self, engine: Backend, name: str, workshop: Path, row: str) -> ir.Table:
        """All records under ``headings``, with their number in the part under ``row``."""

    def rows_of(self, numbers: list[int]) -> list[int]:
        """Where records, given by that number, stand for someone who opens the file."""


def parts_of(spec: Source, files: tuple[Path, ...]) -> tuple[Part, ...]:
    """One part a file, in order; Parquet files alone are one part together.

    Raises SourceProblem where a file cannot be read, or ``sheet:`` is said of no workbook.
    """
    if spec.sheet is not None and not any(map(is_workbook, files)):
        message = _("{path} is no Excel file and has no sheets; leave sheet: out.", path=files[0])
        raise SourceProblem(message, source=spec.name)
    if all(map(is_parquet, files)):
        return (ParquetTable.of(files, spec.name),)
    return tuple(_part(path, spec) for path in files)


def _part(path: Path, spec: Source) -> Part:
    if is_workbook(path):
        # pyarrow and calamine are for those who have workbooks.
        from kpilint.data.workbook import SheetTable

        return SheetTable.of(path, spec)
    return TextTable.of(path, spec)
