"""What the goals use the columns of a source for, and so what their cells must hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kpilint.data.expression import parse
from kpilint.data.kinds import FLAG, NUMBER, TEXT, TIME, Uses, uses_in
from kpilint.data.suite import expected, kinds_expected
from kpilint.errors import ColumnMissing
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.source import Join, Source

RECORDED = "recorded_at"  # when a row was entered, see known.py
_NUMERIC = frozenset({"sum", "mean", "median", "min", "max"})
_ORDER = (TIME, NUMBER, FLAG, TEXT)  # the first that any use asks for


def kinds_in(goals: GoalSet, source: str, resolve: Callable[[str], str]) -> dict[str, str]:
    """The kind of every column of a source that the goals use, by the column's exact name.

    Names (keys, persons, records, stages, groups) stay text whatever else asks. ``resolve`` gives
    the exact name of a column or raises ColumnMissing; such columns are left to whoever uses them.
    """
    names, uses = _uses(goals, source, resolve)
    kinds: dict[str, set[str]] = {}
    for column, found in uses.kinds.items():
        if (exact := _exact(column, resolve)) is not None:
            kinds.setdefault(exact, set()).update(found)
    for _again in uses.alike:  # what one column tells reaches those compared with it
        for pair in uses.alike:
            one, other = (kinds.get(_exact(column, resolve) or "", set()) for column in pair)
            one |= other
            other |= one
    fixed = {exact for name in names if (exact := _exact(name, resolve)) is not None}
    checked = _checked(goals, source, resolve)
    chosen = {
        c: next((k for k in _ORDER if k in found), checked.get(c, TEXT))
        for c, found in kinds.items()
    }
    return checked | _looked_up(goals, source, resolve) | chosen | dict.fromkeys(fixed, TEXT)


def _looked_up(goals: GoalSet, source: str, resolve: Callable[[str], str]) -> dict[str, str]:
    """What other sources that look up fields in this one use them for."""
    kinds: dict[str, str] = {}
    for other in goals.sources.values():
        for join in other.join:
            if join.source == source and other.name != source:
                kinds |= _of_fields(goals, other, join, resolve)
    return kinds


def _of_fields(
    goals: GoalSet, other: Source, join: Join, resolve: Callable[[str], str]
) -> dict[str, str]:
    def field(column: str) -> str:
        if column not in join.fields:
            raise ColumnMissing(column, source=other.name, column=column)
        return resolve(column)

    alone = other.but(join=())
    return kinds_in(goals.but(sources={other.name: alone}), other.name, field)


def _checked(goals: GoalSet, source: str, resolve: Callable[[str], str]) -> dict[str, str]:
    """What the checks of a source take its columns to hold; any use of them says more."""
    told = kinds_expected(expected(goals.sources[source])) if source in goals.sources else ()
    return {exact: kind for c, kind in told if (exact := _exact(c, resolve)) is not None}


def _exact(column: str, resolve: Callable[[str], str]) -> str | None:
    try:
        return resolve(column)
    except ColumnMissing:
        return None


def _uses(goals: GoalSet, source: str, resolve: Callable[[str], str]) -> tuple[list[str], Uses]:
    uses = Uses()
    spec = goals.sources.get(source)
    names = [spec.key or ""] if spec else []
    if spec and RECORDED in spec.columns:
        _gather(RECORDED, TIME, uses, resolve)
    for metric in goals.metrics.values():
        if metric.source == source:
            names.append(metric.person or "")
            for text, kind in _of_metric(metric):
                _gather(text, kind, uses, resolve)
        if metric.cohort is not None:
            _gather(metric.cohort, TIME, uses, resolve)
    for funnel in goals.funnels.values():
        if funnel.source == source:
            names += [funnel.record, funnel.stage or "", *funnel.by]
            for text, kind in _of_funnel(funnel):
                _gather(text, kind, uses, resolve)
    return [name for name in names if name], uses


def _of_metric(metric: Metric) -> Iterator[tuple[str | None, str | None]]:
    yield metric.time, TIME
    yield metric.column, NUMBER if metric.agg in _NUMERIC else None
    yield metric.where, FLAG
    if metric.stock is not None:
        yield metric.stock.from_, TIME
        yield metric.stock.to, TIME


def _of_funnel(funnel: FunnelSpec) -> Iterator[tuple[str | None, str | None]]:
    yield funnel.entered, TIME
    yield funnel.where, FLAG
    yield funnel.amount, NUMBER
    for step in (*funnel.stages, funnel.lost):
        if step is not None:
            yield step.entered, TIME
            yield step.where, FLAG


def _gather(text: str | None, kind: str | None, uses: Uses, resolve: Callable[[str], str]) -> None:
    """Note what ``text``, a column or an expression, tells; what cannot be read is E007's."""
    if not text:
        return
    if _exact(text, resolve) is not None:
        uses.add(text, kind)
        return
    try:
        found = uses_in(parse(text), kind)
    except ValueError:
        return
    for column, kinds in found.kinds.items():
        uses.kinds.setdefault(column, set()).update(kinds)
    uses.alike.extend(found.alike)
