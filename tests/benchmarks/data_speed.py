"""How long ten million stage rows take, beside pandas; cp932 beside UTF-8; and a second check.

``python -m tests.benchmarks.data_speed`` prints the tables of docs/benchmarks/data.md. Every
number is the best of three runs, each a process of its own; the runs take turns, so that what else
the machine does falls on all alike. Times begin when a small file has made the process load what it
needs, and end with the answer.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import isclose, isnan, nan
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np

if TYPE_CHECKING:
    import pandas as pd

ROOT = Path(__file__).parents[2]
RUNS = 3
STAGE_ROWS, STAGE_LINES, TEXT_ROWS, SMALL = 10_000_000, 2_000_000, 1_000_000, 10_000
SECONDS, MEGABYTES, BESIDE_PANDAS, BESIDE_UTF8, SECOND_CHECK = 3.0, 2_000.0, 10.0, 2.0, 0.4
AS_OF = date(2026, 10, 31)
DAY = np.timedelta64(1, "D") - np.timedelta64(1, "us")
STAGES = ("lead", "mql", "sql", "opportunity", "won")
COUNTS = ("leads", "mqls", "sqls", "opportunities", "wins")
GOALS = """
version: 1
language: en
timezone: Asia/Tokyo
currency: JPY
sources:
  history: {{path: '{path}', key: event_id}}
funnels:
  sales:
    source: history
    record: deal_id
    stage: stage
    entered: entered_at
    stages: [lead, mql, sql, opportunity, won]
    within: 365d
metrics:
  leads: {{source: history, agg: count, where: stage = 'lead', time: entered_at}}
  mqls: {{source: history, agg: count, where: stage = 'mql', time: entered_at}}
  sqls: {{source: history, agg: count, where: stage = 'sql', time: entered_at}}
  opportunities: {{source: history, agg: count, where: stage = 'opportunity', time: entered_at}}
  wins: {{source: history, agg: count, where: stage = 'won', time: entered_at}}
  revenue: {{source: history, agg: sum, column: amount, where: stage = 'won', time: entered_at}}
  price: {{source: history, agg: mean, column: amount, where: stage = 'won', time: entered_at}}
  win_rate: {{numerator: wins, denominator: opportunities}}
goals:
  - {{id: revenue, label: Won revenue, role: kgi, metric: revenue, owner: Sales,
     period: 2026-Q3, target: ¥42M}}
