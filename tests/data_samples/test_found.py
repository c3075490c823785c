"""kpilint finds what is planted in the sample company, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

import kpilint as kl

GOALS = Path(__file__).parents[2] / "data_samples" / "goals.yaml"
DAY = "2026-10-31"

# (rule, subject) as data_samples/README.md tells.
PLANTED = {
    ("A007", "revenue_team2_q3"),
    ("S001", "sqls_q3"),
    ("S002", "mqls_q3"),
    ("A001", "leads_q3"),
    ("R002", "page_views_q3"),
    ("P002", "page_views_q3"),
    ("D006", "deals"),
    ("D009", "deals"),
}


@pytest.fixture(scope="module")
def goals() -> kl.GoalSet:
    return kl.read(GOALS)


def test_the_planted_faults_are_found(goals: kl.GoalSet) -> None:
    with kl.Dataset.of(goals) as data:
        findings = kl.lint(goals, data, as_of=DAY)
    assert {(f.code, f.subject.id) for f in findings.open} == PLANTED
    assert [f.code for f in findings if f.excused] == ["P004"]


@pytest.mark.parametrize(("day", "stage"), [(DAY, "sql"), ("2025-10-31", None)])
def test_the_bottleneck_is_found_once_it_is_there(
    goals: kl.GoalSet, day: str, stage: str | None
) -> None:
    with kl.Dataset.of(goals) as data:
        assert kl.Funnel.of(goals, "sales", as_of=day)(data).bottleneck == stage


def test_what_the_bottleneck_costs_is_told_in_yen(goals: kl.GoalSet) -> None:
    """The README's truth: trade shows' rate halved from .54, then .60 and .48 for those who go on."""
    with kl.Dataset.of(goals) as data:
        flow = kl.Funnel.of(goals, "sales", as_of=DAY)(data)
        deals = data.table("deals").to_pandas()
    worst, lost = flow.worst, flow.shortfall
    assert worst is not None
    assert lost is not None
    assert lost.money is not None
    assert flow.price is not None
    came = deals["entered_mql"].between(
        *map(pd.Timestamp, (worst.quarter.start, worst.quarter.end))
    )
    shows = int((came & (deals["channel"] == "展示会")).sum())
    truth = shows * (0.54 - 0.27) * 0.60 * 0.48 * flow.price.mean
    assert lost.money.low < truth < lost.money.high
