"""How long a status takes: goals with people and months over a million deals, and how it grows.

``python -m tests.benchmarks.status_speed`` prints the table of docs/benchmarks/status.md.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

import kpilint as kl
from kpilint.i18n import speaking

DEALS, PEOPLE, METRICS = 1_000_000, 30, 10
SIZES = (50, 150, 500)
GATE = 3.0  # seconds of processor time for the largest
AS_OF = "2026-10-31"


def goals_file(count: int) -> str:
    """So many goals of a fiscal year, each with 30 people by 12 months, over ten metrics."""
    months = [f"2026-{m:02}" for m in range(4, 13)] + [f"2027-{m:02}" for m in range(1, 4)]
    people = "\n".join(
        f"        p{who}: {{{', '.join(f'{month}: 100' for month in months)}}}"
        for who in range(PEOPLE)
    )
    metrics = "\n".join(
        f"  m{n}: {{source: deals, agg: count, where: segment = 's{n}', time: closed_at, "
        "person: owner, unit: count}"
        for n in range(METRICS)
    )
    goals = "\n".join(
        f"  - id: g{n}\n    metric: m{n % METRICS}\n    period: FY2026\n    targets:\n      people:\n"
        f"{people}"
        for n in range(count)
    )
    return (
        "version: 1\nlanguage: en\nfiscal_year_start: 4\n"
        f"sources: {{deals: {{path: deals.parquet}}}}\nmetrics:\n{metrics}\ngoals:\n{goals}\n"
    )


def write_deals(path: Path) -> None:
    """A million deals of three years and a half, by day, owner and segment."""
    rng = np.random.default_rng(7)
    start = np.datetime64("2023-04-01")
    table = pa.table(
        {
            "deal_id": np.arange(DEALS),
            "closed_at": start + rng.integers(0, 1310, DEALS).astype("timedelta64[D]"),
            "owner": pa.array([f"p{n}" for n in range(PEOPLE)]).take(
                pa.array(rng.integers(0, PEOPLE, DEALS))
            ),
            "segment": pa.array([f"s{n}" for n in range(METRICS)]).take(
                pa.array(rng.integers(0, METRICS, DEALS))
            ),
        }
    )
    pq.write_table(table, path)


def seconds(folder: Path, count: int) -> tuple[float, float]:
    """Wall clock and processor time of reading so many goals, and of their status."""
    path = folder / "goals.yaml"
    path.write_text(goals_file(count), encoding="utf-8")
    began = time.process_time()
    goals = kl.read(path)
    read = time.process_time()
    with speaking("en"), kl.Dataset.of(goals) as data:
        found = kl.Status.of(goals, as_of=AS_OF)(data)
    assert len(found.goals) == count
    assert all(len(goal.by) == PEOPLE * 13 for goal in found.goals)
    return read - began, time.process_time() - read


def page(runs: int) -> Iterator[str]:
    """The markdown table."""
    yield "| goals | parts | reading the file, s | status, s | status a goal, ms |"
    yield "|---|---|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        write_deals(Path(folder) / "deals.parquet")
        seconds(Path(folder), SIZES[0])  # imports
        for count in SIZES:
            told = [seconds(Path(folder), count) for _run in range(runs)]
            read, status = (median(each) for each in zip(*told, strict=True))
            yield (
                f"| {count} | {count * PEOPLE * 13:,} | {read:.2f} | {status:.2f} "
                f"| {status / count * 1000:.1f} |"
            )


if __name__ == "__main__":
    for line in page(int(sys.argv[1]) if len(sys.argv) > 1 else 3):
        print(line, flush=True)
