"""Values as messages show them, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.goals.display import show
from kpilint.goals.quantity import read_quantity


@pytest.mark.parametrize(
    ("value", "unit", "ja", "en"),
    [
        (39_000_000, "JPY", "3,900万円", "¥39.0M"),
        (120_000_000, "JPY", "1.2億円", "¥120M"),
        (123_450_000, "JPY", "1億2,345万円", "¥123.45M"),
        (123_456, "JPY", "123,456円", "¥123,456"),
        (1_234_567, "JPY", "123万円", "¥1.23M"),
        (500_000, "JPY", "50万円", "¥500,000"),
        (999_999.6, "JPY", "100万円", "¥1.00M"),
        (99_999_999, "JPY", "1億円", "¥100M"),
        (1_234_500_000_000, "JPY", "1兆2,345億円", "¥1.23T"),
        (-5_000_000, "JPY", "-500万円", "-¥5.00M"),
        (0, "JPY", "0円", "¥0"),
        (1e20, "JPY", "1e+20円", "¥1e+20"),
        (1_200_000, "USD", "120万ドル", "$1.20M"),
        (12.5, "USD", "12.5ドル", "$12.5"),
        (2_000_000, "CHF", "200万 CHF", "CHF 2.00M"),
        (0.3155, "percent", "31.6%", "31.6%"),
        (0.3, "percent", "30%", "30%"),
        (0.00041, "percent", "0.041%", "0.041%"),
        (2.5, "hours", "2.5時間", "2.5 hours"),
        (1, "hours", "1時間", "1 hour"),
        (1234, "count", "1,234件", "1,234"),
        (45, "points", "45ポイント", "45 points"),
        (1.2, "ratio", "1.2倍", "1.2x"),
        (1234.56, None, "1,234.6", "1,234.6"),
        (0.99996, None, "1", "1"),
        (1e-9, None, "1.0e-09", "1.0e-09"),
        (float("nan"), "JPY", "–", "–"),
    ],
)
def test_show(value: float, unit: str | None, ja: str, en: str) -> None:
    assert (show(value, unit, "ja"), show(value, unit, "en")) == (ja, en)


@given(st.floats(), st.sampled_from(["JPY", "CHF", "percent", "count", "hours", None]))
def test_any_value_can_be_shown(value: float, unit: str | None) -> None:
    for language in ("ja", "en"):
        assert 0 < len(show(value, unit, language)) < 40


@given(st.integers(0, 10**8 - 1).map(lambda n: n * 10**4), st.sampled_from(["ja", "en"]))
def test_a_round_yen_amount_reads_back_as_shown(yen: int, language: str) -> None:
    read = read_quantity(show(yen, "JPY", language))
    assert read.unit == "JPY"
    assert read.value == (yen if language == "ja" else pytest.approx(yen, rel=0.005))
