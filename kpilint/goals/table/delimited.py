"""CSV and TSV files as grids, in whatever encoding they were saved."""

from __future__ import annotations

import codecs
import csv
from pathlib import Path

from kpilint.errors import FileProblem
from kpilint.goals.table.content import content_of
from kpilint.goals.table.grid import Cell, Grid, Place, one_line
from kpilint.i18n import _

_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_delimited(path: Path) -> Grid:
    """The file as one grid without a sheet name.

    Columns are parted by tabs in .tsv files and where the first line has more tabs than commas.
    Raises :class:`~kpilint.errors.FileProblem` for what is no text table.
    """
    text = _decoded(path, content_of(path))
    head = text[: text.find("\n") + 1] or text
    tabs = path.suffix.lower() == ".tsv" or head.count("\t") > head.count(",")
    cells: dict[Place, Cell] = {}
    try:
        for row, line in enumerate(csv.reader(text.splitlines(True), delimiter=",\t"[tabs]), 1):
            for column, written in enumerate(line, 1):
                if words := one_line(written):
                    cells[row, column] = Cell(words, row, column)
    except csv.Error as problem:
        message = _("{path} cannot be read as CSV: {reason}.", path=path, reason=problem)
        raise FileProblem(message) from None
    return Grid("", cells)


def _decoded(path: Path, content: bytes) -> str:
    """UTF-8 with or without BOM, UTF-16 with BOM, cp932, else what fits best."""
    if not content.strip(codecs.BOM_UTF8 + b" \r\n\t,"):
        raise FileProblem(_("{path} is empty; save it again in Excel.", path=path))
    candidates = ("utf-16",) if content.startswith(_UTF16) else ("utf-8-sig", "cp932")
    if b"\0" not in content or candidates == ("utf-16",):
        for name in candidates:
            try:
                return content.decode(name)
            except UnicodeError:
                continue
        from charset_normalizer import from_bytes

        best = from_bytes(content).best()
        if best is not None:
            return str(best)
    message = _("{path} is no text table. Save it in Excel as CSV UTF-8 or as .xlsx.", path=path)
    raise FileProblem(message)
