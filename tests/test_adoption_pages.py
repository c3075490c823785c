"""The pages on CI, repairs, notebooks and settings: what they show can be typed."""

from __future__ import annotations

import re
import shlex
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from kpilint.cli import COMMANDS, kpilint
from kpilint.cli.magic import _cell
from kpilint.cli.outputs import OutputFile
from kpilint.goals.goalfile import read
from kpilint.linter import Config, codes
from kpilint.output import FORMATS
from kpilint.settings import of

ROOT = Path(__file__).parents[1]
NAMES = ("ci", "fix", "notebooks", "settings")
PAGES = [ROOT / "docs" / f"{name}{tail}.md" for name in NAMES for tail in ("", ".ja")]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(page: Path, kind: str) -> list[str]:
    return [body for word, body in BLOCK.findall(page.read_text(encoding="utf-8")) if word == kind]


def commands(page: Path) -> set[str]:
    """Every kpilint command that a page shows, in its code blocks and in its text."""
    text = page.read_text(encoding="utf-8")
    found = re.findall(r"(?:^|- |run: |`)(kpilint [^\n`>]+)", text, re.MULTILINE)
    return {command.strip() for command in found}


def options(command: click.Command) -> set[str]:
    return {name for p in command.params for name in (*p.opts, *p.secondary_opts)} | {"--help"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_snippet_is_what_it_says(page: Path) -> None:
    for text in blocks(page, "yaml"):
        yaml.safe_load(text)
    for text in blocks(page, "toml"):
        tomllib.loads(text)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_option_exists(page: Path) -> None:
    context = click.Context(kpilint)
    shown = [shlex.split(command)[1:] for command in commands(page)]
    for name, *rest in shown:
        assert name in COMMANDS, name
        command = kpilint.get_command(context, name)
        assert command is not None
        named = {word for word in rest if word.startswith("--")}
        assert named <= options(command)
        for form in (v for o, v in pairwise(rest) if o == "--output"):
            assert OutputFile().convert(form, None, None).form in FORMATS
    known = options(_check()) | options(_cell)
    assert set(re.findall(r"`(--[a-z-]+)`", page.read_text(encoding="utf-8"))) <= known


def _check() -> click.Command:
    command = kpilint.get_command(click.Context(kpilint), "check")
    assert command is not None
    return command


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_show_the_same(name: str) -> None:
    english, japanese = (ROOT / "docs" / f"{name}{tail}.md" for tail in ("", ".ja"))
    assert commands(english) == commands(japanese)
    assert blocks(english, "yaml") == blocks(japanese, "yaml")
    heads = [len(re.findall(r"^#+ ", p.read_text("utf-8"), re.M)) for p in (english, japanese)]
    assert heads[0] == heads[1]


def test_the_settings_shown_can_be_read(tmp_path: Path) -> None:
    (text,) = blocks(ROOT / "docs" / "settings.md", "toml")
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    goals = tmp_path / "goals.yaml"
    goals.write_text("version: 1\n", encoding="utf-8")
    assert of(read(goals), Config()).offline is True


def test_the_rules_that_are_repaired_exist() -> None:
    text = (ROOT / "docs" / "fix.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([A-Z]\d{3}) ([a-z-]+) \|", text, re.MULTILINE)
    assert all(codes([code]) == codes([name]) for code, name in rows)
    assert len(rows) == 5


def test_the_workflow_sends_what_it_wrote() -> None:
    pages: dict[str, Any] = {}
    for text in blocks(ROOT / "docs" / "ci.md", "yaml"):
        pages |= yaml.safe_load(text) or {}
    steps = pages["jobs"]["kpilint"]["steps"]
    sent = next(s["with"]["sarif_file"] for s in steps if "sarif_file" in s.get("with", {}))
    assert any(f"sarif:{sent}" in step.get("run", "") for step in steps)
    report = pages["kpilint"]["artifacts"]["reports"]["codequality"]
    assert any(f"gitlab:{report}" in line for line in pages["kpilint"]["script"])
