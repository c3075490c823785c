"""The way of each record through a funnel: when it first stood at each stage, and if it was lost.

All of it is one Ibis expression, and no record leaves the engine; only ordered funnels on DuckDB,
which runs in this process, pass through arrays.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import combinations
from typing import TYPE_CHECKING

import ibis
import ibis.expr.operations as ops

from kpilint.analysis.funnels.chain import Visits, step_of
from kpilint.data.cells import LARGEST
from kpilint.data.expression import build
from kpilint.data.kinds import FLAG
from kpilint.errors import ColumnMissing, Misuse, Unavailable
from kpilint.goals.funnel import FunnelSpec, Lost, Stage
from kpilint.i18n import _

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.dataset import Dataset

NUMBER = "kpilint number of {}"  # the integer behind a column's text


@dataclass(frozen=True, slots=True)
class Passages:
    """One row a record; stages count from 0.

    ``records`` has the columns ``own_0, own_1, ...`` (when the record itself says that it first
    entered the stage), ``at_0, at_1, ...`` (the same, but a stage that was skipped has the moment
    of the next one reached), ``lost``, ``lost_at`` (NULL where no row says when), ``amount`` (the
    largest of its rows), ``rows`` and ``visits_0, visits_1, ...`` (how often it entered the stage,
    also where that does not count: out of order or too late). A record is part of the funnel by its
    first stage: where ``own_0`` is NULL it only shows what came later, and to count it would count
    those who made it. ``within`` is in seconds, None for stages in any order.
    """

    records: ir.Table
    stages: int
    unnamed: ir.IntegerScalar  # rows that do not say which record they are about
    unreadable: int  # cells of stage dates that are no dates
    within: int | None = None


def passages(data: Dataset, spec: FunnelSpec, as_of: date | None) -> Passages:
    """What the source says up to the end of the day ``as_of``, or to its own end.

    Without ``within`` a later stage implies the earlier ones, whatever the order of their dates.
    With it the stages count in their order only, see ``chain.Visits``. Raises the data door's
    errors, and Misuse for an expression that cannot be read.
    """
    table = data.table(spec.source)
    unreadable = _unreadable(data, spec)
    if spec.within is not None:
        ordered = Source(data, spec, _with_numbers(table), as_of)
        return _in_order(ordered, round(spec.within.days * 86_400), unreadable)
    source = Source(data, spec, table, as_of)
    rows, count = source.rows(), len(spec.stages)
    named = rows.filter(rows.record.notnull())
    grouped = named.group_by("record").aggregate(
        **{f"own_{n}": named[f"moment_{n}"].min() for n in range(count)},
        lost=named.lost.max(),
        lost_at=named.lost_at.min(),
        amount=named.amount.max(),
        rows=named.count(),
        **{f"visits_{n}": named[f"moment_{n}"].count() for n in range(count)},
    )
    unnamed = rows.filter(rows.record.isnull()).count()
    return Passages(_in_any_order(grouped, count), count, unnamed, unreadable)


def visits(data: Dataset, spec: FunnelSpec, as_of: date | None) -> ir.Table:
    """The visits to stages in any order, as ``chain.Visits`` has them in its ``table``.

    Raises like ``passages``.
    """
    return Source(data, spec, data.table(spec.source), as_of).visits()


def _unreadable(data: Dataset, spec: FunnelSpec) -> int:
    dates = {spec.entered, spec.lost.entered if spec.lost else None}
    columns = set()
    for text in dates | {stage.entered for stage in spec.stages}:
        with suppress(ColumnMissing):  # no column but an expression over some
            columns.add(data.resolve(spec.source, text or ""))
    return sum(cells.count for cells in data.unreadable(spec.source) if cells.column in columns)


@dataclass(frozen=True, slots=True)
class Source:
    """A funnel's source, row by row, with the goals file's expressions built over it."""

    data: Dataset
    spec: FunnelSpec
    table: ir.Table
    as_of: date | None

    def rows(self) -> ir.Table:
        """Each row with ``record``, ``moment_0, ...`` where it says so, and the tallies."""
        spec = self.spec
        moments = {f"moment_{n}": self._moment(stage) for n, stage in enumerate(spec.stages)}
        lost = self._lost(spec.lost)
        rows = self.table.mutate(
            **moments,
            record=self.value(spec.record),
            lost=lost.ifelse(1, 0),
            lost_at=ibis.ifelse(lost, self._loss(spec.lost), ibis.null("timestamp")),
            amount=self._amount(),
        )
        if spec.where:
            rows = rows.filter(self.condition(spec.where))
        return rows.select("record", *moments, "lost", "lost_at", "amount")

    def ends(self) -> ir.Table:
        """One row for each record that was lost or has an amount, with ``lost_at``, ``amount``."""
        rows = self.rows()
        told = rows.filter(rows.record.notnull() & ((rows.lost > 0) | rows.amount.notnull()))
        return told.group_by("record").aggregate(
            lost_at=told.lost_at.min(), amount=told.amount.max()
        )

    @property
    def single(self) -> bool:
        """Whether no row can stand for visits to two stages."""
        stages = self.spec.stages
        named = [set(stage.values or (stage.name,)) for stage in stages]
        apart = all(one.isdisjoint(other) for one, other in combinations(named, 2))
        return self.spec.is_long and apart and len({stage.entered for stage in stages}) == 1

    def visits(self) -> ir.Table:
        """The rows as visits to stages; see ``chain.Visits``."""
        spec, count = self.spec, len(self.spec.stages)
        lost = self._lost(spec.lost).ifelse(1, 0)
        record = self.value(spec.record)
        if (number := NUMBER.format(record.get_name())) in self.table.columns:
            record = self.table[number]
        rows = self.table.filter(self.condition(spec.where)) if spec.where else self.table
        if self.single:
            moment = self._entered(spec.stages[0])
            return rows.select(record=record, step=self._step(), lost=lost, moment=moment)
        says = {f"says_{n}": self._says(stage) for n, stage in enumerate(spec.stages)}
        moments = {f"moment_{n}": self._entered(stage) for n, stage in enumerate(spec.stages)}
        rows = rows.mutate(**says, **moments, record=record, lost=lost)
        none = ibis.null("timestamp")
        parts = [rows.select("record", "lost", step=ibis.literal(count), moment=none)]
        for n, (told, moment) in enumerate(zip(says, moments, strict=True)):
            visit = rows.filter(rows[told])
            parts.append(
                visit.select(
                    "record", lost=ibis.literal(0), step=ibis.literal(n), moment=visit[moment]
                )
            )
        return ibis.union(*parts)

    def _entered(self, stage: Stage) -> ir.Value:
        return self.value(self._time(stage.entered)).cast("timestamp")

    def _step(self) -> ir.Value:
        """The one stage that the row can be a visit to, counted from 0; how many if it is none."""
        stages, count = self.spec.stages, len(self.spec.stages)
        word = self.value(self.spec.stage or "")
        if not word.type().is_string() or any(stage.where for stage in stages):
            says = ((self._says(stage), n) for n, stage in enumerate(stages))
            return ibis.cases(*says, else_=count)
        steps = {name: n for n, each in enumerate(stages) for name in each.values or (each.name,)}
        known = self._known(stages[0], stages[0].entered)
        return ibis.ifelse(~known, count, step_of(word, steps, count))

    def value(self, text: str) -> ir.Value:
        """A column by name, else an expression over the columns."""
        try:
            return self._column(text)
        except ColumnMissing:
            if text.isidentifier():
                raise
        return self._built(text)

    def condition(self, text: str) -> ir.Value:
        """An expression that holds or does not."""
        return self._built(text, FLAG)

    def _built(self, text: str, kind: str | None = None) -> ir.Value:
        try:
            return build(text, self.table, self._column, kind=kind)
        except ValueError as problem:
            raise Misuse(str(problem)) from None

    def _column(self, name: str) -> ir.Value:
        return self.table[self.data.resolve(self.spec.source, name)]

    def _moment(self, stage: Stage) -> ir.Value:
        """When the row says that the stage was entered; NULL where it does not."""
        return ibis.ifelse(
            self._says(stage), self.value(self._time(stage.entered)), ibis.null("timestamp")
        )

    def _says(self, stage: Stage) -> ir.Value:
        """Whether the row is a visit to the stage."""
        says = self._known(stage, stage.entered)
        if self.spec.stage is not None:
            says &= self.value(self.spec.stage).isin(stage.values or (stage.name,))
        return says

    def _lost(self, lost: Lost | None) -> ir.Value:
        if lost is None or not (lost.entered or lost.where or lost.values):
            return ibis.literal(False)
        says = self._known(lost, lost.entered)
        if self.spec.stage is not None and lost.values:
            says &= self.value(self.spec.stage).isin(lost.values)
        return says.fill_null(False)

    def _loss(self, lost: Lost | None) -> ir.Value:
        """When a lost row says that it was lost; NULL where the goals file names no such time."""
        time = lost and (lost.entered or self.spec.entered)
        return self.value(time).cast("timestamp") if time else ibis.null("timestamp")

    def _amount(self) -> ir.Value:
        if not self.spec.amount:
            return ibis.null("float64")
        amount = self.value(self.spec.amount).cast("float64")
        return ibis.ifelse(amount.abs() < LARGEST, amount, ibis.null("float64"))

    def _known(self, step: Stage | Lost, entered: str | None) -> ir.Value:
        """Whether the step's ``where`` holds and its moment, if it has one, lies before the cut."""
        says: ir.Value = self.condition(step.where) if step.where else ibis.literal(True)
        time = entered or self.spec.entered
        if time is not None:
            moment = self.value(time)
            says &= moment.notnull()
            if self.as_of is not None:
                cut = datetime.combine(self.as_of + timedelta(days=1), datetime.min.time())
                says &= moment < ibis.literal(cut)
        return says

    def _time(self, entered: str | None) -> str:
        time = entered or self.spec.entered
        if time is None:
            message = _(
                "The funnel {funnel} does not say when a stage is entered; write entered: there.",
                funnel=self.spec.name,
            )
            raise Unavailable(message)
        return time


