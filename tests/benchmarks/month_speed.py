"""A month of the sample company: ``kpilint run`` beside plain papermill, one notebook after another.

    uv run python -m tests.benchmarks.month_speed

prints a markdown table of seconds, first with empty caches, then with those of the first time.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kpilint.monthly.assets import asset
from kpilint.monthly.executing import cores
from kpilint.monthly.notebook import available
from kpilint.monthly.workspace.scaffold import SAMPLE_DAY, sample

PLAIN = """
import sys, papermill
for name in sys.argv[3:]:
    papermill.execute_notebook(name, sys.argv[2] + "/" + name.rpartition("/")[2],
        {"goals": sys.argv[1]}, kernel_name="python3", progress_bar=False)
"""


def timed(words: list[str], cache: Path) -> tuple[float, float]:
    """Seconds on the clock, and of all processors, of a command and what it starts."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.monotonic()
    environment = {**os.environ, "KPILINT_CACHE_DIR": str(cache)}
    done = subprocess.run(words, env=environment, capture_output=True, text=True)
    took, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode:
        raise RuntimeError(done.stderr[-2000:])
    return took, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Time both ways, first and again, and print the table."""
    with tempfile.TemporaryDirectory() as folder:
        goals = str(sample(Path(folder) / "sample"))
        books = [str(asset("notebooks") / f"{name}.ipynb") for name in available()]
        plain = [sys.executable, "-c", PLAIN, goals, folder, *books]
        month = ["--month", f"{SAMPLE_DAY:%Y-%m}", "--as-of", SAMPLE_DAY.isoformat()]
        own = [sys.executable, "-m", "kpilint", "run", goals, *month, "--quiet"]
        print(f"{len(books)} notebooks on {cores()} cores; load before: {os.getloadavg()[0]:.1f}\n")
        print("| | papermill, s | its CPU, s | kpilint run, s | its CPU, s | ratio |")
        print("|---|---:|---:|---:|---:|---:|")
        for turn in ("first time", "again"):
            clock, work = timed(plain, Path(folder) / "plain")
            own_clock, own_work = timed(own, Path(folder) / "own")
            cells = (clock, work, own_clock, own_work)
            told = " | ".join(f"{value:.1f}" for value in cells)
            print(f"| {turn} | {told} | {own_clock / clock:.2f} |", flush=True)


if __name__ == "__main__":
    main()
