"""Numbers as people write them, each reading in one row."""

from __future__ import annotations

from decimal import Decimal
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.goals.quantity import Quantity, Relative, read_quantity

AMOUNTS = [
    ("4200万", 42_000_000, None),
    ("4,200万円", 42_000_000, "JPY"),
    ("４２００万円", 42_000_000, "JPY"),
    ("1.2億円", 120_000_000, "JPY"),
    ("1億2,000万円", 120_000_000, "JPY"),
    ("3千万円", 30_000_000, "JPY"),
    ("3千5百万円", 35_000_000, "JPY"),
    ("3万5000円", 35_000, "JPY"),
    ("1,200百万円", 1_200_000_000, "JPY"),
    ("2.5兆円", 2_500_000_000_000, "JPY"),
    ("百万", 1_000_000, None),
    ("千", 1_000, None),
    ("十二万", 120_000, None),
    ("三千五百万円", 35_000_000, "JPY"),
    ("二〇二六", 2026, None),
    ("〇", 0, None),
    ("¥42,000,000", 42_000_000, "JPY"),
    ("￥42,000,000", 42_000_000, "JPY"),
    ("42,000,000円", 42_000_000, "JPY"),
    ("42,000,000 JPY", 42_000_000, "JPY"),
    ("JPY 42,000,000", 42_000_000, "JPY"),
    ("-¥5", -5, "JPY"),
    ("¥-5", -5, "JPY"),
    ("$1.2M", 1_200_000, "USD"),
    ("$1.2m", 1_200_000, "USD"),
    ("1.2M USD", 1_200_000, "USD"),
    ("€3bn", 3_000_000_000, "EUR"),
    ("100万ドル", 1_000_000, "USD"),
    ("1.5k", 1_500, None),
    ("30%", 0.3, "percent"),
    ("３０％", 0.3, "percent"),
    ("4.35 %", 0.0435, "percent"),
    ("115%", 1.15, "percent"),
    ("3割", 0.3, "percent"),
    ("30パーセント", 0.3, "percent"),
    ("▲5%", -0.05, "percent"),
    ("△5%", -0.05, "percent"),
    ("-5%", -0.05, "percent"),
    ("−5%", -0.05, "percent"),
    ("(1,234)", -1234, None),
    ("(0)", 0, None),
    ("2h", 2, "hours"),
    ("2時間", 2, "hours"),
    ("90分", 90, "minutes"),
    ("90 min", 90, "minutes"),
    ("1時間30分", 1.5, "hours"),
    ("2h30m", 2.5, "hours"),
    ("1日12時間", 1.5, "days"),
    ("1時間半", 1.5, "hours"),
    ("3日", 3, "days"),
    ("2週間", 2, "weeks"),
    ("12か月", 12, "months"),
    ("13件", 13, "count"),
    ("400 件", 400, "count"),
    ("千件", 1_000, "count"),
    ("45ポイント", 45, "points"),
    ("45ﾎﾟｲﾝﾄ", 45, "points"),
    ("45", 45, None),
    ("0.3", 0.3, None),
    (".5", 0.5, None),
    ("1e6", 1e6, None),
    ("1e-6", 1e-6, None),
    ("1_000", 1_000, None),
    ("-3", -3, None),
]


@pytest.mark.parametrize(("text", "value", "unit"), AMOUNTS)
def test_an_amount_is_read_exactly(text: str, value: float, unit: str | None) -> None:
    assert read_quantity(text) == Quantity(float(value), unit, text=text)


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound"),
    [
        ("≤ 2時間", 2, "hours", "<="),
        ("<=2h", 2, "hours", "<="),
        ("≦2時間", 2, "hours", "<="),
        ("2時間以内", 2, "hours", "<="),
        ("2時間未満", 2, "hours", "<="),
        ("5%以下", 0.05, "percent", "<="),
        ("max 5%", 0.05, "percent", "<="),
        ("300万円まで", 3_000_000, "JPY", "<="),
        ("300万円以上", 3_000_000, "JPY", ">="),
        ("≥ 300", 300, None, ">="),
        ("at least 300", 300, None, ">="),
        ("min 90", 90, None, ">="),
        ("90件超", 90, "count", ">="),
        ("200件〜", 200, "count", ">="),
    ],
)
def test_a_bound_is_kept(text: str, value: float, unit: str | None, bound: str) -> None:
    assert read_quantity(text) == Quantity(value, unit, bound, text=text)


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("200〜300件", 200, 300, "count"),
        ("200-300件", 200, 300, "count"),
        ("200～300", 200, 300, None),
        ("200 to 300", 200, 300, None),
        ("10%〜15%", 0.1, 0.15, "percent"),
        ("10〜15%", 0.1, 0.15, "percent"),
        ("200〜300万円", 2_000_000, 3_000_000, "JPY"),
        ("800万〜1.2億円", 8_000_000, 120_000_000, "JPY"),
        ("¥200〜300", 200, 300, "JPY"),
        ("$1-2M", 1_000_000, 2_000_000, "USD"),
        ("90分〜2時間", 90, 120, "minutes"),
        ("-5〜5", -5, 5, None),
        ("200件以上300件以下", 200, 300, "count"),
        ("200件から300件まで", 200, 300, "count"),
    ],
)
def test_a_band_shares_the_scale_and_unit_of_its_upper_end(
    text: str, low: float, high: float, unit: str | None
) -> None:
    assert read_quantity(text) == Quantity(low, unit, upper=high, text=text)


