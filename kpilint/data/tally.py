"""The flow metrics of one source, period by period: the engine is asked for all of them at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Any

import ibis

from kpilint.data.selection import Selection, selected
from kpilint.errors import Unavailable

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.dataset import Dataset
    from kpilint.goals.goalfile import GoalSet
    from kpilint.goals.metric import Metric

_AT_ONCE = 200  # metrics; an engine gives no more than some 1,600 columns

Asked = tuple[str | None, str | None, str | None]
Tally = Mapping[str, Sequence[Any]]


def tally(data: Dataset, goals: GoalSet, metric: Metric, grain: str) -> Tally:
    """A flow metric by ``period``, given by its first day: the ``value``, and ``n`` records.

    Records without a time have the period None. The metrics of ``goals`` that lie over the same
    records and times are asked along with it, and kept in ``data``. Raises like ``selected``.
    """
    import duckdb

    chosen = selected(data, metric)
    place = (metric.source or "", chosen.time.get_name(), grain)
    kept = data.tallies.setdefault(place, {})
    if _asked(metric) not in kept:
        others = {_asked(m): s for m, s in _alike(data, goals, place) if _asked(m) not in kept}
        others = dict(islice(others.items(), _AT_ONCE))
        own = {_asked(metric): chosen}
        try:
            kept.update(_told(own | others, grain))
        except (Unavailable, duckdb.Error):  # one expression that fails takes no other with it
            kept.update(_told(own, grain))
    return kept[_asked(metric)]


def _asked(metric: Metric) -> Asked:
    """What is asked of the records; a label or a unit changes nothing."""
    return metric.agg, metric.column, metric.where


def _alike(
    data: Dataset, goals: GoalSet, place: tuple[str, str, str]
) -> Iterator[tuple[Metric, Selection]]:
    """The flow metrics over the records of one source, placed by the same of its columns."""
    source, time, _grain = place
    for metric in goals.metrics.values():
        if metric.form == "flow" and metric.source == source:
            with suppress(Unavailable):  # told where this metric itself is wanted
                chosen = selected(data, metric)
                if chosen.time.get_name() == time:
                    yield metric, chosen


def _told(wanted: Mapping[Asked, Selection], grain: str) -> Iterable[tuple[Asked, Tally]]:
    rows = by_period(list(wanted.values()), grain).to_pyarrow().to_pydict()
    for number, asked in enumerate(wanted):
        told = {name: rows[f"{name}{number}"] for name in ("value", "n")}
        yield asked, {"period": rows["period"], **told}


def by_period(chosen: Sequence[Selection], grain: str) -> ir.Table:
    """One row a period, by its first day ``period``: ``value0``, ``n0`` for the first of them, etc.

    All records without a time are in one more row, whose period is NULL. The selections are of
    one table and placed by one column.
    """
    first, asked = chosen[0], {}
    for number, each in enumerate(chosen):
        asked[f"value{number}"], asked[f"n{number}"] = each.among_all()
    if grain == "week":
        week = first.time.truncate("W").date()
        return first.table.group_by(period=week).aggregate(**asked)
    # Months as numbers: DuckDB truncates ten million times in the time in which it sums them.
    number = first.time.year().cast("int32") * 12 + first.time.month().cast("int32") - 1
    months = first.table.group_by(number=number).aggregate(**asked)
    year, month = ((months.number // 12).cast("int32"), (months.number % 12).cast("int32") + 1)
    return months.select(ibis.date(year, month, 1).name("period"), *asked)
