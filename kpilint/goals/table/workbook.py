"""Excel workbooks as grids: values as shown, merged ranges, and the ways a file can be broken."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kpilint.errors import FileProblem
from kpilint.goals.table.content import content_of
from kpilint.goals.table.grid import Cell, Grid, Place, one_line
from kpilint.goals.table.numberformat import shown, shows_day
from kpilint.i18n import _

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

UNPACKED_LIMIT = 80_000_000  # bytes; a table of ten thousand goals is ten million
_OLE = b"\xd0\xcf\x11\xe0"  # what a password, and the old .xls, make of a workbook


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets that are seen, and the names of those that are not read."""

    grids: tuple[Grid, ...]
    hidden: tuple[str, ...]


def read_workbook(path: Path) -> Book:
    """All visible sheets; :class:`~kpilint.errors.FileProblem` where the file cannot be read."""
    _refuse(path)
    formulas = _opened(path, values=False)
    values = _opened(path, values=True) if _has_formulas(formulas) else formulas
    seen = [sheet.title for sheet in formulas.worksheets if sheet.sheet_state == "visible"]
    hidden = [sheet.title for sheet in formulas.worksheets if sheet.sheet_state != "visible"]
    return Book(tuple(_grid(formulas[name], values[name]) for name in seen), tuple(hidden))


def _refuse(path: Path) -> None:
    """Tell apart what a workbook's first bytes can tell."""
    head = content_of(path, 8)
    if not head:
        raise FileProblem(_("{path} is empty; save it again in Excel.", path=path))
    if head.startswith(_OLE):
        message = _(
            "{path} is protected by a password, or is in the old .xls form. Save it in Excel "
            "as .xlsx without a password.",
            path=path,
        )
        raise FileProblem(message)


def _opened(path: Path, *, values: bool) -> Workbook:
    from openpyxl import load_workbook

    load: Callable[..., Workbook] = load_workbook  # which has no types of its own
    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked <= UNPACKED_LIMIT:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about drop-down lists and the like, not values
                return load(path, data_only=values)
    except Exception as problem:  # a damaged workbook fails anywhere in zip, XML or openpyxl
        message = _(
            "{path} is damaged or no Excel workbook. Open it in Excel and save it again as .xlsx.",
            path=path,
        )
        raise FileProblem(message) from problem
    message = _(
        "{path} is larger than {limit} MB when unpacked, and goals tables of that size are not "
        "read. Keep the goals in a workbook of their own.",
        path=path,
        limit=UNPACKED_LIMIT // 1_000_000,
    )
    raise FileProblem(message)


def _has_formulas(book: Workbook) -> bool:
    return any(cell.data_type == "f" for sheet in book.worksheets for cell in _cells(sheet))


def _cells(sheet: Any) -> Iterator[Any]:
    return (cell for row in sheet.iter_rows() for cell in row if cell.value is not None)


def _grid(formulas: Any, values: Any) -> Grid:
    cells: dict[Place, Cell] = {}
    for stored in _cells(formulas):
        computed = values.cell(stored.row, stored.column)
        value = computed.value
        if value is None and computed.data_type == "n":  # no spreadsheet has computed it yet
            value = stored.value if isinstance(stored.value, str) else "="
        cell = _cell("" if value is None else value, stored, formulas.title)
        if cell.text:
            cells[stored.row, stored.column] = cell
    return Grid(formulas.title, cells, dict(_merged(formulas)))


def _merged(sheet: Any) -> Iterator[tuple[Place, Place]]:
    for merged in sheet.merged_cells.ranges:
        first = (merged.min_row, merged.min_col)
        for row in range(merged.min_row, merged.max_row + 1):
            for column in range(merged.min_col, merged.max_col + 1):
                yield (row, column), first


def _cell(value: object, stored: Any, sheet: str) -> Cell:
    told: Mapping[str, Any] = {}
    match value:
        case bool():
            text = str(value).upper()
        case int() | float():
            text, whole = shown(value, stored.number_format)
            told = {"numeric": True, "whole": whole}
        case datetime():
            text, told = _date(value.date(), stored.number_format)
        case date():
            text, told = _date(value, stored.number_format)
        case time():
            text = f"{value.hour + value.minute / 60:g}h"
        case timedelta():
            text = f"{value.total_seconds() / 3600:g}h"
        case _:
            text = one_line(str(value))
    return Cell(text, stored.row, stored.column, sheet, **told)


def _date(day: date, number_format: str) -> tuple[str, Mapping[str, Any]]:
    """A date shown as a month is a month, on whichever of its days it is stored."""
    if shows_day(number_format):
        return day.isoformat(), {"day": day}
    return f"{day:%Y-%m}", {}
