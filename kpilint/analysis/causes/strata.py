"""A funnel's records with what segments they belong to and what they are worth, as counts.

The engine counts; blank values are a segment of their own, and rare ones are taken together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import pandas as pd

from kpilint.analysis.funnels.dimensions import Dimension, labelled
from kpilint.analysis.funnels.passage import Passages, Source, passages
from kpilint.data.quantile import quantile
from kpilint.errors import Unavailable
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.period import DAY, Period, add_months
from kpilint.i18n import _

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.dataset import Dataset

AGE = 0.8  # by the age at which so many have moved on, records are compared


@dataclass(frozen=True, slots=True)
class Population:
    """The records that entered the funnel: one row each, with ``by_0, by_1, ...`` and ``amount``.

    ``since`` and ``until`` are the days of the first record and of the newest event, None where
    there is none; ``ages`` has for each stage
    the days within which most of those who reached it came from the stage before.
    """

    records: ir.Table
    dimensions: tuple[Dimension, ...]
    stages: int
    until: date | None
    ages: tuple[float | None, ...]
    since: date | None = None

    def names(self) -> list[str]:
        """The columns of the dimensions."""
        return [f"by_{n}" for n in range(len(self.dimensions))]

    def waited(self, stage: int, since: int) -> ir.FloatingValue:
        """The days from one stage to a later one; NULL where that was not reached."""
        came, moved = self.records[f"at_{since}"], self.records[f"at_{stage}"]
        # The floating cast is for Spark, to which 86400.0 is a decimal with few digits.
        seconds = (moved.epoch_seconds() - came.epoch_seconds()).cast("float64")
        days: ir.FloatingValue = seconds / 86_400
        return days

    def by_quarter(self, stage: int, days: float, year_start: int) -> pd.DataFrame:
        """Rows of ``quarter``, the dimensions, ``entered`` and ``passed`` within so many days.

        Quarters count by when a record came to the stage before; see ``quarter``.
        """
        came = self.records[f"at_{stage - 1}"]
        month = came.year() * 12 + came.month() - year_start
        passed = (self.waited(stage, stage - 1) <= days).fill_null(False)
        counted: pd.DataFrame = (
            self.records.mutate(quarter=(month / 3).floor().cast("int64"), passed=passed)
            .filter(came.notnull())
            .group_by("quarter", *self.names())
            .aggregate(entered=lambda t: t.count(), passed=lambda t: t.passed.sum())
            .to_pandas()
        )
        return counted.sort_values(["quarter", *self.names()], ignore_index=True)

    def within(self, segment: Sequence[tuple[str, Any]]) -> ir.Table:
        """The records of a segment, given as values of dimensions."""
        place = {dimension.name: n for n, dimension in enumerate(self.dimensions)}
        kept = [self.records[f"by_{place[name]}"] == value for name, value in segment]
        return self.records.filter(*kept) if kept else self.records


def quarter(number: int, year_start: int) -> Period:
    """The fiscal quarter of a number in ``Population.by_quarter``."""
    year, month = divmod(number * 3 + year_start - 1, 12)
    start = date(year, month + 1, 1)
    return Period(start, add_months(start, 3) - DAY, "quarter", fiscal=True)


def population(
    data: Dataset, spec: FunnelSpec, by: Sequence[str], as_of: date | None
) -> Population:
    """The records of a funnel, as known at the end of the day ``as_of``.

    Where the rows of a record differ in a dimension or amount, the greatest value counts. Raises
    the data door's errors, and Misuse for an expression that cannot be read.
    """
    found = passages(data, spec, as_of)
    _refuse_text(data, spec)
    records = found.records.filter(found.records.own_0.notnull())
    dimensions, records = labelled(records, data, spec, by)
    moments = [name for n in range(found.stages) for name in (f"own_{n}", f"at_{n}")]
    records = records.select(*moments, "lost", "amount", *(f"by_{n}" for n in range(len(by))))
    told = _ages(records, found)
    newest = [told[f"newest_{n}"] for n in range(found.stages)]
    days = [moment.date() for moment in newest if not pd.isna(moment)]
    ages = [told.get(f"age_{n}") for n in range(found.stages)]
    return Population(
        records,
        dimensions,
        found.stages,
        # Beyond its newest event the source cannot tell a stage not reached from one not entered.
        min(max(days), as_of or date.max) if days else None,
        tuple(None if pd.isna(age) else float(age) for age in ages),
        None if pd.isna(told["oldest"]) else told["oldest"].date(),
    )


def _ages(records: ir.Table, found: Passages) -> dict[str, Any]:
    asked: dict[str, ir.Value] = {"oldest": records.own_0.min()}
    for n in range(found.stages):
        own = records[f"own_{n}"]
        asked[f"newest_{n}"] = own.max()
        if n:
            seconds = (own.epoch_seconds() - records[f"own_{n - 1}"].epoch_seconds()).cast(
                "float64"
            )
            asked[f"age_{n}"] = quantile(seconds / 86_400, AGE, seconds >= 0)
    row = records.aggregate(**asked).to_pandas().iloc[0]
    return {str(name): value for name, value in row.items()}


def _refuse_text(data: Dataset, spec: FunnelSpec) -> None:
    """Raise Unavailable where the amounts are no numbers."""
    source = Source(data, spec, data.table(spec.source), None)
    if spec.amount and not source.value(spec.amount).type().is_numeric():
        message = _(
            "{column} of {source} holds no numbers.", column=spec.amount, source=spec.source
        )
        raise Unavailable(message)
