"""What clocks show at an instant, said as each engine says it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from kpilint.i18n import _

_NAIVE = dt.Timestamp()
_ZONED = dt.Timestamp("UTC")

Shift = Callable[[Any, str], Any]


@dataclass(frozen=True, slots=True)
class Clocks:
    """An engine's own functions: what clocks in a zone show, and when they show it.

    ``seen(instant, zone)`` takes a timestamp with zone and gives one without; ``meant`` is its
    inverse, and where a clock shows a time twice or never the engine decides.
    """

    seen: Shift
    meant: Shift


# The bodies never run: a built-in function is its name and its types.
_builtin = ibis.udf.scalar.builtin
_seen = _builtin(lambda zone, at: None, name="timezone", signature=((dt.string, _ZONED), _NAIVE))
_meant = _builtin(lambda zone, at: None, name="timezone", signature=((dt.string, _NAIVE), _ZONED))
_from_utc = _builtin(
    lambda at, zone: None, name="from_utc_timestamp", signature=((_ZONED, dt.string), _NAIVE)
)
_to_utc = _builtin(
    lambda at, zone: None, name="to_utc_timestamp", signature=((_NAIVE, dt.string), _ZONED)
)
_datetime = _builtin(
    lambda at, zone: None, name="datetime", signature=((_ZONED, dt.string), _NAIVE)
)
_timestamp = _builtin(
    lambda at, zone: None, name="timestamp", signature=((_NAIVE, dt.string), _ZONED)
)
_converted = _builtin(
    lambda zone, at: None, name="convert_timezone", signature=((dt.string, _ZONED), _ZONED)
)
_converted_from = _builtin(
    lambda told, zone, at: None,
    name="convert_timezone",
    signature=((dt.string, dt.string, _NAIVE), _NAIVE),
)
_at_zone = _builtin(
    lambda at, zone: None, name="at_timezone", signature=((_ZONED, dt.string), _ZONED)
)
_with_zone = _builtin(
    lambda at, zone: None, name="with_timezone", signature=((_NAIVE, dt.string), _ZONED)
)

_STANDARD = Clocks(lambda at, zone: _seen(zone, at), lambda at, zone: _meant(zone, at))
CLOCKS = {
    "duckdb": _STANDARD,
    "postgres": _STANDARD,
    # Spark's session stands at UTC, where an instant reads as the clock that it was moved to.
    "pyspark": Clocks(_from_utc, _to_utc),
    "bigquery": Clocks(_datetime, _timestamp),
    # Here and in Trino a cast takes the zone away and leaves what the clock shows.
    "snowflake": Clocks(
        lambda at, zone: _converted(zone, at).cast(_NAIVE),
        lambda at, zone: _converted_from(zone, "UTC", at).cast(_ZONED),
    ),
    "trino": Clocks(lambda at, zone: _at_zone(at, zone).cast(_NAIVE), _with_zone),
}


def shown(column: ir.Column, told_in: str, zone: str, engine: str = "duckdb") -> ir.TimestampValue:
    """A column of moments as what clocks in ``zone`` show; dates never shift.

    Times without zone were told in ``told_in``. Raises ValueError where the engine's way of
    moving them is not known.
    """
    dtype = column.type()
    if dtype.is_date():
        return column.cast(_NAIVE)
    if dtype.timezone is None and told_in == zone:
        return column
    clocks = CLOCKS.get(engine)
    if clocks is None:
        raise ValueError(
            _(
                "times of {engine} cannot be moved from one time zone to another; keep them there "
                "as clocks in {zone} show them",
                engine=engine,
                zone=zone,
            )
        )
    instant = clocks.meant(column, told_in) if dtype.timezone is None else column.cast(_ZONED)
    moved: ir.TimestampValue = clocks.seen(instant, zone)
    return moved
