"""M: typed values, and rates of records that are too young."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found, linted, merged


@pytest.mark.parametrize(
    ("metric", "count"),
    [("manual: {2026-09: 41}", 1), ("manual: {}", 1), ("agg: count", 0), ("formula: a", 0)],
)
def test_typed_values(metric: str, count: int, tmp_path: Path) -> None:
    text = f"metrics:\n  m: {{{metric}}}\n  a: {{agg: count}}\n"
    assert len(found("GoalSet", text, tmp_path, "M002")) == count


WON = "source: deals, agg: count, time: closed_at, stage: sales.won"
BEGUN = "source: deals, agg: count, time: entered_opportunity, stage: sales.opportunity"
RATE = "numerator: won, denominator: begun"


def rate(
    *, won: str = WON, begun: str = BEGUN, rate: str = RATE, period: str = "2026-10..2026-12"
) -> str:
    return f"""metrics:
  won: {{{won}}}
  begun: {{{begun}}}
  rate: {{{rate}}}
goals:
  - {{id: g, metric: rate, period: {period}}}
"""


@pytest.mark.parametrize(
    ("text", "count"),
    [
        (rate(), 1),
        (rate(period="2026-10"), 1),
        (rate(period="2026-10..2027-03"), 0),  # most records have had their time
        (rate(period=""), 0),
        (rate(rate=f"{RATE}, cohort: entered_opportunity, mature: 90d"), 0),
        (rate(rate="numerator: begun, denominator: won"), 0),
        (rate(begun=f"{WON}, where: closed"), 0),  # 決着比
        (rate(begun=BEGUN.replace("entered_opportunity", "closed_at")), 0),  # by one date
        (rate(begun="source: deals, agg: count, time: created_at"), 0),  # on no funnel
        (rate(won=WON.replace("sales.won", "sales.lead")), 0),
        (rate().replace("metric: rate", "metric: won"), 0),  # nobody aims at it
    ],
)
def test_a_rate_by_event_date(text: str, count: int, tmp_path: Path) -> None:
    result = found("GoalSet", text, tmp_path, "M008")
    assert [f.subject.id for f in result] == ["rate"] * count


@pytest.mark.parametrize(("within", "count"), [("15d", 0), ("16d", 1)])
def test_a_funnel_that_is_quick(within: str, count: int, tmp_path: Path) -> None:
    text = merged("GoalSet", rate()).replace("    record:", f"    within: {within}\n    record:")
    assert len(linted(text, tmp_path, "M008", data=False)) == count


def test_how_long_a_period_may_be_is_an_option(tmp_path: Path) -> None:
    text = merged("GoalSet", rate()) + "lint: {options: {M008: {days: 31}}}\n"
    assert "M008" not in {f.code for f in linted(text, tmp_path, data=False)}
