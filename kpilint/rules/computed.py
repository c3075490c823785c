"""M: values are computed from records, and from records old enough to tell."""

from __future__ import annotations

from kpilint.finding import Subject
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.period import Period
from kpilint.i18n import _
from kpilint.rule import WARNING, Flaw, Flaws, rule
from kpilint.rules.places import Place, place_of

_SIZEABLE = 6  # a lag of a sixth of the period shifts about a twelfth of the records


@rule("M002", WARNING)
def manual_source(metric: Metric) -> Flaws:
    """A metric is computed from records, not typed in.

    A typed value cannot be traced, broken down or checked, and it changes in silence. Export the
    records that it was counted from, be it a survey or a ledger, and let them be counted here.

    Bad:
        manual: {2026-08: 38, 2026-09: 41}
        unit: count
    Good:
        source: deals
        agg: count
        time: closed_at
        unit: count

    When to ignore: the value comes from outside, such as a published ranking, and no records exist.
    """
    if metric.form == "manual":
        message = _(
            "The values of “{metric}” are typed in: nobody can trace or break them down. Name the "
            "source: that they are counted from.",
            metric=metric.title,
        )
        yield Flaw(metric.key_at("manual"), message, {"values": len(metric.manual or {})})


@rule("M008", WARNING)
def immature_ratio(goals: GoalSet, *, days: int = 92) -> Flaws:
    """A rate sets records against what became of the same records.

    Wins of a month over opportunities of that month are two different sets of records: after a
    good month of new opportunities the rate falls although nobody sells worse. Count by the month
    of entry, once the records have had their time, or against those that were decided.

    Bad:
        metrics:
          won: {source: deals, agg: count, time: closed_at, stage: sales.won}
          begun: {source: deals, agg: count, time: entered_opportunity, stage: sales.opportunity}
          rate: {numerator: won, denominator: begun}
        goals:
          - {id: rate, role: kgi, metric: rate, period: 2026-Q3}
    Good:
        metrics:
          won: {source: deals, agg: count, time: closed_at, stage: sales.won}
          begun: {source: deals, agg: count, time: entered_opportunity, stage: sales.opportunity}
          rate:
            numerator: won
            denominator: begun
            cohort: entered_opportunity
            mature: 90d
        goals:
          - {id: rate, role: kgi, metric: rate, period: 2026-Q3}

    Options:
        days: the longest period of a goal, in days, in which the usual lag counts

    When to ignore: records pass from the one stage to the other within a few days.

    Source: right truncation, as in the comparison of cohorts at equal age.
    """
    for metric in goals.metrics.values():
        goal = _shortest(goals, metric)
        if goal is None or goal.period is None or goal.period.days > days:
            continue
        places = _places(goals, metric)
        if places and not _quick(places[0], goal.period):
            after, before = places
            message = _(
                "“{metric}” sets what reached {after} in a period against what entered {before} "
                "in the same period: mostly other records. Write cohort: and mature:, or divide "
                "by what was decided in the period.",
                metric=metric.title,
                after=after.stage.name,
                before=before.stage.name,
            )
            evidence = {"after": after.stage.name, "before": before.stage.name, "goal": goal.id}
            about = Subject("metric", metric.name)
            yield Flaw(metric.at("numerator"), message, evidence, about=about)


def _shortest(goals: GoalSet, metric: Metric) -> Goal | None:
    """The goal on a metric whose period is the shortest."""
    dated = [(g.period.days, g) for g in goals.by_metric.get(metric.name, ()) if g.period]
    return min(dated, key=lambda pair: pair[0])[1] if dated else None


def _places(goals: GoalSet, metric: Metric) -> tuple[Place, Place] | None:
    """The later and the earlier stage of a rate by event date, on one funnel."""
    if metric.form != "ratio" or metric.has("cohort") or metric.has("mature"):
        return None
    outcome, entries = (goals.metrics.get(n or "") for n in (metric.numerator, metric.denominator))
    after, before = place_of(goals, outcome), place_of(goals, entries)
    if outcome is None or entries is None or after is None or before is None:
        return None
    dated_apart = outcome.time != entries.time
    later = after.funnel is before.funnel and after.position > before.position
    return (after, before) if dated_apart and later else None


def _quick(place: Place, period: Period) -> bool:
    """Whether the funnel's ``within`` makes the lag a small part of the period."""
    within = place.funnel.within
    return within is not None and within.days <= period.days / _SIZEABLE
