"""A slip has one word that was meant, or it is none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.goals.goal import Goal
from kpilint.goals.slip import meant

METRICS = ("won_count", "sql", "price_q3", "受注数", "deals")


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("taget", "target"),
        ("tarrget", "target"),
        ("tagret", "target"),
        ("tarhet", "target"),
        ("Target", "target"),
        ("ｔａｒｇｅｔ", "target"),
        ("paired-with", "paired_with"),
        ("Paired With", "paired_with"),
        ("parrent", "parent"),
        ("ID", "id"),
        ("tagrte", None),
        ("ib", None),  # too short to be sure
        ("goal", None),
    ],
)
def test_keys(word: str, known: str | None) -> None:
    assert meant(word, Goal.keys) == known


@pytest.mark.parametrize(
    ("word", "known"),
    [
        ("won_cuont", "won_count"),
        ("won-count", "won_count"),
        ("deal", "deals"),
        ("mql", None),
        ("price_q2", None),
        ("price_q", None),
        ("受注", None),
        ("受注額", None),
    ],
)
def test_names(word: str, known: str | None) -> None:
    assert meant(word, METRICS, name=True) == known


def test_two_that_might_be_meant() -> None:
    assert meant("mix", ("min", "max")) is None
    assert meant("kbi", ("kgi", "kpi")) is None


@given(word=st.text(max_size=12), known=st.lists(st.text(max_size=12), max_size=5))
def test_a_slip_is_one_of_the_known(word: str, known: list[str]) -> None:
    assert meant(word, known) in {None, *known}
