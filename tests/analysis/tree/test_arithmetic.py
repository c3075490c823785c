"""How parts make a whole, and what each adds to its change."""

from __future__ import annotations

from math import fsum, isnan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.analysis.tree.arithmetic import contributions, fits, made_of

positive = st.floats(0.01, 1e6)
pairs = st.lists(st.tuples(positive, positive), min_size=2, max_size=5)


@pytest.mark.parametrize(
    ("how", "parts", "whole"),
    [
        ("sum", (5, 5, 6), 16),
        ("product", (80, 3_500_000), 280_000_000),
        ("product", (155, 0.5, 0), 0),
        ("ratio", (280_000_000, 80), 3_500_000),
    ],
)
def test_parts_make_a_whole(how: str, parts: tuple[float, ...], whole: float) -> None:
    assert made_of(how, parts) == whole


@pytest.mark.parametrize("parts", [(1, 0), (1,), (1, 2, 3)])
def test_no_ratio_of_other_than_two_or_over_zero(parts: tuple[float, ...]) -> None:
    assert isnan(made_of("ratio", parts))
    assert contributions("ratio", parts, parts) == ()


@pytest.mark.parametrize(
    ("how", "whole", "fit"),
    [("sum", 101, True), ("sum", 101.1, False), ("product", 2629, True), ("product", 2640, False)],
)
def test_a_sum_is_held_to_one_percent_and_a_product_to_five(
    how: str, whole: float, fit: bool
) -> None:
    assert fits(how, whole, (50, 50)) is fit


@given(pairs, st.sampled_from(["sum", "product"]))
def test_contributions_leave_no_rest(given: list[tuple[float, float]], how: str) -> None:
    before, after = zip(*given, strict=True)
    change = made_of(how, after) - made_of(how, before)
    size = max(abs(made_of(how, after)), abs(made_of(how, before)))
    assert fsum(contributions(how, before, after)) == pytest.approx(change, abs=1e-9 * size)


@given(positive, positive, positive, positive)
def test_a_ratio_is_split_between_its_two_numbers(a: float, b: float, c: float, d: float) -> None:
    above, below = contributions("ratio", (a, b), (c, d))
    assert above + below == pytest.approx(c / d - a / b, abs=1e-9 * max(c / d, a / b))
    assert (above > 0) is (c > a) or above == pytest.approx(0, abs=1e-9 * max(c / d, a / b))
    assert (below > 0) is (d < b) or below == pytest.approx(0, abs=1e-9 * max(c / d, a / b))


def test_half_the_wins_at_twice_the_price_cancel_out() -> None:
    wins, price = contributions("product", (80, 3.0), (40, 6.0))
    assert wins == pytest.approx(-price)
    assert wins < 0
