"""The columns that tell kinds of records apart, beside each record of a funnel.

The engine labels; blank values are a kind of their own, and rare ones are taken together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from typing import TYPE_CHECKING

import ibis

from kpilint.analysis.funnels.passage import Source
from kpilint.data.people import columns
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goalfile import GoalSet

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.dataset import Dataset

BLANK, OTHERS = "", " "  # no value is a single space: values are stripped
MOST_VALUES = 50  # of a dimension
MOST_STRATA = 20_000


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column that tells segments apart; ``pooled`` is how many rare values are ``OTHERS``."""

    name: str
    values: tuple[str, ...]
    pooled: int = 0


def impersonal(goals: GoalSet, spec: FunnelSpec) -> tuple[str, ...]:
    """The dimensions that a funnel names, but not those that name people."""
    persons = columns(goals, spec.source)
    return tuple(name for name in dict.fromkeys(spec.by) if name not in persons)


def headings_of(goals: GoalSet, spec: FunnelSpec, by: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """What readers call dimensions: the headings that the goals file gives, else their names."""
    source = goals.sources.get(spec.source)
    given = source.columns if source is not None else {}
    return tuple((name, given.get(name, name)) for name in by)


def labelled(
    records: ir.Table, data: Dataset, spec: FunnelSpec, by: Sequence[str]
) -> tuple[tuple[Dimension, ...], ir.Table]:
    """The dimensions, and the records with their values ``by_0, by_1, ...`` beside them.

    Where the rows of a record differ in a dimension, the greatest value counts. Raises the data
    door's errors, and Misuse for an expression that cannot be read.
    """
    if not by:
        return (), records
    facts = _facts(data, spec, by)
    joined = records.left_join(facts, records.record.cast("string") == facts.whose)
    labels = {f"by_{n}": joined[f"by_{n}"].fill_null(BLANK) for n in range(len(by))}
    return _pooled(joined.select(*records.columns, **labels), by)


def _facts(data: Dataset, spec: FunnelSpec, by: Sequence[str]) -> ir.Table:
    """One row a record: ``whose`` and its dimensions, NULL where there is none."""
    table = data.table(spec.source)
    source = Source(data, spec, table, None)
    labels = {
        f"by_{n}": table[data.resolve(spec.source, name)].cast("string").strip().nullif(BLANK)
        for n, name in enumerate(by)
    }
    rows = table.mutate(**labels, whose=source.value(spec.record).cast("string"))
    if spec.where:
        rows = rows.filter(source.condition(spec.where))
    rows = rows.filter(rows.whose.notnull()).select("whose", *labels)
    greatest = {name: rows[name].max() for name in labels}
    return rows.group_by("whose").aggregate(**greatest)


def _pooled(records: ir.Table, by: Sequence[str]) -> tuple[tuple[Dimension, ...], ir.Table]:
    """The dimensions, with rare values taken together until the strata are few enough."""
    known = [_values(records, f"by_{n}") for n in range(len(by))]
    most = MOST_VALUES
    while most > 2 and prod(min(len(each), most) for each in known) > MOST_STRATA:
        most -= 1
    dimensions = []
    for n, (name, values) in enumerate(zip(by, known, strict=True)):
        if len(values) <= most:
            dimensions.append(Dimension(name, tuple(values)))
            continue
        kept, label = values[: most - 1], records[f"by_{n}"]
        records = records.mutate(**{f"by_{n}": ibis.ifelse(label.isin(kept), label, OTHERS)})
        dimensions.append(Dimension(name, (*kept, OTHERS), len(values) - len(kept)))
    return tuple(dimensions), records


def _values(records: ir.Table, name: str) -> list[str]:
    """The values of a dimension, the most frequent first."""
    counted = records.group_by(value=records[name]).aggregate(count=records.count()).to_pandas()
    ordered = counted.sort_values(["count", "value"], ascending=[False, True])
    return [str(value) for value in ordered["value"]]
