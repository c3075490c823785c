"""What table headings announce about the numbers under them."""

from __future__ import annotations

import pytest

from kpilint.goals.numeral import read_scale


@pytest.mark.parametrize(
    ("heading", "scale"),
    [
        ("(単位：千円)", (1e3, "JPY")),
        ("単位:百万円", (1e6, "JPY")),
        ("(単位：万円、税抜)", (1e4, "JPY")),
        ("売上（百万円）", (1e6, "JPY")),
        ("売上(円)", (1.0, "JPY")),
        ("件数(千件)", (1e3, "count")),
        ("所要時間(単位 時間)", (1.0, "hours")),
        ("率(%)", (1.0, "percent")),
        ("Revenue ($M)", (1e6, "USD")),
        ("Amount (USD thousands)", (1e3, "USD")),
        ("売上(税抜)", (1.0, None)),
        ("期間(2026)", (1.0, None)),
        ("金額", (1.0, None)),
        ("", (1.0, None)),
    ],
)
def test_a_heading_announces_its_scale(heading: str, scale: tuple[float, str | None]) -> None:
    assert read_scale(heading) == scale


def test_an_unknown_unit_in_a_heading_is_refused() -> None:
    with pytest.raises(ValueError, match="箱"):
        read_scale("(単位：箱)")
