"""A funnel's visits in their order: as SQL for any engine, as sorted arrays beside DuckDB."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING, Any

import ibis
import ibis.expr.datatypes as dt
import numpy as np
import pyarrow as pa
from ibis.backends.duckdb import Backend
from numpy.typing import NDArray

from kpilint.analysis.funnels.ascending import Integers
from kpilint.analysis.funnels.events import Events, Ordered, Packing
from kpilint.analysis.funnels.ordered import follow

if TYPE_CHECKING:
    import ibis.expr.types as ir

SECOND = 1_000_000  # in microseconds
AT_ONCE = 1 << 27  # keys in memory; a gigabyte
AT_ONCE_UNPACKED = 1 << 22  # events in memory where they do not fit into keys
BATCH = 1 << 18  # rows that DuckDB hands over together
# With its usual megabyte DuckDB's threads wait; with far more, one of them fetches and no more.
BUFFER = "SET streaming_buffer_size = '8MB'"


@dataclass(frozen=True, slots=True)
class Visits:
    """One row a visit to a stage: ``record``, ``step`` counted from 0, ``moment``, ``lost``.

    ``step`` is ``stages`` in rows that are no visit, so that no record is missing. Where
    ``single``, one row stands for each row of the source; otherwise each row of the source has
    one that is no visit, and others for its visits. Rows without a record are nobody's.
    ``within`` is in seconds.
    """

    table: ir.Table
    single: bool
    stages: int
    within: int

    @property
    def named(self) -> ir.Table:
        """The rows that say whose they are."""
        return self.table.filter(self.table.record.notnull())

    def records(self) -> ir.Table:
        """One row a record: ``own_0, own_1, ...``, ``lost``, ``rows``, ``visits_0, visits_1, ...``.

        ``own_n`` is when the record's chain came to the stage, see ``ordered.Chains``; ``visits_n``
        counts all visits to the stage, whether they belong to the chain or not.
        DuckDB, which runs in this process, reads the answer from memory; from other engines
        nothing is fetched.
        """
        engine = self.table.get_backend()
        if isinstance(engine, Backend):
            # One question has one table, however often it is asked.
            asked = hash((self.table.op(), self.stages, self.within))
            return Arrays(self, engine, f"chains {asked:x}").records()
        return self.in_sql()

    def in_sql(self) -> ir.Table:
        """``records`` as one expression."""
        table, stages = self.named, self.stages
        never, length = ibis.null("timestamp"), ibis.interval(seconds=self.within)
        order = ibis.cumulative_window(group_by="record", order_by=["moment", "step"])
        table = table.mutate(start_0=ibis.ifelse(table.step == 0, table.moment, never))
        # Of all chains that lead to a visit the one that started last is best, and the later the
        # visit the later that start: so it is a running maximum.
        for n in range(1, stages):
            start = table[f"start_{n - 1}"].max().over(order)
            linked = (table.step == n) & (table.moment <= start + length)
            table = table.mutate(**{f"start_{n}": ibis.ifelse(linked, start, never)})
        record = ibis.window(group_by="record")
        furthest = [table[f"start_{n}"].min().over(record) for n in reversed(range(stages))]
        table = table.mutate(own_0=ibis.coalesce(*furthest))
        for n in range(1, stages):
            end, moment = table.own_0 + length, table.moment
            follows = (table.step == n) & (moment >= table[f"own_{n - 1}"]) & (moment <= end)
            entered = ibis.ifelse(follows, moment, never).min().over(record)
            table = table.mutate(**{f"own_{n}": entered})
        own = {f"own_{n}": table[f"own_{n}"].max() for n in range(stages)}
        rows = table.count() if self.single else (table.step == stages).sum()
        visits = {f"visits_{n}": (table.step == n).sum() for n in range(stages)}
        return table.group_by("record").aggregate(**own, lost=table.lost.max(), rows=rows, **visits)


@ibis.udf.scalar.builtin(signature=((dt.timestamp,), dt.int64))
def epoch_us(moment):  # type: ignore[no-untyped-def]  # DuckDB's own
    """Microseconds since 1970."""


@ibis.udf.scalar.builtin(signature=((dt.int64, dt.int64), dt.int64))
def divide(number, divisor):  # type: ignore[no-untyped-def]  # DuckDB's own
    """The quotient of integers, without its fraction; exact, unlike a division of floats."""


@ibis.udf.scalar.builtin(signature=((dt.Array(dt.string), dt.string), dt.int32))
def list_position(words, word):  # type: ignore[no-untyped-def]  # DuckDB's own
    """Where a word stands in a list, from 1; NULL where it does not."""


@ibis.udf.scalar.builtin(signature=((dt.Array(dt.int64), dt.int32), dt.int64))
def list_extract(numbers, place):  # type: ignore[no-untyped-def]  # DuckDB's own
    """The number at a place, counted from 1."""


def step_of(word: ir.StringColumn, steps: Mapping[str, int], beside: int) -> ir.IntegerValue:
    """The step that a word names; ``beside`` for any other and for none."""
    if not isinstance(word.get_backend(), Backend):
        return word.cases(*steps.items(), else_=beside)
    # A function, unlike a CASE, DuckDB asks but once for each word that a file's dictionary has.
    place = list_position(ibis.array(list(steps)), word)
    return list_extract(ibis.array(list(steps.values())), place).fill_null(beside)


class _BetweenUnits(Exception):
    """A time is no whole number of a packing's units."""


