"""The steps that a record takes from first contact to customer."""

from __future__ import annotations

from typing import TypeAlias

from kpilint.goals.dates import Duration
from kpilint.goals.node import Entry, Named, given
from kpilint.goals.readers import duration, entry, list_of, mapping_of, text


class Stage(Entry):
    """One step: wide funnels give its timestamp column, long ones the values that mean it."""

    name: str = given(text, required=True, default="")
    entered: str | None = given(text)
    where: str | None = given(text)
    values: tuple[str, ...] = given(list_of(text), default=())
    department: str | None = given(text)


class Lost(Entry):
    """How a record that left the funnel is known."""

    entered: str | None = given(text)
    where: str | None = given(text)
    values: tuple[str, ...] = given(list_of(text), default=())


class FunnelSpec(Named):
    """A funnel: wide (a timestamp column a stage) or long (a row a stage entered)."""

    source: str = given(text, required=True, default="")
    record: str = given(text, required=True, default="")
    where: str | None = given(text)
    stage: str | None = given(text)
    entered: str | None = given(text)
    stages: tuple[Stage, ...] = given(
        list_of(entry(Stage, short="name")), default=(), required=True
    )
    lost: Lost | None = given(entry(Lost))
    amount: str | None = given(text)
    by: tuple[str, ...] = given(list_of(text), default=())
    within: Duration | None = given(duration)
    after_won: dict[str, Duration] = given(mapping_of(duration), default={})

    @property
    def is_long(self) -> bool:
        """Whether the source holds one row a stage entered instead of one row a record."""
        return self.stage is not None

    @property
    def steps(self) -> tuple[Step, ...]:
        """Everything in it that selects records: the funnel itself, its stages, and the loss."""
        return (self, *self.stages, *((self.lost,) if self.lost is not None else ()))


Step: TypeAlias = FunnelSpec | Stage | Lost
