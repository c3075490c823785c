"""A client whose every deal is worth a million, and a KGI made of wins and price."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kpilint.analysis.tree.tree import Tree, TreeResult
from kpilint.data.dataset import Dataset
from kpilint.goals.goalfile import GoalSet, read
from kpilint.i18n import speaking
from tests.rules.pages import BASE
from tests.rules.series import SERIES, write_deals

GOALS = """goals:
  - {{id: revenue, label: 受注金額, role: kgi, metric: won_revenue, owner: 営業部, period: {period},
     target: 1.5億円, combine: {{product: [wins, price]}}, action: 価格を見直す}}
  - {{id: wins, label: 受注数, metric: won_count, owner: 営業1課, period: {period}, target: 125件,
     parent: revenue, action: 停滞商談を棚卸しする}}
  - {{id: price, label: 受注単価, metric: unit_price, period: {period}, target: 120万円,
     parent: revenue}}
  - {{id: begun, label: 商談数, role: info, metric: opportunities, period: {period}, target: 100件,
     parent: revenue}}
{more}"""

Grown = Callable[..., TreeResult]


def goal_set(folder: Path, text: str) -> GoalSet:
    """The base with other goals, beside the deals of three years up to September 2026."""
    write_deals(folder / "data" / "deals.csv", SERIES["three_years"])
    path = folder / "goals.yaml"
    path.write_text(BASE[: BASE.index("goals:\n")] + text, encoding="utf-8")
    return read(path)


@pytest.fixture
def grown(tmp_path: Path) -> Grown:
    """A tree of ``GOALS`` in a period, as of a day; ``more`` are further goals."""

    def grow(
        period: str = "2026-07..2026-09",
        day: str = "2026-09-30",
        *,
        root: str = "",
        more: str = "",
        text: str = GOALS,
    ) -> TreeResult:
        goals = goal_set(tmp_path, text.format(period=period, more=more))
        with speaking("en"), Dataset.of(goals) as data:
            return Tree.of(goals, root, as_of=day)(data)

    return grow
