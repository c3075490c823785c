"""Whatever stands in the file, the answer is an exit code and a sentence."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks import fuzz
from tests.benchmarks.mutants import FORMATS, ROOT, looks_at_data, mutant

CASES, SEED = 2_000, 11
WHOLE = [number for number in range(40) if not looks_at_data(7, number)][:30]


def at_work_for_2_s() -> None:
    """The process is ended once it has computed for two seconds, however long it had to wait."""
    import resource

    resource.setrlimit(resource.RLIMIT_CPU, (2, 2))


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no alarm signal")
def test_no_file_breaks_a_promise() -> None:
    command = [sys.executable, "-m", "tests.benchmarks.fuzz", str(CASES), str(SEED)]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"{CASES:,} cases of seed {SEED}" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows counts no process's work")
@pytest.mark.parametrize("number", WHOLE)
def test_a_process_of_its_own(number: int, tmp_path: Path) -> None:
    case = mutant(7, number)
    path = tmp_path / case.name
    path.write_bytes(case.content)
    command = [sys.executable, "-m", "kpilint", "check", str(path), *case.options]
    done = subprocess.run(command, capture_output=True, preexec_fn=at_work_for_2_s, check=False)
    assert done.returncode in {0, 1, 2}
    assert fuzz.TRACEBACK.encode() not in done.stdout + done.stderr


def test_a_case_is_the_same_for_ever() -> None:
    cases = [mutant(3, number) for number in range(200)]
    assert cases == [mutant(3, number) for number in range(200)]
    assert len({case.content for case in cases}) > 190
    assert {case.options[3] for case in cases} == set(FORMATS)


@pytest.mark.parametrize(
    ("raised", "told"),
    [
        (SystemExit(3), "exit code 3"),
        (ZeroDivisionError("x"), "ZeroDivisionError: x"),
        (fuzz.Stuck(), "stopped after"),
    ],
)
def test_a_broken_promise_is_told(
    raised: BaseException, told: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        raise raised

    monkeypatch.setattr(fuzz, "kpilint", broken)
    assert told in fuzz.answer(mutant(1, 1), tmp_path)[1]
