"""Text cells become moments in the goals' time zone, as expressions that the engine computes."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from kpilint.data.cells import narrow
from kpilint.data.clocks import CLOCKS

_NAIVE = dt.Timestamp()
_ZONED = dt.Timestamp("UTC")
_NEVER = ibis.null(_NAIVE)
_DUCKDB = CLOCKS["duckdb"]

_ZONE = r":[0-9]{2}(?:\.[0-9]+)?\s*(?:Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?) *$"
_ISO_FORMS = (
    (r"\s*(?:UTC|GMT)$", "Z"),
    (r"([+-][0-9]{2})([0-9]{2})$", r"\1:\2"),
    (r"([ T][0-9]{1,2}:[0-9]{2})([Z+-])", r"\1:00\2"),  # no seconds
)
_MIDNIGHT = r"[ T]0?0:00(?::00(?:\.0+)?)?\s*(?:Z|UTC|GMT|[+-][0-9]{2}(?::?[0-9]{2})?)?$"
_TWO_PARTS = r"^([0-9]{1,2})[/-]([0-9]{1,2})[/-][0-9]{4}"
_SERIAL = r"^[2-7][0-9]{4}(?:\.[0-9]+)?$"  # days since 1899-12-30, from 1954 to 2119
_ERA = r"^(令和|平成|昭和|[RHS])([0-9]{1,2}|元)[年./-]([0-9]{1,2})[月./-]([0-9]{1,2})日?$"
_BEFORE_ERA = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}

_CLOCKS = ("", " %H:%M:%S", " %H:%M", " %I:%M:%S %p", " %I:%M %p", " %H時%M分")
_NAMED = ("%d %b, %Y", "%d %b %Y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y", "%d-%b-%Y")
_WRITTEN = ("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日", "%Y.%m.%d", "%d.%m.%Y", *_NAMED)
_MONTH_FIRST = ("%m/%d/%Y", "%m-%d-%Y")
_DAY_FIRST = ("%d/%m/%Y", "%d-%m-%Y")


@ibis.udf.scalar.builtin(name="try_strptime", signature=((dt.string, dt.Array(dt.string)), _NAIVE))
def _strptime(text, formats):  # type: ignore[no-untyped-def]
    """DuckDB's own: the first format that fits, else NULL."""


@dataclass(frozen=True, slots=True)
class Habit:
    """How one column writes its dates, learned from all of its cells.

    ``day_first``: 3/4/2026 is the third of April. It is so where some cell has a day beyond 12
    in the first place and none in the second; otherwise the month comes first, as in the exports
    of American software. ``timed``: some cell has a time of day other than midnight; a column of
    midnights holds dates, which no time zone may shift.
    """

    day_first: bool = False
    timed: bool = True


def habits(cell: ir.StringColumn, told_elsewhere: bool) -> dict[str, ir.Scalar]:
    """The aggregates that tell a column's habit, see ``habit``.

    Times of day matter only where the column was ``told_elsewhere``, in another zone.
    """
    text = narrow(cell)
    short = text.substr(1, 1).isin(("/", "-")) | text.substr(2, 1).isin(("/", "-"))

    def largest(group: int) -> ir.Scalar:
        part = text.re_extract(_TWO_PARTS, group).try_cast("int64")
        return short.ifelse(part, ibis.null("int64")).max()

    parts = {"first": largest(1), "second": largest(2)}
    if told_elsewhere:
        parts["timed"] = (text.contains(":") & ~text.re_search(_MIDNIGHT)).any()
    return parts


def habit(first: int | None, second: int | None, timed: bool | None = False) -> Habit:
    """The habit behind the aggregates of ``habits``."""
    return Habit(day_first=(first or 0) > 12 >= (second or 0), timed=bool(timed))


def moment(cell: ir.StringValue, told_in: str, zone: str, habit: Habit) -> ir.TimestampValue:
    """A cell as what clocks in ``zone`` show; NULL where it is blank or cannot be read.

    Cells that name an offset are converted; others were told in ``told_in``. A cell without a
    time of day, or a column of nothing but midnights, is a date and never shifts. Years run from
    1900 to 2199, since a year 1 is a program's way of saying nothing.
    """
    has_zone = (cell.length() > 10) & cell.re_search(_ZONE)
    instant = cell.strip()
    for pattern, iso_form in _ISO_FORMS:
        instant = instant.re_replace(pattern, iso_form)
    zoned = has_zone.ifelse(_DUCKDB.seen(instant.try_cast(_ZONED), zone), _NEVER)
    # The engine's cast knows the most common shape, and would drop an offset without a word.
    iso = cell.substr(4, 1).isin(("-", "/")) & cell.between("19", "22") & ~has_zone
    naive = ibis.coalesce(iso.ifelse(cell.try_cast(_NAIVE), _NEVER), _local(narrow(cell), habit))
    if told_in != zone and habit.timed:
        moved = _DUCKDB.seen(_DUCKDB.meant(naive, told_in), zone)
        naive = cell.re_search("[:：時]").ifelse(moved, naive)
    return ibis.coalesce(zoned, naive)


def _local(text: ir.StringValue, habit: Habit) -> ir.TimestampValue:
    """The shapes that the engine's own cast does not know."""
    shapes = (*_WRITTEN, *(_DAY_FIRST if habit.day_first else _MONTH_FIRST))
    formats = [day + clock for day in shapes for clock in _CLOCKS] + ["%Y年%m月%d日%H時%M分"]
    written = _strptime(text.re_replace(r"\s+", " "), formats)
    eight = _strptime(text, ["%Y%m%d"])
    return ibis.cases(
        (text.re_search("^(?:19|20|21)[0-9]{6}$"), eight),
        (text.re_search(_SERIAL), _excel(text)),
        (text.re_search(_ERA), _era(text)),
        (text.re_search("(?:19|20|21)[0-9]{2}"), written),
    )


def _excel(text: ir.StringValue) -> ir.TimestampValue:
    seconds = (text.try_cast("float64") * 86_400).round().cast("int64")
    return ibis.timestamp("1899-12-30 00:00:00") + seconds.as_interval("s")


def _era(text: ir.StringValue) -> ir.TimestampValue:
    name = text.re_extract(_ERA, 1)
    before = ibis.cases(*((name == era, year) for era, year in _BEFORE_ERA.items()))
    within = text.re_extract(_ERA, 2).replace("元", "1").try_cast("int64")
    year = (before + within).cast("string")
    month, day = text.re_extract(_ERA, 3), text.re_extract(_ERA, 4)
    return (year + "-" + month + "-" + day).try_cast(_NAIVE)
