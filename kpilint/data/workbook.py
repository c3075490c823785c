"""Excel workbooks: one sheet becomes a table of text, as if it had been saved as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
from python_calamine import (
    CalamineError,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from kpilint.data.aside import SEEN, Aside, Line
from kpilint.data.headings import doubled, folded, unique
from kpilint.data.package import damaged, locked, refuse, untold
from kpilint.data.sheet import completed, layout_of, lines, parted, records
from kpilint.errors import SourceProblem
from kpilint.goals.source import Source
from kpilint.i18n import _, listed

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

_ROW = "row"


@dataclass(frozen=True, slots=True)
class SheetTable:
    """The table of one sheet, read whole: calamine, like Excel, opens a sheet or does not.

    ``cells`` holds every record as text, its row in the sheet beside it; ``beside`` are the rows
    above the headings and below the records.
    """

    path: Path
    sheet: str
    headings: tuple[str, ...]
    cells: pa.Table
    beside: tuple[Line, ...]
    doubled: tuple[str, ...]

    @classmethod
    def of(cls, path: Path, source: Source) -> SheetTable:
        """Read the sheet that ``sheet:`` names, else the first visible one that holds a table.

        Raises SourceProblem where the workbook cannot be read, or has no such sheet or table.
        """
        refuse(path, source.name)
        with _opened(path, source.name) as book:
            if source.sheet is None:
                return _first(path, book, source.name)
            sheet = _named(path, book, source)
            table = cls.read(path, book, sheet, source.name)
        if table is None:
            message = _(
                "{path}: the sheet {sheet} is empty or has no row of headings; name another one "
                "with sheet:.",
                path=path,
                sheet=sheet,
            )
            raise SourceProblem(message, source=source.name)
        return table

    @classmethod
    def read(cls, path: Path, book: CalamineWorkbook, sheet: str, source: str) -> SheetTable | None:
        """The table of a sheet; None where it is empty or has no headings."""
        marks = untold(path, source, sheet)
        found = book.get_sheet_by_name(sheet)
        left = (found.start or (0, 0))[1]
        rows = completed(found.iter_rows(), marks, left)
        head = list(islice(rows, SEEN))
        merges = [
            ((top, first - left), (bottom, last - left))
            for (top, first), (bottom, last) in found.merged_cell_ranges or []
        ]
        layout = layout_of(head, merges)
        if layout is None:
            return None
        cells = records(chain(head[layout.first :], rows), layout, _ROW)
        cells, under = parted(cells, layout.width, _ROW)
        names = unique(layout.headings)
        # A column of neither heading nor cells, such as a margin, is none.
        kept = {
            name: cells[f"c{n}"]
            for n, name in enumerate(names)
            if layout.headings[n] or cells[f"c{n}"].null_count < len(cells)
        }
        numbered = {f"c{n}": column for n, column in enumerate(kept.values())}
        beside = (*lines(head[: layout.top]), *under)
        table = pa.table({_ROW: cells[_ROW], **numbered})
        return cls(path, sheet, tuple(kept), table, beside, doubled(layout.headings))

    @property
    def file(self) -> str:
        """The file's name and, in brackets, the sheet's."""
        return f"{self.path} [{self.sheet}]"

    @property
    def aside(self) -> Aside | None:
        """The rows that are left out, since they are no records."""
        return Aside.of(self.file, self.beside)

    def load(self, engine: Backend, name: str, workshop: Path, row: str) -> ir.Table:
        """All records as text, their row in the sheet under ``row``; blank cells are NULL.

        The engine scans ``cells`` where they lie, so it keeps no table ``name`` of its own.
        """
        import ibis

        table = ibis.memtable(self.cells)
        columns = {heading: table[f"c{n}"] for n, heading in enumerate(self.headings)}
        return table.select(**columns, **{row: table[_ROW]})

    def rows_of(self, numbers: list[int]) -> list[int]:
        """The rows themselves: records are numbered as Excel numbers them."""
        return numbers


@contextmanager
def _opened(path: Path, source: str) -> Iterator[CalamineWorkbook]:
    try:
        # By its content: the name may say .xls where the content is .xlsx.
        with path.open("rb") as file, CalamineWorkbook.from_filelike(file) as book:
            if not book.sheet_names:  # a zip or a document of another kind
                raise damaged(path, source)
            yield book
    except PasswordError:
        raise locked(path, source) from None
    except (CalamineError, ValueError):
        raise damaged(path, source) from None


def _visible(book: CalamineWorkbook) -> tuple[str, ...]:
    """The names of worksheets that are seen: no charts, no macros."""
    return tuple(
        sheet.name
        for sheet in book.sheets_metadata
        if sheet.typ == SheetTypeEnum.WorkSheet and sheet.visible == SheetVisibleEnum.Visible
    )


def _first(path: Path, book: CalamineWorkbook, source: str) -> SheetTable:
    """The first visible sheet with records; else with headings, or with a mere list."""
    lesser: list[SheetTable] = []
    for sheet in _visible(book):
        table = SheetTable.read(path, book, sheet, source)
        if table is not None:
            if len(table.headings) > 1 and len(table.cells):
                return table
            lesser.append(table)
    if lesser:
        return max(lesser, key=lambda table: min(len(table.headings), 2))
    message = _(
        "{path}: no visible sheet holds a row of headings; name a sheet with sheet:, or check the "
        "export.",
        path=path,
    )
    raise SourceProblem(message, source=source)


def _named(path: Path, book: CalamineWorkbook, source: Source) -> str:
    """The sheet that ``sheet:`` means; hidden ones may be named too."""
    wanted = source.sheet or ""
    names = {
        folded(sheet.name): sheet.name
        for sheet in reversed(book.sheets_metadata)
        if sheet.typ == SheetTypeEnum.WorkSheet
    }
    if wanted in names.values():
        return wanted
    if folded(wanted) in names:
        return names[folded(wanted)]
    message = _("{path} has no sheet {sheet}.", path=path, sheet=wanted)
    near = get_close_matches(folded(wanted), list(names), n=1, cutoff=0.6)
    if near:
        message += _(" Did you mean {near}?", near=names[near[0]])
    else:
        message += _(" It has {sheets}.", sheets=listed(reversed(names.values())))
    raise SourceProblem(message, source=source.name)
