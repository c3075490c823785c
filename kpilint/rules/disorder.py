"""Records that reach a later stage of a funnel before an earlier one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING

import ibis
import ibis.expr.datatypes as dt

from kpilint.analysis.funnels.passage import visits
from kpilint.errors import ColumnMissing, Misuse, Unavailable
from kpilint.goals.funnel import FunnelSpec
from kpilint.rules.rows import EXAMPLES, Rows, after, examples

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.dataset import Dataset


@ibis.udf.agg.builtin(name="min", signature=((dt.string, dt.int64), dt.Array(dt.string)))
def _smallest(values, number):  # type: ignore[no-untyped-def]
    """DuckDB's own: the first few in order."""


@dataclass(frozen=True, slots=True)
class Inversion:
    """A later stage dated before an earlier one; ``position`` is that of the later one."""

    position: int
    later: str
    earlier: str
    count: int
    examples: tuple[str, ...] = ()

    def evidence(self) -> dict[str, object]:
        """What JSON can say of it."""
        told = {"later": self.later, "earlier": self.earlier, "count": self.count}
        return {**told, "examples": list(self.examples)}


@dataclass(frozen=True, slots=True)
class Disorder:
    """How many of the records with two dates or more are out of order, by pair of stages."""

    records: int
    compared: int
    inversions: tuple[Inversion, ...]


@dataclass(frozen=True, slots=True)
class _Passages:
    """One row a record: its key, and when it first and last stood at each stage."""

    table: ir.Table
    record: ir.Value
    first: tuple[ir.TimestampValue, ...]
    last: tuple[ir.TimestampValue, ...]
    within: timedelta | None = None

    def inverted(self, later: int, earlier: int) -> ir.BooleanValue:
        """Whether the later stage lies before the earlier one, with no stage between the two."""
        until, since = self.last[later], self.first[earlier]
        # A date without a time of day may be any moment of its day.
        whole_day = until == until.truncate("D")
        found = until < ibis.ifelse(whole_day, since.truncate("D"), since)
        if self.within is not None:
            found &= since <= until + ibis.interval(seconds=round(self.within.total_seconds()))
        between = (self.first[n].isnull() for n in range(earlier + 1, later))
        found = reduce(and_, between, found)
        # Few are inverted, and an engine works out a branch only where it is taken.
        return ibis.ifelse(until < since, found, False)

    def flagged(self, pairs: Iterable[tuple[int, int]]) -> ir.Table:
        """One row a record: its ``key``, whether ``compared``, and for each pair if inverted."""
        found = (self.inverted(*pair) for pair in pairs)
        return self.table.select(
            key=self.record.cast("string"),
            compared=self.compared,
            **{f"pair{n}": each for n, each in enumerate(found)},
        )

    @property
    def compared(self) -> ir.BooleanValue:
        """Whether a record has two dates that can be compared."""
        # The last stage's first visit nobody else asks for: the engine need not look for it.
        dates = (*self.first[:-1], self.last[-1])
        return sum((each.notnull().ifelse(1, 0) for each in dates), start=0) > 1


_NONE = Disorder(0, 0, ())
_LOOKED_UP = 3  # pairs whose examples are looked for


def disorder(data: Dataset, funnel: FunnelSpec, as_of: date) -> Disorder:
    """The stages as they are dated up to ``as_of``, pair by pair, the most common first.

    Raises Unavailable for what cannot be read.
    """
    if funnel.is_long and funnel.within is None:
        return _NONE  # steps back are returns
    try:
        passages = (_by_record if funnel.is_long else _by_row)(data, funnel, as_of)
    except ColumnMissing:
        return _NONE  # M004 tells of it
    return _counted(passages, [stage.name for stage in funnel.stages])


def _by_row(data: Dataset, funnel: FunnelSpec, as_of: date) -> _Passages:
    """A row a record, with a moment for each stage."""
    rows = Rows.of(data, funnel.source)
    moments: list[ir.TimestampValue] = []
    for stage in funnel.stages:
        entered = stage.entered or funnel.entered
        if entered is None:
            moments.append(ibis.null("timestamp"))
            continue
        when = rows.moment(entered)
        says = (when < after(as_of)) & rows.holds(stage.where) & rows.holds(funnel.where)
        moments.append(ibis.ifelse(says, when, ibis.null("timestamp")))
    return _Passages(rows.table, rows.value(funnel.record), tuple(moments), tuple(moments))


def _by_record(data: Dataset, funnel: FunnelSpec, as_of: date) -> _Passages:
    """The rows of each record together: its first and last visit to each stage."""
    rows = Rows.of(data, funnel.source)
    for entered in filter(None, {stage.entered or funnel.entered for stage in funnel.stages}):
        rows.moment(entered)  # refuses what holds no dates
    try:
        seen = visits(data, funnel, as_of)
    except Misuse as problem:  # of a condition: it leaves this undecided and stops no check
        raise Unavailable(str(problem)) from None
    stages = range(len(funnel.stages))
    ends = {f"first{n}": seen.moment.min(where=seen.step == n) for n in stages}
    ends |= {f"last{n}": seen.moment.max(where=seen.step == n) for n in stages}
    grouped = seen.filter(seen.record.notnull()).group_by("record").aggregate(**ends)
    first, last = (tuple(grouped[f"{end}{n}"] for n in stages) for end in ("first", "last"))
    within = timedelta(days=funnel.within.days) if funnel.within else None
    return _Passages(grouped, grouped.record, first, last, within)


def _counted(passages: _Passages, names: list[str]) -> Disorder:
    """All that is asked in one question, since it groups all rows of a long funnel."""
    pairs = [(later, earlier) for later in range(len(names)) for earlier in range(later)]
    if not pairs:
        return _NONE
    flagged = passages.flagged(pairs)
    flags = [flagged[f"pair{n}"] for n in range(len(pairs))]
    asked: dict[str, ir.Scalar] = {f"count{n}": flag.sum() for n, flag in enumerate(flags)}
    asked |= {"any": reduce(or_, flags).sum(), "compared": flagged.compared.sum()}
    at_once = flagged.get_backend().name == "duckdb"
    if at_once:
        keys = (_smallest(flagged.key, EXAMPLES, where=flag) for flag in flags)
        asked |= {f"keys{n}": few for n, few in enumerate(keys)}
    told = flagged.aggregate(**asked).to_pyarrow().to_pylist()[0]
    if not told["any"]:
        return _NONE

    def looked_up(n: int) -> tuple[str, ...]:
        few: list[str] | None = told[f"keys{n}"] if at_once else None
        return tuple(few or ()) if at_once else examples(flagged, flags[n], flagged.key)

    common = [n for n in range(len(pairs)) if told[f"count{n}"]]
    common.sort(key=lambda n: -told[f"count{n}"])
    inversions = tuple(
        Inversion(
            position=later,
            later=names[later],
            earlier=names[earlier],
            count=told[f"count{n}"],
            examples=looked_up(n) if place < _LOOKED_UP else (),
        )
        for place, n in enumerate(common)
        for later, earlier in [pairs[n]]
    )
    return Disorder(told["any"], told["compared"], inversions)
