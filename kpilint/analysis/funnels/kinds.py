"""A stage's counts by quarter and kind of record, and how the mix of kinds has shifted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from kpilint.analysis.funnels.dimensions import BLANK, Dimension
from kpilint.analysis.funnels.mix import Counts
from kpilint.analysis.stats import FloatArray, IntArray

if TYPE_CHECKING:
    import pandas as pd

MOST_OF_IT = 0.5  # of what the mix made of a rate, to be told by one dimension
BLANKS = 0.05  # of the records
SELDOM = 0.25  # times as often as the others


@dataclass(frozen=True, slots=True)
class Shift:
    """A value of a dimension whose share of the records went from ``before`` to ``now``.

    Of all values the one that lowered the rate most.
    """

    dimension: str
    value: str
    before: float
    now: float


@dataclass(frozen=True, slots=True)
class Kinds:
    """Counts as ``{name: (quarters, strata)}``, the last quarter last.

    ``labels`` has by dimension the value of each stratum.
    """

    found: dict[str, FloatArray]
    labels: dict[str, NDArray[np.str_]]

    @classmethod
    def of(cls, rows: pd.DataFrame, columns: Mapping[str, str]) -> Self:
        """Rows of ``quarter``, ``entered``, ``passed``, ``moved`` and the ``columns`` by dimension."""
        names = list(columns.values())
        kind = rows.groupby(names).ngroup() if names else 0 * rows["quarter"]
        quarter = rows["quarter"].rank(method="dense").astype(int) - 1
        found = {}
        for name in ("entered", "passed", "moved"):
            found[name] = np.zeros((int(quarter.max()) + 1, int(kind.max()) + 1))
            np.add.at(found[name], (quarter, kind), rows[name])
        first = rows.assign(kind=kind).drop_duplicates("kind").sort_values("kind")
        labels = {name: first[column].to_numpy(str) for name, column in columns.items()}
        return cls(found, labels)

    def sums(self, name: str) -> IntArray:
        """All kinds together, by quarter."""
        sums: IntArray = self.found[name].sum(axis=1).astype(np.int64)
        return sums

    def counts(self, name: str) -> Counts:
        """Those that passed, or moved on at all, of those that entered."""
        levels, group = [], np.zeros(self.found["entered"].shape[1], dtype=np.int64)
        for labels in self.labels.values():
            _values, value = np.unique(labels, return_inverse=True)
            _groups, group = np.unique(group * len(_values) + value, return_inverse=True)
            levels.append(group)
        return Counts(self.found[name], self.found["entered"], levels)

    def shift(self) -> Shift | None:
        """The value that by its share lowered the rate most; None where none tells most of it."""
        entered, passed = self.found["entered"], self.found["passed"][:-1].sum(axis=0)
        usual = passed.sum() / entered[:-1].sum()
        whole = self.counts("passed").expected() - usual
        most, found = MOST_OF_IT * whole, None
        for dimension, labels in self.labels.items():
            values, group = np.unique(labels, return_inverse=True)
            before, now = (
                np.bincount(group, each) for each in (entered[:-1].sum(axis=0), entered[-1])
            )
            rate = (np.bincount(group, passed) + usual) / (before + 1)  # also of new values
            before, now = before / before.sum(), now / now.sum()
            part = (now - before) * (rate - usual)
            if whole < 0 and part.sum() <= most:
                n, most = int(part.argmin()), float(part.sum())
                found = Shift(dimension, str(values[n]), float(before[n]), float(now[n]))
        return found


def known_before(rows: pd.DataFrame, dimensions: Sequence[Dimension]) -> dict[str, str]:
    """The dimensions, each with its column, that are known before a record moves on.

    Some are filled in as it does: then hardly any blank one moves on, and a fall of the rate would
    pass for a mix with more blanks.
    """
    found = {}
    for n, dimension in enumerate(dimensions):
        blank = rows[f"by_{n}"] == BLANK
        without, given = rows[blank].sum(numeric_only=True), rows[~blank].sum(numeric_only=True)
        many = without["entered"] >= BLANKS * rows["entered"].sum()
        seldom = without["moved"] * given["entered"] < SELDOM * given["moved"] * without["entered"]
        if not (many and seldom):
            found[dimension.name] = f"by_{n}"
    return found