"""
DEALS = """
SELECT i AS event_id, 'D' || lpad((i // 5)::VARCHAR, 8, '0') AS deal_id,
  ['lead', 'mql', 'sql', 'opportunity', 'won'][i % 5 + 1] AS stage,
  TIMESTAMP '2022-01-01' + to_seconds(((i // 5) * 37 % 1600) * 86400
    + (i % 5) * 86400 * (7 + (i // 5) % 30) - (hash(i) % 200 = 0)::INT * 86400 * 30) AS entered_at,
  ((100 + hash(i // 5) % 900) * 10000)::DOUBLE AS amount,
  'owner ' || (hash(i // 5) % 40) AS owner
FROM range({rows}) AS t(i)
"""
CALLS = """
SELECT i AS 通番, '㈱髙橋商事' || (i % 977) AS 会社名, '担当 ' || (i % 40) AS 担当者,
  strftime(TIMESTAMP '2022-01-01' + to_minutes(i % 2500000), '%Y/%m/%d %H:%M') AS 架電日時,
  (i * 37 % 90000) AS 金額, ['接続', '不在', '折り返し'][i % 3 + 1] AS 結果
FROM range({rows}) AS t(i)
"""
Answer = dict[str, dict[str, float]]


def stages_by_kpilint(path: str) -> Callable[[], Answer]:
    """Every metric by month, and what the D rules count; without the suite (D001)."""
    import ibis.backends.duckdb  # noqa: F401
    import pandas  # noqa: F401  imported before the clock starts

    import kpilint.data.opened
    import kpilint.rules.disorder  # noqa: F401
    from kpilint import Dataset, lint
    from kpilint.data.measure import history
    from kpilint.goals.goalfile import read
    from kpilint.linter import Config

    def answer() -> Answer:
        goals = read("goals.yaml", source=GOALS.format(path=path))
        with Dataset.of(goals) as data:
            found = {m.name: history(data, goals, m, until=AS_OF) for m in goals.metrics.values()}
            config = Config(select=("D",), ignore=("D001", "D002"))
            findings = lint(goals, data, as_of=AS_OF, config=config).findings
        counts = {f.code: float(str(f.evidence["count"])) for f in findings}
        return {name: {str(k): float(v) for k, v in s.items()} for name, s in found.items()} | {
            "rules": counts
        }

    return answer


def stages_by_pandas(path: str) -> Callable[[], Answer]:
    """The same metrics, stages out of order and dates ahead of time, by pandas."""
    import pandas as pd
    from pyarrow.parquet import read_table

    def answer() -> Answer:
        needed = ["deal_id", "stage", "entered_at", "amount"]
        if path.endswith(".csv"):
            kinds = {"stage": "category"}
            rows = pd.read_csv(path, usecols=needed, dtype=kinds, parse_dates=["entered_at"])
        else:
            rows = read_table(path, columns=needed, read_dictionary=["stage"]).to_pandas()
        known = rows["entered_at"] < pd.Timestamp(AS_OF) + pd.Timedelta(days=1)
        ahead = int((~known).sum())
        past = rows[known] if ahead else rows
        month = past["entered_at"].to_numpy().astype("datetime64[M]")
        groups = past.groupby([past["stage"], month], observed=True)["amount"]
        by_stage = groups.agg(["size", "sum", "mean"])
        parts = {metric: by_stage.loc[stage] for metric, stage in zip(COUNTS, STAGES, strict=True)}
        series = {metric: part["size"] for metric, part in parts.items()}
        series |= {"revenue": parts["wins"]["sum"], "price": parts["wins"]["mean"]}
        series["win_rate"] = rate(series["wins"], series["opportunities"])
        rules = {"D003": disordered(past), "D004": ahead}
        counts = {code: float(count) for code, count in rules.items() if count}
        return {
            name: {f"{k:%Y-%m}": float(v) for k, v in s.items()} for name, s in series.items()
        } | {"rules": counts}

    return answer


def rate(wins: pd.Series, opportunities: pd.Series) -> pd.Series:
    """By month; a month without wins has none of its opportunities won."""
    return wins.reindex(opportunities.index, fill_value=0) / opportunities


def disordered(rows: pd.DataFrame) -> int:
    """Records whose last visit to a stage lies before the first one to the stage before it.

    Every record of the file has all stages; none is further apart than ``within``.
    """
    groups = rows.groupby(["deal_id", "stage"], observed=True)["entered_at"]
    visits = groups.agg(["min", "max"]).unstack()
    first, last = visits["min"], visits["max"]
    # A date without a time of day may be any moment of its day.
    ends = {
        at: last[at].where(last[at] != last[at].dt.normalize(), last[at] + DAY) for at in STAGES
    }
    wrong = [ends[later] < first[earlier] for earlier, later in pairwise(STAGES)]
    return int(np.logical_or.reduce(wrong).sum())


def stages_by_usual_pandas(path: str) -> Callable[[], Answer]:
    """The same by pandas as it is usually written: whole tables, a filter a metric, pivot tables."""
    import pandas as pd

    def answer() -> Answer:
        csv = path.endswith(".csv")
        rows = pd.read_csv(path, parse_dates=["entered_at"]) if csv else pd.read_parquet(path)
        past = rows[rows["entered_at"] < pd.Timestamp(AS_OF) + pd.Timedelta(days=1)]
        past = past.assign(month=past["entered_at"].dt.to_period("M"))
        series = {
            metric: past[past["stage"] == stage].groupby("month").size()
            for metric, stage in zip(COUNTS, STAGES, strict=True)
        }
        amounts = past[past["stage"] == "won"].groupby("month")["amount"]
        series |= {"revenue": amounts.sum(), "price": amounts.mean()}
        series["win_rate"] = rate(series["wins"], series["opportunities"])
        first, last = (
            past.pivot_table(index="deal_id", columns="stage", values="entered_at", aggfunc=end)
            for end in ("min", "max")
        )
        ends = {
            at: last[at].where(last[at] != last[at].dt.normalize(), last[at] + DAY) for at in STAGES
        }
        wrong = [ends[later] < first[earlier] for earlier, later in pairwise(STAGES)]
        rules = {"D003": int(np.logical_or.reduce(wrong).sum()), "D004": len(rows) - len(past)}
        return {name: {str(k): float(v) for k, v in s.items()} for name, s in series.items()} | {
            "rules": {code: float(count) for code, count in rules.items() if count}
        }

    return answer


def text_by_kpilint(path: str) -> Callable[[], Answer]:
    """Read a text file as a table, every cell a text."""
    import ibis.backends.duckdb  # noqa: F401
    import pandas  # noqa: F401  imported before the clock starts

    import kpilint.data.opened  # noqa: F401
    from kpilint import Dataset
    from kpilint.goals.goalfile import read

    def answer() -> Answer:
        with Dataset.of(read("goals.yaml", source=f"sources: {{t: {{path: '{path}'}}}}")) as data:
            return {"rows": {"n": float(data.table("t").count().to_pyarrow().as_py())}}

    return answer


def text_by_pandas(path: str) -> Callable[[], Answer]:
    """The same by pandas, which must be told the encoding."""
    import pandas as pd

    encoding = "cp932" if "cp932" in Path(path).name else "utf-8"

    def answer() -> Answer:
        rows = pd.read_csv(path, dtype=str, encoding=encoding, keep_default_na=False)
        return {"rows": {"n": float(len(rows))}}

    return answer


def text_by_duckdb(path: str) -> Callable[[], Answer]:
    """The same by DuckDB alone, which is told that every cell is a text."""
    import duckdb

    def answer() -> Answer:
        engine = duckdb.connect()
        engine.execute("CREATE TABLE t AS FROM read_csv(?, all_varchar = true)", [path])
        (count,) = engine.execute("SELECT count(*) FROM t").fetchone() or (0,)
        return {"rows": {"n": float(count)}}

    return answer


TASKS: dict[str, Callable[[str], Callable[[], Answer]]] = {
    task.__name__: task
    for task in (
        stages_by_kpilint, stages_by_pandas, stages_by_usual_pandas, text_by_kpilint, text_by_pandas, text_by_duckdb
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Run:
    """One process: its wall time, the processor time of all its threads, its memory, its answer."""

    seconds: float
    processor: float
    megabytes: float
    answer: Answer


def small(path: Path) -> Path:
    """The place of a small file of the same kind."""
    return path.with_stem(f"small_{path.stem}")


def perform(task: str, path: str) -> None:
    """Do a task in this process, first on the small file, and print what it took."""
    TASKS[task](str(small(Path(path))))()
    answer = TASKS[task](path)
    start, busy = time.perf_counter(), time.process_time()
    found = answer()
    took, busy = time.perf_counter() - start, time.process_time() - busy
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps([took, busy, peak, found]))


def best(tasks: dict[str, tuple[str, Path]]) -> dict[str, Run]:
    """The fastest run of each task, as far as it was disturbed least; the runs take turns."""
    runs: dict[str, list[Run]] = {name: [] for name in tasks}
    for _ in range(RUNS):
        for name, (task, path) in tasks.items():
            command = [sys.executable, "-m", __spec__.name, task, str(path)]
            done = subprocess.run(command, capture_output=True, cwd=ROOT, check=False, text=True)
            assert done.returncode == 0, done.stderr
            runs[name].append(Run(*json.loads(done.stdout)))
    return {name: min(taken, key=lambda run: run.seconds) for name, taken in runs.items()}


def agree(own: Answer, other: Answer) -> None:
    """Stop where the two tell different things; pandas tells nothing of months without records."""
    assert own["rules"] == other["rules"], (own["rules"], other["rules"])
    for name, values in own.items():
        assert len(values) > (name != "rules") * 40, name
        for month, value in values.items():
            told = other[name].get(month, nan if name in ("price", "win_rate") else 0.0)
            same = isclose(value, told, rel_tol=1e-9) or (isnan(value) and isnan(told))
            assert same, (name, month, value, told)


def beside_pandas(path: Path, rows: int) -> tuple[Run, float]:
    """Print how long each takes over a file of stage rows; kpilint's run, and pandas' time to its.

    The time is that of pandas as usually written. Stops where they tell different things.
    """
    for place, count in ((path, rows), (small(path), SMALL)):
        duckdb.sql(f"COPY ({DEALS.format(rows=count)}) TO '{place}'")
    found = best({n: (f"stages_by_{n}", path) for n in ("kpilint", "usual_pandas", "pandas")})
    own = found["kpilint"]
    for each in ("usual_pandas", "pandas"):
        agree(own.answer, found[each].answer)
    print(f"| {rows:,} stage rows, {path.suffix[1:]} | seconds | processor seconds | MB |")
    print("|---|--:|--:|--:|")
    for name, run in found.items():
        print(
            f"| {name.replace('_', ' ')} | {run.seconds:.2f} | {run.processor:.2f} | {run.megabytes:,.0f} |"
        )
    ratio, least = (found[each].seconds / own.seconds for each in ("usual_pandas", "pandas"))
    print(f"\npandas takes {ratio:.1f} times as long as usually written (gate {BESIDE_PANDAS:g}), ")
    print(f"and {least:.1f} times written for speed.\n")
    return own, ratio


def stage_table(folder: Path) -> bool:
    """Print the first tables; whether their gates are kept."""
    own, ratio = beside_pandas(folder / "history.parquet", STAGE_ROWS)
    print(f"The gates for Parquet are {SECONDS:g} seconds and {MEGABYTES:,.0f} MB.\n")
    beside_pandas(folder / "history.csv", STAGE_LINES)
    return own.seconds <= SECONDS and own.megabytes < MEGABYTES and ratio >= BESIDE_PANDAS


def text_table(folder: Path) -> bool:
    """Print the second table; whether its gate is kept."""
    utf8, cp932 = folder / "calls_utf8.csv", folder / "calls_cp932.csv"
    for one, other, rows in ((utf8, cp932, TEXT_ROWS), (small(utf8), small(cp932), SMALL)):
        duckdb.sql(f"COPY ({CALLS.format(rows=rows)}) TO '{one}'")
        other.write_bytes(one.read_text(encoding="utf-8").encode("cp932"))
    tasks = {
        "kpilint, UTF-8": ("text_by_kpilint", utf8),
        "kpilint, cp932": ("text_by_kpilint", cp932),
        "DuckDB alone, UTF-8": ("text_by_duckdb", utf8),
        "pandas, UTF-8": ("text_by_pandas", utf8),
        "pandas, cp932": ("text_by_pandas", cp932),
    }
    found = best(tasks)
    assert {run.answer["rows"]["n"] for run in found.values()} == {TEXT_ROWS}
    usual = found["DuckDB alone, UTF-8"]
    print(f"| {TEXT_ROWS:,} rows of CSV | seconds | processor seconds | beside DuckDB, UTF-8 |")
    print("|---|--:|--:|--:|")
    for name, run in found.items():
        beside = run.seconds / usual.seconds
        print(
            f"| {name.replace('_', ' ')} | {run.seconds:.2f} | {run.processor:.2f} | {beside:.2f} |"
        )
    print(f"| gate for cp932 | | | ≤ {BESIDE_UTF8:g} |\n")
    return found["kpilint, cp932"].seconds <= BESIDE_UTF8 * usual.seconds


def check_table(folder: Path) -> bool:
    """Print the third table, of whole processes; whether its gate is kept."""
    goals = folder / "goals.yaml"
    goals.write_text(GOALS.format(path="history.parquet"), encoding="utf-8")
    command = [sys.executable, "-m", "kpilint", "check", str(goals), f"--as-of={AS_OF}"]
    environment = {**os.environ, "KPILINT_CACHE_DIR": str(folder / "cache")}
    told, taken = [], []
    for _ in range(1 + RUNS):
        start = time.perf_counter()
        done = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=False)
        taken.append(time.perf_counter() - start)
        told.append((done.returncode, done.stdout))
    assert set(told) == {told[0]}, told
    assert b"D003" in told[0][1], told[0]
    print(f"| a check of {STAGE_ROWS:,} stage rows, whole process | seconds |")
    print("|---|--:|")
    print(f"| the first | {taken[0]:.2f} |")
    print(f"| again, nothing changed | {min(taken[1:]):.2f} |")
    print(f"| gate | ≤ {SECOND_CHECK:g} |")
    return min(taken[1:]) <= SECOND_CHECK


def main() -> None:
    """Print the tables, and end with 1 where a gate is missed."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        kept = [stage_table(place), text_table(place), check_table(place)]
    sys.exit(not all(kept))


if __name__ == "__main__":
    perform(*sys.argv[1:]) if len(sys.argv) > 1 else main()