def _in_any_order(grouped: ir.Table, count: int) -> ir.Table:
    """``at_n`` is the stage's own moment, or that of the next stage which was reached."""
    at: list[ir.Value] = [grouped[f"own_{count - 1}"]]
    for n in reversed(range(count - 1)):
        at.insert(0, ibis.coalesce(grouped[f"own_{n}"], at[0]))
    return grouped.mutate(**{f"at_{n}": moment for n, moment in enumerate(at)})


def _in_order(source: Source, within: int, unreadable: int) -> Passages:
    """The stages that a chain of visits reaches within so many seconds."""
    spec, visits = source.spec, source.visits()
    count = len(spec.stages)
    records = Visits(visits, source.single, count, within).records()
    at = {f"at_{n}": records[f"own_{n}"] for n in range(count)}
    records = records.mutate(**at, record=records.record.cast("string"))
    if spec.lost or spec.amount:
        ends = source.ends()
        ends = ends.mutate(record=ends.record.cast("string"))
        records = records.left_join(ends, "record").drop("record_right")
    else:
        records = records.mutate(lost_at=ibis.null("timestamp"), amount=ibis.null("float64"))
    unnamed = visits.filter(visits.record.isnull())
    if not source.single:
        unnamed = unnamed.filter(unnamed.step == count)
    return Passages(records, count, unnamed.count(), unreadable, within)


def _with_numbers(table: ir.Table) -> ir.Table:
    """The table, with the integer beside every column that is an integer's text.

    Names are text to the data door. As a record has one text and one integer, either tells
    records apart, but only integers fit into keys.
    """
    made = table.op()
    if not isinstance(made, ops.Project):
        return table
    numbers = {
        NUMBER.format(name): value.arg
        for name, value in made.values.items()
        if isinstance(value, ops.Cast) and value.arg.dtype.is_integer() and value.to.is_string()
    }
    return ops.Project(made.parent, {**made.values, **numbers}).to_expr()
