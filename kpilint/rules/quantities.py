"""P: what a KPI counts is worth aiming at: no mere exposure, bare volume or activity."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import TYPE_CHECKING

from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.unit import CURRENCIES
from kpilint.i18n import _
from kpilint.rule import WARNING, Flaw, Flaws, rule
from kpilint.rules.counting import counted_by
from kpilint.rules.labels import Kind
from kpilint.rules.places import Place, place_of

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset


@rule("P002", WARNING)
def vanity_metric(
    goal: Goal, goals: GoalSet, data: Dataset | None, as_of: date, *, months: int = 12
) -> Flaws:
    """A KPI is a number that leads to business, not one that only looks good.

    Page views, likes, followers and downloads rise with money spent and fall on nobody. They
    become KPIs through what follows them: a place on the funnel, a conversion that they serve, or
    a hypothesis that the data can test. A number without such a path that has never once fallen
    is one of them, whatever its name: it tells how long you have been counting.

    Bad:
        label: ページビュー数
        metric: page_views
    Good:
        label: 資料請求率
        metric: request_rate

    Options:
        months: for how long a number must never have fallen

    When to ignore: the number is what the company sells, as with a medium that sells its reach.
    """
    if goal.role == "info" or _leads_on(goals, goal):
        return
    kind = counted_by(goals, goal)
    if kind is Kind.EXPOSURE:
        message = _(
            "“{goal}” looks good without leading to business. Make it role: info, measure what "
            "follows it (its conversion), or write the hypothesis that it leads a result.",
            goal=goal.title,
        )
        yield Flaw(goal.at("label"), message, {"counts": kind.value})
        return
    metric = goals.metric_of(goal)
    rises = _rises(goals, metric, data, as_of) if metric and kind is None else ()
    if metric and len(rises) >= months and _never_falls(rises):
        message = _(
            "“{goal}” has not fallen once in {months:month|months}: a number that can only rise "
            "tells nothing. Measure what is added in a period, or what becomes of it.",
            goal=goal.title,
            months=len(rises),
        )
        evidence = {"n": len(rises), "first": rises[0], "last": rises[-1]}
        yield Flaw(goal.at("metric"), message, evidence)


def _leads_on(goals: GoalSet, goal: Goal) -> bool:
    """Whether a path to conversion is written: a hypothesis, or a conversion that it serves."""
    if goal.metric in goals.leads:
        return True
    parent = goals.by_id.get(goal.parent or "")
    served = goals.metric_of(parent) if parent and parent.role == "kpi" else None
    return served is not None and (served.form == "ratio" or served.stage is not None)


def _rises(goals: GoalSet, metric: Metric, data: Dataset | None, as_of: date) -> tuple[float, ...]:
    """A level's past values by month; none where they are not at hand, or may well rise forever."""
    if metric.nature == "lagging" or metric.better == "lower" or metric.unit in CURRENCIES:
        return ()
    if metric.form == "manual":
        dated = sorted((metric.manual or {}).items(), key=lambda item: item[0].start)
        return tuple(q.value for period, q in dated if period.end <= as_of)
    if data is None or metric.form != "flow" or metric.agg in {"count", "count_distinct", "sum"}:
        return ()  # what is counted anew each month can fall
    from kpilint.data.measure import history

    past = history(data, goals, metric, until=as_of)
    return tuple(float(value) for value in past.dropna())


def _never_falls(values: tuple[float, ...]) -> bool:
    return list(values) == sorted(values) and values[0] < values[-1]


@rule("P003", WARNING)
def quantity_without_quality(goal: Goal, goals: GoalSet) -> Flaws:
    """A volume goal before the last stage is paired with a quality goal.

    Who is measured by the number of leads alone delivers leads that nobody can sell. Pair the
    volume with what becomes of it. Leads, appointments, registrations and pipeline money are
    volumes by their name too, where no stage is given.

    Bad:
        metric: opportunities     # a stage before the last
    Good:
        metric: opportunities
        paired_with: revenue

    When to ignore: nobody can raise the volume by lowering what it is made of.
    """
    if goal.role != "kpi" or goal.has("paired_with"):
        return
    if counted_by(goals, goal) is not Kind.VOLUME:
        return
    metric = goals.metric_of(goal)
    if not _has_later_rate(goals, goal, place_of(goals, metric)):
        message = _(
            "“{goal}” counts without asking for quality. Name the goal that keeps it honest with "
            "paired_with:, for example the conversion to the next stage.",
            goal=goal.title,
        )
        stage = metric.stage if metric else None
        yield Flaw(goal.at("metric"), message, {"stage": stage} if stage else {})


def _has_later_rate(goals: GoalSet, goal: Goal, place: Place | None) -> bool:
    """Whether the same owner or the same combine also holds the rate of a later stage.

    Any rate will do where the goal stands on no stage.
    """
    for other in _companions(goals, goal):
        metric = goals.metric_of(other)
        if metric is None or metric.form != "ratio":
            continue
        part = goals.metrics.get(metric.numerator or "")
        later = place_of(goals, part or metric)
        if place is None:
            return True
        if later and later.funnel is place.funnel and later.position > place.position:
            return True
    return False


def _companions(goals: GoalSet, goal: Goal) -> Iterator[Goal]:
    """Goals of the same owner, and the other parts of the same whole."""
    yield from goals.by_owner.get(goal.owner or "", ())
    for whole in goals.wholes.get(goal.id, ()):
        children = whole.combine.children if whole.combine else ()
        yield from (goals.by_id[c] for c in children if c in goals.by_id)


@rule("P005", WARNING)
def activity_as_goal(goal: Goal, goals: GoalSet) -> Flaws:
    """A KPI is what comes of the work, not the work.

    Whoever is judged by calls makes calls: short ones, to whoever answers. Watch the activity
    (``role: info``) and judge what comes of it. A metric of ``nature: activity`` is one, whatever
    its name.

    Bad:
        label: 架電数
        metric: calls
        role: kpi
    Good:
        label: 架電数
        metric: calls
        role: info

    When to ignore: a new team learns its trade, and the activity is all that it can be asked for.
    """
    if goal.role == "info" or counted_by(goals, goal) is not Kind.ACTIVITY:
        return
    message = _(
        "“{goal}” counts what people do, not what comes of it, and will be met for its own sake. "
        "Make it role: info, and judge what it is done for, such as the appointments won.",
        goal=goal.title,
    )
    yield Flaw(goal.at("label"), message, {"counts": Kind.ACTIVITY.value})
