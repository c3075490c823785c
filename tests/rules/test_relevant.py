"""R: the boundary cases of the tree."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found

GOALS = """goals:
  - {{id: revenue, role: kgi, metric: won_revenue, period: 2026-Q4, target: 1億円,
     combine: {combine}}}
  - {{id: a, metric: {a}, period: 2026-Q4, target: {one}}}
  - {{id: b, metric: {b}, period: {period}, target: {two}}}
"""


def goals(combine: str, a: tuple[str, str], b: tuple[str, str], period: str = "2026-Q4") -> str:
    return GOALS.format(combine=combine, a=a[0], one=a[1], b=b[0], two=b[1], period=period)


@pytest.mark.parametrize(
    ("whole", "count"),
    [("10,090", 0), ("10,110", 1), ("9,910", 0), ("9,890", 1), ("10,000", 0)],
)
def test_a_sum_may_be_off_by_one_percent(whole: str, count: int, tmp_path: Path) -> None:
    yen = float(whole.replace(",", "")) * 10_000 - 5e7
    parts = goals("{sum: [a, b]}", ("won_revenue", "5,000万円"), ("won_revenue", f"{yen:.0f}円"))
    assert len(found("GoalSet", parts, tmp_path, "R003")) == count


@pytest.mark.parametrize(
    ("price", "count"), [("1,049,000円", 0), ("1,051,000円", 1), ("951,000円", 0), ("949,000円", 1)]
)
def test_a_product_may_be_off_by_five_percent(price: str, count: int, tmp_path: Path) -> None:
    parts = goals("{product: [a, b]}", ("won_count", "100件"), ("unit_price", price))
    result = found("GoalSet", parts, tmp_path, "R003")
    assert len(result) == count
    if count:
        evidence = result.findings[0].evidence
        assert evidence["residual"] == pytest.approx(evidence["made"] - 1e8)  # type: ignore[operator]


@pytest.mark.parametrize(("count", "flaws"), [("100件", 0), ("110件", 1), ("0件", None)])
def test_a_ratio(count: str, flaws: int | None, tmp_path: Path) -> None:
    text = f"""goals:
  - {{id: price, role: kgi, metric: unit_price, target: 100万円, combine: {{ratio: [a, b]}}}}
  - {{id: a, metric: won_revenue, target: 1億円}}
  - {{id: b, metric: won_count, target: {count}}}
"""
    result = found("GoalSet", text, tmp_path, "R003")
    assert (len(result), len(result.unchecked)) == ((flaws, 0) if flaws is not None else (0, 1))


@pytest.mark.parametrize(
    ("combine", "period", "unchecked"),
    [
        ("{product: [a, b]}", "2026-Q4", 0),
        ("{product: [a, b]}", "2026-Q3", 1),
        ("{sum: [a, c]}", "2026-Q4", 0),  # c is E005's
    ],
)
def test_factors_of_other_periods_cannot_be_checked(
    combine: str, period: str, unchecked: int, tmp_path: Path
) -> None:
    parts = goals(combine, ("won_count", "100件"), ("unit_price", "100万円"), period)
    result = found("GoalSet", parts, tmp_path, "R003")
    assert (len(result), len(result.unchecked)) == (0, unchecked)


@pytest.mark.parametrize(("part", "count"), [("前年比100%", 0), ("前年比110%", 1)])
def test_growth_is_told_by_the_data(part: str, count: int, tmp_path: Path) -> None:
    text = f"""goals:
  - {{id: whole, role: kgi, metric: won_revenue, period: 2026-Q4, target: 2倍, combine: {{sum: [a, b]}}}}
  - {{id: a, metric: won_revenue, period: 2026-Q4, target: 前年比100%}}
  - {{id: b, metric: won_revenue, period: 2026-Q4, target: {part}}}
"""
    result = found("GoalSet", text, tmp_path, "R003", data=True)
    assert (len(result), result.unchecked) == (count, ())


def test_a_relative_target_cannot_be_checked_without_data(tmp_path: Path) -> None:
    parts = goals("{sum: [a, b]}", ("won_revenue", "+15%"), ("won_revenue", "5,000万円"))
    assert len(found("GoalSet", parts, tmp_path, "R003").unchecked) == 1


@pytest.mark.parametrize(
    ("goal", "count"),
    [
        ("{id: k}", 1),
        ("{id: k, parent: revenue}", 0),
        ("{id: k, parent: }", 1),
        ("{id: k, role: info}", 0),
        ("{id: part}", 0),  # a part under combine serves its whole
    ],
)
def test_a_kpi_serves_something(goal: str, count: int, tmp_path: Path) -> None:
    text = f"goals:\n  - {{id: revenue, role: kgi, combine: {{sum: [part]}}}}\n  - {goal}\n"
    assert len(found("GoalSet", text, tmp_path, "R002")) == count


@pytest.mark.parametrize(
    ("goals", "count"),
    [("goals: []", 1), ("goals: [{id: a}]", 1), ("goals: [{id: a, role: kgi}]", 0)],
)
def test_a_file_has_a_kgi(goals: str, count: int, tmp_path: Path) -> None:
    assert len(found("GoalSet", goals, tmp_path, "R001")) == count
