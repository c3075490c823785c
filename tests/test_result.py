"""A result shows itself, and a client's words in it stay words."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go
import pytest

from kpilint.result import Result


class Told(Result):
    def text(self) -> str:
        return "<b>a & b</b>"

    def table(self) -> pd.DataFrame:
        return pd.DataFrame({"owner": ["<script>alert(1)</script>"], "rate": [float("nan")]})

    def figure(self) -> go.Figure:
        return go.Figure()


def test_html_is_escaped() -> None:
    html = Told()._repr_html_()
    assert "<script>" not in html
    assert html.startswith("<p>&lt;b&gt;a &amp; b&lt;/b&gt;</p>")
    assert "–" in html


def test_a_result_has_three_faces() -> None:
    with pytest.raises(TypeError, match="abstract"):
        Result()  # type: ignore[abstract]
