"""How long a lint takes: beside yamllint, per goal, after a save, and where nothing has changed.

``python -m tests.benchmarks.lint_speed`` prints the tables of docs/benchmarks/lint.md. Every number
is a median over runs that alternate, so that what else the machine does falls on all alike.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

ROOT = Path(__file__).parents[2]
RUNS = {50: 21, 10_000: 7}
GATES = {50: 1.0, 10_000: 0.3}  # kpilint's time over yamllint's
IMPORT_GATE = 30.0  # milliseconds
SIZES = (1_000, 3_000, 10_000)
GROWTH = 1.25  # a goal's time in the largest file over its time in the smallest
WATCH_GATE = 200.0  # milliseconds
UNCHANGED_GATE = 100.0  # milliseconds
DEALS = "deal_id,stage,amount,offered_at,closed_at\n" + "".join(
    f"D{n},won,{n % 9 + 1}00000,2026-{n % 12 + 1:02}-03,2026-{n % 12 + 1:02}-20\n"
    for n in range(5_000)
)
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
  offers: {label: Offers accepted, source: deals, agg: count, time: offered_at, nature: leading}
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
    label: Offers accepted, team {n}
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


def work(command: Sequence[str]) -> float:
    """Processor time of one process: whether it grows is not for the machine's other work to say."""
    before = getrusage(RUSAGE_CHILDREN)
    seconds(command)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def alternating(
    commands: Mapping[str, Sequence[str]],
    runs: int,
    measured: Callable[[Sequence[str]], float] = seconds,
) -> dict[str, float]:
    """Median seconds of each command; the runs take turns, the first round is thrown away."""
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(runs + 1):
        for name, command in commands.items():
            times[name].append(measured(command))
    return {name: median(taken[1:]) for name, taken in times.items()}


def lints(path: Path) -> dict[str, Sequence[str]]:
    scripts = Path(sys.executable).parent
    relaxed = "{extends: default, rules: {line-length: disable}}"
    return {
        "kpilint": [str(scripts / "kpilint"), "--offline", str(path)],
        "yamllint": [str(scripts / "yamllint"), "-d", relaxed, str(path)],
    }


def beside_yamllint(folder: Path) -> Iterator[bool]:
    """Kpilint's time beside yamllint's on the same file."""
    print("| goals | kpilint --offline | yamllint | ratio | gate |\n|--:|--:|--:|--:|--:|")
    for count, runs in RUNS.items():
        path = written(folder, count)
        took = alternating(lints(path), runs)
        ratio = took["kpilint"] / took["yamllint"]
        own, other = (milliseconds(took[name]) for name in ("kpilint", "yamllint"))
        print(f"| {count:,} | {own} | {other} | {ratio:.2f} | ≤ {GATES[count]} |")
        yield ratio <= GATES[count]


def growth(folder: Path) -> Iterator[bool]:
    """The time that one goal more takes, beyond what a file of one goal takes."""
    commands = {str(count): lints(written(folder, count))["kpilint"] for count in (1, *SIZES)}
    took = alternating(commands, 7, work)
    each = {count: (took[str(count)] - took["1"]) / count for count in SIZES}
    print("\n| goals | processor time | a goal |\n|--:|--:|--:|")
    for count in SIZES:
        print(f"| {count:,} | {milliseconds(took[str(count)])} | {each[count] * 1000:.3f} ms |")
    ratio = each[SIZES[-1]] / each[SIZES[0]]
    print(f"\nA goal of {SIZES[-1]:,} takes {ratio:.2f} of one of {SIZES[0]:,} (gate {GROWTH}).")
    yield ratio <= GROWTH


def watching(folder: Path) -> Iterator[bool]:
    """The time from a save to the end of the answer of ``--watch``."""
    path = written(folder, 50)
    command = [*lints(path)["kpilint"], "--watch", "--format", "jsonl"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    times = []
    try:
        await_answer(process, 50)
        for number in range(51, 62):
            time.sleep(0.3)
            saved = path.with_name("saved.yaml")
            saved.write_text(goals_file(number), encoding="utf-8")
            start = time.perf_counter()
            saved.replace(path)  # whole at once, or the half of a file would be answered too
            await_answer(process, number)
            times.append(time.perf_counter() - start)
    finally:
        process.kill()
        process.wait()
    took = median(times) * 1000
    print(f"\n`--watch` answers a save of 50 goals in {took:.0f} ms (gate {WATCH_GATE:.0f} ms).")
    yield took <= WATCH_GATE


def await_answer(process: subprocess.Popen[bytes], goals: int) -> None:
    """Read to the last line of the answer on that many goals."""
    assert process.stdout is not None
    for line in process.stdout:
        told = json.loads(line)
        if told["type"] == "summary" and told["goals"] == goals:
            return
    raise AssertionError("--watch has ended")


def unchanged(folder: Path) -> Iterator[bool]:
    """A check that is remembered beside one that never looks at the data."""
    path = written(folder, 50)
    (folder / "data").mkdir(exist_ok=True)
    (folder / "data" / "deals.csv").write_text(DEALS, encoding="utf-8")
    command = [*lints(path)["kpilint"], "--as-of", "2027-06-30"]
    online = [word for word in command if word != "--offline"]
    first = seconds(online)
    took = alternating({"remembered": online, "offline": command}, 11)
    extra = (took["remembered"] - took["offline"]) * 1000
    print("\n| 50 goals | time |\n|---|--:|")
    print(f"| data read, first run | {milliseconds(first)} |")
    print(f"| data and goals unchanged | {milliseconds(took['remembered'])} |")
    print(f"| --offline | {milliseconds(took['offline'])} |")
    print(f"\nUnchanged costs {extra:.0f} ms more than offline (gate {UNCHANGED_GATE:.0f} ms).")
    yield extra <= UNCHANGED_GATE


def importing() -> Iterator[bool]:
    """What ``import kpilint`` takes beyond Python's own start."""
    python = sys.executable
    starts = {"bare": [python, "-c", "pass"], "kpilint": [python, "-c", "import kpilint"]}
    took = alternating(starts, 21)
    extra = (took["kpilint"] - took["bare"]) * 1000
    print(f"\n`import kpilint`: {extra:.1f} ms beyond Python's start (gate {IMPORT_GATE:.0f} ms).")
    yield extra <= IMPORT_GATE


def written(folder: Path, count: int) -> Path:
    path = folder / f"goals_{count}.yaml"
    path.write_text(goals_file(count), encoding="utf-8")
    return path


def milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.0f} ms"


def main() -> None:
    """Print the tables, and end with 1 where a gate is missed."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        kept = [
            *beside_yamllint(folder),
            *growth(folder),
            *watching(folder),
            *unchanged(folder),
            *importing(),
        ]
    sys.exit(not all(kept))


if __name__ == "__main__":
    main()
