"""S and P: one label in two ways, one stage in two ways, one goal twice."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found

FIRST = "a: {label: 受注数, source: deals, agg: count, where: x = 1, time: closed_at}"


@pytest.mark.parametrize(
    ("second", "count"),
    [
        ("{label: 受注数, source: deals, agg: count, where: x = 1, time: closed_at}", 0),
        ("{label: 受注数, source: deals, agg: count, where: x  =  1, time: closed_at}", 0),
        ("{label: 受注 数, source: deals, agg: count, where: x = 2, time: closed_at}", 1),
        ("{label: 受注数, source: deals, agg: count, where: x = 1, time: created_at}", 1),
        ("{label: 受注数, source: deals, agg: sum, column: n, where: x = 1, time: closed_at}", 1),
        ("{label: 受注数, manual: {2026-09: 3}}", 1),
        ("{label: 新規受注数, source: deals, agg: count, time: created_at}", 0),
        ("{source: deals, agg: count, time: created_at}", 0),
    ],
)
def test_a_label_stands_for_one_measure(second: str, count: int, tmp_path: Path) -> None:
    text = f"metrics:\n  {FIRST}\n  b: {second}\n"
    result = found("GoalSet", text, tmp_path, "S005")
    assert [f.subject.id for f in result] == ["b"] * count
    assert [f.related[0].span.line < f.span.line for f in result] == [True] * count


@pytest.mark.parametrize(
    ("metric", "says"),
    [
        ("agg: count, time: entered_opportunity, stage: sales.opportunity", None),
        ("agg: count, time: created_at, stage: sales.opportunity", "created_at"),
        ("agg: sum, column: amount, time: created_at, stage: sales.opportunity", None),
        ("agg: count, time: closed_at, stage: sales.won", "stage = 'won'"),
        ("agg: count, where: won, time: closed_at, stage: sales.won", None),
        ("agg: count, time: created_at", None),
    ],
)
def test_a_count_is_that_of_its_stage(metric: str, says: str | None, tmp_path: Path) -> None:
    text = f"metrics:\n  m: {{source: deals, {metric}}}\n"
    result = found("GoalSet", text, tmp_path, "S005")
    assert [says in f.message for f in result if says] == ([True] if says else [])
    assert len(result) == (says is not None)


def test_a_heading_is_as_good_as_its_canonical_name(tmp_path: Path) -> None:
    text = """sources: {deals: {path: data/deals.csv, columns: {entered_opportunity: 商談日}}}
metrics: {m: {source: deals, agg: count, time: 商談日, stage: sales.opportunity}}
"""
    assert len(found("GoalSet", text, tmp_path, "S005")) == 0


@pytest.mark.parametrize(
    ("source", "entered", "count"),
    [("deals", "closed_at", 0), ("deals", "signed_at", 1), ("renewals", "signed_at", 0)],
)
def test_a_stage_is_entered_in_one_way(
    source: str, entered: str, count: int, tmp_path: Path
) -> None:
    text = f"""funnels:
  a: {{source: deals, record: id, stages: [{{name: won, entered: closed_at}}]}}
  b: {{source: {source}, record: id, stages: [{{name: won, entered: {entered}}}]}}
"""
    result = found("GoalSet", text, tmp_path, "S005")
    assert [f.subject.id for f in result] == ["b"] * count


GOAL = "metric: won_count, owner: 営業部, period: 2026-10"


@pytest.mark.parametrize(
    ("second", "count"),
    [
        (GOAL, 1),
        ("metric: won_count, owner: 営業 部, period: 2026-10-01..2026-10-31", 1),
        ("metric: won_count, owner: 営業部, period: 2026-11", 0),
        ("metric: won_count, owner: 営業2部, period: 2026-10", 0),
        ("metric: opportunities, owner: 営業部, period: 2026-10", 0),
        (f"{GOAL}, retired: {{on: 2026-10-05, reason: 統合}}", 0),
    ],
)
def test_a_goal_stands_once(second: str, count: int, tmp_path: Path) -> None:
    text = f"goals:\n  - {{id: a, {GOAL}}}\n  - {{id: b, {second}}}\n"
    assert [f.goal for f in found("GoalSet", text, tmp_path, "P006")] == ["b"] * count


@pytest.mark.parametrize("lacking", ["owner: 営業部", "period: 2026-10", "metric: won_count"])
def test_what_is_not_written_is_not_the_same(lacking: str, tmp_path: Path) -> None:
    goal = GOAL.replace(lacking, "action: x")
    text = f"goals:\n  - {{id: a, {goal}}}\n  - {{id: b, {goal}}}\n"
    assert len(found("GoalSet", text, tmp_path, "P006")) == 0
