"""Who can carry how much of a plan: each person's share of what there has been lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kpilint.data.selection import AGGREGATES, selected
from kpilint.errors import Misuse
from kpilint.goals.metric import Metric
from kpilint.goals.written import plain_name
from kpilint.i18n import _

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset

YEAR, QUARTER = timedelta(days=365), timedelta(days=91)


def capacity(data: Dataset, metric: Metric, until: date) -> dict[str, float]:
    """Each person's share of the metric over the year up to ``until``, largest first; they sum to 1.

    Who has no record in its last quarter is taken to have left; records without a person count for
    nobody. Spellings that differ only in width or spaces are one person, under the first of them.
    Empty where nobody is left. Raises Misuse where the metric names no person's column, and the
    data door's errors.
    """
    if not metric.person:
        message = _(
            "The metric {metric} does not say which column names the person; write person: there.",
            metric=metric.name,
        )
        raise Misuse(message)
    chosen = selected(data, metric).between(until - YEAR + timedelta(days=1), until)
    person = chosen.table[data.resolve(metric.source or "", metric.person)].cast("string").strip()
    total = (
        chosen.table.count(where=chosen.condition)
        if chosen.value is None
        else AGGREGATES[chosen.agg](chosen.value, chosen.condition)
    )
    newest = chosen.time.max(where=chosen.condition)
    rows: pd.DataFrame = (
        chosen.table.group_by(person=person).aggregate(total=total, newest=newest).to_pandas()
    )
    rows = rows[rows["person"].notna() & (rows["person"] != "") & (rows["total"] > 0)]
    rows = rows.sort_values("person", ignore_index=True)
    rows["name"] = [plain_name(name) for name in rows["person"]]
    each = rows.groupby("name").agg(
        person=("person", "first"), total=("total", "sum"), newest=("newest", "max")
    )
    here = each[pd.to_datetime(each["newest"]) > pd.Timestamp(until - QUARTER)]
    here = here.sort_values(["total", "person"], ascending=[False, True])
    return {
        str(name): float(total / here["total"].sum())
        for name, total in zip(here["person"], here["total"], strict=True)
    }


def shared(whole: int, shares: Mapping[str, float]) -> dict[str, int]:
    """A whole number in whole parts by share, that sum to it: the largest remainders round up."""
    return dict(
        zip(shares, rounded([whole * each for each in shares.values()], whole), strict=True)
    )


def rounded(parts: Sequence[float], whole: int) -> list[int]:
    """Whole parts nearest to ``parts`` that sum to ``whole``, which is within a count of their sum.

    Largest remainders (Hamilton); of equal ones the first.
    """
    exact = np.asarray(parts, dtype=np.float64)
    found = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(found - exact, kind="stable")
    found[order[: max(whole - int(found.sum()), 0)]] += 1
    return [int(each) for each in found]
