"""Text tables: a CSV or TSV file becomes a table of text, every record kept or a clear refusal."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from kpilint.data.aside import Aside, Line, below, filled, headings_at
from kpilint.data.encoding import Text, text_of
from kpilint.data.files import safe_pattern
from kpilint.data.headings import doubled, unique
from kpilint.errors import SourceProblem
from kpilint.goals.source import Source
from kpilint.i18n import _

if TYPE_CHECKING:
    import ibis.expr.types as ir
    from ibis.backends.duckdb import Backend

_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE = 1 << 18  # letters that are looked at to tell the delimiter
_LONGEST_CELL = 1 << 24


@dataclass(frozen=True, slots=True)
class TextTable:
    """One file of text: where it is, what it says, and its headings.

    ``headings`` are as in the file, made ``unique``. ``text`` begins with them and ends with the
    last record; ``above`` and ``under`` are the rows before and behind, those behind counted from
    the text's end.
    """

    path: Path
    source: str
    text: Text
    delimiter: str
    headings: tuple[str, ...]
    doubled: tuple[str, ...] = ()
    above: tuple[Line, ...] = ()
    under: tuple[Line, ...] = ()

    @classmethod
    def of(cls, path: Path, source: Source) -> TextTable:
        """Look at a file's beginning; SourceProblem where it is no text table."""
        text = text_of(path, source)
        with _open(text) as file:
            sample = file.read(_SAMPLE)
        read = {d: _records(sample, d) for d in _DELIMITERS if d in sample or d == ","}
        delimiter, rows = max(read.items(), key=lambda each: _fit(each[1]))
        top = headings_at(rows)
        if not rows or not rows[top]:
            message = _(
                "{path}, row 1: the headings cannot be read; is a quotation mark left open?",
                path=path,
            )
            raise SourceProblem(message, source=source.name, place=1)
        above = tuple((n, filled(row)) for n, row in enumerate(rows[:top], 1))
        text, under = _bared(text, sample, delimiter, top, len(rows[top]))
        names, twice = unique(rows[top]), doubled(rows[top])
        return cls(path, source.name, text, delimiter, names, twice, above, under)

    @property
    def file(self) -> str:
        """The file's name."""
        return str(self.path)

    @property
    def aside(self) -> Aside | None:
        """The rows that are left out, since they are no records."""
        under: list[Line] = []
        if self.under:
            with _open(self.text) as file:
                last = len(self.above) + sum(1 for _row in self._rows(file))
            under = [(last + n, cells) for n, cells in self.under]
        return Aside.of(self.file, [*self.above, *under])

    def load(self, engine: Backend, name: str, workshop: Path, row: str) -> ir.Table:
        """All records as text in the engine's table ``name``, numbered from 1 under ``row``.

        Blank cells are NULL. ``workshop`` is a folder for files that live as long as the data.
        Raises SourceProblem, naming the row, where records and headings do not fit together.
        """
        import ibis

        table = self._scan_whole(engine, name)
        if table is None:
            clean = workshop / f"{name}_clean.csv"
            self._rewrite(clean)
            table = self._scan(engine, f"{name}_clean", clean, ",")
        columns = {heading: table[f"c{n}"] for n, heading in enumerate(self.headings)}
        records = table.select(**columns, **{row: table.rowid() + 1})
        # Excel writes blank rows as lines of commas, and of a single column as blank lines.
        return records.filter(ibis.coalesce(*(records[name] for name in columns)).notnull())

    def _scan_whole(self, engine: Backend, name: str) -> ir.Table | None:
        """The table, or None where the engine refuses the file or has passed over records.

        It drops all of them, without a word, where a heading holds a line break of another kind
        than the file's. So records are held against lines, and counted one by one where blank
        lines or line breaks in cells make the two differ.
        """
        import duckdb

        try:
            table = self._scan(engine, name, self.text.path, self.delimiter)
        except duckdb.Error:
            return None
        read = table.count().to_pyarrow().as_py()
        if read + 1 == self.text.lines:
            return table
        with _open(self.text) as file:
            return table if read + 1 == sum(1 for _record in self._numbered(file)) else None

    def _scan(self, engine: Backend, name: str, path: Path, delimiter: str) -> ir.Table:
        view = engine.read_csv(
            safe_pattern(path),
            table_name=f"{name}_file",
            columns={f"c{n}": "VARCHAR" for n in range(len(self.headings))},
            header=True,
            delim=delimiter,
            quote='"',
            escape='"',
            nullstr="",
            strict_mode=True,
            null_padding=False,
        )
        return engine.create_table(name, view)

    def rows_of(self, numbers: list[int]) -> list[int]:
        """Rows, as a spreadsheet counts them, of records given by their number from 1.

        The heading is row 1; blank lines are rows, but no records.
        """
        with _open(self.text) as file:
            read = islice(self._numbered(file), max(numbers, default=0) + 1)
            rows = [row for row, _record in read]
        return [rows[number] for number in numbers]

    def _rewrite(self, clean: Path) -> None:
        """Write the records anew where the engine refused them (line ends of two kinds, say).

        This slow reading also finds the row that is to blame, and raises SourceProblem for it.
        """
        with _open(self.text) as file, clean.open("w", encoding="utf-8", newline="") as out:
            writer = csv.writer(out, quoting=csv.QUOTE_ALL)
            records = self._numbered(file)
            next(records)  # the engine might stumble over what a heading holds
            writer.writerow(f"c{n}" for n in range(len(self.headings)))
            for number, (row, record) in enumerate(records):
                found, wanted = len(record), len(self.headings)
                if found != wanted:
                    above = found > wanted and (number == 0 or wanted == 1)
                    raise self._ragged(row, found, untitled=above)
                writer.writerow(record)

    def _numbered(self, file: TextIO) -> Iterator[tuple[int, list[str]]]:
        """The records, each with its row; SourceProblem where a quotation mark is left open.

        A blank line is a record only where there is a single column, as it is for the engine.
        """
        single = len(self.headings) == 1
        for row, record in enumerate(self._rows(file), len(self.above) + 1):
            if record or single:
                yield row, record or [""]

    def _rows(self, file: TextIO) -> Iterator[list[str]]:
        """The rows of the text, blank lines among them; SourceProblem as in ``_numbered``."""
        limit = csv.field_size_limit(_LONGEST_CELL)
        row = len(self.above)
        try:
            for record in csv.reader(file, delimiter=self.delimiter, strict=True):
                row += 1
                yield record
        except csv.Error:
            raise self._open_quote(row + 1) from None
        finally:
            csv.field_size_limit(limit)

    def _ragged(self, row: int, found: int, *, untitled: bool = False) -> SourceProblem:
        """A row of another length; ``untitled`` where the headings look to stand further down."""
        told = {
            "path": self.path,
            "row": row,
            "found": found,
            "expected": len(self.headings),
            "delimiter": _shown(self.delimiter),
        }
        if untitled:
            message = _(
                "{path}, row {row}: {found:cell|cells} where the first row, which should hold "
                "the headings, has {expected}. Delete the lines above the headings, or put a "
                "cell that holds “{delimiter}” in quotation marks.",
                **told,
            )
        else:
            message = _(
                "{path}, row {row}: {found:cell|cells} where the headings have {expected}; "
                "correct the row, or put a cell that holds “{delimiter}” in quotation marks.",
                **told,
            )
        return SourceProblem(message, source=self.source, place=row)

    def _open_quote(self, row: int) -> SourceProblem:
        message = _(
            "{path}, row {row}: a quotation mark is left open or stands inside a cell; "
            "double it or remove it.",
            path=self.path,
            row=row,
        )
        return SourceProblem(message, source=self.source, place=row)


