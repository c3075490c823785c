"""Notebooks stay thin: parameters and analyses, no programming, nothing stored."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
PROGRAMMING = (
    ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda
    | ast.For | ast.AsyncFor | ast.While | ast.ListComp | ast.SetComp | ast.DictComp
    | ast.GeneratorExp | ast.If | ast.Try | ast.With
)  # fmt: skip
PLOTTING = {"plotly", "matplotlib", "seaborn", "altair", "bokeh"}

each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def cells(path: Path, kind: str) -> list[NotebookNode]:
    reader: Any = nbformat  # it has no types
    return [cell for cell in reader.read(path, as_version=4).cells if cell.cell_type == kind]


def tags(cell: NotebookNode) -> list[str]:
    return list(cell.metadata.get("tags", []))


def test_there_are_notebooks() -> None:
    assert "3_funnel_bottleneck" in {path.stem for path in NOTEBOOKS}


@each
def test_no_programming_and_no_plotting(path: Path) -> None:
    for cell in cells(path, "code"):
        for node in ast.walk(ast.parse(cell.source)):
            assert not isinstance(node, PROGRAMMING), ast.unparse(node)
            if isinstance(node, ast.Import | ast.ImportFrom):
                names = [alias.name for alias in node.names] + [getattr(node, "module", None) or ""]
                assert not PLOTTING & {name.partition(".")[0] for name in names}


@each
def test_imports_then_parameters(path: Path) -> None:
    first, second, *rest = cells(path, "code")
    assert all(isinstance(n, ast.Import | ast.ImportFrom) for n in ast.parse(first.source).body)
    assert tags(second) == ["parameters"]
    for cell in rest:
        assert "parameters" not in tags(cell)
        assert not any(
            isinstance(node, ast.Import | ast.ImportFrom) for node in ast.parse(cell.source).body
        )


@each
def test_every_parameter_is_typed_and_commented(path: Path) -> None:
    source = cells(path, "code")[1].source
    for statement in ast.parse(source).body:
        assert isinstance(statement, ast.AnnAssign)
        assert statement.value is not None
    assert all("  # " in line for line in source.splitlines())


@each
def test_stored_without_outputs(path: Path) -> None:
    for cell in cells(path, "code"):
        assert cell.outputs == []
        assert cell.execution_count is None


@each
def test_markdown_in_both_languages(path: Path) -> None:
    spoken = [tags(cell)[0] for cell in cells(path, "markdown")]
    assert spoken == ["lang-ja", "lang-en"] * (len(spoken) // 2)
    assert spoken
