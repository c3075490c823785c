"""A miss explained: factors through several levels, and what no part explains."""

from __future__ import annotations

from math import fsum, log, nan

import pytest

from kpilint.analysis.tree.gap import Gap, explained
from kpilint.analysis.tree.shape import branches, root_of, upward
from kpilint.analysis.tree.standing import Standing
from kpilint.goals.goalfile import read

TREE = """goals:
  - {id: revenue, role: kgi, combine: {product: [wins, price]}}
  - {id: wins, combine: {sum: [east, west]}}
  - {id: price}
  - {id: east}
  - {id: west}
"""


def stood(**given: tuple[float, float]) -> dict[str, Standing]:
    """Standings by id from what was expected and what came."""
    return {
        name: Standing(due, due, came, "higher", None, True, True, "met")
        for name, (due, came) in given.items()
    }


def gap_of(text: str, **given: tuple[float, float]) -> Gap | None:
    goals = read("goals.yaml", source=text)
    shape = branches(goals, root_of(goals))
    return explained(upward(shape), stood(**given), shape[0])


def test_a_gap_goes_down_to_the_ends_without_rest() -> None:
    given = {"east": (60.0, 40.0), "west": (40.0, 50.0), "price": (3.0, 3.2)}
    gap = gap_of(TREE, revenue=(300.0, 288.0), wins=(100.0, 90.0), **given)
    assert gap is not None
    mean = -12 / log(288 / 300)
    through_wins = mean * log(0.9)
    assert gap.factors == pytest.approx(
        {"price": mean * log(3.2 / 3), "east": 2 * through_wins, "west": -through_wins}
    )
    assert gap.rest == pytest.approx(0)
    assert fsum(gap.factors.values()) == pytest.approx(gap.change)


def test_what_the_parts_do_not_make_stays_with_the_whole() -> None:
    given = {"east": (60.0, 40.0), "west": (40.0, 50.0), "price": (3.0, 3.0)}
    gap = gap_of(TREE, revenue=(300.0, 250.0), wins=(100.0, 80.0), **given)
    assert gap is not None
    # East and west make 90 of the 80 wins: the other ten wins have no part to go to.
    assert gap.factors["wins"] == pytest.approx(-30)
    assert gap.rest == pytest.approx(10)  # 250 is not 80 x 3


def test_parts_that_cancel_out_are_not_told_apart() -> None:
    given = {"east": (60.0, 40.0), "west": (40.0, 60.0), "price": (3.0, 2.0)}
    gap = gap_of(TREE, revenue=(300.0, 200.0), wins=(100.0, 100.0), **given)
    assert gap is not None
    assert gap.factors == pytest.approx({"wins": 0.0, "price": -100.0})


def test_a_part_of_two_wholes_adds_through_both() -> None:
    text = """goals:
  - {id: all, role: kgi, combine: {sum: [a, b]}}
  - {id: a, combine: {sum: [shared]}}
  - {id: b, combine: {sum: [shared]}}
  - {id: shared}
"""
    gap = gap_of(text, all=(20.0, 14.0), a=(10.0, 7.0), b=(10.0, 7.0), shared=(10.0, 7.0))
    assert gap is not None
    assert gap.factors == pytest.approx({"shared": -6.0})


@pytest.mark.parametrize("missing", ["price", "revenue"])
def test_what_is_not_known_cannot_be_split(missing: str) -> None:
    given = {"east": (60.0, 40.0), "west": (40.0, 50.0), "price": (3.0, 3.0)}
    given |= {"revenue": (300.0, 250.0), "wins": (100.0, 90.0)}
    assert gap_of(TREE, **given | {missing: (3.0, nan)}) is None


def test_unknown_parts_leave_the_gap_with_their_whole() -> None:
    given = {"east": (60.0, nan), "west": (40.0, 50.0), "price": (3.0, 3.0)}
    gap = gap_of(TREE, revenue=(300.0, 240.0), wins=(100.0, 80.0), **given)
    assert gap is not None
    assert gap.factors == pytest.approx({"wins": -60.0, "price": 0.0})


def test_a_rate_from_zero_is_no_traceback() -> None:
    text = "goals:\n  - {id: r, role: kgi, combine: {ratio: [a, b]}}\n  - {id: a}\n  - {id: b}\n"
    assert gap_of(text, r=(2.0, 0.0), a=(10.0, 0.0), b=(5.0, 0.0)) is None
