"""A column's cells become what the goals use them as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from kpilint.data import cells, moments
from kpilint.data.clocks import shown
from kpilint.data.kinds import FLAG, NUMBER, TEXT, TIME, kind_of_type


@dataclass(frozen=True, slots=True)
class Zones:
    """``told_in`` is the zone of clock times without an offset, ``shown_in`` that of the goals.

    ``engine`` is Ibis's name for who converts between the two.
    """

    told_in: str
    shown_in: str
    engine: str = "duckdb"


def learn_habits(table: ir.Table, columns: list[str], zones: Zones) -> dict[str, moments.Habit]:
    """How each of these text columns writes its dates, in one look at all of their cells."""
    if not columns:
        return {}
    asked = {
        f"{part}{number}": scalar
        for number, column in enumerate(columns)
        for part, scalar in moments.habits(table[column], zones.told_in != zones.shown_in).items()
    }
    told = table.aggregate(**asked).to_pyarrow().to_pylist()[0]
    return {
        column: moments.habit(*(told.get(f"{part}{n}") for part in ("first", "second", "timed")))
        for n, column in enumerate(columns)
    }


def convert(column: ir.Column, kind: str | None, zones: Zones, habit: moments.Habit) -> ir.Value:
    """The column as ``kind``; as it is where no kind is asked for or it has the right one.

    Text is converted by DuckDB only. Raises ValueError for times that the engine cannot move.
    """
    found = kind_of_type(column.type())
    if kind == TEXT and found != TEXT:
        return column.cast("string")
    if found == TEXT:
        match kind:
            case "time":
                return moments.moment(column, zones.told_in, zones.shown_in, habit)
            case "number":
                return cells.number(column)
            case "flag":
                return cells.flag(column)
        return column
    if found == TIME:
        return shown(column, zones.told_in, zones.shown_in, zones.engine)
    # Engines differ in how they divide and add whole numbers and decimals, not floating ones.
    if kind == NUMBER and found == FLAG:
        return ibis.cases((column, 1.0), (~column, 0.0))
    # And a mean of decimals is rounded to as many digits as they have.
    alike = zones.engine == "duckdb" and not column.type().is_decimal()
    return column if kind != NUMBER or found != NUMBER or alike else column.cast("float64")


def canonical_values(column: ir.Column, spellings: Mapping[str, str]) -> ir.Value:
    """The column with every known spelling (by its folded form) as its canonical value.

    The engine cannot fold letters as people mean it, so its distinct values are looked at.
    """
    from kpilint.data.headings import folded

    found = column.as_table().distinct().to_pyarrow().column(0).to_pylist()
    cases = {value: spellings.get(folded(value)) for value in found if value is not None}
    known = [(value, name) for value, name in cases.items() if name not in (None, value)]
    if not known:
        return column
    return ibis.cases(*((column == value, name) for value, name in known), else_=column)
