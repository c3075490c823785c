"""How many records reach each stage, wait, stop or are lost there: counted in the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import pairwise
from operator import add, or_
from typing import TYPE_CHECKING, Any

import pandas as pd

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.analysis.passage import Passages

AGE = 0.8  # by the age at which so many have moved on, quarters are compared


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: records that reached it, and those of them that are open or lost right there.

    ``median_days`` is the wait from the stage before. Nothing is open at the last stage.
    """

    stage: str
    reached: int
    median_days: float | None
    open: int | None
    lost: int


@dataclass(frozen=True, slots=True)
class Oddities:
    """What is unusual in the records: counts of records, and of rows or visits where said.

    ``skipped`` reached a stage without the one before; ``disordered`` have dates in the wrong
    order; ``repeated`` visits to a stage came after the first one and do not count; ``copies``
    are rows beyond a record's first, where each record has one row; ``undated`` lack the date of
    the first stage and ``unnamed`` rows the record: both are left out. ``unreadable`` are cells of
    the source that should hold a stage's date and cannot be read: those stages are not reached.
    """

    skipped: int
    disordered: int
    repeated: int
    copies: int
    undated: int
    unnamed: int
    unreadable: int


@dataclass(frozen=True, slots=True)
class Flow:
    """The counts of a funnel; ``until`` is the day of its newest event.

    ``ages`` has for each stage the days within which most of those who reached it came from the
    stage before, None where nobody did.
    """

    steps: tuple[Step, ...]
    oddities: Oddities
    ages: tuple[float | None, ...]
    until: date | None


def count(
    found: Passages, stages: tuple[str, ...], start: date | None, end: date | None, *, long: bool
) -> Flow:
    """Count the records that entered the first stage from ``start`` to ``end``, both inclusive.

    ``long`` says that a record has many rows by nature.
    """
    row = found.records.aggregate(**_facts(found, start, end)).to_pandas().iloc[0]
    facts = {str(name): None if pd.isna(value) else value for name, value in row.items()}
    whole = {name: int(facts[name] or 0) for name in ("skipped", "disordered", "undated")}
    repeated, copies = int(facts["repeated"] or 0), int(facts["copies"] or 0)
    oddities = Oddities(
        **whole,
        repeated=repeated if long else 0,
        copies=0 if long else copies,
        unnamed=int(found.unnamed.to_pandas()),
        unreadable=found.unreadable,
    )
    newest = [facts[f"newest_{n}"] for n in range(found.stages)]
    return Flow(
        tuple(_step(facts, n, stages) for n in range(found.stages)),
        oddities,
        tuple(facts.get(f"age_{n}") for n in range(found.stages)),
        max((moment.date() for moment in newest if moment is not None), default=None),
    )


def _step(facts: Mapping[str, Any], n: int, stages: tuple[str, ...]) -> Step:
    stopped, lost = int(facts[f"stopped_{n}"] or 0), int(facts[f"lost_{n}"] or 0)
    return Step(
        stages[n],
        int(facts[f"reached_{n}"] or 0),
        facts.get(f"median_{n}"),
        stopped - lost if n < len(stages) - 1 else None,
        lost,
    )


def _facts(found: Passages, start: date | None, end: date | None) -> dict[str, ir.Value]:
    """Everything that is asked of the engine, for one query."""
    records = found.records
    own = [records[f"own_{n}"] for n in range(found.stages)]
    at = [records[f"at_{n}"] for n in range(found.stages)]
    dated = own[0].notnull()
    inside = dated
    if start is not None:
        inside &= own[0].date() >= start
    if end is not None:
        inside &= own[0].date() <= end
    facts: dict[str, ir.Value] = {}
    for n in range(found.stages):
        here = inside & at[n].notnull()
        stopped = here & at[n + 1].isnull() if n + 1 < found.stages else here
        facts[f"reached_{n}"] = here.sum()
        facts[f"stopped_{n}"] = stopped.sum()
        facts[f"lost_{n}"] = (stopped & (records.lost > 0)).sum()
        facts[f"newest_{n}"] = own[n].max()
        if n:
            days = (own[n].epoch_seconds() - own[n - 1].epoch_seconds()) / 86_400.0
            facts[f"median_{n}"] = days.quantile(0.5, where=inside & (days >= 0))
            facts[f"age_{n}"] = days.quantile(AGE, where=dated & (days >= 0))
    skipped = [
        inside & mine.isnull() & there.notnull() for mine, there in zip(own, at, strict=True)
    ]
    turned = [inside & (later < sooner) for sooner, later in pairwise(own)]
    visits = reduce(add, (mine.notnull().cast("int64") for mine in own))
    return facts | {
        "skipped": _either(skipped).sum(),
        "disordered": _either(turned or [inside & ~inside]).sum(),
        "repeated": (records.entries - visits).sum(where=inside),
        "copies": (records.rows - 1).sum(where=inside),
        "undated": (~dated).sum(),
    }


def _either(conditions: list[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(or_, (each.fill_null(False) for each in conditions))
