"""Findings that every output is tried on, and how golden files are renewed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kpilint.finding import Findings
from kpilint.goals.goalfile import read
from kpilint.linter import Config, lint

HERE = Path(__file__).parent


def planted(language: str) -> tuple[Findings, dict[str, str]]:
    """Findings of every severity, excused ones and unchecked rules; and the file's text."""
    text = (HERE / "planted.yaml").read_text(encoding="utf-8")
    goals = read("planted.yaml", source=text, language=language)
    chosen = ("A001", "E", "M001", "M009", "P004", "S001", "S002", "T002", "T005", "X")
    return lint(goals, as_of="2026-10-31", config=Config(select=chosen), language=language), dict(
        goals.texts
    )


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Callable[[str, str], None]:
    """Compare a text with its golden file, or renew the file under ``--regenerate``."""

    def compare(name: str, text: str) -> None:
        path = HERE / "golden" / name
        if request.config.getoption("--regenerate"):
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

    return compare
