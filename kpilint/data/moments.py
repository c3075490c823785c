"""Text cells become moments in the goals' time zone, as expressions that the engine computes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

from kpilint.data.cells import narrow, unless
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
_MONTH = r"^((?:19|20|21)[0-9]{2})(?:年|[-/])(0?[1-9]|1[0-2])月?$"
_MILLISECONDS = r"^1[0-9]{12}$"  # since 1970 in UTC, as the APIs of CRMs tell; from 2001 to 2033
_WEEKDAY = r" ?(?:\([月火水木金土日](?:曜日?)?\)|[月火水木金土日]曜日?)"
_BEFORE_ERA = {"令和": 2018, "R": 2018, "平成": 1988, "H": 1988, "昭和": 1925, "S": 1925}

_STRAIGHT = "_____________:__:__"  # a time of day behind which no zone has room
# What tells a way of writing the time of day or the day, and the ways.
_CLOCKS = (
    ("^[^:時]*$", ("",)),
    (":.*[0-9]$", (" %H:%M:%S", " %H:%M")),
    (":.*[AaPp][Mm]$", (" %I:%M:%S %p", " %I:%M %p")),
    ("時", (" %H時%M分",)),
)
_NAMED = ("%d %b, %Y", "%d %b %Y", "%b %d, %Y", "%B %d, %Y", "%d %B %Y", "%d-%b-%Y")
_NUMERIC = ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y")
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
    of American software. ``guessed``: no cell tells which comes first, and it makes a difference.
    ``timed``: some cell has a time of day other than midnight; a column of
    midnights holds dates, which no time zone may shift. ``odd``: some cell is not in ISO form, so
    that the slower ways of reading have to be tried.
    """

    day_first: bool = False
    guessed: bool = False
    timed: bool = True
    odd: bool = True


def oddities(cell: ir.StringColumn, told_elsewhere: bool, zone: str) -> dict[str, ir.Scalar]:
    """The aggregates that tell whether a column is ``odd`` and ``timed``, see ``Habit``.

    Times of day matter only where the column was ``told_elsewhere``, in another zone.
    """
    parts = {"odd": (cell.notnull() & _iso(cell, zone).isnull()).any()}
    if told_elsewhere:
        timed = cell.re_search("[:：]") & ~narrow(cell).re_search(_MIDNIGHT)
        parts["timed"] = timed.any()
    return parts


def places(cell: ir.StringColumn) -> dict[str, ir.Scalar]:
    """The largest numbers in the first and the second place of dates that end in their year.

    And whether the two ever ``differ``: 4/4/2026 is one day either way.
    """
    first, second = _two_parts(cell)
    return {"first": first.max(), "second": second.max(), "differ": (first != second).any()}


def exchangeable(cell: ir.StringValue) -> ir.BooleanValue:
    """Whether a cell is another date where its day and month change places."""
    first, second = _two_parts(cell)
    return (first <= 12) & (second <= 12) & (first != second)


def _two_parts(cell: ir.StringValue) -> tuple[ir.IntegerValue, ir.IntegerValue]:
    text = narrow(cell)
    short = text.substr(1, 1).isin(("/", "-")) | text.substr(2, 1).isin(("/", "-"))

    def part(group: int) -> ir.IntegerValue:
        number = text.re_extract(_TWO_PARTS, group).try_cast("int64")
        return short.ifelse(number, ibis.null("int64"))

    return part(1), part(2)


def day_first(first: int | None, second: int | None) -> bool | None:
    """Whether the day comes first, by the largest numbers in the two places; None: untold."""
    if max(first or 0, second or 0) <= 12:
        return None
    return (second or 0) <= 12


