"""Targets that lean on the past: growth on an earlier period, and a share of another's gap."""

from __future__ import annotations

from datetime import date, timedelta
from math import ceil
from typing import TYPE_CHECKING, NamedTuple

from kpilint.analysis.outlook import expected, steps
from kpilint.errors import Unavailable
from kpilint.goals.display import show
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.period import DAY, Period
from kpilint.goals.target import share_of, target_of, unit_of, value_in
from kpilint.goals.unit import agree
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset
    from kpilint.data.series import Series


class Carried(NamedTuple):
    """A share as numbers: the ``target`` in the goal's unit, and the ``gap`` that it is part of.

    ``whole`` is the target of the goal whose gap it is, ``baseline`` what comes without it.
    """

    target: float
    whole: float
    baseline: float
    gap: float


def target_in(goals: GoalSet, data: Dataset | None, goal: Goal, as_of: date) -> float | None:
    """The goal's target in its metric's unit, what it leaves to the past resolved.

    A relative target and a share without ``baseline:`` are told by what was known at the start
    of the period, or on ``as_of`` where that is earlier: a target does not move while it is
    pursued. None where there is no target, or it does not fit (M009 and E008 tell of that). Raises
    Unavailable, with the reason, where the past does not tell it.
    """
    told = target_of(goals, goal)
    if goal.target is not None and goal.target.relative is not None:
        return told if told is not None else grown(goals, data, goal, as_of)
    if goal.target is None and goal.targets is None and goal.share is not None:
        return carried(goals, data, goal, as_of).target
    return told


def grown(goals: GoalSet, data: Dataset | None, goal: Goal, as_of: date) -> float:
    """A relative target: its factor times the metric's value in the period that it is held against.

    Raises Unavailable where that period is not over, not told as a whole, or not above 0.
    """
    from kpilint.data.measure import value

    metric, period, target = goals.metric_of(goal), goal.period, goal.target
    if metric is None or period is None or target is None or target.relative is None:
        raise Unavailable(_("The goal has no metric or period to look back on."))
    past = _with(data)
    basis = period.last_year() if target.relative.basis == "previous_year" else period.before()
    until = min(as_of, period.start - DAY)
    named = basis.label(language(), goals.fiscal_year_start or 1, goals.fiscal_year_named)
    if basis.end > until:
        raise Unavailable(
            _(
                "The target {target} is held against {period}, which is not over yet.",
                target=target.text,
                period=named,
            )
        )
    before = value(past, goals, metric, basis.start, basis.end, as_of=until)
    if before is None or not _told_whole(past, goals, metric, basis, until):
        raise Unavailable(
            _(
                "The target {target} is held against {period}, of which the data does not tell the "
                "whole; write it as a number.",
                target=target.text,
                period=named,
            )
        )
    if before <= 0:
        raise Unavailable(
            _(
                "The target {target} is held against {period}, whose value is {before}: growth "
                "needs a value above 0. Write it as a number.",
                target=target.text,
                period=named,
                before=show(before, _unit(goals, metric), language()),
            )
        )
    return target.relative.factor * before


