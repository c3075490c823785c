"""Parquet: one file or many become one table, scanned where it lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kpilint.data.files import chunks, safe_pattern
from kpilint.data.headings import folded, unique
from kpilint.errors import SourceProblem
from kpilint.i18n import _

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

_ROW = "file_row_number"  # DuckDB's name for it


@dataclass(frozen=True, slots=True)
class ParquetTable:
    """Parquet files whose columns are united by name.

    ``by_file`` are those of the ``headings`` that each file has.
    """

    paths: tuple[Path, ...]
    source: str
    headings: tuple[str, ...]
    by_file: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, paths: tuple[Path, ...], source: str) -> ParquetTable:
        """Look at the files' schemas; SourceProblem where one is no Parquet file."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        names: dict[str, str] = {}  # the engine unites columns without regard to case
        own: dict[str, tuple[str, ...]] = {}
        for path in paths:
            next(chunks(path, source), b"")  # says clearly where the file cannot be opened
            try:
                found = pq.read_schema(path).names
            except (pa.ArrowException, OSError):
                message = _("{path} is not a complete Parquet file; export it again.", path=path)
                raise SourceProblem(message, source=source) from None
            own[str(path)] = tuple(names.setdefault(folded(name), name) for name in found)
        headings = dict(zip(names.values(), unique(names.values()), strict=True))
        by_file = {file: tuple(headings[name] for name in found) for file, found in own.items()}
        return cls(paths, source, tuple(headings.values()), by_file)

    @property
    def file(self) -> str:
        """The first file's name; it stands for all of them."""
        return str(self.paths[0])

    @property
    def doubled(self) -> tuple[str, ...]:
        """No two columns have one name."""
        return ()

    @property
    def aside(self) -> None:
        """Every row is a record."""

    def load(self, engine: Backend, name: str, workshop: Path, row: str) -> ir.Table:
        """A view of all records under ``headings``, their number in the file under ``row``."""
        view = engine.read_parquet(
            [safe_pattern(path) for path in self.paths],
            table_name=name,
            union_by_name=True,
            file_row_number=True,
        )
        real = [column for column in view.columns if column != _ROW]
        named = dict(zip(self.headings, real, strict=True))
        return view.select(**{h: view[c] for h, c in named.items()}, **{row: view[_ROW] + 1})

    def rows_of(self, numbers: list[int]) -> list[int]:
        """Where records stand; Parquet has no heading row and no blank lines."""
        return numbers
