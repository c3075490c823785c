"""R: two goals that can be reached at each other's expense."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kpilint.errors import Unavailable
from kpilint.finding import Related, Subject
from kpilint.goals.display import show
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.target import unit_of
from kpilint.goals.unit import CURRENCIES
from kpilint.i18n import _, language
from kpilint.rule import HISTORY, INFO, Cannot, Flaw, Flaws, rule

if TYPE_CHECKING:
    from kpilint.analysis.causes.tradeoff import Traded
    from kpilint.data.dataset import Dataset


@rule("R010", INFO, needs={HISTORY}, requires={"E005", "E006", "E007", "E008", "M003"})
def price_for_rate(goals: GoalSet, data: Dataset, as_of: date, *, level: float = 0.05) -> Flaws:
    """A higher win rate is not bought with a lower price, nor a higher price with lost deals.

    Where both are goals, each can be reached alone by giving the other away. The last three
    complete months are held against all before: one has to be up and the other down, each by more
    than it usually varies. It takes seven times three months.

    Bad:
        sources:
          deals: {path: data/discounted.csv, key: deal_id, expect: [{unique: deal_id}]}
        metrics:
          won: {source: deals, agg: count, where: stage = 'won', time: closed_at}
          closed: {source: deals, agg: count, time: closed_at}
          rate: {numerator: won, denominator: closed, unit: percent}
          price: {source: deals, agg: mean, column: amount, where: stage = 'won', time: closed_at, unit: JPY}
        goals:
          - {id: more, metric: rate, period: 2026-10..2026-12}
          - {id: dearer, metric: price, period: 2026-10..2026-12}
    Good:
        sources:
          deals: {path: data/steady.csv, key: deal_id, expect: [{unique: deal_id}]}
        metrics:
          won: {source: deals, agg: count, where: stage = 'won', time: closed_at}
          closed: {source: deals, agg: count, time: closed_at}
          rate: {numerator: won, denominator: closed, unit: percent}
          price: {source: deals, agg: mean, column: amount, where: stage = 'won', time: closed_at, unit: JPY}
        goals:
          - {id: more, metric: rate, period: 2026-10..2026-12}
          - {id: dearer, metric: price, period: 2026-10..2026-12}

    Options:
        level: how rare it must be, both ways together

    When to ignore: prices were lowered by decision, to win more.

    Source: an intersection-union test, Berger (1982).
    """
    from kpilint.analysis.causes.tradeoff import blocks, traded
    from kpilint.analysis.stats import sidak

    alone = 1 - sidak(1 - level, 2) if 0 < level < 1 else 0.0
    for rate, price in _pairs(goals):
        about = Subject("goal", rate.goal.id)
        try:
            shares, prices = (blocks(data, goals, m, as_of) for m in (rate.metric, price.metric))
            up, down = traded(shares, prices), traded(prices, shares)
        except (ValueError, Unavailable) as problem:
            yield Cannot(str(problem), about)
            continue
        related = (Related(price.goal.at(), _("the other")),)
        if up.p_value < alone:
            message = _said(goals, rate, price, up)
            yield Flaw(rate.goal.at("metric"), message, _evidence(up), related, about)
        elif down.p_value < alone:
            message = _said(goals, price, rate, down)
            yield Flaw(rate.goal.at("metric"), message, _evidence(down), related, about)


class _Aimed(NamedTuple):
    """A goal with its metric."""

    goal: Goal
    metric: Metric


def _pairs(goals: GoalSet) -> Iterator[tuple[_Aimed, _Aimed]]:
    """Each rate of winning with each price of the same records, by the first goal on them."""
    aimed: dict[str, _Aimed] = {}
    for goal in goals.goals:
        metric = goals.metric_of(goal)
        if metric is not None and goal.role != "info":
            aimed.setdefault(metric.name, _Aimed(goal, metric))
    for rate in aimed.values():
        won = goals.metrics.get(rate.metric.numerator or "")
        if won is None or rate.metric.cohort or won.agg != "count":
            continue
        for price in aimed.values():
            if _prices(goals, price.metric) and _same(price.metric, won):
                yield rate, price


def _prices(goals: GoalSet, metric: Metric) -> bool:
    try:
        return metric.agg in {"mean", "median"} and unit_of(goals, metric) in CURRENCIES
    except ValueError:
        return False


def _same(one: Metric, other: Metric) -> bool:
    """Whether two metrics are of the same records."""
    return (one.source, one.where, one.time) == (other.source, other.where, other.time)


def _said(goals: GoalSet, up: _Aimed, down: _Aimed, found: Traded) -> str:
    rose = [_shown(goals, up.metric, value) for value in found.quantity]
    fell = [_shown(goals, down.metric, value) for value in found.quality]
    return _(
        "In the last three months “{up}” rose from {rose_from} to {rose_to} while “{down}” fell from "
        "{fell_from} to {fell_to}. One may be paid for with the other: look at discounts, or at the "
        "deals that are no longer taken, and judge the two goals together.",
        up=up.goal.title,
        down=down.goal.title,
        rose_from=rose[0],
        rose_to=rose[1],
        fell_from=fell[0],
        fell_to=fell[1],
    )


def _shown(goals: GoalSet, metric: Metric, value: float) -> str:
    return show(float(f"{value:.3g}"), unit_of(goals, metric), language())


def _evidence(found: Traded) -> dict[str, object]:
    return {"rose": list(found.quantity), "fell": list(found.quality), "p_value": found.p_value}
