"""A small client: a goals file, its deals, and notebooks to run on them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from nbformat import NotebookNode, v4

from kpilint.i18n import speaking

GOALS = """
organization: みほん㈱ <b>&</b>
language: en
fiscal_year_start: 4
sources: {deals: {path: deals.csv, key: id}}
funnels:
  sales:
    source: deals
    record: id
    stages: [{name: lead, entered: a}, {name: won, entered: b}]
"""
DEALS = "id,a,b\n" + "".join(
    f"{n},2026-{n % 9 + 1:02}-01,{f'2026-{n % 9 + 1:02}-20' if n % 3 else ''}\n" for n in range(90)
)
PARAMETERS = 'goals: str = ""\nmonth: str = ""\nas_of: str = ""\nlanguage: str = ""\nword: str = ""'

MADE: Any = v4  # it has no types
Write = Callable[..., Path]


@pytest.fixture(autouse=True, scope="session")
def english() -> Iterator[None]:
    with speaking("en"):
        yield


@pytest.fixture
def client(tmp_path: Path) -> Path:
    """The path of a goals file with its data beside it, in a folder with a difficult name."""
    folder = tmp_path / "顧客 {1}"
    folder.mkdir()
    (folder / "deals.csv").write_text(DEALS, encoding="utf-8")
    (folder / "goals.yaml").write_text(GOALS, encoding="utf-8")
    return folder / "goals.yaml"


def notebook(*cells: str | NotebookNode, parameters: str = PARAMETERS) -> NotebookNode:
    """A notebook of code cells, or of cells as they are, after a parameters cell."""
    first = MADE.new_code_cell(parameters, metadata={"tags": ["parameters"]})
    made = [c if isinstance(c, NotebookNode) else MADE.new_code_cell(c) for c in cells]
    whole: NotebookNode = MADE.new_notebook(cells=[first, *made])
    return whole


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a notebook of such cells and give its path."""

    def write_notebook(*cells: str | NotebookNode, name: str = "own", **options: str) -> Path:
        path = tmp_path / f"{name}.ipynb"
        path.write_text(MADE.writes(notebook(*cells, **options)), encoding="utf-8")
        return path

    return write_notebook
