"""In which currencies the amounts are that a metric of money counts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, NamedTuple

from kpilint.data.headings import folded
from kpilint.data.opened import WRITTEN
from kpilint.errors import ColumnMissing, Unavailable
from kpilint.finding import Subject
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.target import unit_of
from kpilint.goals.unit import CURRENCIES, read_unit
from kpilint.goals.written import excerpt, plain
from kpilint.rule import Cannot
from kpilint.rules.resting import Resting
from kpilint.rules.rows import Rows

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.dataset import Dataset

# What a heading of currencies may be where neither a preset nor columns: names it.
_NAMES = (
    "currency",
    "currency_code",
    "currencyisocode",
    "deal_currency_code",
    "通貨",
    "通貨コード",
)
_SIGN = r"(US\$|[¥￥$＄€£₩円元]|ドル|ユーロ|ポンド|ウォン|JPY|USD|EUR|GBP|CNY|KRW)"
_MOST = 50  # currencies; a column with more holds something else


class Mixture(NamedTuple):
    """Metrics of one unit, and how many of their amounts are in which currency by ``column``."""

    metrics: tuple[str, ...]
    unit: str
    column: str
    counts: Mapping[str, int]


def mixtures(goals: GoalSet, data: Dataset, rests: Resting) -> Iterator[Mixture | Cannot]:
    """Where metrics that goals rest on add up amounts of another currency than their unit.

    Metrics of one source with the same mixture are told together.
    """
    by_source: dict[str, dict[str, str]] = {}
    for name in rests:
        metric, unit = goals.metrics[name], _money(goals, goals.metrics[name])
        if unit is not None and metric.source in goals.sources:
            by_source.setdefault(metric.source or "", {})[name] = unit
    for source, units in by_source.items():
        try:
            yield from _of_source(goals, Rows.of(data, source), units)
        except Unavailable as problem:
            yield Cannot(str(problem), Subject("source", source))


def _money(goals: GoalSet, metric: Metric) -> str | None:
    """The currency that a metric of records is in; None where it is no money."""
    if metric.form not in ("flow", "stock") or not metric.column or metric.agg == "count":
        return None
    try:
        unit = unit_of(goals, metric)
    except ValueError:
        return None  # E008 tells of it
    return unit if unit in CURRENCIES else None


def _of_source(goals: GoalSet, rows: Rows, units: Mapping[str, str]) -> Iterator[Mixture]:
    """The mixtures of one source; metrics with the same one together."""
    metrics = [goals.metrics[name] for name in units]
    known = {folded(name): name for name in rows.data.columns(rows.source)}
    column = next((known[name] for name in _NAMES if name in known), None)
    counted = _by_column(rows, column, metrics) if column else _by_sign(rows, metrics, units)
    found: dict[tuple[str, str, tuple[tuple[str, int], ...]], list[str]] = {}
    for name, named, counts in counted:
        if counts.keys() - {units[name]}:
            ordered = tuple(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
            found.setdefault((units[name], named, ordered), []).append(name)
    for (unit, named, ordered), names in found.items():
        yield Mixture(tuple(names), unit, named, dict(ordered))


class _Counts(NamedTuple):
    """How many of a metric's amounts are in each currency, by the column that tells."""

    metric: str
    column: str
    counts: dict[str, int]


def _by_column(rows: Rows, column: str, metrics: list[Metric]) -> Iterator[_Counts]:
    """By a column that names the currency of each record; a blank one tells nothing."""
    for metric, counts in _grouped(rows, column, metrics):
        counts.pop("", None)
        yield _Counts(metric, column, counts)


def _by_sign(rows: Rows, metrics: list[Metric], units: Mapping[str, str]) -> Iterator[_Counts]:
    """By the sign beside each amount, where amounts are text; a bare one is in the metric's own."""
    by_column: dict[str, list[Metric]] = {}
    for metric in metrics:
        by_column.setdefault(metric.column or "", []).append(metric)
    for name, members in by_column.items():
        with suppress(ColumnMissing):  # an expression, or M004 tells of it
            written = rows.data.opened(rows.source).written(name)
            if written is None:
                continue
            signed = written.mutate(**{WRITTEN: written[WRITTEN].re_extract(_SIGN, 1)})
            own = {units[metric.name] for metric in members}
            if len(_signs(signed) | own) == 1:  # all in one, and nothing has been converted for it
                continue
            for metric_name, counts in _grouped(
                Rows(rows.data, rows.source, signed), WRITTEN, members
            ):
                unit = units[metric_name]
                if bare := counts.pop("", 0):
                    counts[unit] = counts.get(unit, 0) + bare
                yield _Counts(metric_name, name, counts)


def _signs(signed: ir.Table) -> set[str]:
    """The currencies of all signs in a column."""
    found = signed.select(WRITTEN).distinct().limit(_MOST).to_pyarrow().column(0).to_pylist()
    return {_currency(sign) for sign in found} - {""}


def _grouped(rows: Rows, by: str, metrics: list[Metric]) -> Iterator[tuple[str, dict[str, int]]]:
    """How many amounts each metric counts by what a column says, read as a currency."""
    asked = {}
    for metric in metrics:
        with suppress(ColumnMissing):  # M004 tells of it
            counts = rows.holds(metric.where) & rows.value(metric.column or "").notnull()
            asked[metric.name] = counts.sum()
    if not asked:
        return
    grouped = rows.table.group_by(by).aggregate(**asked)
    told = grouped.limit(_MOST).to_pyarrow().to_pylist()
    for name in asked:
        counted: dict[str, int] = {}
        for row in told:
            if row[name]:
                currency = _currency(row[by])
                counted[currency] = counted.get(currency, 0) + row[name]
        yield name, counted


def _currency(text: object) -> str:
    """An ISO 4217 code where the text is known as one, else the text; blank for none."""
    word = plain(str(text or ""))
    try:
        return read_unit(word.upper()) if word else ""
    except ValueError:
        return excerpt(word)
