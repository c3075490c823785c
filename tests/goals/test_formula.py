"""Formulas over metrics: what is read, what it yields, and in which unit."""

from __future__ import annotations

from math import isnan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.goals.formula import read_formula

VALUES = {"a": 6.0, "b": 3.0, "受注数": 2.0, "ｱｱ": 5.0}


@pytest.mark.parametrize(
    ("text", "names", "value"),
    [
        ("a * b / 100", ["a", "b"], 0.18),
        ("(a - b) / b", ["a", "b"], 1.0),
        ("-a + +b * 2", ["a", "b"], 0.0),
        ("a ÷ b × 受注数", ["a", "b", "受注数"], 4.0),
        ("a\n  * 1_000", ["a"], 6000.0),
        ("ｱｱ * 1e2", ["ｱｱ"], 500.0),
        ("（a＋b）", ["a", "b"], 9.0),
        ("b", ["b"], 3.0),
    ],
)
def test_a_formula(text: str, names: list[str], value: float) -> None:
    formula = read_formula(text)
    assert formula.names == tuple(names)
    assert formula.evaluate(VALUES) == pytest.approx(value)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "a b",
        "a +",
        "(a",
        "a ** 2",
        "a // b",
        "a % b",
        "a == b",
        "a and b",
        "a if a else b",
        "f(a)",
        "a.b",
        "a[0]",
        "'a'",
        "lambda: a",
        "True * a",
        "1j * a",
        "0777 * a",
        "a := 1",
        "__import__('os')",
        "a; b",
        "a # b",
        "9" * 400 + " * a",
        "1e999 * a",
        "(" * 200 + "a" + ")" * 250,
        "-" * 300 + "a",
        "a*" * 100 + "a",
        "a" * 10_000,
        "\x00",
        "\ud800",
    ],
)
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not a formula") as refusal:
        read_formula(text)
    str(refusal.value).encode()


def test_a_formula_names_a_metric() -> None:
    with pytest.raises(ValueError, match="names no metric"):
        read_formula("1 + 2")


def test_a_formula_works_element_by_element() -> None:
    formula = read_formula("a / b")
    array = formula.evaluate({"a": np.array([1.0, 4.0]), "b": np.array([0, 2])})
    np.testing.assert_array_equal(array, [np.nan, 2.0])
    months = pd.period_range("2026-10", periods=2, freq="M")
    series = formula.evaluate({"a": pd.Series([1, 4], months), "b": pd.Series([0, 2], months)})
    pd.testing.assert_series_equal(series, pd.Series([np.nan, 2.0], months))


@pytest.mark.parametrize("zero", [0, 0.0, -0.0, np.float64(0), np.int64(0)])
def test_a_division_by_zero_gives_nan(zero: float) -> None:
    assert isnan(read_formula("a / b").evaluate({"a": 1.0, "b": zero}))


UNITS = {"n": "count", "yen": "JPY", "rate": "percent", "hours": "hours", "unknown": None}


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("n * yen", "JPY"),
        ("n * yen * rate", "JPY"),
        ("yen / n", "JPY"),
        ("yen / yen", "ratio"),
        ("n / n * 100", "ratio"),
        ("1 - rate", "percent"),
        ("1 / rate", "ratio"),
        ("yen - 1000000", "JPY"),
        ("yen / 1000", "JPY"),
        ("-(yen + yen)", "JPY"),
        ("n * hours", "hours"),
        ("n * unknown", None),
        ("yen + unknown", None),
    ],
)
def test_the_unit_of_a_formula(text: str, unit: str | None) -> None:
    assert read_formula(text).unit(UNITS) == unit


@pytest.mark.parametrize("text", ["yen + n", "yen * yen", "n / yen", "1 / yen", "yen + hours"])
def test_units_that_do_not_combine(text: str) -> None:
    with pytest.raises(ValueError, match="has no meaning"):
        read_formula(text).unit(UNITS)


@given(st.text(max_size=30) | st.text("ab1.e+-*/() _", max_size=20))
def test_any_text_is_a_formula_or_a_sentence(text: str) -> None:
    try:
        formula = read_formula(text)
    except ValueError as refusal:
        assert str(refusal).encode()
    else:
        formula.evaluate(dict.fromkeys(formula.names, 1.5))
        formula.unit(dict.fromkeys(formula.names, "percent"))
