"""Temporary folders: they go with whoever made them, and what a killed process left goes later."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from kpilint import scratch
from kpilint.scratch import Scratch

HOLDING = """
import sys
from kpilint.scratch import Scratch
kept = Scratch()
(kept.path / "copy.csv").write_text("a client's")
print(kept.path, flush=True)
sys.stdin.read()
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(scratch, "_YOUNG", 0)
    return tmp_path


def started(temporary: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDING],
        env={**os.environ, "TMPDIR": str(temporary), "TEMP": str(temporary)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )


def test_it_goes_when_closed_and_with_its_object(temporary: Path) -> None:
    first, second = Scratch(), Scratch()
    assert len(list(temporary.iterdir())) == 2
    first.close()
    del second
    assert list(temporary.iterdir()) == []


def test_what_a_killed_process_left_goes_and_nothing_else(temporary: Path) -> None:
    (temporary / "kpilint-demo").mkdir()  # somebody's own
    with started(temporary) as killed, started(temporary) as living:
        assert killed.stdout is not None and living.stdout is not None
        left, held = (Path(each.stdout.readline().strip()) for each in (killed, living))
        killed.kill()
        killed.wait()
        assert left.exists()
        own = Scratch()
        assert sorted(temporary.iterdir()) == sorted([temporary / "kpilint-demo", held, own.path])
        assert (held / "copy.csv").exists()
        living.communicate("")
    assert not held.exists()


def test_a_folder_that_is_only_being_made_stays(
    temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scratch, "_YOUNG", 60)
    fresh = temporary / "kpilint-fresh"
    fresh.mkdir()
    (fresh / ".lock").touch()
    Scratch().close()
    assert fresh.exists()
