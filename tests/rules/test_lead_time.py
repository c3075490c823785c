"""A005 and A006: what a target takes upstream, in time and in volume."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found, linted, merged

FUNNEL = """funnels:
  sales:
    source: deals
    record: deal_id
    stages: [{{name: lead, entered: created_at}}, {{name: won, entered: paid_at}}]
metrics:
  paid: {{source: deals, agg: count, time: paid_at, stage: sales.won}}
  leads: {{source: deals, agg: count, time: created_at, stage: sales.lead}}
goals:
  - {{id: whole, role: kgi, metric: paid, period: 2026-10..2026-12, target: {target}}}
  - {{id: part, role: {role}, metric: {metric}, period: {period}, target: 125件, parent: whole}}
"""


def text(
    target: str = "125件",
    role: str = "kpi",
    metric: str = "leads",
    period: str = "2026-10..2026-12",
) -> str:
    return FUNNEL.format(target=target, role=role, metric=metric, period=period)


@pytest.mark.parametrize(
    ("goals", "flagged"),
    [
        (text(), True),
        (text(period="2026-10-01..2026-12-31"), True),
        (text(period="2026-10-01..2026-12-30"), False),  # one day is what it takes
        (text(role="info"), False),
        (text(metric="paid"), False),  # the same stage
        (text(period="2025-10..2025-12"), False),  # over
        (text(target="0件"), False),  # nothing to be in time for
    ],
)
def test_what_arrives_after_the_goal_that_it_serves(
    goals: str, flagged: bool, tmp_path: Path
) -> None:
    findings = found("GoalSet", goals, tmp_path, "A005", data=True)
    assert [f.goal for f in findings] == ["part"] * flagged
    assert findings.unchecked == ()


def test_the_day_that_is_told(tmp_path: Path) -> None:
    (finding,) = found("GoalSet", text(), tmp_path, "A005", data=True)
    assert finding.evidence["last"] == "2026-12-30"
    assert finding.evidence["days"] == 1


def test_delivery_comes_on_top(tmp_path: Path) -> None:
    goals = text(period="2026-10..2026-11").replace(
        "    stages:", "    after_won: {delivery: 60d}\n    stages:"
    )
    later = goals.replace("time: paid_at, stage", "time: entered_opportunity, stage")
    assert len(found("GoalSet", goals, tmp_path, "A005", data=True)) == 0
    (finding,) = found("GoalSet", later, tmp_path, "A005", data=True)
    assert finding.evidence["days"] == 61


def test_a_source_that_is_not_there_leaves_both_unchecked(tmp_path: Path) -> None:
    whole = merged("GoalSet", text()).replace("data/deals.csv", "data/nothing.csv")
    findings = linted(whole, tmp_path, "A005", "A006")
    assert [f.code for f in findings] == []
    assert {u.code for u in findings.unchecked} == {"A005", "A006"}


@pytest.mark.parametrize(
    ("goal", "flagged"),
    [
        ("target: 400件", True),
        ("target: 120件", False),
        ("target: 400件\nrole: info", False),
        ("target: 400件\nmetric: unit_price", False),  # on no stage
        ("target: 400件\nperiod: 2025-10..2025-12", False),  # over
    ],
)
def test_more_than_there_has_ever_been(goal: str, flagged: bool, tmp_path: Path) -> None:
    findings = found("Goal", f"{goal}  # fixture: three_years", tmp_path, "A006", data=True)
    assert [f.goal for f in findings] == ["wins"] * flagged


def test_the_best_that_is_told(tmp_path: Path) -> None:
    (finding,) = found("Goal", "target: 400件  # fixture: three_years", tmp_path, "A006", data=True)
    assert finding.evidence["best"] == 125  # three months of the series
    assert finding.evidence["needed"] == pytest.approx(400)


def test_too_few_months_are_told(tmp_path: Path) -> None:
    goal = "target: 400件\nperiod: 2026-10..2027-09  # fixture: five_months"
    findings = found("Goal", goal, tmp_path, "A006", data=True)
    assert len(findings) == 0
    assert [u.subject.id for u in findings.unchecked] == ["wins"]
