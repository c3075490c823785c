"""A source's rows for the rules: the goals file's expressions over them, told in few scans."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Self

import ibis

from kpilint.data.expression import build
from kpilint.data.kinds import FLAG
from kpilint.errors import ColumnMissing, Unavailable
from kpilint.i18n import _

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.dataset import Dataset

EXAMPLES = 3


def moment(day: date) -> datetime:
    """The moment at which ``day`` begins."""
    return datetime.combine(day, time())


def after(day: date) -> datetime:
    """The moment at which ``day`` is over."""
    return moment(day + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of one source; what is asked of them is computed where they lie.

    What is missing or cannot be read raises ColumnMissing or Unavailable.
    """

    data: Dataset
    source: str
    table: ir.Table

    @classmethod
    def of(cls, data: Dataset, source: str) -> Self:
        """All rows of a source."""
        return cls(data, source, data.table(source))

    def column(self, name: str) -> ir.Column:
        """A column by the name that the goals give it."""
        return self.table[self.data.resolve(self.source, name)]

    def value(self, text: str) -> Any:
        """A column by its name, else an expression over the columns."""
        try:
            return self.column(text)
        except ColumnMissing:
            if text.isidentifier():
                raise
        return self._built(text)

    def _built(self, text: str, kind: str | None = None) -> Any:
        try:
            return build(text, self.table, self.column, kind=kind)
        except ValueError as problem:
            raise Unavailable(str(problem)) from None

    def moment(self, text: str) -> ir.TimestampValue:
        """A column or expression that holds moments."""
        found = self.value(text)
        if not found.type().is_timestamp():
            message = _("{column} of {source} holds no dates.", column=text, source=self.source)
            raise Unavailable(message)
        when: ir.TimestampValue = found
        return when

    def holds(self, where: str | None) -> ir.BooleanValue:
        """Whether a condition holds; always without one, never where it cannot be told."""
        if not where:
            return ibis.literal(True)
        condition: ir.BooleanValue = self._built(where, FLAG).fill_null(False)
        # One that names no column, as false or null, is still asked of every row.
        return condition & (self.table[0].isnull() | True)

    def any_holds(self, wheres: Iterable[str]) -> ir.BooleanValue:
        """Whether any of several conditions holds; always without one."""
        conditions = [self.holds(where) for where in wheres]
        return reduce(or_, conditions) if conditions else self.holds(None)

    def tell(
        self, asked: Mapping[str, ir.Scalar], among: Iterable[ir.BooleanValue] = ()
    ) -> dict[str, Any]:
        """Aggregates in one scan, over all rows or those that any condition of ``among`` holds for.

        A narrow ``among`` lets the engine leave most of a sorted file unread.
        """
        if not asked:
            return {}
        wanted = list(among)
        table = self.table.filter(reduce(or_, wanted)) if wanted else self.table
        told: dict[str, Any] = table.aggregate(**asked).to_pyarrow().to_pylist()[0]
        return told


def examples(table: ir.Table, condition: ir.BooleanValue, key: ir.Value) -> tuple[str, ...]:
    """The first few keys, in order, of the rows that a condition holds for."""
    keys = table.filter(condition, key.notnull()).select(key=key.cast("string"))
    return tuple(keys.order_by("key").limit(EXAMPLES).to_pyarrow().column("key").to_pylist())
