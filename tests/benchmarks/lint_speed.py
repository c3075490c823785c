"""How long a lint takes: kpilint beside yamllint, and `import kpilint` beyond Python's own start.

``python -m tests.benchmarks.lint_speed`` prints the table of docs/benchmarks/lint.md. Every number
is a median over runs that alternate, so that what else the machine does falls on all alike.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parents[2]
RUNS = {50: 21, 10_000: 7}
GATES = {50: 1.0, 10_000: 0.5}  # kpilint's time over yamllint's
IMPORT_GATE = 30.0  # milliseconds
HEAD = """---
version: 1
language: en
fiscal_year_start: 4
sources:
  deals:
    path: data/deals.csv
    key: deal_id
    expect:
      - unique: deal_id
metrics:
  revenue:
    label: Won revenue
    definition: amount without tax, by the day of the order
    source: deals
    agg: sum
    column: amount
    where: stage = 'won'
    time: closed_at
    unit: JPY
  offers: {label: Offers sent, source: deals, agg: count, time: offered_at, nature: leading}
goals:
  - id: revenue
    label: Won revenue
    role: kgi
    metric: revenue
    owner: Sales
    period: FY2027
    target: ¥42M
    review: monthly
    action: review the stalled deals
"""
GOAL = """  - id: offers_{n}
    label: Offers sent by team {n}
    role: kpi
    metric: offers
    owner: Team {n}
    period: {year}-{month:02}
    target: {target}
    parent: revenue
    review: weekly
    action: call back the open leads
"""


def goals_file(count: int) -> str:
    """A well-made goals file of so many goals."""
    goals = (
        GOAL.format(n=n, year=2027 + (n % 12 > 8), month=(n + 3) % 12 + 1, target=10 + n % 90)
        for n in range(count - 1)
    )
    return HEAD + "".join(goals)


def seconds(command: Sequence[str]) -> float:
    """Wall time of one process; it must have worked."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False)
    took = time.perf_counter() - start
    assert done.returncode in (0, 1), done.stderr.decode()
    return took


def alternating(commands: Mapping[str, Sequence[str]], runs: int) -> dict[str, float]:
    """Median seconds of each command; the runs take turns, the first round is thrown away."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs + 1):
        for name, command in commands.items():
            times[name].append(seconds(command))
    return {name: median(taken[1:]) for name, taken in times.items()}


def lints(path: Path) -> dict[str, Sequence[str]]:
    scripts = Path(sys.executable).parent
    relaxed = "{extends: default, rules: {line-length: disable}}"
    return {
        "kpilint": [str(scripts / "kpilint"), "--offline", str(path)],
        "yamllint": [str(scripts / "yamllint"), "-d", relaxed, str(path)],
    }


def main() -> None:
    """Print the table, and end with 1 where a gate is missed."""
    missed = 0
    print("| goals | kpilint --offline | yamllint | ratio | gate |")
    print("|--:|--:|--:|--:|--:|")
    with tempfile.TemporaryDirectory() as folder:
        for count, runs in RUNS.items():
            path = Path(folder) / f"goals_{count}.yaml"
            path.write_text(goals_file(count), encoding="utf-8")
            took = alternating(lints(path), runs)
            ratio = took["kpilint"] / took["yamllint"]
            missed += ratio > GATES[count]
            own, other = (f"{took[name] * 1000:,.0f} ms" for name in ("kpilint", "yamllint"))
            print(f"| {count:,} | {own} | {other} | {ratio:.2f} | ≤ {GATES[count]} |")
    python = sys.executable
    starts = {"bare": [python, "-c", "pass"], "kpilint": [python, "-c", "import kpilint"]}
    took = alternating(starts, 21)
    extra = (took["kpilint"] - took["bare"]) * 1000
    missed += extra > IMPORT_GATE
    print(
        f"\n`import kpilint`: {extra:.1f} ms beyond Python's own start (gate {IMPORT_GATE:.0f} ms)"
    )
    sys.exit(bool(missed))


if __name__ == "__main__":
    main()
