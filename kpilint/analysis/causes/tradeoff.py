"""What was bought at the price of what: a quantity that rose while its paired quality fell."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
import pandas as pd

from kpilint.analysis.causes import tradeoff_wording as wording
from kpilint.analysis.conduct import LEAST_MONTHS, Better, trade
from kpilint.analysis.stats import FloatArray, sidak
from kpilint.errors import Misuse, Unavailable
from kpilint.goals.dates import read_date
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.target import better
from kpilint.i18n import _
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset
    from kpilint.data.measure import Series

LEVEL = 0.95  # over all pairs together
BLOCK = 3  # months that are looked at as one


class Blocks(NamedTuple):
    """A metric by three months, the last of which are complete on the day that is looked from.

    ``trials`` are the denominators of a ratio between 0 and 1, None for all else; ``counts`` is
    whether it counts events.
    """

    values: FloatArray
    trials: FloatArray | None
    counts: bool


def blocks(data: Dataset, goals: GoalSet, metric: Metric, until: date) -> Blocks:
    """A metric's history in blocks of three months, oldest first, at least seven of them.

    What counts or sums is added up; a ratio or mean is weighed by its months' records. Raises
    Unavailable, with the reason.
    """
    from kpilint.data.measure import history

    found = history(data, goals, metric, grain="month", until=until)
    whole = len(found) // BLOCK * BLOCK
    if whole // BLOCK <= LEAST_MONTHS:
        message = _(
            "{metric} has {count:complete quarter|complete quarters} of a year; {least} are "
            "needed.",
            metric=metric.title,
            count=whole // BLOCK,
            least=LEAST_MONTHS + 1,
        )
        raise Unavailable(message)
    values = found.to_numpy()[len(found) - whole :].reshape(-1, BLOCK)
    if found.kind in {"count", "amount"}:
        return _known(metric, Blocks(values.sum(axis=1), None, found.kind == "count"))
    weights = _weights(found, whole)
    total = weights.sum(axis=1)
    mean = np.divide(
        np.nansum(values * weights, axis=1), total, out=np.full(len(total), np.nan), where=total > 0
    )
    share = found.kind == "ratio" and bool(((mean >= 0) & (mean <= 1)).all())
    return _known(metric, Blocks(mean, total if share else None, counts=False))


def _weights(found: Series, whole: int) -> FloatArray:
    values = found.to_numpy(np.float64)[len(found) - whole :].reshape(-1, BLOCK)
    given = found.weights
    weights = np.ones_like(values)
    if given is not None:
        weights = given.to_numpy(np.float64)[len(found) - whole :].reshape(-1, BLOCK)
    known: FloatArray = np.where(np.isfinite(values), np.nan_to_num(weights), 0.0)
    return known


def _known(metric: Metric, made: Blocks) -> Blocks:
    if not np.isfinite(made.values).all():
        message = _("{metric} has quarters without any value.", metric=metric.title)
        raise Unavailable(message)
    return made


class Traded(NamedTuple):
    """A joint test of two metrics; the befores are the means of all blocks but the last."""

    p_value: float
    quantity: tuple[float, float]  # before, now
    quality: tuple[float, float]


def traded(quantity: Blocks, quality: Blocks, way: Better = "higher") -> Traded:
    """Whether the quantity is up and the quality, whose good ``way`` is given, down in the last block.

    Raises ValueError as ``conduct.trade`` does.
    """
    count = min(len(quantity.values), len(quality.values))
    amount, good = quantity.values[-count:], quality.values[-count:]
    trials = None if quality.trials is None else quality.trials[-count:]
    found = trade(amount, good, trials, counts=quantity.counts, better=way)
    return Traded(
        found.p_value,
        (float(amount[:-1].mean()), float(amount[-1])),
        (float(good[:-1].mean()), float(good[-1])),
    )


@dataclass(frozen=True, slots=True)
class Pair:
    """A goal and the one it is paired with; ``traded`` is None where ``reason`` says why."""

    goal: Goal
    other: Goal
    traded: Traded | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Tradeoffs:
    """A look at every goal with ``paired_with``, as seen on a day; None is as far as data goes."""

    goals: GoalSet
    as_of: date | None = None

    @classmethod
    def of(cls, goals: GoalSet, *, as_of: date | str | None = None) -> Self:
        """The pairs of a goals file. Raises Misuse for a day that cannot be read."""
        try:
            day = read_date(as_of) if isinstance(as_of, str) and as_of else as_of
            return cls(goals, day if isinstance(day, date) else None)
        except ValueError as problem:
            raise Misuse(str(problem)) from None

    def __call__(self, data: Dataset) -> TradeoffsResult:
        """Test each pair in its last three complete months against all three months before."""
        named = self.goals.by_id
        pairs: dict[tuple[str | None, str | None], Pair] = {}
        for goal in self.goals.goals:
            other = named.get(goal.paired_with or "")
            if other is not None and (goal.metric, other.metric) not in pairs:
                pairs[goal.metric, other.metric] = self._pair(data, goal, other)
        return TradeoffsResult(tuple(pairs.values()))

    def _pair(self, data: Dataset, goal: Goal, other: Goal) -> Pair:
        one, two = (self.goals.metric_of(each) for each in (goal, other))
        if one is None or two is None:
            return Pair(goal, other, None, _("It has no metric."))
        until = self.as_of or date.max
        try:
            quantity, quality = (blocks(data, self.goals, each, until) for each in (one, two))
            return Pair(goal, other, traded(quantity, quality, better(self.goals, other)))
        except (ValueError, Unavailable) as problem:
            return Pair(goal, other, None, str(problem))


@dataclass(frozen=True, slots=True)
class TradeoffsResult(Result):
    """The pairs in the order of the goals file; goals on the same two metrics are one pair."""

    pairs: tuple[Pair, ...]

    @property
    def alarms(self) -> tuple[Pair, ...]:
        """The pairs in which the quantity rose and the quality fell; all pairs share 5 %."""
        judged = [pair for pair in self.pairs if pair.traded is not None]
        limit = 1 - sidak(LEVEL, max(len(judged), 1))
        return tuple(p for p in judged if p.traded is not None and p.traded.p_value < limit)

    def text(self) -> str:
        """The pairs in which quantity was bought with quality, or that there are none."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a pair: ``goal paired_with quantity_before quantity_now quality_before
        quality_now p_value reason``; values are means of three months in the metrics' units.
        """
        rows = [
            {
                "goal": pair.goal.id,
                "paired_with": pair.other.id,
                "quantity_before": pair.traded.quantity[0] if pair.traded else None,
                "quantity_now": pair.traded.quantity[1] if pair.traded else None,
                "quality_before": pair.traded.quality[0] if pair.traded else None,
                "quality_now": pair.traded.quality[1] if pair.traded else None,
                "p_value": pair.traded.p_value if pair.traded else None,
                "reason": pair.reason,
            }
            for pair in self.pairs
        ]
        return pd.DataFrame(rows, columns=_COLUMNS)

    def figure(self) -> go.Figure:
        """Each pair's change of quantity against that of quality."""
        return wording.drawn(self)

    def readable(self) -> pd.DataFrame:
        """The table with its headings and numbers as a reader expects them."""
        return wording.readable(self)


_COLUMNS = ["goal", "paired_with", "quantity_before", "quantity_now"]
_COLUMNS += ["quality_before", "quality_now", "p_value", "reason"]
