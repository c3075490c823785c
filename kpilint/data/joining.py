"""Fields that a source looks up in another: a left join, many to one, and checked to be so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kpilint.data.headings import folded
from kpilint.errors import SourceProblem, Unavailable
from kpilint.goals.source import Join
from kpilint.i18n import _, listed

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.opened import Opened

_KEY = "kpilint key"
_SHOWN = 3


def field_of(join: Join, column: str) -> str | None:
    """The field that ``column`` names, however its width and case are written."""
    return next((field for field in join.fields if folded(field) == folded(column)), None)


def joined(own: Opened, table: ir.Table) -> ir.Table:
    """The records with the fields of every ``join:``; none is lost, and none stands twice.

    Keys are compared as text without the spaces around it. What the other source does not know
    is NULL. Fields of the other source that it joins itself are not followed. Raises ColumnMissing,
    and SourceProblem or Unavailable where the two cannot be joined.
    """
    for join in own.spec.join:
        other = own.data.opened(join.source)
        if other.connection is not own.connection:
            raise Unavailable(
                _(
                    "{source} and {other} lie in different databases and cannot be joined; bring "
                    "them together in one.",
                    source=own.spec.name,
                    other=join.source,
                )
            )
        table = _looked_up(own, other, join, table)
    return table


def _looked_up(own: Opened, other: Opened, join: Join, table: ir.Table) -> ir.Table:
    taken = next((f for f in join.fields if folded(f) in map(folded, table.columns)), None)
    if taken is not None:
        message = _(
            "{source} has a column {column} of its own; take it out of the fields joined from "
            "{other}.",
            source=own.spec.name,
            column=taken,
            other=join.source,
        )
        raise SourceProblem(message, source=own.spec.name)
    known = other.base
    fields = {field: known[other.headings.resolve(field)] for field in join.fields}
    known = known.select(**{_KEY: _key(known[other.headings.resolve(join.on)])}, **fields)
    known = known.filter(known[_KEY].notnull())
    _check_one_each(known, own, join)
    key = _key(table[own.headings.resolve(join.on)])
    met = table.mutate(**{_KEY: key}).left_join(known, _KEY)
    return met.select(*table.columns, *fields)


def _key(column: ir.Column) -> ir.StringValue:
    return column.cast("string").strip().nullif("")


def _check_one_each(known: ir.Table, own: Opened, join: Join) -> None:
    """A record that met two would count twice."""
    counted = known.group_by(_KEY).aggregate(n=known.count())
    often = counted.filter(counted["n"] > 1).order_by(counted[_KEY]).limit(_SHOWN + 1)
    keys = often.to_pyarrow().column(_KEY).to_pylist()
    if keys:
        message = _(
            "{other} has several records for one {on} ({examples}), so that a join would count "
            "records of {source} more than once. Correct {other}.",
            other=join.source,
            on=join.on,
            examples=listed(keys, _SHOWN),
            source=own.spec.name,
        )
        raise SourceProblem(message, source=own.spec.name)
