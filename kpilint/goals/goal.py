"""What someone wants to reach: a target on a metric, in a period, by an owner."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from yaml import Node

from kpilint.goals.node import Entry, Reader, Reading, given, read_entry, schema_of
from kpilint.goals.period import Period
from kpilint.goals.quantity import Quantity
from kpilint.goals.readers import (
    amount,
    boolean,
    by_shape,
    day,
    entry,
    keyed_by,
    list_of,
    mapping_of,
    number,
    one_of,
    said,
    text,
    when,
)
from kpilint.i18n import _

Monthly = Mapping[Period, Quantity]

monthly = keyed_by(when, amount)
per_name = mapping_of(by_shape(scalar=amount, mapping=monthly))


class Combine(Entry):
    """How children make up their parent; only the children named take part."""

    sum: tuple[str, ...] = given(list_of(text), default=())
    product: tuple[str, ...] = given(list_of(text), default=())
    ratio: tuple[str, ...] = given(list_of(text), default=())

    @property
    def how(self) -> str:
        """sum, product or ratio."""
        return "sum" if self.sum else "product" if self.product else "ratio"

    @property
    def children(self) -> tuple[str, ...]:
        """The ids of the goals that take part."""
        return self.sum or self.product or self.ratio


def _combine(node: Node, reading: Reading) -> Combine:
    combine = read_entry(Combine, node, reading)
    if sum(map(bool, (combine.sum, combine.product, combine.ratio))) != 1:
        raise ValueError(
            _("Write one of sum, product and ratio here, with the ids of the goals that take part.")
        )
    return combine


def _one_way() -> dict[str, object]:
    return schema_of(Combine) | {"oneOf": [{"required": [way]} for way in Combine.keys]}


class Targets(Entry):
    """A target split over people, teams and months; a name's value is a total or its months.

    ``totals`` are what the months of longer periods are said to come to: checked, never a target.
    """

    people: Mapping[str, Quantity | Monthly] = given(per_name, default={})
    teams: Mapping[str, Quantity | Monthly] = given(per_name, default={})
    months: Monthly = given(monthly, default={})
    totals: Monthly = given(monthly, default={})


class Change(Entry):
    """A target that was changed, with its reason."""

    on: date | None = given(day, required=True)
    from_: Quantity | None = given(amount, name="from")
    to: Quantity | None = given(amount)
    reason: str | None = given(text)
    who: str | None = given(text)


class Review(Entry):
    """A look back at one month: why it went as it did, and what comes next."""

    month: Period | None = given(when, required=True)
    why: str | None = given(text)
    next: str | None = given(text)
    who: str | None = given(text)
    due: date | None = given(day)


class Share(Entry):
    """A part of another goal's gap: ``percent`` of its target less the ``baseline``."""

    of: str = given(text, required=True, default="")
    percent: float | None = given(number, required=True)
    baseline: Quantity | None = given(amount)
    win_rate: Quantity | None = given(amount)


class Retired(Entry):
    """When and why a goal was given up."""

    on: date | None = given(day, required=True)
    reason: str | None = given(text)


class Goal(Entry):
    """One goal of the file."""

    id: str = given(text, required=True, default="")
    label: str | None = given(text)
    role: str = given(one_of("kgi", "kpi", "info"), default="kpi")
    metric: str | None = given(text)
    department: str | None = given(text)
    owner: str | None = given(said)
    period: Period | None = given(when)
    target: Quantity | None = given(amount)
    parent: str | None = given(text)
    combine: Combine | None = given(Reader(_combine, _one_way))
    paired_with: str | None = given(text)
    keep: bool = given(boolean, default=False)
    action: str | None = given(said)
    review: str | None = given(said)
    rationale: str | None = given(text)
    audience: tuple[str, ...] = given(list_of(one_of("board", "manager", "field")), default=())
    targets: Targets | None = given(entry(Targets))
    share: Share | None = given(entry(Share))
    changes: tuple[Change, ...] = given(list_of(entry(Change)), default=())
    reviews: tuple[Review, ...] = given(list_of(entry(Review)), default=())
    retired: Retired | None = given(entry(Retired))

    @property
    def title(self) -> str:
        """What a reader calls it: the label, else the id."""
        return self.label or self.id
