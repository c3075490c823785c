"""R010 and the pairs of quantity and quality: one that is bought with the other is told."""

from __future__ import annotations

from pathlib import Path

import pytest

import kpilint as kl
from kpilint.analysis.causes.tradeoff import Tradeoffs, TradeoffsResult
from kpilint.finding import Findings
from kpilint.i18n import LANGUAGES, speaking
from tests.rules.conduct_exports import write_conduct
from tests.rules.pages import linted

TEXT = """version: 1
language: en
sources: {{deals: {{path: data/{export}.csv, key: deal_id}}}}
metrics:
  won: {{source: deals, agg: count, where: stage = 'won', time: closed_at, unit: count}}
  closed: {{source: deals, agg: count, time: closed_at}}
  rate: {{numerator: won, denominator: closed, unit: percent}}
  price: {{source: deals, agg: mean, column: amount, where: {priced}, time: closed_at, unit: JPY}}
goals:
  - {{id: more, label: Win rate, metric: rate, period: 2026-10..2026-12{role}}}
  - {{id: dearer, label: Price, metric: price, period: 2026-10..2026-12}}
  - {{id: wins, label: Wins, metric: won, period: 2026-10..2026-12, paired_with: {pair}}}
"""


def text(
    export: str, *, priced: str = "stage = 'won'", role: str = "", pair: str = "dearer"
) -> str:
    return TEXT.format(export=export, priced=priced, role=role, pair=pair)


def checked(folder: Path, goals: str) -> Findings:
    return linted(goals, folder, "R010")


@pytest.mark.parametrize(
    ("goals", "told"),
    [
        pytest.param(text("discounted"), 1, id="both are goals"),
        pytest.param(text("steady"), 0, id="nothing moved"),
        pytest.param(text("discounted", role=", role: info"), 0, id="the rate is only looked at"),
        pytest.param(text("discounted", priced="amount > 0"), 0, id="a price of other records"),
    ],
)
def test_price_for_rate(tmp_path: Path, goals: str, told: int) -> None:
    found = checked(tmp_path, goals)
    assert (len(found), found.unchecked) == (told, ())
    for finding in found:
        assert "“Win rate” rose from 39.7% to 71.1%" in finding.message
        assert "“Price” fell from" in finding.message
        assert finding.goal == "more"


def test_too_short_a_past(tmp_path: Path) -> None:
    found = checked(tmp_path, text("deals") + "# fixture: five_months\n")
    assert len(found) == 0
    assert "1 complete quarter of a year" in found.unchecked[0].reason


def paired(folder: Path, goals: str) -> TradeoffsResult:
    write_conduct(folder / "data", goals)
    read = kl.read(folder / "goals.yaml", source=goals)
    with kl.Dataset.of(read) as data:
        return Tradeoffs.of(read, as_of="2026-09-30")(data)


def test_a_quantity_bought_with_its_quality(tmp_path: Path) -> None:
    result = paired(tmp_path, text("discounted"))
    assert [pair.goal.id for pair in result.alarms] == ["wins"]
    (row,) = result.table().to_dict("records")
    assert row["quantity_now"] > row["quantity_before"]
    assert row["quality_now"] < row["quality_before"]
    with speaking("en"):
        assert "“Wins” rose (+" in result.text()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "goals",
    [
        pytest.param(text("steady"), id="nothing moved"),
        pytest.param(text("discounted"), id="an alarm"),
        pytest.param(text("steady").replace(", paired_with: dearer", ""), id="no pair"),
        pytest.param(
            text("steady").replace("where: stage = 'won', ", "where: stage = 'x', "), id="none"
        ),
    ],
)
def test_always_an_answer(tmp_path: Path, goals: str, language: str) -> None:
    with speaking(language):
        result = paired(tmp_path, goals)
        shown = result._repr_html_() + result.figure().to_json()
        assert result.text()
    for sign in ("NaN", "nan%", "<NA>", "None", "inf%"):
        assert sign not in shown
