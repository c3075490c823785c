"""What is measured, and how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, TypeAlias

from kpilint.goals.dates import Duration
from kpilint.goals.formula import read_formula
from kpilint.goals.node import Entry, Named, given
from kpilint.goals.period import Period
from kpilint.goals.quantity import Quantity
from kpilint.goals.readers import (
    amount,
    duration,
    entry,
    keyed_by,
    list_of,
    one_of,
    said,
    text,
    unit,
    when,
)

AGGREGATES = ("count", "count_distinct", "sum", "mean", "median", "min", "max")
Better: TypeAlias = Literal["higher", "lower"]
ADDITIVE = frozenset({"count", "sum"})  # a distinct count of two months is not their sum


class Stock(Entry):
    """What is open at a moment: entered ``from`` and not yet gone ``to``."""

    from_: str = given(text, name="from", required=True, default="")
    to: str = given(text, required=True, default="")


class Metric(Named):
    """One way to measure: an aggregate of a source, a ratio, a formula, a stock or typed values."""

    label: str | None = given(text)
    definition: str | None = given(said)
    agreed_by: tuple[str, ...] = given(list_of(text), default=())
    source: str | None = given(text)
    agg: str | None = given(one_of(*AGGREGATES))
    column: str | None = given(text)
    where: str | None = given(text)
    time: str | None = given(text)
    person: str | None = given(text)
    stage: str | None = given(text)
    unit: str | None = given(unit)
    nature: str | None = given(one_of("leading", "lagging", "activity"))
    better: Better | None = given(one_of("higher", "lower"))
    numerator: str | None = given(text)
    denominator: str | None = given(text)
    cohort: str | None = given(text)
    mature: Duration | None = given(duration)
    formula: str | None = given(text)
    stock: Stock | None = given(entry(Stock))
    manual: Mapping[Period, Quantity] | None = given(keyed_by(when, amount))
    over: str = given(one_of("sum", "mean", "last"), default="sum")

    @property
    def title(self) -> str:
        """What a reader calls it: the label, else its name."""
        return self.label or self.name

    @property
    def form(self) -> str:
        """How it is computed: manual, formula, ratio, stock or flow."""
        if self.manual is not None:
            return "manual"
        if self.formula is not None:
            return "formula"
        if self.numerator is not None or self.denominator is not None:
            return "ratio"
        return "stock" if self.stock is not None else "flow"

    @property
    def additive(self) -> bool:
        """Whether the values of parts (months, people) sum to the value of the whole."""
        if self.form == "manual":
            return self.over == "sum"
        return self.form == "flow" and self.agg in ADDITIVE

    @property
    def refers_to(self) -> tuple[str, ...]:
        """The metrics that a ratio is made of; a formula's names are read where it is used."""
        return tuple(name for name in (self.numerator, self.denominator) if name)

    @property
    def parts(self) -> tuple[str, ...]:
        """The names of the metrics that a ratio or a formula is made of."""
        if not self.formula:
            return self.refers_to
        try:
            return tuple(read_formula(self.formula).names)
        except ValueError:  # E007 tells of it
            return ()
