"""What became of the records of one period at one age: how far they came, what they brought."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta

import ibis
import numpy as np

from kpilint.analysis.attribution import funnel_factors
from kpilint.analysis.causes.strata import Population
from kpilint.analysis.stats import FloatArray
from kpilint.goals.period import Period


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """Counts by segment: ``reached`` of shape ``(segments, stages)``, the others ``(segments,)``.

    ``amount`` is the sum of what was won, ``spread`` the sum of its squared distances from the
    mean; ``unpriced`` counts the wins whose amount is not known, which bring nothing.
    """

    reached: FloatArray
    amount: FloatArray
    spread: FloatArray
    unpriced: int

    @property
    def entered(self) -> int:
        """The records that came in."""
        return int(self.reached[:, 0].sum())

    @property
    def wins(self) -> int:
        """The records that reached the last stage."""
        return int(self.reached[:, -1].sum())

    @property
    def priced(self) -> bool:
        """Whether what was won is known to be worth something."""
        return float(self.amount.sum()) > 0 or not self.wins

    def factors(self, *, priced: bool) -> FloatArray:
        """Volume, rates and, if ``priced``, the mean amount won, by segment."""
        return funnel_factors(self.reached, self.amount if priced else None)

    def drawn(self, rng: np.random.Generator, *, priced: bool) -> FloatArray:
        """Factors as they might have come out by chance.

        Volumes vary as Poisson counts, rates as shares of the records before them, mean amounts by
        their standard error.
        """
        columns = [rng.poisson(self.reached[:, 0]).astype(np.float64)]
        for came, moved in zip(self.reached.T[:-1], self.reached.T[1:], strict=True):
            rate = np.divide(moved, came, out=np.zeros_like(came), where=came > 0)
            columns.append(rng.binomial(columns[-1].astype(np.int64), rate).astype(np.float64))
        reached = np.column_stack(columns)
        won = self.reached[:, -1]
        mean = np.divide(self.amount, won, out=np.zeros_like(won), where=won > 0)
        error = np.divide(
            np.sqrt(self.spread), won, out=np.zeros_like(won), where=won > 0
        )  # fmt: skip
        amount = reached[:, -1] * rng.normal(mean, error)
        return funnel_factors(reached, amount if priced else None)


def outcome(people: Population, period: Period, days: int, values: Sequence[str]) -> Outcome:
    """The records that came in a period, as they stood ``days`` days after each came.

    ``values`` are the segments, in order; none means that all records are one.
    """
    records, last = people.records, people.stages - 1
    start = datetime.combine(period.start, time())
    end = datetime.combine(period.end, time()) + timedelta(days=1)
    came = records.own_0
    inside = records.filter(came >= ibis.literal(start), came < ibis.literal(end))
    reached = {"reached_0": ibis.literal(True)}
    soon = ibis.literal(True)
    for n in range(1, people.stages):
        seconds = (inside[f"at_{n}"].epoch_seconds() - inside.own_0.epoch_seconds()).cast("float64")
        soon = soon & (seconds / 86_400 <= days).fill_null(False)
        reached[f"reached_{n}"] = soon
    won = inside.mutate(**reached)
    amount = ibis.ifelse(won[f"reached_{last}"], won.amount, ibis.null("float64"))
    by = won.by_0 if people.dimensions else ibis.literal("")
    table = (
        won.mutate(segment=by, worth=amount)
        .group_by("segment")
        .aggregate(
            **{name: lambda t, name=name: t[name].sum() for name in reached},
            amount=lambda t: t.worth.sum(),
            spread=lambda t: t.worth.var(how="pop") * t.worth.count(),
            priced=lambda t: t.worth.count(),
        )
        .to_pandas()
        .set_index("segment")
        .reindex(list(values) or [""])
        .fillna(0.0)
    )
    counts = table[list(reached)].to_numpy(np.float64)
    priced = table["priced"].to_numpy(np.float64)
    amounts, spread = (table[name].to_numpy(np.float64) for name in ("amount", "spread"))
    return Outcome(counts, amounts, spread, int((counts[:, -1] - priced).sum()))
