"""What if: a change at the tree's end, carried up to the KGI with its interval."""

from __future__ import annotations

import numpy as np
import pytest

from kpilint.analysis.tree.likely import POINTS, Likely
from kpilint.analysis.tree.what_if import changed
from kpilint.errors import Misuse
from kpilint.i18n import speaking
from tests.analysis.tree.conftest import Grown

NEXT = ("2026-10..2026-12", "2026-09-30")


def test_a_tenth_more_wins_is_a_tenth_more_revenue(grown: Grown) -> None:
    what = grown(*NEXT).what_if("wins", "+10%")
    wins, revenue = what.moved
    assert wins.after.middle == pytest.approx(1.1 * wins.before.middle)
    for before, after in zip(
        (revenue.before.low, revenue.before.middle, revenue.before.high),
        (revenue.after.low, revenue.after.middle, revenue.after.high),
        strict=True,
    ):
        assert after == pytest.approx(1.1 * before)
    # All deals are worth a million, so that revenue is as uncertain as the number of wins.
    assert revenue.before.middle == pytest.approx(1e6 * wins.before.middle, rel=0.02)
    assert revenue.before.low < revenue.before.middle < revenue.before.high
    assert revenue.adds.middle == pytest.approx(0.1 * revenue.before.middle, rel=0.01)


def test_months_that_are_over_do_not_change(grown: Grown) -> None:
    tree = grown("2026-09..2026-11", "2026-09-30")
    what = tree.what_if("wins", "+100%")
    end = tree.outlooks["wins"]
    assert isinstance(end, Likely)
    assert end.came == 38
    wins = what.moved[0]
    assert wins.after.middle - 38 == pytest.approx(2 * (wins.before.middle - 38))
    assert what.settled


def test_a_mean_is_settled_by_the_records_that_have_come(grown: Grown) -> None:
    tree = grown("2026-09..2026-11", "2026-09-30")
    price = tree.outlooks["price"]
    assert isinstance(price, Likely)
    assert price.came == pytest.approx(1e6 / 3, rel=0.1)  # 38 wins, and about 80 to come
    assert np.median(price.values) == pytest.approx(1e6, rel=0.01)
    dearer = tree.what_if("price", "+30%").moved[0]
    assert dearer.after.middle == pytest.approx(price.came + 1.3 * (1e6 - price.came), rel=0.01)


def test_a_new_level_is_met_in_the_middle(grown: Grown) -> None:
    what = grown(*NEXT).what_if("wins", "150件")
    assert what.moved[0].after.middle == pytest.approx(150, rel=0.005)


def test_it_speaks_and_draws(grown: Grown) -> None:
    what = grown(*NEXT).what_if("price", "130万円")
    with speaking("en"):
        assert what.text().startswith("If “受注単価” came to ¥1.30M in place of ¥1.00M and all")
        assert len(what.figure().data) == 4
        assert "Goal" in what.readable().columns
    assert list(what.table()["goal"]) == ["price", "revenue"]


@pytest.mark.parametrize(
    ("goal", "change", "said"),
    [
        ("wins", "abc", "abc"),
        ("wins", "30%", "does not fit"),
        ("wins", "前年比115%", "neither a change such as"),
        ("wins", "-110%", "less than what has come"),
        ("revenue", "+10%", "made of parts; change one of them: wins, price"),
        ("begun", "+10%", "no part of a combine"),
        ("nowhere", "+10%", "not in this tree"),
    ],
)
def test_what_cannot_be_asked(grown: Grown, goal: str, change: str, said: str) -> None:
    tree = grown(*NEXT)
    with speaking("en"), pytest.raises(Misuse, match=said):
        tree.what_if(goal, change)


def test_a_period_that_is_over_cannot_change(grown: Grown) -> None:
    with speaking("en"), pytest.raises(Misuse, match="The period is over"):
        grown().what_if("wins", "+10%")


def test_a_share_ends_at_one() -> None:
    rate = Likely(0.0, np.linspace(0.5, 0.9, POINTS), top=1.0)
    assert changed(rate, "+20%", "percent").max() == 1.0
    with speaking("en"), pytest.raises(Misuse, match="beyond 100%"):
        changed(rate, "+60%", "percent")


def test_the_same_question_has_the_same_answer(grown: Grown) -> None:
    tree = grown(*NEXT)
    assert tree.what_if("wins", "+10%") == tree.what_if("wins", "+10%")
