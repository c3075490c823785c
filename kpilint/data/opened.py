"""One opened source: its headings at once, its records when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from kpilint.data import crm
from kpilint.data.aside import LABELS, TOTAL_MARKS, Aside, Line, filled, is_subtotal
from kpilint.data.cells import is_blank
from kpilint.data.conversion import Zones, canonical_values, convert, learn_commas, learn_habits
from kpilint.data.database import StoredTable
from kpilint.data.dataset import GuessedDates, LackingColumn, UnreadableCells
from kpilint.data.files import files_of
from kpilint.data.headings import Headings, folded, united
from kpilint.data.joining import field_of, joined
from kpilint.data.kinds import FLAG, NUMBER, TEXT, TIME, kind_of_type
from kpilint.data.moments import Habit, exchangeable
from kpilint.data.parquet import ParquetTable
from kpilint.data.parts import Part, parts_of
from kpilint.data.roles import kinds_in
from kpilint.errors import ColumnMissing, SourceProblem
from kpilint.goals.source import Source
from kpilint.i18n import _

if TYPE_CHECKING:
    from kpilint.data.connection import Connection
    from kpilint.data.dataset import Dataset

_ROW = "kpilint row"  # the record's number in its file
_PART = "kpilint part"  # the number of its file
_CONVERTED = (TIME, NUMBER, FLAG)
_EXAMPLES = 3
_MOST = 10_000  # rows with such a word that are looked at
WRITTEN = "kpilint written"
_DUCKDB = "duckdb"


@dataclass(eq=False)
class Opened:
    """A source whose headings are read, of files or of a database; ``name`` is the engine's."""

    data: Dataset
    spec: Source
    name: str
    files: tuple[Path, ...]
    parts: tuple[Part, ...]
    headings: Headings
    united: Mapping[str, str]

    @classmethod
    def of(cls, data: Dataset, spec: Source, name: str) -> Opened:
        """Find the files or the table and read the headings; SourceProblem or Unavailable."""
        if spec.url is not None:
            stored = StoredTable.of(data.connection(spec), spec)
            return cls._matched(data, spec, name, (), (stored,))
        files = files_of(spec, data.goals.folder)
        return cls._matched(data, spec, name, files, parts_of(spec, files))

    @classmethod
    def _matched(
        cls,
        data: Dataset,
        spec: Source,
        name: str,
        files: tuple[Path, ...],
        parts: tuple[Part, ...],
    ) -> Opened:
        """The source with its columns named."""
        preset = crm.preset_of(spec)
        stages = {folded(k): v for k, v in spec.values.get("stage", {}).items()}

        def aliases(headings: Sequence[str]) -> Mapping[str, str]:
            return preset.columns(headings, stages) if preset is not None else {}

        together = united((part.headings for part in parts), aliases)
        real = list(dict.fromkeys(together.values()))
        headings = Headings.of(spec.name, real, spec.columns, aliases(real))
        return cls(data, spec, name, files, parts, headings, together)

    def resolve(self, column: str) -> str:
        """The exact name of a column, or of a field that is joined; else ColumnMissing."""
        try:
            return self.headings.resolve(column)
        except ColumnMissing:
            for join in self.spec.join:
                if (field := field_of(join, column)) is not None:
                    self.data.opened(join.source).headings.resolve(field)
                    return field
            raise

    @property
    def columns(self) -> tuple[str, ...]:
        """Canonical names, then the other headings, then what is looked up elsewhere."""
        return (*self.headings.columns, *(f for join in self.spec.join for f in join.fields))

    @property
    def connection(self) -> Connection | None:
        """What the records are read by; None for files, which are all read by one engine."""
        stored = self.parts[0]
        return stored.connection if isinstance(stored, StoredTable) else None

    @cached_property
    def engine(self) -> str:
        """Ibis's name for the engine that holds the records."""
        return self.connection.engine if self.connection else _DUCKDB

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What each column holds, where a goal's use or the preset says so."""
        preset = crm.kinds_of(self.headings.columns) if self.spec.preset else {}
        if self.engine != _DUCKDB:  # what nobody uses may be text there
            types = self._raw.schema()
            real = {name: kind_of_type(types[self.headings.columns[name]]) for name in preset}
            preset = {name: kind for name, kind in preset.items() if real[name] != TEXT}
        return preset | kinds_in(self.data.goals, self.spec.name, self.headings.resolve)

    @cached_property
    def _raw(self) -> ir.Table:
        """The records of all files as they were written, each with its place."""
        loaded = [
            part.load(self.data.engine, f"{self.name}_{n}", self.data.workshop, _ROW)
            for n, part in enumerate(self.parts)
        ]
        if len(loaded) == 1:
            return loaded[0].mutate(**{_PART: ibis.literal(0)})
        wanted = list(self.headings.columns.values())
        return ibis.union(*(self._aligned(t, n, wanted) for n, t in enumerate(loaded)))

    def _aligned(self, table: ir.Table, number: int, wanted: Iterable[str]) -> ir.Table:
        """One file's records under the headings of all files."""
        own = {self.united[folded(h)]: table[h] for h in self.parts[number].headings}
        columns = {h: own.get(h, ibis.null("string")) for h in wanted}
        return table.select(**columns, **{_ROW: table[_ROW], _PART: ibis.literal(number)})

    @cached_property
    def _converted(self) -> dict[str, ir.Value]:
        """Every column by its name, as an expression over ``_raw``."""
        raw, zones, habits = self._raw, self._zones, self._habits
        cells = {name: raw[heading] for name, heading in self.headings.columns.items()}
        self._refuse_text(cells)
        dated, numbered = (self._texts_of(kind) for kind in (TIME, NUMBER))
        commas = learn_commas(raw, list(numbered.values()))
        try:
            return {
                name: convert(
                    cell,
                    self.kinds.get(name),
                    zones,
                    habits.get(dated.get(name, ""), Habit()),
                    comma=numbered.get(name) in commas,
                )
                for name, cell in cells.items()
            }
        except ValueError as problem:
            message = _("{source}: {reason}.", source=self.spec.name, reason=problem)
            raise SourceProblem(message, source=self.spec.name) from None

    @property
    def _zones(self) -> Zones:
        zone = self.data.goals.timezone
        return Zones(self.spec.timezone or zone, zone, self.engine)

    @cached_property
    def _habits(self) -> dict[str, Habit]:
        """How the dates of each column of text are written, by its heading."""
        return learn_habits(self._raw, list(self._texts_of(TIME).values()), self._zones)

    def _texts_of(self, kind: str) -> dict[str, str]:
        """The headings of the columns that are text and hold ``kind``, by the columns' names."""
        found = {n: self.headings.columns[n] for n, k in self.kinds.items() if k == kind}
        return {n: h for n, h in found.items() if kind_of_type(self._raw[h].type()) == TEXT}

    def _refuse_text(self, cells: dict[str, ir.Column]) -> None:
        """Text is converted by DuckDB alone; any other database has types of its own for it."""
        for name, cell in cells.items():
            kind = self.kinds.get(name)
            if self.engine == _DUCKDB or kind not in _CONVERTED or not cell.type().is_string():
                continue
            message = _(
                "{column} of {source} is text in the database and is used as a {kind}. Give it its "
                "type there, for example in a view, and name the view in table:.",
                column=self.headings.columns[name],
                source=self.spec.name,
                kind={TIME: _("date"), NUMBER: _("number"), FLAG: _("yes or no")}[kind],
            )
            raise SourceProblem(message, source=self.spec.name)

    @cached_property
    def _canonical(self) -> dict[str, ir.Value]:
        """The columns with every spelling that ``values:`` knows as its canonical value."""
        columns = dict(self._converted)
        for name, spellings in self.spec.values.items():
            if name in columns and kind_of_type(columns[name].type()) == TEXT:
                known = {folded(spelling): value for spelling, value in spellings.items()}
                columns[name] = canonical_values(columns[name], known)
        return columns

    @cached_property
    def base(self) -> ir.Table:
        """The typed records without what is joined."""
        typed = self._raw.select(**self._canonical)
        as_written = all(isinstance(cell.op(), ops.Field) for cell in self._canonical.values())
        return typed if as_written else self._kept(typed, self.name)

    @cached_property
    def table(self) -> ir.Table:
        """The typed records, with what is looked up in other sources."""
        if not self.spec.join:
            return self.base
        return self._kept(joined(self, self.base), f"{self.name}_joined")

    def written(self, column: str) -> ir.Table | None:
        """The typed records and, as ``WRITTEN``, the cells of a text column before reading.

        None where the column is no text, as in Parquet and databases, or comes from elsewhere.
        """
        heading = self.headings.columns.get(self.resolve(column))
        if heading is None or not self._raw[heading].type().is_string():
            return None
        return self._raw.select(**self._canonical, **{WRITTEN: self._raw[heading]})

    def _kept(self, typed: ir.Table, name: str) -> ir.Table:
        """Records of text files are kept; Parquet and tables are scanned where they lie."""
        if isinstance(self.parts[0], (ParquetTable, StoredTable)):
            return typed
        try:
            return self.data.engine.create_table(name, typed)
        except duckdb.Error as problem:  # memory or disk is full
            reason = str(problem).partition("\n")[0]
            path = self.spec.path
            message = _("{path} cannot be read: {reason}.", path=path, reason=reason)
            raise SourceProblem(message, source=self.spec.name) from None

    @cached_property
    def unreadable(self) -> tuple[UnreadableCells, ...]:
        """Cells that a conversion could not read, by column and file."""
        raw = self._raw
        failed = {
            name: self._converted[name].isnull() & ~is_blank(raw[self.headings.columns[name]])
            for name in self._thinned()
        }
        if not failed:
            return ()
        numbered = {f"n{n}": test for n, test in enumerate(failed.values())}
        counts = raw.group_by(_PART).aggregate(**{k: t.sum() for k, t in numbered.items()})
        found = sorted(counts.to_pyarrow().to_pylist(), key=lambda row: int(row[_PART]))
        return tuple(
            self._cells(name, int(row[_PART]), int(row[f"n{n}"]), test)
            for n, (name, test) in enumerate(failed.items())
            for row in found
            if row[f"n{n}"]
        )

    @property
    def subtotals(self) -> tuple[Aside, ...]:
        """The rows among the records that look like totals of some, by file; they are kept."""
        if isinstance(self.parts[0], (ParquetTable, StoredTable)):
            return ()
        order = list(dict.fromkeys(self.united.values()))
        texts = [h for h in order[:LABELS] if self._raw[h].type().is_string()]
        marked = (self._raw[h].contains(mark) for h in texts for mark in TOTAL_MARKS)
        rows = self._raw.filter(ibis.or_(*marked)).order_by([_PART, _ROW]).limit(_MOST)
        key = self.spec.key or (crm.key_of(self.spec.preset) if self.spec.preset else "")
        heading = self.headings.columns.get(key, key)
        lines: dict[int, list[Line]] = {}
        for row in rows.to_pyarrow().to_pylist():
            cells = ["" if row[h] is None else str(row[h]) for h in order]
            if is_subtotal(cells, str(row.get(heading) or "")):
                line = (int(row[_ROW]), filled(cells))
                lines.setdefault(int(row[_PART]), []).append(line)
        return tuple(self._beside(number, found) for number, found in lines.items())

    def _beside(self, number: int, lines: list[Line]) -> Aside:
        part = self.parts[number]
        rows = part.rows_of([row for row, _cells in lines])
        told = [(row, cells) for row, (_n, cells) in zip(rows, lines, strict=True)]
        found = Aside.of(part.file, told)
        assert found is not None  # some cell held the word
        return found

    @property
    def guessed(self) -> tuple[GuessedDates, ...]:
        """The columns in which nothing tells the day from the month."""
        dated = self._texts_of(TIME).items()
        found = ((name, self._raw[h]) for name, h in dated if self._habits[h].guessed)
        return tuple(GuessedDates(name, *self._first(c, exchangeable(c))) for name, c in found)

    @property
    def lacking(self) -> tuple[LackingColumn, ...]:
        """The columns that some of the files do not have, with these files."""
        by_file = {part.file: part.headings for part in self.parts}
        if isinstance(self.parts[0], ParquetTable):  # one part of many files
            by_file = dict(self.parts[0].by_file)
        has = {file: {self.united[folded(h)] for h in own} for file, own in by_file.items()}
        without = {
            name: tuple(file for file, own in has.items() if h not in own)
            for name, h in self.headings.columns.items()
        }
        return tuple(LackingColumn(name, files) for name, files in without.items() if files)

    def _thinned(self) -> list[str]:
        """The columns of text that hold fewer values after the conversion than cells before it."""
        converted = {
            name: self._raw[self.headings.columns[name]]
            for name, kind in self.kinds.items()
            if kind in _CONVERTED and self._raw[self.headings.columns[name]].type().is_string()
        }
        if not converted:
            return []
        numbered = dict(enumerate(converted))
        before, after = (
            table.aggregate(**{f"n{n}": found[name].count() for n, name in numbered.items()})
            .to_pyarrow()
            .to_pylist()[0]
            for table, found in ((self._raw, converted), (self.base, self.base))
        )
        return [name for n, name in numbered.items() if after[f"n{n}"] < before[f"n{n}"]]

    def _cells(
        self, name: str, number: int, count: int, failed: ir.BooleanValue
    ) -> UnreadableCells:
        cell = self._raw[self.headings.columns[name]]
        examples, file = self._first(cell, failed & (self._raw[_PART] == number))
        return UnreadableCells(name, self.kinds[name], count, examples, file)

    def _first(
        self, cell: ir.Column, test: ir.BooleanValue
    ) -> tuple[tuple[tuple[int, str], ...], str]:
        """The first cells that pass a test, as (row, text), all of one file; and that file."""
        rows = self._raw.filter(test).order_by([_PART, _ROW]).limit(_EXAMPLES)
        found = rows.select(part=_PART, row=_ROW, text=cell).to_pyarrow().to_pylist()
        part = self.parts[int(found[0]["part"])]
        shown = [each for each in found if each["part"] == found[0]["part"]]
        numbers = part.rows_of([int(each["row"]) for each in shown])
        return tuple(zip(numbers, (str(each["text"]) for each in shown), strict=True)), part.file
