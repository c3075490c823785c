"""The hook that other repositories use, run by pre-commit itself in a repository of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.rules.pages import BASE

ROOT = Path(__file__).parents[1]
MANIFEST = ROOT / ".pre-commit-hooks.yaml"
(HOOK,) = yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))


def run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    env = {
        **{k: v for k, v in os.environ.items() if not k.startswith("GIT_")},
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "PRE_COMMIT_HOME": str(folder.parent / "cache"),
        "LANG": "en_US.UTF-8",
    }
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def pre_commit(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return run(folder, sys.executable, "-m", "pre_commit", *args)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A repository with two goals files and the hook, taken from where this test runs.

    pre-commit would build the hook's environment from the network; as a system hook it runs the
    kpilint that is tested, with the same entry, arguments and files.
    """
    folder = tmp_path / "client"
    (folder / "east").mkdir(parents=True)
    hook = {**HOOK, "language": "system"}
    config = yaml.safe_dump({"repos": [{"repo": "local", "hooks": [hook]}]})
    (folder / ".pre-commit-config.yaml").write_text(config, encoding="utf-8")
    (folder / "goals.yaml").write_text(BASE, encoding="utf-8")
    (folder / "east" / "goals.yml").write_text(BASE, encoding="utf-8")
    (folder / "notes.yaml").write_text("goals: [{taget: 1}]\n", encoding="utf-8")
    run(folder, "git", "init", "-q")
    run(folder, "git", "add", "-A")
    return folder


def test_the_manifest_is_valid(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    done = pre_commit(tmp_path / "here", "validate-manifest", str(MANIFEST))
    assert done.returncode == 0, done.stdout + done.stderr


def test_clean_goals_pass(folder: Path) -> None:
    done = pre_commit(folder, "run", "--all-files")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Passed" in done.stdout


def test_a_fault_stops_the_commit(folder: Path) -> None:
    (folder / "east" / "goals.yml").write_text(
        BASE.replace("    role: kpi\n", "    role: kpi\n    taget: 1\n"), encoding="utf-8"
    )
    run(folder, "git", "add", "-A")
    done = pre_commit(folder, "run")
    assert done.returncode == 1
    assert "east/goals.yml" in done.stdout
    assert "E002" in done.stdout
    assert "notes.yaml" not in done.stdout
