"""The names of units and what becomes of them in arithmetic."""

from __future__ import annotations

import pytest

from kpilint.goals.unit import agree, product_unit, ratio_unit, read_unit, sum_unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("円", "JPY"),
        ("￥", "JPY"),
        ("usd", "USD"),
        ("CHF", "CHF"),
        ("%", "percent"),
        ("％", "percent"),
        ("percent", "percent"),
        ("社", "count"),
        ("count", "count"),
        ("pt", "points"),
        ("h", "hours"),
        ("Hours", "hours"),
        ("時間", "hours"),
        ("倍", "ratio"),
    ],
)
def test_a_unit_has_one_canonical_name(text: str, unit: str) -> None:
    assert read_unit(text) == unit


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("hurs", "hours"),
        ("percnt", "percent"),
        ("万円", "JPY"),
        ("営業日", "hours"),
        ("all", "not a unit"),
        ("", "hours"),
        ("x" * 10_000, "hours"),
    ],
)
def test_an_unknown_unit_is_told_what_to_write(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        read_unit(text)


@pytest.mark.parametrize(
    ("first", "second", "product", "ratio"),
    [
        ("count", "JPY", "JPY", None),
        ("JPY", "count", "JPY", "JPY"),
        ("JPY", "JPY", None, "ratio"),
        ("percent", "JPY", "JPY", None),
        ("JPY", "percent", "JPY", "JPY"),
        ("count", "percent", "count", "count"),
        ("count", "count", "count", "ratio"),
        ("percent", "percent", "percent", "ratio"),
        ("percent", "ratio", "ratio", "ratio"),
        ("hours", "count", "hours", "hours"),
        ("JPY", "hours", "JPY", "JPY"),
        ("count", "days", "days", "count"),
        ("hours", "minutes", None, None),
        ("points", "JPY", None, None),
        ("USD", "JPY", None, None),
    ],
)
def test_unit_algebra(first: str, second: str, product: str | None, ratio: str | None) -> None:
    for combine, expected in ((product_unit, product), (ratio_unit, ratio)):
        if expected is not None:
            assert combine(first, second) == expected
            continue
        with pytest.raises(ValueError, match=second):
            combine(first, second)


def test_an_unknown_unit_stays_unknown() -> None:
    for combine in (product_unit, ratio_unit, sum_unit):
        assert combine(None, "JPY") is combine("JPY", None) is None


def test_only_like_units_add_up() -> None:
    assert sum_unit("JPY", "JPY") == "JPY"
    assert sum_unit("percent", "ratio") == "ratio"
    assert agree("percent", "ratio") and agree(None, "JPY") and not agree("JPY", "count")
    with pytest.raises(ValueError, match="count"):
        sum_unit("JPY", "count")
