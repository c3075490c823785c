"""How long the ledger takes: ten years of 500 goals with 30 people each, shown and verified.

``python -m tests.benchmarks.ledger`` prints the tables of docs/benchmarks/ledger.md. Every time is
that of a whole process. The gates are on processor time: what else the machine does is not for the
ledger to answer, and on a machine at rest the two are the same.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from resource import RUSAGE_CHILDREN, getrusage
from statistics import median

from kpilint.data.ledger import Entry, Json, Ledger, period_of, subject_of
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet, read
from kpilint.goals.period import month_of

GOALS, PEOPLE = 500, 30
MONTHS = tuple((2017 + n // 12, n % 12 + 1) for n in range(120))
GATES = {"list": 1.0, "diff": 1.0, "verify": 5.0}  # seconds of processor time
WRITERS, TURNS = 8, 25
HEAD = """version: 1
language: ja
organization: 株式会社サンプル
sources: {calls: {path: data/calls.csv, key: call_id}}
metrics:
"""
METRIC = "  m{n}: {{label: 架電数{n}, source: calls, agg: count, time: called_at, person: owner}}\n"
GOAL = """  - id: calls_{n}
    label: 架電数{n}
    role: kpi
    metric: m{n}
    department: inside_sales
    owner: IS{n}課
    period: {year}-{month:02}
    target: {target}件
    targets: {{people: {{{people}}}}}
"""


def goals_file(year: int, month: int, team: int) -> str:
    """The goals of one month, each split over a team of so many people."""
    each = 20 + month
    people = ", ".join(f"担当{n:02}: {each}件" for n in range(team))
    metrics = "".join(METRIC.format(n=n) for n in range(GOALS))
    values = {"year": year, "month": month, "target": each * PEOPLE, "people": people}
    return HEAD + metrics + "goals:\n" + "".join(GOAL.format(n=n, **values) for n in range(GOALS))


def entries(goals: GoalSet, number: int) -> Iterator[Entry]:
    """What a run records of every goal: the goal, its target, and the actual with its people."""
    for goal in goals:
        place = subject_of(goal), period_of(goal)
        about: dict[str, Json] = {
            name: getattr(goal, name)
            for name in ("id", "label", "role", "metric", "department", "owner")
        }
        target = 600.0 + number % 12 * PEOPLE
        yield Entry("goal", *place, {**about, "definition": {"source": "calls", "agg": "count"}})
        told: dict[str, Json] = {"target": target, "unit": "count", "written": f"{target:.0f}件"}
        yield Entry("target", *place, {**about, **told, "changes": [], "action": "朝会で確認する"})
        yield Entry("actual", *place, actual(goal, target, number))


def actual(goal: Goal, target: float, number: int) -> dict[str, Json]:
    """A goal as ``kpilint status --format json`` has it, with its people."""
    share = 0.7 + (hash((goal.id, number)) % 60) / 100
    part = {"month": f"{number}", "target": target / PEOPLE, "actual": 21, "attainment": 0.9871}
    return {
        "goal": goal.id,
        "label": goal.label,
        "target": target,
        "original_target": target,
        "actual": round(target * share),
        "attainment": round(round(target * share) / target, 4),
        "expected_by_now": target,
        "forecast": {"p10": target * 0.8, "p50": target, "p90": target * 1.2, "probability": 0.5},
        "status": "met" if share >= 1 else "missed",
        "by": [{"owner": f"担当{n:02}", **part} for n in range(PEOPLE)],
        "notes": [],
    }


def build(folder: Path) -> tuple[Path, int]:
    """The ledger of all months; the goals file of the last, and how many records there are."""
    path = folder / "goals.yaml"
    count = 0
    for number, (year, month) in enumerate(MONTHS):
        goals = read(path, source=goals_file(year, month, 0))
        assert not goals.faults
        last = month_of(date(year, month, 1)).end
        told = [
            *entries(goals, number),
            Entry("run", f"{year}-{month:02}", "", {"state": "published"}),
        ]
        count += len(Ledger.of(goals).append(told, as_of=last, run=f"{year}-{month:02}"))
    path.write_text(goals_file(*MONTHS[-1], PEOPLE), encoding="utf-8")
    return path, count


def taken(command: Sequence[str]) -> tuple[float, float]:
    """Wall and processor seconds of one process; it must have worked."""
    before, start = getrusage(RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False)
    wall, after = time.perf_counter() - start, getrusage(RUSAGE_CHILDREN)
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def shown(path: Path) -> Iterator[bool]:
    """The three commands on the whole ledger, each the median of five runs after a first one."""
    scripts = Path(sys.executable).parent
    asked = {"list": ["list"], "diff": ["diff", "2026-11", "2026-12"], "verify": ["verify"]}
    print("| command | processor time | wall time | gate |\n|---|--:|--:|--:|")
    for name, words in asked.items():
        command = [str(scripts / "kpilint"), "history", str(path), *words]
        wall, work = (
            median(each[1:]) for each in zip(*(taken(command) for _ in range(6)), strict=True)
        )
        gate = f"≤ {GATES[name]:.0f} s"
        print(f"| `history {' '.join(words)}` | {work:.2f} s | {wall:.2f} s | {gate} |")
        yield work <= GATES[name]


_WRITER = """
import sys
from datetime import date
from kpilint.data.ledger import Entry, Ledger
from kpilint.goals.goalfile import read
goals = read(sys.argv[1])
for turn in range(int(sys.argv[3])):
    told = [Entry("notice", f"{sys.argv[2]}/{turn}/{n}", "", {"event": "x"}) for n in range(20)]
    assert len(Ledger.of(goals).append(told, as_of=date(2026, 12, 31), run="2026-12")) == 20
"""


def writing(path: Path) -> Iterator[bool]:
    """Writers at once lose nothing, and none waits in vain."""
    path = path.with_name("small.yaml")
    path.write_text("version: 1\nledger: sqlite:///shared.db\n", encoding="utf-8")
    ledger = Ledger.of(read(path))
    start = time.perf_counter()
    commands = [
        [sys.executable, "-c", _WRITER, str(path), str(n), str(TURNS)] for n in range(WRITERS)
    ]
    writers = [subprocess.Popen(command) for command in commands]
    codes = [writer.wait() for writer in writers]
    took = time.perf_counter() - start
    kept, wanted = len(ledger.records("notice")), WRITERS * TURNS * 20
    print(f"\n{WRITERS} writers at once, {TURNS} transactions of 20 records each: {took:.1f} s, ")
    print(f"{kept:,} of {wanted:,} records kept, faults found by `verify`: {len(ledger.verify())}.")
    yield not any(codes) and kept == wanted and not ledger.verify()


def main() -> None:
    """Print the tables, and end with 1 where a gate is missed."""
    with tempfile.TemporaryDirectory() as name:
        start = time.perf_counter()
        path, count = build(Path(name))
        took = time.perf_counter() - start
        size = (path.parent / ".kpilint" / "ledger.db").stat().st_size / 1e6
        print(f"{count:,} records, {size:,.0f} MB, entered in {took:.0f} s.\n")
        kept = [*shown(path), *writing(path)]
    sys.exit(not all(kept))


if __name__ == "__main__":
    main()
