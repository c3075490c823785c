"""What becomes of a funnel's records is the same on files, on PostgreSQL and on Spark."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpilint.analysis.funnels.funnel import Funnel, FunnelResult
from kpilint.data.dataset import Dataset
from kpilint.goals.goalfile import read
from tests.data.servers import fill_postgres

# Spark's bridge leaves its sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

GOALS = """
timezone: Asia/Tokyo
sources:
  deals: {DEALS, key: id}
  visits: {VISITS}
funnels:
  wide:
    source: deals
    record: id
    stages:
      - {name: lead, entered: made_at}
      - {name: offer, entered: offered_at}
      - {name: won, entered: closed_at, where: stage = 'won'}
    lost: {entered: closed_at, where: stage = 'lost'}
    amount: amount
  ordered:
    source: visits
    record: record
    stage: step
    entered: at
    stages: [a, b, c]
    lost: {values: [gone]}
    amount: worth
    within: 20d
"""
START = datetime(2024, 1, 1, 9)


def moments(days: np.ndarray[tuple[int], np.dtype[np.float64]], known: object) -> pa.Array:
    """Timestamps, to the minute; NULL where not known."""
    at = [
        START + timedelta(minutes=round(float(day) * 1_440)) if told else None
        for day, told in zip(days, np.asarray(known), strict=True)
    ]
    return pa.array(at, pa.timestamp("us"))


def deals() -> pa.Table:
    """Two years of deals, half of them open at the end or never closed."""
    random, size = np.random.default_rng(11), 3_000
    made = np.sort(random.uniform(0, 730, size))
    offered, closed = made + random.exponential(12, size), made + random.exponential(40, size)
    # The first quarters let more through than the last ones.
    moved = (random.random(size) < np.where(made < 600, 0.6, 0.25)) & (offered < 730)
    ended = (random.random(size) < 0.8) & (closed < 730)
    stage = np.where(ended, np.where(moved & (random.random(size) < 0.5), "won", "lost"), "open")
    return pa.table(
        {
            "id": [f"D{n}" for n in range(size)],
            "made_at": moments(made, np.ones(size, bool)),
            "offered_at": moments(offered, moved),
            "closed_at": moments(np.maximum(closed, offered), ended),
            "stage": stage.tolist(),
            "amount": np.round(random.normal(1_000, 400, size)),
        }
    )


def visits() -> pa.Table:
    """Steps in any order, returns, and losses."""
    random, size = np.random.default_rng(12), 4_000
    return pa.table(
        {
            "record": [f"r{n}" for n in random.integers(0, 600, size)],
            "step": random.choice(["a", "b", "c", "gone"], size, p=[0.4, 0.3, 0.2, 0.1]).tolist(),
            "at": moments(random.uniform(0, 200, size), np.ones(size, bool)),
            "worth": np.round(random.uniform(-5, 50, size)),
        }
    )


def told(folder: Path, places: dict[str, str]) -> dict[str, FunnelResult]:
    """Both funnels' results, with each source at its place."""
    text = GOALS
    for name, place in places.items():
        text = text.replace(name, place)
    (folder / "goals.yaml").write_text(text, encoding="utf-8")
    goals = read(folder / "goals.yaml")
    assert goals.faults == ()
    with Dataset.of(goals) as data:
        return {name: Funnel.of(goals, name, as_of="2025-12-30")(data) for name in goals.funnels}


@pytest.fixture(scope="module")
def in_files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, FunnelResult]:
    folder = tmp_path_factory.mktemp("files")
    pq.write_table(deals(), folder / "deals.parquet")
    pq.write_table(visits(), folder / "visits.parquet")
    return told(folder, {"DEALS": "path: deals.parquet", "VISITS": "path: visits.parquet"})


def same(here: dict[str, FunnelResult], there: dict[str, FunnelResult]) -> None:
    for name, one in here.items():
        other = there[name]
        pd.testing.assert_frame_equal(one.table(), other.table(), check_exact=True)
        assert one.estimates == other.estimates
        assert one.compared == other.compared
        assert (one.oddities, one.cautions) == (other.oddities, other.cautions)
        assert one.price is not None
        assert other.price is not None
        assert other.price.mean == pytest.approx(one.price.mean)
        assert other.price.error == pytest.approx(one.price.error)
        assert one.readable().equals(other.readable())
        assert one.leak().text() == other.leak().text()


def test_there_is_something_to_compare(in_files: dict[str, FunnelResult]) -> None:
    assert in_files["wide"].bottleneck == "offer"
    assert in_files["wide"].shortfall is not None
    for result in in_files.values():
        assert all(each and 0 < each.rate < 1 and each.open for each in result.estimates)


def test_on_postgresql(
    in_files: dict[str, FunnelResult],
    postgres_server: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    schema = f"flow_{tmp_path.name}".replace("-", "_").lower()
    fill_postgres(postgres_server, {"deals": deals(), "visits": visits()}, schema)
    user, secret = postgres_server.removeprefix("postgresql://").partition("@")[0].split(":")
    monkeypatch.setenv("PGPASSWORD", secret)
    url = postgres_server.replace(f"{user}:{secret}", f"{user}:${{PGPASSWORD}}")
    place = "url: '{}', table: {}.{}"
    places = {
        "DEALS": place.format(url, schema, "deals"),
        "VISITS": place.format(url, schema, "visits"),
    }
    same(in_files, told(tmp_path, places))


def test_on_spark(in_files: dict[str, FunnelResult], spark_session: None, tmp_path: Path) -> None:
    (tmp_path / "lake").mkdir()
    pq.write_table(deals(), tmp_path / "lake" / "deals.parquet")
    pq.write_table(visits(), tmp_path / "lake" / "visits.parquet")
    place = "url: 'spark://local[2]/lake', table: {}"
    same(
        in_files, told(tmp_path, {"DEALS": place.format("deals"), "VISITS": place.format("visits")})
    )
