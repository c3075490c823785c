"""R004: the parts make the whole in the data."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found, linted, merged

GOALS = """goals:
  - {{id: revenue, role: kgi, metric: {whole}, period: {period}, target: 100,
     combine: {combine}}}
  - {{id: a, metric: won_count, period: {one}, target: 100}}
  - {{id: b, metric: {other}, period: {two}, target: 100}}
"""


def goals(
    combine: str,
    *,
    whole: str = "won_revenue",
    other: str = "unit_price",
    period: str = "2026-10..2026-12",
    one: str = "",
    two: str = "",
) -> str:
    return GOALS.format(
        combine=combine, whole=whole, other=other, period=period, one=one or period, two=two or period
    )  # fmt: skip


@pytest.mark.parametrize(
    ("text", "flaws", "unchecked"),
    [
        (goals("{product: [a, b]}"), 0, 0),
        (goals("{product: [a, b]}", other="won_revenue"), 1, 0),
        (goals("{ratio: [b, a]}", whole="unit_price", other="won_revenue"), 0, 0),
        (goals("{ratio: [b, a]}", other="won_revenue"), 1, 0),
        (goals("{sum: [a]}", whole="won_count"), 0, 0),
        (goals("{sum: [a, b]}", whole="won_count", other="opportunities"), 1, 0),
        (goals("{product: [a, b]}", two="2026-10"), 0, 1),
        (goals("{product: [a, b]}", period="2023-01"), 0, 1),  # before the first record
    ],
)
def test_the_data_decides(text: str, flaws: int, unchecked: int, tmp_path: Path) -> None:
    result = found("GoalSet", text, tmp_path, "R004", data=True)
    assert (len(result), len(result.unchecked)) == (flaws, unchecked)


def test_quarters_are_held_against_their_half_a_year_before(tmp_path: Path) -> None:
    quarters = {"one": "2026-07..2026-09", "two": "2026-10..2026-12", "period": "2026-07..2026-12"}
    text = goals("{sum: [a, b]}", whole="won_count", other="won_count", **quarters)
    assert len(found("GoalSet", text, tmp_path, "R004", data=True)) == 0
    missing = goals("{sum: [a]}", whole="won_count", other="won_count", **quarters)
    (finding,) = found("GoalSet", missing, tmp_path, "R004", data=True)
    assert finding.evidence["window"] == "2025-07-01..2025-12-31"
    assert finding.evidence["residual"] == -finding.evidence["whole"] + finding.evidence["made"]  # type: ignore[operator]


@pytest.mark.parametrize(("sum_", "count"), [(0.9, 1), (1.1, 0)])
def test_the_tolerance_is_an_option(sum_: float, count: int, tmp_path: Path) -> None:
    text = goals("{sum: [a, b]}", whole="won_count", other="opportunities")  # twice the whole
    text += f"lint: {{options: {{R004: {{sum: {sum_}}}}}}}\n"
    codes = [finding.code for finding in linted(merged("GoalSet", text), tmp_path)]
    assert codes.count("R004") == count