@pytest.mark.parametrize(
    ("text", "basis", "factor"),
    [
        ("前年比115%", "previous_year", 1.15),
        ("前年同期比+10%", "previous_year", 1.10),
        ("前年同期比▲5%", "previous_year", 0.95),
        ("昨対110%", "previous_year", 1.10),
        ("対前年比2倍", "previous_year", 2.0),
        ("+10% YoY", "previous_year", 1.10),
        ("前期比+10%", "previous_period", 1.10),
        ("前月比90%", "previous_period", 0.90),
        ("前四半期比10%増", "previous_period", 1.10),
        ("+15%", "previous_year", 1.15),
        ("15%アップ", "previous_year", 1.15),
        ("10%減", "previous_year", 0.90),
        ("2倍", "previous_year", 2.0),
        ("1.5x", "previous_year", 1.5),
    ],
)
def test_growth_is_a_factor_on_a_basis(text: str, basis: str, factor: float) -> None:
    assert read_quantity(text).relative == Relative(basis, factor)


def test_growth_keeps_a_bound_and_a_bare_multiple_may_be_a_level() -> None:
    assert read_quantity("前年比+10%以上").bound == ">="
    assert read_quantity("3倍").unit == "ratio"
    assert read_quantity("前年比3倍").unit is None


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("", "¥42M"),
        ("たくさん", "¥42M"),
        ("十分", "exact"),
        ("約300件", "exact"),
        ("4200万円くらい", "exact"),
        ("5営業日", "7 days"),
        ("+15件", "percent"),
        ("前月比10%", "110% YoY"),
        ("4,20", "groups of three"),
        ("300〜200件", "smaller number first"),
        ("2026-10", "smaller number first"),
        ("2026-10-01", "¥42M"),
        ("12/34", "¥42M"),
        ("12:30", "¥42M"),
        ("前期から10%減", "¥42M"),
        ("-10%増", "¥42M"),
        ("前年比▲120%", "¥42M"),
        ("+2倍", "¥42M"),
        ("5リットル", "リットル"),
        ("5 hour s", "hour"),
        ("3,900万円(税抜)", "税抜"),
        ("nan", "¥42M"),
        ("inf", "¥42M"),
        ("1e999", "¥42M"),
        ("--5", "¥42M"),
        ("5.", "¥42M"),
        ("5²", "¥42M"),
        ("½", "¥42M"),
        ("٣", "¥42M"),
        ("万円", "¥42M"),
        ("1万2億", "¥42M"),
        ("1億20000万", "¥42M"),
        ("1時間2日", "¥42M"),
        ("2時間30", "¥42M"),
        ("$5円", "¥42M"),
        ("≤ 5 以上", "¥42M"),
        ("200〜300件以内", "¥42M"),
        ("1\x00", "�"),
        ("\ud800", "�"),
        ("9" * 10_000, "¥42M"),
        (" " * 10_000 + "5", "¥42M"),
        ("1時間1分" * 20, "¥42M"),
    ],
)
def test_what_is_no_clear_number_is_refused_with_a_way_out(text: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint) as refusal:
        read_quantity(text)
    str(refusal.value).encode()  # printable anywhere


@pytest.mark.parametrize(
    ("text", "unit", "value"),
    [
        ("90分", "hours", 1.5),
        ("2日", "hours", 48),
        ("2週", "days", 14),
        ("36時間", "days", 1.5),
        ("30%", "percent", 0.3),
        ("0.3", "percent", 0.3),
        ("30", "percent", 0.3),
        ("1", "percent", 1.0),
        ("13", "count", 13),
        ("13", "JPY", 13),
        ("120%", "ratio", 1.2),
    ],
)
def test_a_quantity_converts(text: str, unit: str, value: float) -> None:
    assert read_quantity(text).to(unit) == pytest.approx(value)


def test_both_ends_of_a_bare_band_on_percent_are_read_alike() -> None:
    band = read_quantity("1〜3")
    assert (band.to("percent"), band.upper_in("percent")) == pytest.approx((0.01, 0.03))
    assert read_quantity("13件").upper_in("count") is None


@pytest.mark.parametrize(
    ("text", "unit"),
    [("30%", "JPY"), ("13件", "points"), ("2時間", "count"), ("$5", "JPY"), ("+15%", "JPY")],
)
def test_a_quantity_that_does_not_fit_says_so(text: str, unit: str) -> None:
    with pytest.raises(ValueError, match=unit):
        read_quantity(text).to(unit)


@given(st.text(max_size=30) | st.text("0123456789.,-+eE%万億千〜年前比倍hm$¥() ", max_size=15))
def test_any_text_is_a_finite_number_or_a_sentence(text: str) -> None:
    try:
        quantity = read_quantity(text)
    except ValueError as refusal:
        assert str(refusal).encode()
    else:
        assert isfinite(quantity.value)
        assert quantity.upper is None or quantity.value <= quantity.upper


@given(st.integers(0, 10**15), st.sampled_from(["円", "件", ""]))
def test_grouped_and_full_width_digits_read_alike(number: int, unit: str) -> None:
    full_width = str(number).translate({ord("0") + n: ord("０") + n for n in range(10)})
    for text in (f"{number}{unit}", f"{number:,}{unit}", full_width + unit):
        assert read_quantity(text).value == number


@given(st.decimals(0, 10_000, places=2), st.sampled_from([("万", 4), ("億", 8), ("%", -2)]))
def test_scales_are_exact(number: Decimal, scale: tuple[str, int]) -> None:
    word, power = scale
    assert read_quantity(f"{number}{word}").value == float(number.scaleb(power))


@given(st.integers(1, 9999), st.integers(1, 9999))
def test_kanji_scales_add_up(high: int, low: int) -> None:
    assert read_quantity(f"{high}億{low}万円").value == high * 10**8 + low * 10**4
