"""The values of one metric, period by period."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

import pandas as pd


class Series(pd.Series):
    """A pandas series with a PeriodIndex that knows what it measures.

    ``unit`` is the metric's. ``kind`` is amount, count, ratio or mean. ``weights`` are the
    denominators of a ratio, or the numbers of records behind a mean, on the same index; else
    None. ``undated`` counts the records that have no usable time and so are in no period.
    ``closing`` says that the value of a longer period is that of its last step, as with a stock.
    ``immature`` counts the records of a ratio by cohort that were left out as too young. Slices
    keep all of them.
    """

    _metadata: ClassVar[list[str]] = ["unit", "kind", "undated", "closing", "immature", "_weights"]
    unit: str | None = None
    kind: str = "amount"
    undated: int = 0
    closing: bool = False
    immature: int = 0
    _weights: pd.Series | None = None

    @property
    def _constructor(self) -> Callable[..., Series]:
        return Series

    @property
    def weights(self) -> pd.Series | None:
        """What the values weigh, on this series' index; see the class."""
        return None if self._weights is None else self._weights.reindex(self.index)

    @classmethod
    def of(
        cls,
        values: pd.Series,
        *,
        unit: str | None,
        kind: str,
        weights: pd.Series | None = None,
        undated: int = 0,
        closing: bool = False,
        immature: int = 0,
    ) -> Series:
        """A series of ``values``, whose index is a PeriodIndex."""
        series = cls(values.astype("float64"))
        series.unit, series.kind, series.undated = unit, kind, undated
        series.closing, series.immature = closing, immature
        series._weights = None if weights is None else pd.Series(weights)
        return series


def on_periods(rows: Mapping[str, Sequence[Any]], index: pd.PeriodIndex) -> pd.DataFrame:
    """Columns that an engine told by ``period``, its first day, as numbers on ``index``.

    Periods without a row are nan; rows of no period, or of others, are left out.
    """
    found = pd.DataFrame(rows).dropna(subset="period")
    found.index = pd.PeriodIndex(pd.to_datetime(found["period"]), freq=index.freq)
    return found.drop(columns="period").astype("float64").reindex(index)
