"""Shares of people, and whole numbers that keep their sum."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import kpilint as kl
from kpilint.analysis.planning.capacity import capacity, rounded, shared
from kpilint.errors import Misuse

GOALS = """
sources: {deals: {path: deals.csv}}
metrics:
  wins: {source: deals, agg: count, time: at, person: owner}
  nobody: {source: deals, agg: count, time: at}
"""
DEALS = """id,at,owner
1,2026-09-01,佐藤 健一
2,2026-09-02,佐藤　健一
3,2026-09-03,佐藤健一
4,2026-09-04,髙田 美咲
5,2026-09-05,
6,2026-01-06,山田 去人
7,2024-09-05,髙田 美咲
"""


def test_shares_of_those_who_are_still_here(tmp_path: Path) -> None:
    (tmp_path / "deals.csv").write_text(DEALS, encoding="utf-8")
    goals = kl.read(tmp_path / "goals.yaml", source=GOALS)
    with kl.Dataset.of(goals) as data:
        found = capacity(data, goals.metrics["wins"], date(2026, 9, 30))
        assert list(found.values()) == [0.75, 0.25]
        assert [name[:2] for name in found] == ["佐藤", "髙田"]
        assert capacity(data, goals.metrics["wins"], date(2030, 9, 30)) == {}
        with pytest.raises(Misuse, match="person"):
            capacity(data, goals.metrics["nobody"], date(2026, 9, 30))


def test_largest_remainders() -> None:
    assert rounded([1.4, 1.4, 1.2], 4) == [2, 1, 1]
    assert shared(7, {"a": 0.5, "b": 0.5}) == {"a": 4, "b": 3}


@given(st.lists(st.integers(1, 50), min_size=1, max_size=12), st.integers(0, 10_000))
def test_parts_sum_to_the_whole(weights: list[int], whole: int) -> None:
    shares = {str(n): weight / sum(weights) for n, weight in enumerate(weights)}
    parts = shared(whole, shares)
    assert sum(parts.values()) == whole
    assert all(abs(parts[name] - whole * share) < 1 + 1e-6 for name, share in shares.items())