def carried(goals: GoalSet, data: Dataset | None, goal: Goal, as_of: date) -> Carried:
    """The part of another goal's gap that ``share:`` gives to a goal.

    The gap is that goal's target less the ``baseline:``, or less what its past let expect when
    the period of ``goal`` began. Raises Unavailable where there is no gap, or nothing to tell it.
    """
    share = goal.share
    whole = goals.by_id.get(share.of) if share is not None else None
    metric = goals.metric_of(whole) if whole is not None else None
    if share is None or whole is None or metric is None or whole is goal or whole.share is not None:
        raise Unavailable(_("A share is of another goal with a metric and a target of its own."))
    target = target_in(goals, data, whole, as_of)
    if target is None:
        raise Unavailable(_("The target of “{goal}” is not known.", goal=whole.title))
    baseline = _baseline(goals, data, goal, whole, as_of)
    if target <= baseline:
        unit = _unit(goals, metric)
        raise Unavailable(
            _(
                "“{goal}” comes to {baseline} without it, and its target is {target}: there is no "
                "gap to take a share of.",
                goal=whole.title,
                baseline=show(baseline, unit, language()),
                target=show(target, unit, language()),
            )
        )
    own = goals.metric_of(goal)
    if own is not None and not agree(_unit(goals, own), _unit(goals, metric)):
        raise Unavailable(
            _(
                "A share of “{goal}” is in {unit}, and {metric} is measured in another unit.",
                goal=whole.title,
                unit=_unit(goals, metric),
                metric=own.title,
            )
        )
    part = share_of(share, target - baseline)
    if part is None:
        raise Unavailable(_("A share needs a percent, and a win rate above 0 where one is given."))
    return Carried(part, target, baseline, target - baseline)


def _baseline(goals: GoalSet, data: Dataset | None, goal: Goal, whole: Goal, as_of: date) -> float:
    """What the whole comes to without the share: as written, else as its past lets expect."""
    assert goal.share is not None
    metric = goals.metric_of(whole)
    if goal.share.baseline is not None and metric is not None:
        try:
            told = value_in(goal.share.baseline, unit_of(goals, metric))
        except ValueError as problem:
            raise Unavailable(str(problem)) from None
        if told is None:
            raise Unavailable(_("The baseline of a share is a number, not growth."))
        return told
    if metric is None or whole.period is None:
        raise Unavailable(_("The goal has no metric or period to look back on."))
    from kpilint.data.measure import history

    starts = [each.start - DAY for each in (goal.period, whole.period) if each is not None]
    grain = "month" if whole.period.months() else "week"
    past = history(_with(data), goals, metric, grain=grain, until=min(as_of, *starts))
    if not _enough(whole, past):
        raise Unavailable(
            _(
                "“{goal}” has too few past values to tell what it comes to without the share; "
                "write a baseline:.",
                goal=whole.title,
            )
        )
    return expected(whole, past).median


def _enough(goal: Goal, past: Series) -> bool:
    from kpilint.analysis.projection import enough

    if len(past) == 0:
        return False
    length, _ahead, year = steps(goal, past)
    return enough(past.to_numpy(), length, year)


def _with(data: Dataset | None) -> Dataset:
    if data is None:
        raise Unavailable(_("The data was not looked at (--offline)."))
    return data


def _unit(goals: GoalSet, metric: Metric) -> str | None:
    try:
        return unit_of(goals, metric)
    except ValueError:
        return None  # E008 tells of it


def _told_whole(data: Dataset, goals: GoalSet, metric: Metric, period: Period, until: date) -> bool:
    """Whether the records, or what was typed in, reach over the whole of a past period.

    A cohort has to be mature by ``until`` too. The metric can be computed, so it leads to no circle.
    """
    if metric.manual is not None:
        inside = [typed for typed in metric.manual if period.contains(typed)]
        if metric.over == "last":
            return any(typed.end == period.end for typed in inside)
        return sum(typed.days for typed in inside) == period.days
    if metric.cohort is not None:
        mature = timedelta(days=ceil(metric.mature.days if metric.mature else 0))
        source = goals.metrics[metric.denominator or ""].source
        return period.end <= until - mature and _covers(data, source, metric.cohort, period, until)
    if metric.parts:
        return all(_told_whole(data, goals, goals.metrics[n], period, until) for n in metric.parts)
    column = metric.stock.from_ if metric.stock else metric.time
    return _covers(data, metric.source, column, period, until)


def _covers(
    data: Dataset, source: str | None, column: str | None, period: Period, until: date
) -> bool:
    covered = data.coverage(source or "", column or "", until)
    return covered is not None and covered.begins_by(period.start) and covered.reaches(period.end)
