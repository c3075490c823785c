"""R006 and P012: leads that do not lead, and KPIs that move as one."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found, linted, merged

CLAIM = "hypotheses: [{{id: h, leading: {leading}, lagging: {lagging}, lag: {lag}{more}}}]\n"


def claim(
    leading: str = "opportunities", lagging: str = "won_count", lag: str = "4w..5w", more: str = ""
) -> str:
    return CLAIM.format(leading=leading, lagging=lagging, lag=lag, more=more)


def test_a_refuted_hypothesis_is_found_at_its_leader(tmp_path: Path) -> None:
    (finding,) = found("GoalSet", claim(), tmp_path, "R006", data=True)
    assert finding.subject == ("hypothesis", "h")
    assert finding.evidence["verdict"] == "refuted"
    assert str(finding.evidence["since"]) < "2026-10"
    assert (
        "opportunities" in (tmp_path / "goals.yaml").read_text().splitlines()[finding.span.line - 1]
    )


@pytest.mark.parametrize(
    "text",
    [
        claim(lag="2w..3w") + "# fixture: five_months\n",  # nobody can tell
        claim(more=", since: 2026-09"),  # one month only
        claim(leading="opportunities", lagging="won_count", lag="0d..0d"),  # it does move with it
    ],
)
def test_what_is_not_refuted_is_silent(text: str, tmp_path: Path) -> None:
    findings = found("GoalSet", text, tmp_path, "R006", data=True)
    assert [f.message for f in findings] == []
    assert findings.unchecked == ()


def test_an_effect_that_is_asked_for_counts(tmp_path: Path) -> None:
    lint = "lint: {options: {R006: {effect: 0.1}}}\n"  # too small for three years to rule out
    assert len(linted(merged("GoalSet", claim() + lint), tmp_path, "R006")) == 1
    findings = linted(merged("GoalSet", claim() + lint), tmp_path)
    assert "R006" not in {f.code for f in findings}


def test_a_metric_that_cannot_be_measured_leaves_it_unchecked(tmp_path: Path) -> None:
    text = merged("GoalSet", claim(leading="broken"))
    text = text.replace(
        "metrics:\n", "metrics:\n  broken: {source: deals, agg: count, time: nothing}\n"
    )
    findings = linted(text, tmp_path, "R006")
    assert [f.code for f in findings] == []
    assert {u.subject.id for u in findings.unchecked} == {"h"}


KPIS = """goals:
  - {{id: wins, role: kpi, metric: won_count, label: 受注数}}
  - {{id: other, role: {role}, metric: {metric}, label: 商談数}}
"""


@pytest.mark.parametrize(
    ("role", "metric", "count"),
    [
        ("kpi", "opportunities", 1),
        ("kpi", "won_revenue", 1),
        ("info", "opportunities", 0),
        ("kpi", "won_count", 0),  # P006's
        ("kpi", "unit_price", 0),  # constant
        ("kpi", "nowhere", 0),  # E005's
    ],
)
def test_kpis_that_move_as_one(role: str, metric: str, count: int, tmp_path: Path) -> None:
    findings = found("GoalSet", KPIS.format(role=role, metric=metric), tmp_path, "P012", data=True)
    assert [f.goal for f in findings] == ["other"] * count


def test_two_years_are_asked_for(tmp_path: Path) -> None:
    text = KPIS.format(role="kpi", metric="opportunities") + "# fixture: two_years\n"
    assert len(found("GoalSet", text, tmp_path, "P012", data=True)) == 0
