"""Stocks and cohorts are the same on files, on PostgreSQL and on Spark."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from kpilint.data.dataset import Dataset
from kpilint.data.measure import history, value
from kpilint.data.series import Series
from kpilint.goals.goalfile import read
from tests.data.servers import fill_postgres

# Spark's bridge leaves its sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

UNTIL = date(2026, 9, 30)
GOALS = """timezone: Asia/Tokyo
sources:
  deals: {PLACE}
metrics:
  open: {source: deals, agg: sum, column: amount, stock: {from: made, to: closed}, unit: JPY}
  typical: {source: deals, agg: median, column: amount, stock: {from: made, to: closed}, unit: JPY}
  won: {source: deals, agg: count, where: stage = 'won', time: closed}
  all: {source: deals, agg: count, where: amount > 2, time: made}
  rate: {numerator: won, denominator: all, cohort: made, mature: 30d}
"""


def deals() -> pa.Table:
    made = [datetime(2026, 1 + n // 5, 1 + 5 * (n % 5), 9) for n in range(45)]
    closed = [datetime(2026, 1 + (n + 7) // 5, 1 + n % 28) if n % 3 else None for n in range(45)]
    return pa.table(
        {
            "made": pa.array(made, pa.timestamp("us")),
            "closed": pa.array(closed, pa.timestamp("us")),
            "stage": ["won" if n % 2 else "lost" for n in range(45)],
            "amount": pa.array([float(n % 7) for n in range(45)]),
        }
    )


def told(folder: Path, place: str) -> dict[str, tuple[Series, float | None]]:
    path = folder / "goals.yaml"
    path.write_text(GOALS.replace("PLACE", place), encoding="utf-8")
    with Dataset.of(read(path)) as data:
        return {
            name: (
                history(data, data.goals, data.goals.metrics[name], until=UNTIL),
                value(data, data.goals, data.goals.metrics[name], date(2026, 5, 1), UNTIL),
            )
            for name in ("open", "typical", "rate")
        }


@pytest.mark.parametrize("engine", ["postgres", "spark"])
def test_the_same_values(
    engine: str, request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "warehouse" / "measures"
    folder.mkdir(parents=True)
    pq.write_table(deals(), folder / "deals.parquet")
    here = told(tmp_path, "path: warehouse/measures/deals.parquet")
    if engine == "spark":
        request.getfixturevalue("spark_session")
        url = "spark://local[2]/warehouse"
    else:
        server = request.getfixturevalue("postgres_server")
        fill_postgres(server, {"deals": deals()}, "measures")
        user, _at, rest = server.removeprefix("postgresql://").partition("@")
        monkeypatch.setenv("WHO", user.partition(":")[0])
        monkeypatch.setenv("SECRET", user.partition(":")[2])
        url = f"postgresql://${{WHO}}:${{SECRET}}@{rest}"
    there = told(tmp_path, f'url: "{url}", table: measures.deals')
    for name, (series, at_end) in here.items():
        assert len(series) > 6
        pd.testing.assert_series_equal(series, there[name][0], check_exact=True, obj=name)
        assert (series.undated, series.immature) == (
            there[name][0].undated,
            there[name][0].immature,
        )
        assert at_end is not None
        assert at_end == there[name][1]
