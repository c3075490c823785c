"""What the rules find in records is the same on files, on PostgreSQL and on Spark."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpilint.data.dataset import Dataset
from kpilint.goals.goalfile import read
from kpilint.linter import Config, lint
from tests.data.servers import fill_postgres

# Spark's bridge leaves its sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

CODES = ("M005", "M006", "D003", "D004", "D007", "D008")
GOALS = """version: 1
language: en
teams: {A: [Ann, Bob], B: [Eve]}
sources:
  deals: {PLACE, key: id, updated: daily}
  visits: {VISITS, key: id}
funnels:
  sales:
    source: deals
    record: id
    stages: [{name: lead, entered: made_at}, {name: won, entered: closed_at, where: stage = 'won'}]
  tour:
    source: visits
    record: id
    stage: stage
    entered: made_at
    stages: [lead, won]
    within: 30d
metrics:
  won: {source: deals, agg: sum, column: amount, where: stage = 'won', time: closed_at, unit: JPY, person: owner}
  none: {source: deals, agg: count, where: stage = 'Won', time: closed_at}
goals:
  - {id: a, metric: won, period: 2026-10..2026-12, targets: {people: {Ann: 5, Bobb: 5}}}
  - {id: b, metric: none, period: 2026-10..2026-12}
"""


def deals() -> pa.Table:
    """Three deals in order, one backwards, one in the future, one in dollars."""
    days = [(1, 9), (2, 9), (3, 9), (8, 7), (5, 9)]
    made = [datetime(2026, 10, day, 9) for day, _closed in days] + [datetime(2062, 1, 1)]
    closed = [datetime(2026, 10, day) for _made, day in days] + [None]
    return pa.table(
        {
            "id": [f"D{n}" for n in range(6)],
            "made_at": pa.array(made, pa.timestamp("us")),
            "closed_at": pa.array(closed, pa.timestamp("us")),
            "stage": ["won", "won", "lost", "won", "won", "open"],
            "amount": pa.array([5.0] * 6),
            "currency": ["JPY", "JPY", "USD", "JPY", "USD", "JPY"],
            "owner": ["Ann", "Bob", "Ann", None, "Bob", "Ann"],
        }
    )


def visits() -> pa.Table:
    """One record that is won before it is a lead."""
    made = [datetime(2026, 10, 2), datetime(2026, 10, 1)]
    columns = {"id": ["V", "V"], "stage": ["lead", "won"]}
    return pa.table(columns | {"made_at": pa.array(made, pa.timestamp("us"))})


def told(folder: Path, place: str, visited: str) -> dict[str, list[str]]:
    """What each rule says of the records at two places."""
    text = GOALS.replace("PLACE", place).replace("VISITS", visited)
    (folder / "goals.yaml").write_text(text, encoding="utf-8")
    with Dataset.of(read(folder / "goals.yaml")) as data:
        found = lint(data.goals, data, as_of="2026-10-31", config=Config(select=CODES))
    assert found.unchecked == ()
    return {code: [f.message for f in found if f.code == code] for code in CODES}


@pytest.mark.parametrize("engine", ["postgres", "spark"])
def test_the_same_faults(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "warehouse" / "faults"
    folder.mkdir(parents=True)
    pq.write_table(deals(), folder / "deals.parquet")
    pq.write_table(visits(), folder / "visits.parquet")
    names = ("deals", "visits")
    here = told(tmp_path, *(f"path: warehouse/faults/{name}.parquet" for name in names))
    assert [len(here[code]) for code in CODES] == [1, 1, 2, 1, 2, 1]
    if engine == "spark":
        request.getfixturevalue("spark_session")
        url = "spark://local[2]/warehouse"
    else:
        server = request.getfixturevalue("postgres_server")
        fill_postgres(server, {"deals": deals(), "visits": visits()}, "faults")
        user, _at, rest = server.removeprefix("postgresql://").partition("@")
        monkeypatch.setenv("WHO", user.partition(":")[0])
        monkeypatch.setenv("SECRET", user.partition(":")[2])
        url = f"postgresql://${{WHO}}:${{SECRET}}@{rest}"
    there = told(tmp_path, *(f'url: "{url}", table: faults.{name}' for name in names))
    assert there == here
