"""What nbval compares of a cell: all words and numbers, and of a chart all but its dress.

A pytest plugin for the runs that ``test_numbers.py`` starts. What each cell showed is written
beside its notebook, ``3_funnel.ipynb`` to ``3_funnel.seen``, a JSON object a line.
"""

from __future__ import annotations

import json
from base64 import b64decode
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest
from nbformat import NotebookNode
from nbval.plugin import IPyNbCell  # type: ignore[import-untyped]

CHART = "application/vnd.plotly.v1+json"
DRESS = {
    "autosize", "automargin", "bgcolor", "bordercolor", "color", "colorscale", "config",
    "fillcolor", "font", "height", "hoverinfo", "hoverlabel", "hovertemplate", "line", "margin",
    "marker", "meta", "opacity", "paper_bgcolor", "plot_bgcolor", "showlegend", "template",
    "textfont", "uid", "width",
}  # fmt: skip


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let the cell compare only what matters, and write down what it showed."""
    if isinstance(item, IPyNbCell):
        compare = item.compare_outputs

        def compare_essence(shown: Sequence[NotebookNode], expected: Sequence[NotebookNode]) -> Any:
            seen = [essence(output) for output in shown]
            with item.path.with_suffix(".seen").open("a", encoding="utf-8") as file:
                file.write(json.dumps({"cell": item.cell.id, "outputs": seen}) + "\n")
            return compare(seen, expected)

        item.compare_outputs = compare_essence


def essence(output: NotebookNode) -> NotebookNode:
    """An output without what may change while nothing has: objects' reprs and charts' dress."""
    if "data" not in output:
        return output
    data = dict(output.data)
    if CHART in data:
        data = {CHART: chart(data[CHART])}
    elif "text/html" in data:
        data = {"text/html": data["text/html"]}
    node: Any = NotebookNode  # it has no types
    whole: NotebookNode = node(output_type="display_data", metadata={}, data=data)
    return whole


def chart(figure: dict[str, Any]) -> list[str]:
    """A plotly figure's words and numbers, a line for each trace, axis, title and note."""
    layout = _undressed(figure.get("layout", {}))
    notes = [("note", each) for each in layout.pop("annotations", [])]
    traces = [("trace", each) for each in _undressed(figure["data"])]
    parts = [*traces, *notes, *sorted(layout.items())]
    return [
        f"{name} {json.dumps(part, ensure_ascii=False, sort_keys=True)}" for name, part in parts
    ]


def _undressed(value: Any) -> Any:
    """The same JSON without dress; numbers to six digits, so that any processor agrees."""
    match value:
        case {"bdata": packed, "dtype": dtype}:
            return _undressed(np.frombuffer(b64decode(packed), dtype).tolist())
        case dict():
            return {key: _undressed(each) for key, each in value.items() if key not in DRESS}
        case list():
            return [_undressed(each) for each in value]
        case float():
            return float(f"{value:.6g}")
    return value
