"""What all figures share: lines of words, axes of time, and what a phone has otherwise."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from kpilint.analysis import drawing
from kpilint.i18n import speaking

MONTHS = [f"2026-{month:02d}" for month in range(10, 13)] + ["2027-01"]


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("ja", ["10月<br>2026年", "11月", "12月", "1月<br>2027年"]),
        ("en", ["Oct<br>2026", "Nov", "Dec", "Jan<br>2027"]),
    ],
)
def test_an_axis_of_months_says_the_year_where_it_begins(language: str, texts: list[str]) -> None:
    with speaking(language):
        assert drawing.month_axis(MONTHS)["ticktext"] == texts


def test_an_axis_of_months_names_no_more_than_fit() -> None:
    named = drawing.month_axis(MONTHS * 6, most=8)["tickvals"]
    assert len(named) == 8
    assert drawing.month_axis([])["tickvals"] == []


@pytest.mark.parametrize(("language", "year"), [("ja", "%Y年"), ("en", "%Y")])
def test_an_axis_of_days_has_the_year_below(language: str, year: str) -> None:
    with speaking(language):
        assert drawing.time_axis()["tickformat"].endswith("\n" + year)
        assert drawing.time_axis(days=True)["tickformat"].endswith("\n" + year)


def test_a_target_and_its_span_stay_in_one_line() -> None:
    assert drawing.wrapped("目標 240件/四半期", 14) == ["目標", "240件/四半期"]


def test_what_is_another_on_a_phone_travels_as_metadata() -> None:
    narrow = {"xaxis": {"range": [0, 1]}}
    dressed = drawing.dressed(
        go.Figure(), title="t", subtitle="s", source="<b>", height=100, narrow=narrow
    )
    assert dressed.layout.meta == {"source": "&lt;b&gt;", "narrow": narrow}
