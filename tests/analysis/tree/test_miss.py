"""A miss explained: a waterfall whose steps lead from what was expected to what came."""

from __future__ import annotations

import pytest

from kpilint.analysis.tree.miss import Miss
from kpilint.analysis.tree.what_if import WhatIf
from kpilint.analysis.untold import Untold
from kpilint.i18n import LANGUAGES, speaking
from tests.analysis.tree.conftest import Grown


def test_the_steps_lead_from_expected_to_actual(grown: Grown) -> None:
    miss = grown().miss()
    assert isinstance(miss, Miss)
    values = list(miss.table()["value"])
    assert sum(values[:-1]) == pytest.approx(values[-1])
    assert set(miss.table()["goal"]) >= {"expected", "wins", "price", "actual"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_speaks_and_draws(grown: Grown, language: str) -> None:
    miss = grown().miss()
    with speaking(language):
        assert "停滞商談を棚卸しする" in miss.text() or "価格を見直す" in miss.text()
        assert len(miss.readable()) == len(miss.table())
        bars = miss.figure().data
    assert sum(len(bar.y) for bar in bars) == len(miss.table())


def test_links_alone_leave_a_reason_in_place_of_answers(grown: Grown) -> None:
    text = """goals:
  - {{id: revenue, label: 受注金額, role: kgi, metric: won_revenue, period: {period}, target: 1億円}}
  - {{id: wins, metric: won_count, period: {period}, target: 9件, parent: revenue}}
{more}"""
    tree = grown(text=text)
    with speaking("en"):
        miss, moved = tree.miss(), tree.what_if()
        assert isinstance(miss, Untold)
        assert isinstance(moved, Untold)
        assert "No combine:" in miss.text()
        assert miss.table().empty
        assert "a miss cannot be traced" in miss.figure().layout.annotations[0].text


def test_what_if_moves_the_end_that_costs_most(grown: Grown) -> None:
    tree = grown("2026-10..2026-12", "2026-09-30")
    moved = tree.what_if()
    assert isinstance(moved, WhatIf)
    assert moved.moved[-1].branch.goal.id == "revenue"