def _open(text: Text) -> TextIO:
    """A byte order mark is no part of the text."""
    return text.path.open(encoding="utf-8-sig", newline="")


def _shown(delimiter: str) -> str:
    return _("tab") if delimiter == "\t" else delimiter


def _records(sample: str, delimiter: str) -> list[list[str]]:
    """The records of a sample as far as they can be read; a last one that is cut is left out."""
    records = []
    try:
        for record in csv.reader(io.StringIO(sample, newline=""), delimiter=delimiter):
            records.append(record)
    except csv.Error:
        pass
    return records[:-1] if len(sample) == _SAMPLE and len(records) > 1 else records


def _fit(rows: list[list[str]]) -> tuple[float, int]:
    """How well a delimiter explains a sample: the share of records as wide as the headings.

    A lone quotation mark in a cell tells that the cell was cut at the wrong sign.
    """
    records = [row for row in rows[headings_at(rows) :] if row]
    width = len(records[0]) if records else 0
    if width < 2:
        return 0.0, 0
    whole = [len(r) == width and not any(cell.count('"') % 2 for cell in r) for r in records]
    return sum(whole) / len(records), width


def _bared(
    text: Text, sample: str, delimiter: str, top: int, width: int
) -> tuple[Text, tuple[Line, ...]]:
    """The text from its headings to its last record, and the rows behind that.

    ``top`` rows stand above the headings, which are ``width`` cells.
    """
    lines = io.StringIO(sample, newline="")
    for _row in islice(csv.reader(lines, delimiter=delimiter), top):
        pass
    start = text.size_of(sample[: lines.tell()])
    last = text.last_lines(start)[1:]  # the first is cut, or holds the headings
    under = below([(n, _row_of(line, delimiter, width)) for n, line in enumerate(last)], width)
    if not any(cells for _n, cells in under):
        under = []
    if not top and not under:
        return text, ()
    end = sum(map(len, last[len(last) - len(under) :]))
    return text.cut(start, end), tuple((n, cells) for n, (_row, cells) in enumerate(under, 1))


def _row_of(line: bytes, delimiter: str, width: int) -> list[str]:
    """The cells of a line; one that begins or ends a cell of several lines is taken for a record."""
    text = line.decode().strip("\r\n")
    if text.count('"') % 2:
        return [text] * width
    return next(csv.reader([text], delimiter=delimiter), [])
