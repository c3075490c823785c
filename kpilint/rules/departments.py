"""R and P: departments pull together, each toward what it can reach."""

from __future__ import annotations

import re
from collections.abc import Iterator
from unicodedata import normalize

from kpilint.finding import Related, Subject
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.target import unit_of
from kpilint.goals.unit import CURRENCIES
from kpilint.goals.written import plain_name
from kpilint.i18n import _, listed
from kpilint.rule import INFO, WARNING, Flaw, Flaws, rule

_MARKETING = re.compile(r"market|マーケ", re.IGNORECASE)
_OPPORTUNITY = re.compile(r"商談|案件|opportunit|\b(?:SAL|SQO)s?(?![A-Za-z])", re.IGNORECASE)
_APPOINTMENT = re.compile(
    r"アポ|商談(?:設定|予約)|面談|リード|名刺|appointment|meeting|lead|(?<![A-Za-z])[MS]QL",
    re.IGNORECASE,
)
_SUITS = {"early": 1, "middle": 2, "late": 3}  # appointments, opportunities, pipeline amount


@rule("R007", WARNING)
def no_shared_kgi(goals: GoalSet) -> Flaws:
    """The goals of all departments meet in one KGI.

    Marketing that is judged by leads and sales by revenue, with nothing above both, can each win
    while the company loses. Departments whose goals serve no KGI at all are R002's.

    Bad:
        goals:
          - {id: revenue, role: kgi, department: sales}
          - {id: leads, role: kgi, department: marketing}
    Good:
        goals:
          - {id: revenue, role: kgi, department: sales}
          - {id: leads, role: kpi, department: marketing, parent: revenue}

    When to ignore: the departments belong to businesses that have nothing to do with each other.
    """
    first, *others = _groups(goals) or [[]]
    for group in others:
        kgi = next(g for g in group if g.role == "kgi")
        message = _(
            "The goals of {these} never meet those of {those} in one KGI. Name the result that "
            "both serve, and let “{goal}” serve it with parent:.",
            these=_departments(group),
            those=_departments(first),
            goal=kgi.title,
        )
        top = next(g for g in first if g.role == "kgi")
        related = (Related(top.at("id"), _("the KGI of the others")),)
        evidence = {"kgi": kgi.id, "other_kgi": top.id}
        yield Flaw(kgi.at("role"), message, evidence, related, Subject("goal", kgi.id))


def _departments(group: list[Goal]) -> str:
    return listed(dict.fromkeys(g.department for g in group if g.department))


def _groups(goals: GoalSet) -> list[list[Goal]]:
    """Goals that hang together, by serving or by department; those with departments and a KGI."""
    leader: dict[object, object] = {}

    def find(name: object) -> object:
        while (above := leader.setdefault(name, name)) != name:
            leader[name] = name = leader.setdefault(above, above)
        return name

    for goal in goals.goals:
        joined: list[object] = [g.id for g in goals.wholes.get(goal.id, ())]
        joined += [goal.parent] if goal.parent in goals.by_id else []
        joined += [("department", plain_name(goal.department))] if goal.department else []
        for name in joined:
            leader[find(goal.id)] = find(name)
    groups: dict[object, list[Goal]] = {}
    for goal in goals.goals:
        groups.setdefault(find(goal.id), []).append(goal)
    return [
        group
        for group in groups.values()
        if any(g.role == "kgi" for g in group) and any(g.department for g in group)
    ]


@rule("R008", INFO)
def kgi_ahead_of_maturity(goals: GoalSet) -> Flaws:
    """Marketing's KGI is one that it can move at the company's maturity.

    Early on, marketing can be held to appointments; once sales accepts what it hands over, to
    valid opportunities; and to the amount in the pipeline only when prices and rates are known.
    ``maturity`` in the file says where the company stands; without it nothing is said.

    Bad:
        maturity: early
        goals:
          - {id: revenue, role: kgi, department: marketing, metric: won_revenue}
    Good:
        maturity: late
        goals:
          - {id: revenue, role: kgi, department: marketing, metric: won_revenue}
    """
    suits = _SUITS.get(goals.maturity or "")
    for goal in goals.goals if suits else ():
        marketing = _MARKETING.search(goal.department or goal.owner or "")
        metric = goals.metric_of(goal)
        if goal.role != "kgi" or not marketing or metric is None or suits is None:
            continue
        level = _level(goals, goal, metric)
        if level > suits:
            message = _(
                "“{goal}” as marketing's KGI is ahead of the maturity “{maturity}”: {suited} suit "
                "it. Take those as the KGI, and this as role: info.",
                goal=goal.title,
                maturity=goals.maturity,
                suited=_("appointments") if suits == 1 else _("valid opportunities"),
            )
            evidence = {"maturity": goals.maturity, "level": level}
            yield Flaw(goal.at("metric"), message, evidence, about=Subject("goal", goal.id))


def _level(goals: GoalSet, goal: Goal, metric: Metric) -> int:
    """How much maturity a KGI asks for: 1 appointments, 2 opportunities, 3 money; 0 unknown."""
    try:
        if unit_of(goals, metric) in CURRENCIES:
            return 3
    except ValueError:  # E008 tells of it
        return 0
    _funnel, _dot, stage = (metric.stage or "").partition(".")
    words = normalize("NFKC", " ".join((goal.title, metric.title, stage)))
    if _APPOINTMENT.search(words):
        return 1
    return 2 if _OPPORTUNITY.search(words) else 0


@rule("P009", INFO)
def department_without_goal(goals: GoalSet) -> Flaws:
    """Every department of the funnel has a goal.

    A stage that belongs to a department without a goal is one that nobody is asked about.

    Bad:
        funnels:
          sales:
            source: deals
            record: deal_id
            stages:
              - {name: lead, entered: created_at, department: marketing}
              - {name: opportunity, entered: entered_opportunity, department: inside_sales}
              - {name: won, entered: closed_at, department: sales}
    Good:
        funnels:
          sales:
            source: deals
            record: deal_id
            stages:
              - {name: lead, entered: created_at, department: marketing}
              - {name: opportunity, entered: entered_opportunity, department: sales}
              - {name: won, entered: closed_at, department: sales}
    """
    asked = {plain_name(name) for name in _asked(goals)}
    for funnel in goals.funnels.values():
        for number, stage in enumerate(funnel.stages):
            name = plain_name(stage.department or "")
            if not name or name in asked:
                continue
            asked.add(name)
            message = _(
                "The stage {stage} belongs to {department}, which has no goal. Give it one, or "
                "name the department that answers for the stage.",
                stage=stage.name,
                department=stage.department,
            )
            about = Subject("funnel", funnel.name)
            evidence = {"department": stage.department, "stage": stage.name}
            place = funnel.at("stages", number, "department")
            yield Flaw(place, message, evidence, about=about)


def _asked(goals: GoalSet) -> Iterator[str]:
    """Who has a goal: its department, and its owner where that is a department's name."""
    for goal in goals.goals:
        yield from (name for name in (goal.department, goal.owner) if name)
