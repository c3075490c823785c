"""Conditions of alerts: what they mean, and what is refused with which sentence."""

from __future__ import annotations

import re
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.analysis.tracking.states import State
from kpilint.goals.condition import STATES, WORDS, Value, read_condition
from kpilint.i18n import speaking

VALUES: dict[str, Value] = {
    "attainment": 0.8,
    "original_attainment": 0.9,
    "probability": None,
    "days_left": 7,
    "actual": 80.0,
    "target": 100.0,
    "original_target": 90.0,
    "expected_by_now": 85.0,
    "forecast": 95.0,
    "status": "at_risk",
}


def test_every_state_and_value_has_its_word() -> None:
    assert get_args(State) == STATES
    assert WORDS.keys() - {"expected"} == VALUES.keys()


@pytest.mark.parametrize(
    ("text", "holds"),
    [
        ("attainment >= 75%", True),
        ("attainment >= 80％", True),
        ("75% <= attainment", True),
        ("attainment > 0.8", False),
        ("days_left <= 7 and attainment < 100%", True),
        ("days_left < 1週間", False),
        ("days_left <= 1 week", True),
        ("days_left ≤ 7日", True),
        ("status = at_risk", True),
        ("status == 'off_track'", False),
        ('status in ("at_risk", off_track)', True),
        ("status not in (at_risk, off_track)", False),
        ("status != met", True),
        ("actual < expected", True),
        ("actual < expected_by_now", True),
        ("forecast >= target", False),
        ("actual >= 80円", True),
        ("actual > 1,000万円", False),
        ("attainment < original_attainment", True),
        ("attainment < 50% or days_left < 10 and actual > 0", True),
        ("(attainment < 50% or days_left < 10) and actual > 100円", False),
        ("probability < 50%", None),
        ("probability < 50% or attainment > 50%", True),
        ("probability < 50% and attainment > 90%", False),
        ("probability < 50% and attainment > 50%", None),
    ],
)
def test_what_it_means(text: str, holds: bool | None) -> None:
    assert read_condition(text).holds(VALUES, "JPY") is holds


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "breaks off"),
        ("attainment", "breaks off"),
        ("attainment >", "breaks off"),
        ("atainment > 5%", "Did you mean attainment?"),
        ("status = of_track", "Did you mean off_track?"),
        ("status < met", "does not fit"),
        ("50% <= attainment < 75%", "does not fit"),
        ("not status = met", "does not fit"),
        ("attainment > 5% attainment", "does not fit"),
        ("attainment >= 75", "in percent"),
        ("attainment >= 7日", "in percent"),
        ("days_left <= 30%", "counts days"),
        ("attainment > actual", "cannot be compared"),
        ("1 < 2", "with a number"),
        ("attainment >= 75%以上", "not one plain number"),
        ("attainment in (1, 2)", "does not fit"),
        ("(" * 40 + "days_left < 1", "does not fit"),
        ("days_left < 1 and " * 40, "longer than"),
        ("__import__('os')", "knows no"),
        ("days_left < 1; DROP TABLE x", "cannot be read"),
    ],
)
def test_what_is_refused(text: str, says: str) -> None:
    with speaking("en"), pytest.raises(ValueError, match=re.escape(says)):
        read_condition(text)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("attainment>=75%", "(75%<=attainment)"),
        ("status = met", "status in ('met')"),
        ("actual < expected", "actual<expected_by_now"),
        ("days_left ≤ 7", "days_left <= 7"),
    ],
)
def test_it_is_the_same_however_it_is_spelled(one: str, other: str) -> None:
    assert str(read_condition(one)) == str(read_condition(other))


def test_an_amount_that_does_not_fit_its_unit() -> None:
    with pytest.raises(ValueError, match="30%"):
        read_condition("actual > 30%").holds(VALUES, "JPY")


WORDS_AND_SIGNS = [*WORDS, *STATES, "and", "or", "in", "not", "(", ")", "<", ">=", "=", "75%", "7"]


@given(st.lists(st.sampled_from(WORDS_AND_SIGNS), max_size=12).map(" ".join) | st.text(max_size=40))
def test_anything_is_read_or_refused_in_a_sentence(text: str) -> None:
    try:
        condition = read_condition(text)
    except ValueError as problem:
        assert str(problem).endswith((".", "?", "。", "？"))
    else:
        assert str(read_condition(str(condition))) == str(condition)
