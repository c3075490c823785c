"""How long an ordered funnel takes: kpilint, chdb and pandas on one Parquet file, side by side.

``python -m tests.benchmarks.funnel_speed [--large]`` prints the tables of docs/benchmarks/funnel.md.
Every run is a process of its own with two threads, the engines take turns, and the best of three
counts, since what else the machine does only ever adds. ``--large`` adds 100 million events.
pandas is asked twice: as it is usually written, with a function for each record, and as well as we
know how to write it.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).parents[2]
THREADS = 2
WITHIN = 30 * 86_400
STEPS = tuple(f"step {n}" for n in range(1, 6))
RUNS = 3
GATES = {"chdb": 2.0, "applied": 20.0, "pandas": 20.0}  # their time over kpilint's, at 10 million
MEMORY_GATE = 4.0  # GB at 100 million
GOALS = f"""
sources: {{log: {{path: 'PATH'}}}}
funnels:
  f:
    source: log
    record: record
    stage: stage
    entered: moment
    stages: [{", ".join(STEPS)}]
    within: 30d
"""


def generate(path: Path, events: int) -> None:
    """Ten events a record, at random moments of 180 days."""
    import duckdb

    with duckdb.connect() as engine:
        engine.execute(f"SET threads = {THREADS}")
        engine.execute(
            f"""
            COPY (
              SELECT (hash(i) % {events // 10})::BIGINT AS record,
                TIMESTAMP '2026-01-01' + to_seconds((hash(i + 7) % 15552000)::BIGINT) AS moment,
                'step ' || (1 + hash(i + 13) % 5) AS stage
              FROM range({events}) AS events(i)
            ) TO '{path}' (FORMAT parquet)
            """
        )


Histogram = dict[int, int]


def kpilint(path: Path) -> Histogram:
    """The ordered engine alone: from the file to each record's level and times."""
    return _kpilint(path, whole=False)


def funnel(path: Path) -> Histogram:
    """All of ``Funnel``: also waiting times, oddities and the comparison of quarters."""
    return _kpilint(path, whole=True)


def _kpilint(path: Path, *, whole: bool) -> Histogram:
    import kpilint as kl
    from kpilint.analysis.funnels.passage import passages

    goals = kl.read(path.with_suffix(".yaml"), source=GOALS.replace("PATH", str(path)))
    with kl.Dataset.of(goals) as data:
        data.engine.con.execute(f"SET threads = {THREADS}")
        if whole:
            reached = [step.reached for step in kl.Funnel.of(goals, "f")(data).steps]
        else:
            records = passages(data, goals.funnels["f"], None).records
            counts = {f"n{n}": records[f"own_{n}"].count() for n in range(len(STEPS))}
            row = records.aggregate(**counts).to_pyarrow().to_pylist()[0]
            reached = [row[f"n{n}"] for n in range(len(STEPS))]
    after = [*reached[1:], 0]
    return {n + 1: came - on for n, (came, on) in enumerate(zip(reached, after, strict=True))}


def chdb(path: Path) -> Histogram:
    """ClickHouse's own aggregate."""
    from chdb import query

    steps = ", ".join(f"stage = '{step}'" for step in STEPS)
    answer = query(  # type: ignore[no-untyped-call]
        f"""
        SELECT level, count() FROM (
          SELECT record, windowFunnel({WITHIN})(toDateTime(moment), {steps}) AS level
          FROM file('{path}', Parquet) GROUP BY record
        ) WHERE level > 0 GROUP BY level SETTINGS max_threads = {THREADS}
        """
    )
    rows = (line.split(",") for line in str(answer).split())
    return {int(level): int(count) for level, count in rows}


def applied(path: Path) -> Histogram:
    """pandas for the levels alone, as it is usually written: a function that follows one record."""
    import pandas as pd

    events = pd.read_parquet(path).sort_values(["record", "moment", "stage"])
    within = pd.Timedelta(seconds=WITHIN)

    def level(record: pd.DataFrame) -> int:
        starts: list[pd.Timestamp | None] = [None] * len(STEPS)
        for moment, stage in zip(record["moment"], record["stage"], strict=True):
            step = STEPS.index(stage)
            start = moment if step == 0 else starts[step - 1]
            if start is not None and moment - start <= within:
                starts[step] = start
        return sum(start is not None for start in starts)

    reached = events.groupby("record")[["moment", "stage"]].apply(level)
    counts = reached.value_counts().drop(0, errors="ignore")
    return dict(zip(counts.index.tolist(), counts.tolist(), strict=True))


def levels(path: Path) -> Histogram:
    """pandas for the levels alone, as chdb gives them."""
    return _histogram(_followed(path))


def pandas(path: Path) -> Histogram:
    """pandas for the table that kpilint makes: level, the chain's times and all visits, by record.

    Sorted once, then a grouped running maximum for each stage: no loop over rows.
    """
    events = _followed(path)
    by_record = events.groupby("record")
    furthest = events["level"].eq(by_record["level"].transform("max")) & events["level"].gt(0)
    own = events[furthest].drop_duplicates("record").set_index("record")
    table = by_record.size().to_frame("rows").join(own[["level", "begun"]])
    place = table["begun"]
    for n in range(1, len(STEPS)):
        visits = events.loc[events["step"] == n, ["record", "moment"]]
        next_ = visits[visits["moment"] >= visits["record"].map(place)].drop_duplicates("record")
        place = next_.set_index("record")["moment"].where(own["level"] > n)
        table[f"own_{n}"] = place
    table.join(events.groupby(["record", "step"]).size().unstack(fill_value=0))
    return _histogram(events)


def _followed(path: Path) -> pd.DataFrame:
    """The events in order, each with the level it reaches and when its chain began."""
    import pandas as pd

    events = pd.read_parquet(path)
    events["step"] = pd.Categorical(events["stage"], STEPS).codes
    events = events.drop(columns="stage").sort_values(["record", "moment", "step"])
    within = pd.Timedelta(seconds=WITHIN)
    start = begun = events["moment"].where(events["step"] == 0)
    level = (events["step"] == 0).astype("int64")
    for n in range(1, len(STEPS)):
        latest = start.groupby(events["record"]).ffill()  # starts only ever grow
        linked = (events["step"] == n) & (events["moment"] - latest <= within)
        start = latest.where(linked)
        begun, level = begun.mask(linked, latest), level.mask(linked, n + 1)
    return events.assign(level=level, begun=begun)


def _histogram(events: pd.DataFrame) -> Histogram:
    counts = events.groupby("record")["level"].max().value_counts().drop(0, errors="ignore")
    return dict(zip(counts.index.tolist(), counts.tolist(), strict=True))


ENGINES: dict[str, Callable[[Path], Histogram]] = {
    each.__name__: each for each in (kpilint, funnel, chdb, pandas, levels, applied)
}
ONCE = {"applied"}  # minutes long: a run tells enough


class Run(NamedTuple):
    """One run: seconds on the clock and of processors, peak memory in GB, records by level."""

    seconds: float
    worked: float
    memory: float
    levels: Histogram


def run(engine: str, path: Path) -> Run:
    """In this process."""
    start, before = time.perf_counter(), time.process_time()
    levels = ENGINES[engine](path)
    took, worked = time.perf_counter() - start, time.process_time() - before
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return Run(took, worked, peak, {level: count for level, count in levels.items() if count})


def measured(engine: str, path: Path) -> Run:
    """In a process of its own, warm: a small file first loads what must be loaded."""
    small = path.with_name("small.parquet")
    command = [sys.executable, "-m", __spec__.name, engine, str(small), str(path)]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, check=True, text=True)
    seconds, worked, memory, levels = json.loads(done.stdout)
    return Run(seconds, worked, memory, {int(level): count for level, count in levels.items()})


def compare(path: Path, engines: tuple[str, ...]) -> dict[str, Run]:
    """The quickest run of each engine; all must find the same levels."""
    best: dict[str, Run] = {}
    for turn in range(RUNS):
        for engine in engines:
            if turn and engine in ONCE:
                continue
            found = measured(engine, path)
            best[engine] = min(found, best.get(engine, found))
            assert found.levels == best[engines[0]].levels, engine
    return best


def main(large: bool) -> None:
    """Print the table, and end with 1 where a gate is missed."""
    missed = False
    print("| events | engine | seconds | of processors | times kpilint's | peak memory |")
    print("|--:|---|--:|--:|--:|--:|")
    sizes = [1_000_000, 10_000_000, *([100_000_000] if large else [])]
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder) / "small.parquet", 1_000)
        for events in sizes:
            path = Path(folder) / f"events_{events}.parquet"
            generate(path, events)
            beyond = events > 10_000_000
            engines = ("kpilint", "funnel", "chdb") if beyond else tuple(ENGINES)
            best = compare(path, engines)
            own = best["kpilint"].seconds
            for engine, (seconds, worked, memory, _levels) in best.items():
                print(
                    f"| {events:,} | {engine} | {seconds:.3f} | {worked:.3f} | {seconds / own:.2f} "
                    f"| {memory:.2f} GB |",
                    flush=True,
                )
            if events == 10_000_000:
                missed |= any(best[engine].seconds / own < gate for engine, gate in GATES.items())
            if beyond:
                missed |= best["funnel"].memory > MEMORY_GATE
            path.unlink()
    sys.exit(missed)


if __name__ == "__main__":
    if len(sys.argv) > 2:
        run(sys.argv[1], Path(sys.argv[2]))
        print(json.dumps(run(sys.argv[1], Path(sys.argv[3]))))
    else:
        main(large="--large" in sys.argv)
