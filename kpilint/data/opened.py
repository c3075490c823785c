"""One opened source: its headings at once, its records when they are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import ibis
import ibis.expr.types as ir

from kpilint.data import crm
from kpilint.data.cells import is_blank
from kpilint.data.conversion import Zones, canonical_values, convert, learn_habits
from kpilint.data.dataset import UnreadableCells
from kpilint.data.files import files_of, fingerprint, is_parquet
from kpilint.data.headings import Headings, folded
from kpilint.data.kinds import FLAG, NUMBER, TEXT, TIME, kind_of_type
from kpilint.data.moments import Habit
from kpilint.data.parquet import ParquetTable
from kpilint.data.readers import TextTable
from kpilint.data.roles import kinds_in
from kpilint.errors import ColumnMissing, SourceProblem, Unavailable
from kpilint.goals.source import Source
from kpilint.i18n import _

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset

_ROW = "kpilint row"  # the record's number in its file
_PART = "kpilint part"  # the number of its file
_CONVERTED = (TIME, NUMBER, FLAG)
_EXAMPLES = 3


@dataclass(eq=False)
class Opened:
    """A source whose files are found and whose headings are read; ``name`` is the engine's."""

    data: Dataset
    spec: Source
    name: str
    files: tuple[Path, ...]
    parts: tuple[TextTable | ParquetTable, ...]
    headings: Headings

    @classmethod
    def of(cls, data: Dataset, spec: Source, name: str) -> Opened:
        """Find the files and read their headings; raises SourceProblem or Unavailable."""
        preset = crm.preset_of(spec)
        files = files_of(spec, data.goals.folder)
        parts: tuple[TextTable | ParquetTable, ...]
        if all(is_parquet(path) for path in files):
            parts = (ParquetTable.of(files, spec.name),)
        else:
            parts = tuple(TextTable.of(path, spec) for path in files)
        # Columns of several files are the same where their headings are.
        found: dict[str, str] = {}
        for heading in (h for part in parts for h in part.headings):
            found.setdefault(folded(heading), heading)
        real = list(found.values())
        stages = {folded(k): v for k, v in spec.values.get("stage", {}).items()}
        aliased = preset.columns(real, stages) if preset is not None else {}
        return cls(
            data, spec, name, files, parts, Headings.of(spec.name, real, spec.columns, aliased)
        )

    def resolve(self, column: str) -> str:
        """The exact name of a column; ColumnMissing, or Unavailable for a joined one."""
        try:
            return self.headings.resolve(column)
        except ColumnMissing:
            joined = next((j.source for j in self.spec.join if column in j.fields), None)
            if joined is None:
                raise
            message = _(
                "{column} would come from {other} by a join, and joins are not computed; "
                "export {source} with this column.",
                column=column,
                other=joined,
                source=self.spec.name,
            )
            raise Unavailable(message) from None

    def fingerprint(self) -> str:
        """SHA-256 of all files."""
        return fingerprint(self.files, self.spec.name)

    @cached_property
    def kinds(self) -> dict[str, str]:
        """What each column holds, where a goal's use or the preset says so."""
        used = kinds_in(self.data.goals, self.spec.name, self.headings.resolve)
        preset = crm.kinds_of(self.headings.columns) if self.spec.preset else {}
        return preset | used

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
        own = {folded(name): table[name] for name in table.columns}
        columns = {h: own.get(folded(h), ibis.null("string")) for h in wanted}
        return table.select(**columns, **{_ROW: table[_ROW], _PART: ibis.literal(number)})

    @cached_property
    def _converted(self) -> dict[str, ir.Value]:
        """Every column by its name, as an expression over ``_raw``."""
        raw, zone = self._raw, self.data.goals.timezone
        zones = Zones(self.spec.timezone or zone, zone)
        cells = {name: raw[heading] for name, heading in self.headings.columns.items()}
        dated = {
            name: self.headings.columns[name]
            for name, kind in self.kinds.items()
            if kind == TIME and kind_of_type(cells[name].type()) == TEXT
        }
        habits = learn_habits(raw, list(dated.values()), zones)
        return {
            name: convert(
                cell, self.kinds.get(name), zones, habits.get(dated.get(name, ""), Habit())
            )
            for name, cell in cells.items()
        }

    @cached_property
    def table(self) -> ir.Table:
        """The typed records; those of text files are kept, Parquet is scanned where it lies."""
        columns = dict(self._converted)
        for name, spellings in self.spec.values.items():
            if name in columns and kind_of_type(columns[name].type()) == TEXT:
                known = {folded(spelling): value for spelling, value in spellings.items()}
                columns[name] = canonical_values(columns[name], known)
        typed = self._raw.select(**columns)
        if isinstance(self.parts[0], ParquetTable):
            return typed
        try:
            return self.data.engine.create_table(self.name, typed)
        except duckdb.Error as problem:  # memory or disk is full
            reason = str(problem).partition("\n")[0]
            path = self.spec.path
            message = _("{path} cannot be read: {reason}.", path=path, reason=reason)
            raise SourceProblem(message, source=self.spec.name) from None

    def unreadable(self) -> tuple[UnreadableCells, ...]:
        """Cells that a conversion could not read, by column and file."""
        raw = self._raw
        failed = {
            name: self._converted[name].isnull() & ~is_blank(raw[self.headings.columns[name]])
            for name, kind in self.kinds.items()
            if kind in _CONVERTED and raw[self.headings.columns[name]].type().is_string()
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

    def _cells(
        self, name: str, number: int, count: int, failed: ir.BooleanValue
    ) -> UnreadableCells:
        raw, part = self._raw, self.parts[number]
        first = raw.filter(failed, raw[_PART] == number).order_by(_ROW).limit(_EXAMPLES)
        shown = first.select(row=_ROW, text=self.headings.columns[name]).to_pyarrow().to_pylist()
        rows = part.rows_of([int(example["row"]) for example in shown])
        examples = tuple(zip(rows, (str(e["text"]) for e in shown), strict=True))
        return UnreadableCells(name, self.kinds[name], count, examples, part.file)
