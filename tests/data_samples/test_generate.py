"""The committed sample files are what their generator writes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[2] / "data_samples"
FILES = sorted(path.name for path in SAMPLES.glob("*.csv"))


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    script = SAMPLES / "generate.py"
    done = subprocess.run(
        [sys.executable, "-B", str(script), str(folder)], capture_output=True, check=True
    )
    assert (done.stdout, done.stderr) == (b"", b"")
    return folder


def test_it_writes_the_files_and_nothing_else(written: Path) -> None:
    assert sorted(path.name for path in written.iterdir()) == FILES


@pytest.mark.parametrize("name", FILES)
def test_the_bytes_are_the_committed_ones(written: Path, name: str) -> None:
    assert (written / name).read_bytes() == (SAMPLES / name).read_bytes()


def test_the_whole_sample_stays_small() -> None:
    assert sum((SAMPLES / name).stat().st_size for name in FILES) < 6_000_000
