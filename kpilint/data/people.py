"""The names of people in the data, so that what must not name anybody can be held against them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from typing import TYPE_CHECKING

from kpilint.errors import Unavailable

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset
    from kpilint.goals.goalfile import GoalSet

MOST = 20_000  # names; a column with more holds no staff
OWNER = "owner"  # what the presets call a record's owner


def columns(goals: GoalSet, source: str) -> frozenset[str]:
    """The columns of a source that name people: those that metrics name, and a preset's owner."""
    own = (m.person for m in goals.metrics.values() if m.source == source)
    return frozenset({OWNER, *filter(None, own)})


def names(data: Dataset, source: str, column: str) -> Iterator[str]:
    """The names in a column, each once, as the data writes them. Raises the data door's errors."""
    table = data.table(source)
    found = table[data.resolve(source, column)].name("name").as_table().distinct()
    for name in found.limit(MOST).to_pyarrow().column("name").to_pylist():
        if name is not None:
            yield str(name)


def known(data: Dataset) -> frozenset[str]:
    """Everybody whom the data names as a person; what cannot be read names nobody."""
    everybody: set[str] = set()
    for source in data.goals.sources:
        for column in columns(data.goals, source):
            with suppress(Unavailable):
                everybody.update(names(data, source, column))
    return frozenset(everybody)