def moment(cell: ir.StringValue, told_in: str, zone: str, habit: Habit) -> ir.TimestampValue:
    """A cell as what clocks in ``zone`` show; NULL where it is blank or cannot be read.

    Cells that name an offset are converted; others were told in ``told_in``. A cell without a
    time of day, or a column of nothing but midnights, is a date and never shifts. Years run from
    1900 to 2199, since a year 1 is a program's way of saying nothing.
    """
    told = _iso(cell, zone)
    if habit.odd:
        told = ibis.coalesce(told, _local(narrow(unless(_plain(cell), cell)), habit, zone))
    if told_in == zone or not habit.timed:
        return told
    moved = _DUCKDB.seen(_DUCKDB.meant(told, told_in), zone)
    return (cell.re_search("[:：時]") & ~_has_zone(cell)).ifelse(moved, told)


def _plain(cell: ir.StringValue) -> ir.TimestampValue:
    """The most common shape, ``2026-04-01`` with or without ``09:30:00``, and nothing else."""
    bare = (cell.length() <= 10) | cell.like(_STRAIGHT)
    return (_dated(cell) & bare).ifelse(cell.try_cast(_NAIVE), _NEVER)


def _iso(cell: ir.StringValue, zone: str) -> ir.TimestampValue:
    """ISO forms; where they name an offset, as clocks in ``zone`` show them."""
    instant = cell.strip()
    for pattern, iso_form in _ISO_FORMS:
        instant = instant.re_replace(pattern, iso_form)
    plain = _plain(cell)
    # The engine's cast knows the other shapes too, but would drop an offset without a word.
    return ibis.cases(
        (plain.notnull(), plain),
        (_has_zone(cell), _DUCKDB.seen(instant.try_cast(_ZONED), zone)),
        (_dated(cell), cell.try_cast(_NAIVE)),
    )


def _dated(cell: ir.StringValue) -> ir.BooleanValue:
    return cell.substr(4, 1).isin(("-", "/")) & cell.between("19", "22")


def _has_zone(cell: ir.StringValue) -> ir.BooleanValue:
    return (cell.length() > 10) & cell.re_search(_ZONE)


def _local(text: ir.StringValue, habit: Habit, zone: str) -> ir.TimestampValue:
    """The shapes that the engine's own cast does not know."""
    eight = _strptime(text, ["%Y%m%d"])
    month = text.re_replace(_MONTH, r"\1-\2-1").try_cast(_NAIVE)
    instant = (text.try_cast("int64") / 1000).cast("int64").as_timestamp("s").cast(_ZONED)
    shapes = (
        text.re_search("^(?:19|20|21)[0-9]{6}$").ifelse(eight, _NEVER),
        text.re_search(_SERIAL).ifelse(_excel(text), _NEVER),
        text.re_search(_ERA).ifelse(_era(text), _NEVER),
        text.re_search(_MONTH).ifelse(month, _NEVER),
        text.re_search(_MILLISECONDS).ifelse(_DUCKDB.seen(instant, zone), _NEVER),
    )
    return ibis.coalesce(*shapes, *_written(text, habit))


def _written(text: ir.StringValue, habit: Habit) -> Iterator[ir.TimestampValue]:
    """What each family of shapes reads: to try all of them on each cell would take long."""
    line = text.re_search("(?:19|20|21)[0-9]{2}").ifelse(text, ibis.null("string"))
    line = line.re_replace(_WEEKDAY, " ")
    for half, sign in (("午前", " AM"), ("午後", " PM")):
        line = line.re_replace(rf"{half} ?([0-9:]+)$", rf" \1{sign}")
    line = line.replace("日", "日 ").re_replace(r"\s+", " ").strip()
    numeric = (*_NUMERIC, *(_DAY_FIRST if habit.day_first else _MONTH_FIRST))
    for letters, days in (
        ("年", ("%Y年%m月%d日",)),
        ("[A-Za-z]{3}", _NAMED),
        ("^[^年]*$", numeric),
    ):
        for sign, clocks in _CLOCKS:
            told = line.re_search(letters) & line.re_search(sign)
            formats = [day + clock for day in days for clock in clocks]
            yield told.ifelse(_strptime(line, formats), _NEVER)


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
