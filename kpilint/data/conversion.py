"""A column's cells become what the goals use them as."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.types as ir

from kpilint.data import cells, moments
from kpilint.data.clocks import shown
from kpilint.data.kinds import FLAG, NUMBER, TEXT, TIME, kind_of_type

_SLIPS = 20  # cells that are sure of their comma for each that cannot have one


@dataclass(frozen=True, slots=True)
class Zones:
    """``told_in`` is the zone of clock times without an offset, ``shown_in`` that of the goals.

    ``engine`` is Ibis's name for who converts between the two.
    """

    told_in: str
    shown_in: str
    engine: str = "duckdb"


def learn_habits(table: ir.Table, columns: list[str], zones: Zones) -> dict[str, moments.Habit]:
    """How each of these text columns writes its dates, in a look at all of their cells.

    Columns that hold other dates than ISO's are looked at once more. One that leaves open whether
    the day or the month comes first is read as the others, which the same software has written.
    """
    elsewhere = zones.told_in != zones.shown_in
    told = _told(table, {c: moments.oddities(table[c], elsewhere, zones.shown_in) for c in columns})
    odd = [column for column, found in told.items() if found["odd"]]
    placed = _told(table, {column: moments.places(table[column]) for column in odd})
    first = {c: moments.day_first(found["first"], found["second"]) for c, found in placed.items()}
    common = {way for way in first.values() if way is not None}
    usual = common.pop() if len(common) == 1 else None

    def habit(column: str) -> moments.Habit:
        way = usual if first.get(column) is None else first[column]
        guessed = way is None and bool(placed.get(column, {}).get("differ"))
        timed, is_odd = told[column].get("timed"), told[column]["odd"]
        return moments.Habit(bool(way), guessed, timed=bool(timed), odd=bool(is_odd))

    return {column: habit(column) for column in columns}


def learn_commas(table: ir.Table, columns: list[str]) -> frozenset[str]:
    """Which of these text columns of numbers write 1.234,56, as most of Europe does.

    A column that writes 1,234 alone does not: its commas stand between groups of three. One slip
    among many cells does not turn the others into slips.
    """
    told = _told(table, {column: cells.commas(table[column]) for column in columns})
    likely = [c for c, found in told.items() if (found["sure"] or 0) * 2 > found["all"]]
    tested = _told(table, {column: cells.points(table[column]) for column in likely})
    against = {column: (found["against"] or 0) * _SLIPS for column, found in tested.items()}
    return frozenset(column for column in likely if against[column] <= told[column]["sure"])


def _told(
    table: ir.Table, asked: Mapping[str, Mapping[str, ir.Scalar]]
) -> dict[str, dict[str, Any]]:
    """Several aggregates of several columns, in one question."""
    numbered = {
        f"{part}{number}": scalar
        for number, parts in enumerate(asked.values())
        for part, scalar in parts.items()
    }
    told = table.aggregate(**numbered).to_pyarrow().to_pylist()[0] if numbered else {}
    return {
        column: {part: told[f"{part}{number}"] for part in parts}
        for number, (column, parts) in enumerate(asked.items())
    }


def convert(
    column: ir.Column,
    kind: str | None,
    zones: Zones,
    habit: moments.Habit,
    *,
    comma: bool = False,
) -> ir.Value:
    """The column as ``kind``; as it is where no kind is asked for or it has the right one.

    ``comma`` says that its numbers have a decimal comma, see ``learn_commas``. Text is converted
    by DuckDB only. Raises ValueError for times that the engine cannot move.
    """
    found = kind_of_type(column.type())
    if kind == TEXT and found != TEXT:
        return column.cast("string")
    if found == TEXT:
        match kind:
            case "time":
                return moments.moment(column, zones.told_in, zones.shown_in, habit)
            case "number":
                return cells.number(cells.with_point(column) if comma else column)
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
