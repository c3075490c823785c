"""What was called wrongly, and what the world refuses: one sentence, exit code 2, nothing done."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from kpilint.cli import kpilint
from kpilint.errors import FileProblem

BINARY = bytes(range(256)) * 4


@pytest.mark.parametrize("content", [b"", b"goals: [1\n", b"[]\n", BINARY])
@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("plan", "a"),
        ("history",),
        ("history", "verify"),
        ("notify",),
        ("notebooks",),
        ("run", "--month", "2026-10"),
    ],
    ids=" ".join,
)
def test_goals_of_which_nothing_can_be_read_are_not_goals_that_hold_nothing(
    words: tuple[str, ...], content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "goals.yaml"
    path.write_bytes(content)
    name, *rest = words
    with pytest.raises(FileProblem, match=r"goals\.yaml:\d+: "):
        CliRunner().invoke(kpilint, [name, str(path), *rest], catch_exceptions=False)
    assert [each.name for each in tmp_path.iterdir()] == ["goals.yaml"]
