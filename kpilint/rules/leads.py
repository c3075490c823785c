"""R and P: what the data says of metrics that should lead, and of those that move as one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from kpilint.errors import Unavailable
from kpilint.finding import Related, Subject
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _
from kpilint.rule import HISTORY, INFO, WARNING, Cannot, Flaw, Flaws, rule

if TYPE_CHECKING:
    import pandas as pd

    from kpilint.data.dataset import Dataset

_READABLE = frozenset({"E005", "E006", "E007", "E008", "M003"})


@rule("R006", WARNING, needs={HISTORY}, requires=_READABLE)
def unsupported_lead(goals: GoalSet, data: Dataset, as_of: date, *, effect: float = 0.3) -> Flaws:
    """What is said to lead a result does lead it.

    A hypothesis is refuted when a lead of the asked strength would have shown at the claimed lags
    and did not, two months in a row. One that these data cannot judge is not reported.

    Bad:
        hypotheses: [{id: h, leading: opportunities, lagging: won_count, lag: 4w..5w}]  # fixture: three_years
    Good:
        hypotheses: [{id: h, leading: opportunities, lagging: won_count, lag: 4w..5w}]  # fixture: five_months

    Options:
        effect: the correlation that a lead worth the name has

    When to ignore: what leads has changed too recently to show, such as a new way of working.

    Source: Haugh (1976), on what is new in each series.
    """
    from kpilint.analysis.leads import hypothesis_wording
    from kpilint.analysis.leads.hypothesis import Hypotheses
    from kpilint.analysis.leads.judgement import EFFECT

    asked = effect if 0 < effect < 1 else EFFECT
    for claim in Hypotheses(goals, as_of, asked)(data).claims:
        about = Subject("hypothesis", claim.hypothesis.id)
        if claim.reason:
            yield Cannot(claim.reason, about)
        elif claim.verdict == "refuted" and claim.evidence is not None:
            message = _(
                "The hypothesis “{claim}” is refuted: a correlation of {effect} would have shown in "
                "{n} points, and {r} is the strongest. Look for what does lead, or drop it.",
                claim=hypothesis_wording.claimed(claim),
                effect=asked,
                n=claim.evidence.n,
                r=f"{claim.evidence.r:.2f}",
            )
            evidence = {**claim.evidence._asdict(), "since": f"{claim.since:%Y-%m}"}
            yield Flaw(claim.hypothesis.at("leading"), message, evidence, about=about)


@rule("P012", INFO, needs={HISTORY}, requires=_READABLE)
def correlated_kpis(
    goals: GoalSet, data: Dataset, as_of: date, *, r: float = 0.9, months: int = 24
) -> Flaws:
    """Each KPI tells something that the others do not.

    Two KPIs whose months move as one, with trend, season and memory set aside, are one KPI: the
    second costs attention and tells nothing new.

    Bad:
        goals:
          - {id: wins, role: kpi, metric: won_count}
          - {id: begun, role: kpi, metric: opportunities}
    Good:
        goals:
          - {id: wins, role: kpi, metric: won_count}
          - {id: begun, role: info, metric: opportunities}

    Options:
        r: the correlation, up or down, from which two move as one
        months: how many months both must have

    When to ignore: two departments each need their own number.
    """
    from kpilint.analysis.leads.leadlag import lead_lag

    kpis = {
        goal.metric: goal for goal in reversed(goals.goals) if goal.role == "kpi" and goal.metric
    }
    if len(kpis) < 2:
        return
    series: dict[str, pd.Series] = {}
    for name, told in _measured(goals, data, as_of, reversed(kpis.items())):
        if isinstance(told, Cannot):
            yield told
        else:
            series[name] = told
    for first, second in combinations(series, 2):
        found = lead_lag(series[first], series[second], 0)
        if found.lagged is None or found.n < months or abs(found.at(0)[0]) < r:
            continue
        one, other = kpis[first], kpis[second]
        message = _(
            "“{goal}” moves as one with “{other}”: their correlation is {r} over {n} months. Keep "
            "one, and make the other role: info.",
            goal=other.title,
            other=one.title,
            r=f"{found.at(0)[0]:.2f}",
            n=found.n,
        )
        related = Related(one.at(), _("the other"))
        evidence = {"r": found.at(0)[0], "n": found.n, "other": one.id}
        yield Flaw(other.at("metric"), message, evidence, (related,), Subject("goal", other.id))


def _measured(
    goals: GoalSet, data: Dataset, as_of: date, kpis: Iterator[tuple[str, Goal]]
) -> Iterator[tuple[str, pd.Series | Cannot]]:
    """Each KPI's months, or why there are none."""
    from kpilint.analysis.leads.series import measured

    for name, goal in kpis:
        if name not in goals.metrics:
            continue  # E005 tells of it
        try:
            yield name, measured(data, goals, name, "month", as_of).values
        except Unavailable as problem:
            yield name, Cannot(str(problem), Subject("goal", goal.id))