@dataclass(frozen=True, slots=True)
class Arrays:
    """Visits that lie in DuckDB: it scans them into keys, which numpy sorts and follows.

    The answer becomes the engine's table ``name``. A mark is twice the step, and one more in a
    row that says lost.
    """

    visits: Visits
    engine: Backend
    name: str

    def records(self) -> ir.Table:
        """See ``Visits.records``. Integers stand for themselves, other records get numbers."""
        table, kind = self.visits.named, self.visits.table.record.type()
        first, last, start, end, count = self._bounds()
        if kind.is_integer() and not kind.is_uint64():
            direct = table.mutate(code=table.record.cast("int64"))
            packing = Packing.of((first, last), (start, end), self._marks, self._within)
            if packing and self._stored(direct, (first, last), count, packing):
                return self._answer().rename(record="code")
        numbered = table.select("record").distinct().mutate(code=ibis.row_number())
        names = self._made(f"{self.name} (names)", numbered)
        coded, codes = table.inner_join(names, "record"), (0, max(0, names.count().execute() - 1))
        packing = Packing.of(codes, (start, end), self._marks, self._within)
        if not (packing and self._stored(coded, codes, count, packing)):
            self._stored(coded, codes, count, None)
        return self._answer().inner_join(names, "code").drop("code")

    @property
    def _marks(self) -> int:
        return 2 * (self.visits.stages + 1)

    @property
    def _within(self) -> int:
        return self.visits.within * SECOND

    def _answer(self) -> ir.Table:
        return self.engine.table(self.name)

    def _made(self, name: str, content: ir.Table) -> ir.Table:
        """A temporary table in place of one of that name."""
        self.engine.con.execute(f'DROP TABLE IF EXISTS "{name}"')
        return self.engine.create_table(name, content, temp=True)

    def _bounds(self) -> tuple[int, int, int, int, int]:
        """Least and greatest record, if integers, and time; how many rows.

        Rows without a record are counted too: unfiltered, Parquet's statistics answer at once.
        """
        table = self.visits.table
        whole = table.record.type().is_integer()
        asked = table.aggregate(
            first=table.record.min() if whole else ibis.literal(0),
            last=table.record.max() if whole else ibis.literal(0),
            start=epoch_us(table.moment.min()),
            end=epoch_us(table.moment.max()),
            count=table.count(),
        )
        row = asked.to_pyarrow().to_pylist()[0]
        first, last, start, end, count = (int(row[name] or 0) for name in asked.columns)
        return first, last, start, end, count

    def _stored(
        self, coded: ir.Table, codes: tuple[int, int], count: int, packing: Packing | None
    ) -> bool:
        """Follow all rows, in parts that memory holds; False where keys cannot hold the times."""
        followed: list[pa.RecordBatch] = []
        parts = ceil(count / (AT_ONCE if packing else AT_ONCE_UNPACKED)) or 1
        size = ceil((codes[1] - codes[0] + 1) / parts)
        for n in range(parts):
            least = codes[0] + n * size
            part = coded.filter(coded.code.between(least, least + size - 1)) if parts > 1 else coded
            if packing is None:
                ordered = self._events(part).in_order(self._within)
            else:
                ordered = packing.in_order(self._keys(part, packing), count // parts)
            try:
                followed += map(self._batch, ordered)
            except _BetweenUnits:
                return False
        # It stays where it lies: to copy it into the engine takes as long as to follow the stages.
        self.engine.con.register(self.name, pa.Table.from_batches(followed, self._schema))
        return True

    def _keys(self, part: ir.Table, packing: Packing) -> Iterator[Integers]:
        """The rows as keys, in batches; raises _BetweenUnits."""
        unit, time = packing.unit, self._time(part, packing.start) - packing.start
        doubled = unit & (unit - 1) == 0  # a power of two
        steps = time >> unit.bit_length() - 1 if doubled else divide(time, unit)
        key = (
            ((part.code - packing.first) * (1 << packing.low_bits))
            | (steps * (1 << packing.mark_bits))
            | self._mark(part)
        )
        exact = (time & unit - 1) == 0 if doubled else steps * unit == time
        key = key if unit == 1 else ibis.ifelse(exact, key, ibis.null("int64"))
        self.engine.con.execute(BUFFER)
        query = self.engine.compile(part.select(key=key))
        for batch in self.engine.con.execute(query).to_arrow_reader(BATCH):
            if batch.column(0).null_count:
                raise _BetweenUnits
            yield batch.column(0).to_numpy()

    def _events(self, part: ir.Table) -> Events:
        columns = part.select(record=part.code, time=self._time(part, 0), mark=self._mark(part))
        found = columns.to_pyarrow()
        return Events(*(found.column(name).to_numpy() for name in ("record", "time", "mark")))

    def _time(self, part: ir.Table, otherwise: int) -> ir.Value:
        """Microseconds, of which a row that is no visit may have none."""
        return epoch_us(part.moment).fill_null(otherwise)

    def _mark(self, part: ir.Table) -> ir.Value:
        return part.step.cast("int64") * 2 + part.lost.cast("int64")

    @property
    def _schema(self) -> pa.Schema:
        numbers = range(self.visits.stages)
        own = [(f"own_{n}", pa.timestamp("us")) for n in numbers]
        tallies = ["lost", "rows", *(f"visits_{n}" for n in numbers)]
        return pa.schema([("code", pa.int64()), *own, *((name, pa.int32()) for name in tallies)])

    def _batch(self, events: Ordered) -> pa.RecordBatch:
        """The chains of ordered events, a row a record."""
        stage, lost = events.mark >> 1, (events.mark & 1).astype(np.bool_)
        chains = follow(events, stage, self.visits.stages)
        rows = np.diff(events.bounds)
        if not self.visits.single:
            rows = events.tally(stage == self.visits.stages)
        tallies = np.concatenate((events.tally(lost) > 0, rows, chains.visits), axis=None)
        moments = chains.entered.view("datetime64[us]").reshape(-1)
        columns = [pa.array(chains.record), *_columns(moments, len(chains.record))]
        columns += _columns(tallies.astype(np.int32), len(chains.record))
        return pa.record_batch(columns, schema=self._schema)


def _columns(values: NDArray[Any], size: int) -> list[pa.Array]:
    """One after the other: Arrow takes a long array in the time of a short one."""
    whole = pa.array(values)
    return [whole.slice(start, size) for start in range(0, len(values), size)]
