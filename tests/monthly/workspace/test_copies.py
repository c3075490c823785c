"""Copies of the notebooks know their goals file, speak one language and are never written over."""

from __future__ import annotations

import ast
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from kpilint.cli import kpilint
from kpilint.errors import FileProblem
from kpilint.monthly.notebook import available
from kpilint.monthly.workspace.copies import copies, tailored

DAY = date(2026, 9, 30)


def parameters(path: Path) -> dict[str, Any]:
    """What a notebook's parameters cell assigns."""
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    (cell,) = (each for each in cells if "parameters" in each["metadata"].get("tags", ()))
    found: dict[str, Any] = {}
    for statement in ast.parse("".join(cell["source"])).body:
        assert isinstance(statement, ast.AnnAssign) and isinstance(statement.target, ast.Name)
        assert statement.value is not None
        found[statement.target.id] = ast.literal_eval(statement.value)
    return found


def tags(path: Path) -> set[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    return {tag for cell in cells for tag in cell["metadata"].get("tags", ())}


def invoke(*args: object) -> Result:
    return CliRunner().invoke(kpilint, ["notebooks", *map(str, args)], standalone_mode=False)


def test_they_know_their_goals(client: Path) -> None:
    written, kept = copies(client, client.parent / "my" / "notebooks", as_of=DAY)
    assert [path.stem for path in written] == list(available())
    assert kept == []
    for path in written:
        known = parameters(path)
        assert (path.parent / known["goals"]).resolve() == client.resolve()
        assert known["as_of"] == "2026-09-30"
        assert known.get("month", "2026-09") == "2026-09"
        assert known["language"] == "en"  # as the goals file says
        assert "  # the goals file" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("language", "other"), [("ja", "en"), ("en", "ja")])
def test_they_speak_one_language(client: Path, language: str, other: str) -> None:
    written, _kept = copies(client, client.parent / "n", as_of=DAY, language=language)
    for path in written:
        assert f"lang-{language}" in tags(path)
        assert f"lang-{other}" not in tags(path)
        assert parameters(path)["language"] == language


def test_what_is_there_stays(client: Path) -> None:
    folder = client.parent / "notebooks"
    first = invoke(client, "--as-of", DAY, "--lang", "en")
    assert [Path(line).stem for line in first.stdout.splitlines()] == list(available())
    (mine, *others) = sorted(folder.iterdir())
    mine.write_text("my work", encoding="utf-8")
    others[0].unlink()
    second = invoke(client, "--as-of", DAY, "--lang", "en")
    assert second.stdout == f"{others[0]}\n"
    assert f"{mine} is there already and stays as it is." in second.stderr
    assert f'Open them with jupyter lab "{folder}"' in second.stderr  # its name has a space
    assert mine.read_text(encoding="utf-8") == "my work"
    assert invoke(client, "--as-of", DAY, "--quiet").stderr == ""
    told = json.loads(invoke(client, "--as-of", DAY, "--format", "json").stdout)
    assert told == {"version": 1, "written": [], "kept": [*map(str, sorted(folder.iterdir()))]}


@pytest.mark.parametrize("value", ['a "quoted" one', "C:\\顧客\\new", "{braces}", "${HOME}", ""])
def test_any_value_is_taken_as_it_is(value: str) -> None:
    source = '顧客: str = "あ"; word: str = "い"  # a comment\nother: str = "x"'
    cell = {"metadata": {"tags": ["parameters"]}, "source": source.splitlines(keepends=True)}
    notebook = {"cells": [cell]}
    own = "".join(tailored(notebook, {"word": value, "language": "en"})["cells"][0]["source"])
    scope: dict[str, Any] = {}
    exec(own, scope)
    assert (scope["顧客"], scope["word"], scope["other"]) == ("あ", value, "x")
    assert "  # a comment\n" in own
    assert cell["source"] == source.splitlines(keepends=True)


def test_goals_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no such file"):
        copies(tmp_path / "goals.yaml", tmp_path, as_of=DAY)


def test_a_folder_that_is_a_file(client: Path) -> None:
    with pytest.raises(FileProblem, match="cannot be written"):
        copies(client, client.parent / "deals.csv", as_of=DAY)
