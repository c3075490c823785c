"""The house stands as drawn: floors, types, style, and thin rooms."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from statistics import median

import pytest
import yaml

ROOT = Path(__file__).parents[1]
CODE = sorted((ROOT / "kpilint").rglob("*.py"))
HOOKS = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8"))
NAMES = [hook["id"] for hook in HOOKS["repos"][0]["hooks"]]


@pytest.mark.parametrize("hook", NAMES)
def test_pre_commit_hook(hook: str) -> None:
    command = [sys.executable, "-m", "pre_commit", "run", hook, "--all-files"]
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PATH": tools},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_rooms_are_small() -> None:
    sizes = {path.relative_to(ROOT): len(path.read_text().splitlines()) for path in CODE}
    assert {path: size for path, size in sizes.items() if size > 400} == {}
    assert median(sizes.values()) < 120


def test_every_room_says_what_it_is_for() -> None:
    silent = [path for path in CODE if not path.read_text().startswith('"""')]
    assert silent == []


def test_no_room_without_a_subject() -> None:
    vague = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
    assert [path for path in CODE if path.stem in vague] == []


def test_the_drawing_shows_every_room() -> None:
    """``kpilint/README.md`` names every module and folder, and none that is not there."""
    drawing = (ROOT / "kpilint" / "README.md").read_text(encoding="utf-8")
    block = re.search(r"```text\n(.*?)```", drawing, re.DOTALL)
    assert block is not None
    drawn = set(re.findall(r"\b[\w]+\.(?:py|yaml)\b", block[1]))
    stand = {p.name for p in CODE if p.name != "__init__.py"} | {"crm.yaml"}
    assert drawn == stand


def test_nothing_names_this_machine() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    hosts = re.compile(
        "|".join(["pypi" + r"\.org", "python" + "hosted", "npm" + "js", "/root" + "/"])
    )
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix != ".csv" and path.is_file():
            assert not hosts.search(path.read_text(encoding="utf-8", errors="replace")), name
