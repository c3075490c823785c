"""What the READMEs show is what the software does."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import kpilint as kl

ROOT = Path(__file__).parents[1]
READMES = [ROOT / "README.md", ROOT / "README.ja.md"]
COMMANDS = ("pip install uv && uv run kpilint demo", "pip install uv && uv run pytest")


def blocks(readme: Path, language: str) -> list[str]:
    text = readme.read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_example_prints_what_is_shown(readme: Path) -> None:
    (shown,) = blocks(readme, "console")
    command, _newline, rest = shown.partition("\n")
    arguments = shlex.split(command.removeprefix("$ "))[1:]
    done = subprocess.run(
        [sys.executable, "-m", "kpilint", *arguments],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    position = 0
    for excerpt in rest.split("\n…\n"):
        position = done.stdout.index(excerpt.strip("\n"), position)  # in this order


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_the_first_goals_file_is_clean(readme: Path) -> None:
    (source,) = blocks(readme, "yaml")
    goals = kl.read("goals.yaml", source=source)
    assert [f.code for f in kl.lint(goals, as_of="2026-10-31") if f.severity > 1] == []


def test_the_python_example_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = blocks(READMES[0], "python")
    names: dict[str, object] = {}
    exec(code, names)
    assert names["goals"]


@pytest.mark.parametrize("readme", READMES, ids=lambda path: path.name)
def test_two_commands(readme: Path) -> None:
    text = readme.read_text(encoding="utf-8")
    assert all(command in text for command in COMMANDS)
    assert COMMANDS[1] in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
