"""How many records reach each stage, wait, stop or are lost there: counted in the engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import reduce
from itertools import pairwise
from math import sqrt
from operator import or_
from typing import TYPE_CHECKING, Any

import pandas as pd

from kpilint.data.quantile import quantile

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.analysis.funnels.passage import Passages

AGE = 0.8  # by the age at which so many have moved on, quarters are compared


@dataclass(frozen=True, slots=True)
class Step:
    """One stage: records that reached it, and those of them that are open or lost right there.

    ``median_days`` is the wait of those who came from the stage before; ``skipped`` are those that
    only a later stage implies; ``returned`` are visits beyond a record's first, when it had gone on
    or stood there already. Nothing is open at the last stage.
    """

    stage: str
    reached: int
    median_days: float | None
    open: int | None
    lost: int
    skipped: int = 0
    returned: int = 0


@dataclass(frozen=True, slots=True)
class Price:
    """What a record that came through is worth: the mean amount, its error, in the money's unit.

    ``count`` records have an amount; ``negative`` of them are below zero and count as they stand.
    """

    mean: float
    error: float
    count: int
    negative: int


@dataclass(frozen=True, slots=True)
class Oddities:
    """What is unusual in the records: counts of records, and of rows or visits where said.

    ``skipped`` reached a stage without the one before; ``disordered`` have dates in the wrong
    order; ``repeated`` visits to a stage came after the first one and do not count; ``copies``
    are rows beyond a record's first, where each record has one row; ``undated`` lack the date of
    the first stage and ``unnamed`` rows the record: both are left out. ``unreadable`` are cells of
    the source that should hold a stage's date and cannot be read: those stages are not reached.
    ``strayed`` entered a stage out of its order or too late, which an ordered funnel does not count.
    """

    skipped: int
    disordered: int
    repeated: int
    copies: int
    undated: int
    unnamed: int
    unreadable: int
    strayed: int = 0


@dataclass(frozen=True, slots=True)
class Flow:
    """The counts of a funnel; ``until`` is the day of its newest event.

    ``ages`` has for each stage the days within which most of those who reached it came from the
    stage before, None where nobody did. ``price`` is over all records, None where none has both
    come through and an amount.
    """

    steps: tuple[Step, ...]
    oddities: Oddities
    ages: tuple[float | None, ...]
    until: date | None
    price: Price | None


def count(
    found: Passages, stages: tuple[str, ...], start: date | None, end: date | None, *, long: bool
) -> Flow:
    """Count the records that entered the first stage from ``start`` to ``end``, both inclusive.

    ``long`` says that a record has many rows by nature.
    """
    row = found.records.aggregate(**_facts(found, start, end)).to_pandas().iloc[0]
    facts = {str(name): None if pd.isna(value) else value for name, value in row.items()}
    whole = {
        name: int(facts[name] or 0) for name in ("skipped", "disordered", "undated", "strayed")
    }
    steps = tuple(_step(facts, n, stages, long=long) for n in range(found.stages))
    oddities = Oddities(
        **whole,
        repeated=sum(step.returned for step in steps),
        copies=0 if long else int(facts["copies"] or 0),
        unnamed=int(found.unnamed.to_pandas()),
        unreadable=found.unreadable,
    )
    newest = [facts["newest_lost"], *(facts[f"newest_{n}"] for n in range(found.stages))]
    return Flow(
        steps,
        oddities,
        tuple(facts.get(f"age_{n}") for n in range(found.stages)),
        max((moment.date() for moment in newest if moment is not None), default=None),
        _price(facts),
    )


def _step(facts: Mapping[str, Any], n: int, stages: tuple[str, ...], *, long: bool) -> Step:
    stopped, lost = int(facts[f"stopped_{n}"] or 0), int(facts[f"lost_{n}"] or 0)
    return Step(
        stages[n],
        int(facts[f"reached_{n}"] or 0),
        facts.get(f"median_{n}"),
        stopped - lost if n < len(stages) - 1 else None,
        lost,
        int(facts[f"skipped_{n}"] or 0),
        int(facts[f"returned_{n}"] or 0) if long else 0,
    )


def _price(facts: Mapping[str, Any]) -> Price | None:
    count = int(facts["priced"] or 0)
    if not count:
        return None
    mean = float(facts["amounts"]) / count
    spread = max(float(facts["squares"]) / count - mean**2, 0.0)
    return Price(mean, sqrt(spread / max(count - 1, 1)), count, int(facts["negative"] or 0))


def entered(found: Passages, start: date | None, end: date | None) -> ir.BooleanValue:
    """Whether a record entered the first stage from ``start`` to ``end``, both inclusive."""
    first = found.records.own_0
    inside = first.notnull()
    if start is not None:
        inside &= first.date() >= start
    if end is not None:
        inside &= first.date() <= end
    return inside


def _facts(found: Passages, start: date | None, end: date | None) -> dict[str, ir.Value]:
    """Everything that is asked of the engine, for one query."""
    records = found.records
    own = [records[f"own_{n}"] for n in range(found.stages)]
    at = [records[f"at_{n}"] for n in range(found.stages)]
    dated = own[0].notnull()
    inside = entered(found, start, end)
    facts: dict[str, ir.Value] = {}
    strayed: list[ir.BooleanValue] = []
    for n in range(found.stages):
        here = inside & at[n].notnull()
        stopped = here & at[n + 1].isnull() if n + 1 < found.stages else here
        facts[f"reached_{n}"] = here.sum()
        facts[f"stopped_{n}"] = stopped.sum()
        facts[f"lost_{n}"] = (stopped & (records.lost > 0)).sum()
        facts[f"newest_{n}"] = own[n].max()
        facts[f"skipped_{n}"] = (inside & own[n].isnull() & at[n].notnull()).sum()
        visits = records[f"visits_{n}"]
        facts[f"returned_{n}"] = (visits - 1).sum(where=inside & own[n].notnull())
        strayed.append(inside & own[n].isnull() & (visits > 0))
        if n:
            # The floating cast is for Spark, to which 86400.0 is a decimal with few digits.
            seconds = (own[n].epoch_seconds() - own[n - 1].epoch_seconds()).cast("float64")
            days = seconds / 86_400
            facts[f"median_{n}"] = quantile(days, 0.5, inside & (days >= 0))
            facts[f"age_{n}"] = quantile(days, AGE, dated & (days >= 0))
    skipped = [
        inside & mine.isnull() & there.notnull() for mine, there in zip(own, at, strict=True)
    ]
    turned = [inside & (later < sooner) for sooner, later in pairwise(own)]
    amount = records.amount
    priced = dated & at[-1].notnull() & amount.notnull()
    return facts | {
        "newest_lost": records.lost_at.max(),
        "priced": priced.sum(),
        "amounts": amount.sum(where=priced),
        "squares": (amount * amount).sum(where=priced),
        "negative": (priced & (amount < 0)).sum(),
        "skipped": _either(skipped).sum(),
        "disordered": _either(turned or [inside & ~inside]).sum(),
        "copies": (records.rows - 1).sum(where=inside),
        "undated": (~dated).sum(),
        "strayed": _either(strayed).sum(),
    }


def _either(conditions: list[ir.BooleanValue]) -> ir.BooleanValue:
    return reduce(or_, (each.fill_null(False) for each in conditions))
