"""The way of each record through a funnel: when it first stood at each stage, and if it was lost.

All of it is one Ibis expression: no record leaves the engine.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import reduce
from typing import TYPE_CHECKING

import ibis

from kpilint.data.expression import build
from kpilint.data.kinds import FLAG
from kpilint.errors import ColumnMissing, Misuse, Unavailable
from kpilint.goals.funnel import FunnelSpec, Lost, Stage
from kpilint.i18n import _

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Passages:
    """One row a record; stages count from 0.

    ``records`` has the columns ``own_0, own_1, ...`` (when the record itself says that it first
    entered the stage), ``at_0, at_1, ...`` (the same, but a stage that was skipped has the moment
    of the next one reached), ``lost``, ``rows`` and ``entries`` (how often any stage was
    entered). A record is part of the funnel by its first stage: where ``own_0`` is NULL it only
    shows what came later, and to count it would count those who made it.
    """

    records: ir.Table
    stages: int
    unnamed: ir.IntegerScalar  # rows that do not say which record they are about
    unreadable: int  # cells of stage dates that are no dates


def passages(data: Dataset, spec: FunnelSpec, as_of: date | None) -> Passages:
    """What the source says up to the end of the day ``as_of``, or to its own end.

    Without ``within`` a later stage implies the earlier ones, whatever the order of their dates.
    With it the stages count in their order only, each within so long of the first; a chain may
    start at any visit to the first stage (the levels of ClickHouse's ``windowFunnel``). Raises
    the data door's errors, and Misuse for an expression that cannot be read.
    """
    count = len(spec.stages)
    source = _Source(data, spec, data.table(spec.source), as_of)
    rows = source.rows()
    named = rows.filter(rows.record.notnull())
    if spec.within and spec.is_long:
        named = _chained(named, count, spec.within.days)
    grouped = named.group_by("record").aggregate(
        **{f"own_{n}": named[f"moment_{n}"].min() for n in range(count)},
        lost=named.lost.max(),
        rows=named.count(),
        entries=named.entries.sum(),
    )
    if spec.within and not spec.is_long:
        records = _in_order(grouped, count, spec.within.days)
    else:
        records = _in_any_order(grouped, count)
    unnamed = rows.filter(rows.record.isnull()).count()
    return Passages(records, count, unnamed, _unreadable(data, spec))


def _unreadable(data: Dataset, spec: FunnelSpec) -> int:
    dates = {spec.entered, spec.lost.entered if spec.lost else None}
    columns = set()
    for text in dates | {stage.entered for stage in spec.stages}:
        with suppress(ColumnMissing):  # no column but an expression over some
            columns.add(data.resolve(spec.source, text or ""))
    return sum(cells.count for cells in data.unreadable(spec.source) if cells.column in columns)


@dataclass(frozen=True, slots=True)
class _Source:
    """A funnel's source, row by row, with the goals file's expressions built over it."""

    data: Dataset
    spec: FunnelSpec
    table: ir.Table
    as_of: date | None

    def rows(self) -> ir.Table:
        """Each row with ``record``, ``moment_0, ...`` where it says so, ``lost``, ``entries``."""
        spec = self.spec
        moments = {f"moment_{n}": self._moment(stage) for n, stage in enumerate(spec.stages)}
        rows = self.table.mutate(
            **moments,
            record=self.value(spec.record),
            lost=self._lost(spec.lost).cast("int8"),
            entries=sum((each.notnull().cast("int64") for each in moments.values()), start=0),
        )
        if spec.where:
            rows = rows.filter(self.condition(spec.where))
        return rows.select("record", *moments, "lost", "entries")

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
        says = self._known(stage, stage.entered)
        if self.spec.stage is not None:
            says &= self.value(self.spec.stage).isin(stage.values or (stage.name,))
        return ibis.ifelse(says, self.value(self._time(stage.entered)), ibis.null("timestamp"))

    def _lost(self, lost: Lost | None) -> ir.Value:
        if lost is None or not (lost.entered or lost.where or lost.values):
            return ibis.literal(False)
        says = self._known(lost, lost.entered)
        if self.spec.stage is not None and lost.values:
            says &= self.value(self.spec.stage).isin(lost.values)
        return says.fill_null(False)

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


def _in_order(grouped: ir.Table, count: int, days: float) -> ir.Table:
    """``at_n`` is the stage's moment if it follows the one before, in time."""
    end = grouped.own_0 + _interval(days)
    at: list[ir.Value] = [grouped.own_0]
    for n in range(1, count):
        own = grouped[f"own_{n}"]
        follows = (own >= at[-1]) & (own <= end)
        at.append(ibis.ifelse(follows, own, ibis.null("timestamp")))
    return grouped.mutate(**{f"at_{n}": moment for n, moment in enumerate(at)})


def _chained(rows: ir.Table, count: int, days: float) -> ir.Table:
    """The same rows, with only those moments that a chain from the first stage reaches in time.

    Of all chains that lead to a row the one that started last is best, so the start of a chain is
    carried forward as a running maximum.
    """
    moments = [rows[f"moment_{n}"] for n in range(count)]
    step = reduce(
        lambda later, n: ibis.ifelse(moments[n].notnull(), n, later),
        reversed(range(count)),
        ibis.null("int64"),
    )
    rows = rows.mutate(step=step, moment=ibis.coalesce(*moments), start_0=moments[0])
    order = ibis.cumulative_window(group_by="record", order_by=["moment", "step"])
    for n in range(1, count):
        start = rows[f"start_{n - 1}"].max().over(order)
        reached = (rows.step == n) & (rows.moment <= start + _interval(days))
        rows = rows.mutate(**{f"start_{n}": ibis.ifelse(reached, start, ibis.null("timestamp"))})
    kept = {
        f"moment_{n}": ibis.ifelse(
            rows[f"start_{n}"].notnull(), rows.moment, ibis.null("timestamp")
        )
        for n in range(count)
    }
    return rows.mutate(**kept)


def _interval(days: float) -> ir.IntervalScalar:
    return ibis.interval(seconds=round(days * 86_400))
