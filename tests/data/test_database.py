"""The same goals file on files and on real servers: the same answers, and nothing but answers."""

from __future__ import annotations

import json
import re
import socket
import sys
from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import duckdb
import ibis
import ibis.expr.operations as ops
import numpy as np
import pandas as pd
import psycopg
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from kpilint.analysis.funnels import flow
from kpilint.analysis.funnels.funnel import Funnel
from kpilint.analysis.funnels.passage import passages
from kpilint.data import connection
from kpilint.data.clocks import shown
from kpilint.data.coverage import edges
from kpilint.data.database import StoredTable
from kpilint.data.dataset import Dataset
from kpilint.data.expression import build
from kpilint.data.kinds import FLAG
from kpilint.data.measure import history, value
from kpilint.data.quantile import quantile
from kpilint.data.selection import selected
from kpilint.data.tally import by_period
from kpilint.data.url import Address, address_of
from kpilint.errors import ColumnMissing, SourceProblem, Unavailable
from kpilint.goals.goalfile import GoalSet, read
from kpilint.linter import lint
from tests.data.servers import fill_postgres

# Spark's bridge leaves its sockets to the garbage collector.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")

SAMPLE = Path(__file__).parents[2] / "data_samples"
AS_OF = date(2026, 10, 31)
Store = Callable[[str, dict[str, pa.Table], str], Dataset]
ENGINES = ("duckdb", "postgres", "spark")
_FILE_KEYS = ("path", "preset", "columns", "values", "sheet", "encoding")


@pytest.fixture(scope="module")
def files() -> Iterator[Dataset]:
    with Dataset.of(read(SAMPLE / "goals.yaml")) as data:
        yield data


@pytest.fixture(scope="module")
def tables(files: Dataset) -> dict[str, pa.Table]:
    """The sample company's records, as a warehouse would type them."""
    return {name: files.opened(name).base.to_pyarrow() for name in files.goals.sources}


@pytest.fixture
def stored(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Store]:
    """Write tables into an engine's database and open a goals file that reads them."""
    datasets = []

    def store(engine: str, tables: dict[str, pa.Table], goals: str) -> Dataset:
        url = _filled(engine, request, tables, tmp_path, monkeypatch, f"s_{tmp_path.name}")
        (tmp_path / "goals.yaml").write_text(
            goals.replace("URL", url).replace("SCHEMA", f"s_{tmp_path.name}"), "utf-8"
        )
        read_goals = read(tmp_path / "goals.yaml")
        assert read_goals.faults == ()
        datasets.append(Dataset.of(read_goals))
        return datasets[-1]

    yield store
    for data in datasets:
        data.close()


@pytest.fixture(scope="module", params=ENGINES)
def warehouse(
    request: pytest.FixtureRequest, tables: dict[str, pa.Table], tmp_path_factory: Any
) -> Iterator[Dataset]:
    """The sample company in a database, and its goals file, which names nothing else."""
    folder = tmp_path_factory.mktemp(request.param)
    with pytest.MonkeyPatch.context() as patch:
        url = _filled(request.param, request, tables, folder, patch)
        with Dataset.of(_goals_of(url, folder)) as data:
            yield data


def _filled(
    engine: str,
    request: pytest.FixtureRequest,
    tables: dict[str, pa.Table],
    folder: Path,
    patch: pytest.MonkeyPatch,
    schema: str = "crm",
) -> str:
    """Put the tables into a database; the URL that a goals file gives."""
    if engine == "duckdb":
        with duckdb.connect(folder / "sample.duckdb") as there:
            there.execute(f"CREATE SCHEMA {schema}")
            for name, table in tables.items():
                there.register("records", table)
                there.execute(f"CREATE TABLE {schema}.{name} AS FROM records")
        return "duckdb:///sample.duckdb"
    if engine == "spark":
        request.getfixturevalue("spark_session")
        for name, table in tables.items():
            (folder / "warehouse" / schema).mkdir(parents=True, exist_ok=True)
            pq.write_table(table, folder / "warehouse" / schema / f"{name}.parquet")
        return "spark://local[2]/warehouse"
    server: str = request.getfixturevalue("postgres_server")
    fill_postgres(server, tables, schema)
    user, secret = server.removeprefix("postgresql://").partition("@")[0].split(":")
    patch.setenv("WAREHOUSE_USER", user)
    patch.setenv("WAREHOUSE_PASSWORD", secret)
    return server.replace(f"{user}:{secret}", "${WAREHOUSE_USER}:${WAREHOUSE_PASSWORD}")


def _goals_of(url: str, folder: Path) -> GoalSet:
    """The sample's goals file, word for word but for where each source is."""
    text = (SAMPLE / "goals.yaml").read_text(encoding="utf-8")
    before, rest = text.split("\nsources:\n")
    block, after = rest.split("\nfunnels:\n")
    sources = {}
    for name, source in yaml.safe_load(block.replace(" on:", " 'on':")).items():
        kept = {key: told for key, told in source.items() if key not in _FILE_KEYS}
        sources[name] = {"url": url, "table": f"crm.{name}"} | kept
    told = yaml.safe_dump({"sources": sources}, allow_unicode=True, sort_keys=False)
    (folder / "goals.yaml").write_text(f"{before}\n{told}\nfunnels:\n{after}", "utf-8")
    goals = read(folder / "goals.yaml")
    assert goals.faults == ()
    return goals


def _told(question: Callable[[], Any]) -> Any:
    """An answer, or the sentence in place of one."""
    try:
        return question()
    except Unavailable as problem:
        return str(problem)


@pytest.mark.parametrize("grain", ["month", "week"])
def test_histories_are_the_same_to_the_last_digit(
    files: Dataset, warehouse: Dataset, grain: str
) -> None:
    for name in files.goals.metrics:
        here, there = (
            _told(partial(history, d, d.goals, d.goals.metrics[name], grain=grain, until=AS_OF))
            for d in (files, warehouse)
        )
        if isinstance(here, str):
            assert here == there
        else:
            pd.testing.assert_series_equal(here, there, check_exact=True, obj=name)
            assert (here.unit, here.kind, here.undated) == (there.unit, there.kind, there.undated)
            if here.weights is not None:
                pd.testing.assert_series_equal(here.weights, there.weights, check_exact=True)


def test_values_of_a_period_are_the_same(files: Dataset, warehouse: Dataset) -> None:
    for name in files.goals.metrics:
        here, there = (
            _told(partial(value, d, d.goals, d.goals.metrics[name], date(2026, 9, 1), AS_OF))
            for d in (files, warehouse)
        )
        assert here == there, name


def test_the_funnel_is_the_same(files: Dataset, warehouse: Dataset) -> None:
    here, there = (Funnel.of(d.goals, "sales", as_of=AS_OF)(d) for d in (files, warehouse))
    pd.testing.assert_frame_equal(here.table(), there.table(), check_exact=True)
    assert here.compared == there.compared
    assert here.oddities == there.oddities


def test_the_findings_are_the_same(files: Dataset, warehouse: Dataset) -> None:
    here, there = (lint(d.goals, d, as_of=AS_OF) for d in (files, warehouse))
    # An unreadable cell (D009) is a fault of files: a database has types.
    assert {(f.code, f.subject, f.message) for f in here.findings if f.code != "D009"} == {
        (f.code, f.subject, f.message) for f in there.findings
    }


FETCHED = """
SELECT sum(rows), max(rows / calls) FROM pg_stat_statements
WHERE query LIKE 'FETCH%' OR query LIKE '%deals%'
"""


def test_no_more_than_the_aggregate_crosses_the_wire(
    files: Dataset, tables: dict[str, pa.Table], stored: Store, postgres_server: str
) -> None:
    goals = """
timezone: Asia/Tokyo
sources: {deals: {url: "URL", table: SCHEMA.deals, key: deal_id}}
metrics:
  wins: {source: deals, agg: count, where: stage = 'won', time: closed_at}
  revenue: {source: deals, agg: sum, column: amount, where: stage = 'won', time: closed_at}
funnels:
  sales:
    source: deals
    record: deal_id
    stages: [{name: lead, entered: entered_lead}, {name: mql, entered: entered_mql}]
"""
    data = stored("postgres", {"deals": tables["deals"]}, goals)
    with psycopg.connect(postgres_server, autocommit=True) as watching:
        watching.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
        watching.execute("SELECT pg_stat_statements_reset()")
        months = [
            history(data, data.goals, metric, until=AS_OF) for metric in data.goals.metrics.values()
        ]
        measured = watching.execute(FETCHED).fetchone()
        watching.execute("SELECT pg_stat_statements_reset()")
        Funnel.of(data.goals, "sales", as_of=AS_OF)(data)
        counted = watching.execute(FETCHED).fetchone()
    assert measured is not None and counted is not None
    assert tables["deals"].num_rows > 10_000
    assert len(months[0]) <= measured[0] <= 150  # both metrics in one question
    assert measured[1] <= len(months[0]) + 1  # and one row for records without a date
    # A funnel fetches counts by day (of coming, of leaving, and of the days between), for its whole
    # time and for the last year: so many rows at most, however many the records.
    days = (AS_OF - min(filter(None, tables["deals"]["entered_lead"].to_pylist())).date()).days
    assert counted[1] <= 3 * (days + 1) + 3 * 366 < tables["deals"].num_rows


MOMENTS = """
timezone: Asia/Tokyo
sources: {t: {url: "URL", table: SCHEMA.t, key: id, timezone: UTC}}
metrics:
  aware: {source: t, agg: count, time: instant}
  naive: {source: t, agg: count, time: clock}
  day: {source: t, agg: count, time: day}
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_moments_are_shown_in_the_goals_zone(stored: Store, engine: str) -> None:
    late = datetime(2026, 3, 31, 15, 30)  # half past midnight in Tokyo
    table = pa.table(
        {
            "id": pa.array([1, 2], pa.int64()),
            "instant": pa.array([late, None], pa.timestamp("us", "UTC")),
            "clock": pa.array([late, None], pa.timestamp("us")),
            "day": pa.array([late.date(), None], pa.date32()),
        }
    )
    records = stored(engine, {"t": table}, MOMENTS).table("t").to_pyarrow().sort_by("id")
    in_tokyo = datetime(2026, 4, 1, 0, 30)
    assert [str(value)[:19] for value in records["instant"].to_pylist()] == [str(in_tokyo), "None"]
    assert [str(value)[:19] for value in records["clock"].to_pylist()] == [str(in_tokyo), "None"]
    assert records["day"].to_pylist() == [datetime(2026, 3, 31), None]
    assert records["id"].to_pylist() == ["1", "2"]  # a key is text, as in a file


PRESET = """
timezone: Asia/Tokyo
sources:
  t:
    url: "URL"
    table: SCHEMA.t
    preset: hubspot/deals
    columns: {industry: 業種}
    values: {stage: {契約済: won, ＬＯＳＴ: lost}}
metrics:
  won: {source: t, agg: count, where: stage = 'won', time: closed_at}
  by_industry: {source: t, agg: count_distinct, column: industry, time: closed_at}
"""


@pytest.mark.parametrize("engine", ENGINES)
def test_columns_and_values_are_named_as_in_files(stored: Store, engine: str) -> None:
    table = pa.table(
        {
            "レコードID": ["1", "2", "3"],
            "取引ステージ": ["契約済", "lost", "lead"],
            "クローズ日": pa.array([datetime(2026, 4, 1)] * 3, pa.timestamp("us")),
            "受注確度": ["10", "x", None],  # text, but nobody uses it
            "業種": ["a", "b", "b"],
        }
    )
    data = stored(engine, {"t": table}, PRESET)
    assert set(data.columns("t")) == {"deal_id", "stage", "probability", "closed_at", "industry"}
    found = data.table("t").select("deal_id", "stage").to_pyarrow().sort_by("deal_id")
    assert found["stage"].to_pylist() == ["won", "lost", "lead"]
    assert value(data, data.goals, data.goals.metrics["won"], date(2026, 4, 1), AS_OF) == 1
    with pytest.raises(ColumnMissing, match="Did you mean industry"):
        data.resolve("t", "industri")


EXPRESSIONS = (
    "n / 2 > 1", "n / 0 = 1", "n % 2 = 1", "-n < 0", "abs(n) = 3", "round(half) = 3", "floor(half) = 2",
    "ceil(half) = 3", "round(half, 1) = 2.5", "n between 2 and 3", "n in (1, 3)", "not n = 1", "n is null",
    "name like 'a%'", "name ilike 'A%'", "lower(name) = 'ab'", "upper(name) = 'AB'", "trim(pad) = 'x'",
    "length(name) = 2", "contains(name, 'b')", "starts_with(name, 'a')", "ends_with(name, 'b')",
    "replace(name, 'a', 'c') = 'cb'", "substr(name, 2) = 'b'", "substr(name, 1, 1) = 'a'",
    "name || pad = 'ab x '", "concat(name, 'z') = 'abz'", "year(at) = 2026", "month(at) = 4", "day(at) = 5",
    "hour(at) = 6", "date(at) = '2026-04-05'", "at >= '2026-04-05'", "hours_between(at, till) > 25.4",
    "days_between(at, till) < 1.1", "minutes_between(at, till) = 1530", "coalesce(n, 7) = 7", "nullif(n, 1) > 1",
    "if_null(name, 'none') = 'none'", "greatest(n, 2) = 2", "least(n, 2) = 2", "flag", "flag is false",
    "case when n = 1 then 'x' else 'y' end = 'x'", "case name when 'ab' then 1 else 0 end = 1",
    "n = 1 and name = 'ab' or flag",
)  # fmt: skip


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_expressions_mean_the_same_everywhere(stored: Store, engine: str) -> None:
    moments = [datetime(2026, 4, 5, 6, 30), datetime(2025, 12, 31), None]
    table = pa.table(
        {
            "id": ["1", "2", "3"],
            "n": pa.array([1, 3, None], pa.int64()),
            "half": [2.5, 3.5, None],
            "name": ["ab", "Ab", None],
            "pad": [" x ", "x", None],
            "flag": [True, False, None],
            "at": pa.array(moments, pa.timestamp("us")),
            "till": pa.array([datetime(2026, 4, 6, 8), None, None], pa.timestamp("us")),
        }
    )
    metrics = "".join(
        f"  m{n}: {{source: t, agg: count, time: at, where: {json.dumps(text)}}}\n"
        for n, text in enumerate(EXPRESSIONS)
    )
    goals = "timezone: Asia/Tokyo\nsources: {t: {url: 'URL', table: SCHEMA.t, key: id}}\nmetrics:\n"
    asked = (stored(each, {"t": table}, goals + metrics) for each in ("duckdb", engine))
    here, there = ([_kept(data, text) for text in EXPRESSIONS] for data in asked)
    assert dict(zip(EXPRESSIONS, there, strict=True)) == dict(zip(EXPRESSIONS, here, strict=True))


def _kept(data: Dataset, text: str) -> list[str]:
    """The ids of the records that a condition keeps."""
    table = data.table("t")
    kept = table.filter(build(text, table, kind=FLAG)).select("id").to_pyarrow()
    return sorted(kept["id"].to_pylist())


# Bad input

ONE = """
timezone: Asia/Tokyo
sources: {t: {url: "URL", table: TABLE, key: id, KEYS}}
metrics: {m: {source: t, agg: sum, column: amount, time: at, where: "WHERE"}}
"""
RECORDS = pa.table(
    {
        "id": ["1"],
        "at": pa.array([datetime(2026, 4, 1)], pa.timestamp("us")),
        "amount": pa.array([Decimal("12.50")], pa.decimal128(10, 2)),
        "typed_as_text": ["12"],
    }
)


def one(
    url: str, folder: Path, table: str = "t", keys: str = "", where: str = "id = '1'"
) -> GoalSet:
    text = ONE.replace("URL", url).replace("TABLE", table).replace("KEYS", keys)
    return read(folder / "goals.yaml", source=text.replace("WHERE", where))


def refused(goals: GoalSet, kind: type[Unavailable] = SourceProblem) -> str:
    """The sentence in which a source is refused, in one line and without a secret."""
    with Dataset.of(goals) as data, pytest.raises(kind) as told:
        data.table("t")
    assert type(told.value) is kind
    assert told.value.__context__ is None or told.value.__suppress_context__
    assert "\n" not in str(told.value)
    assert "hush" not in str(told.value)
    return str(told.value)


@pytest.fixture
def server(postgres_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The server's URL as a goals file writes it; the password stands in the environment."""
    secret = urlsplit(postgres_server).password or ""
    monkeypatch.setenv("PGPASSWORD", secret)
    monkeypatch.setenv("WRONG", "hush/@:%")
    return postgres_server.replace(secret, "${PGPASSWORD}")


def test_a_wrong_password_is_a_fault_of_the_source(server: str, tmp_path: Path) -> None:
    said = refused(one(server.replace("PGPASSWORD", "WRONG"), tmp_path))
    assert "refuses the connection" in said
    assert "password authentication failed" in said


def test_a_database_that_is_not_there(server: str, tmp_path: Path) -> None:
    assert 'database "nope" does not exist' in refused(
        one(server.replace("/postgres", "/nope"), tmp_path)
    )


@pytest.mark.parametrize("host", ["127.0.0.1:1", "nobody.invalid"])
def test_a_server_that_does_not_answer_leaves_the_rules_unchecked(
    host: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WRONG", "hush")
    goals = one(f"postgresql://me:${{WRONG}}@{host}/crm", tmp_path)
    assert "does not answer" in refused(goals, Unavailable)
    with Dataset.of(goals) as data:
        found = lint(goals, data, as_of=AS_OF)
    assert "M003" not in {finding.code for finding in found.findings}
    assert ("M003", "t") in {(each.code, each.subject.id) for each in found.unchecked}


@pytest.mark.parametrize("scheme", ["postgresql", "spark"])
def test_a_silent_server_is_not_waited_for_longer_than_told(
    scheme: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert connection._OPTIONS["postgres"] == {"connect_timeout": connection.TIMEOUT}
    monkeypatch.setenv("WRONG", "hush")
    monkeypatch.setattr(connection, "TIMEOUT", 2)
    monkeypatch.setattr(connection, "_OPTIONS", {"postgres": {"connect_timeout": 2}})
    if scheme == "spark":
        pyspark = pytest.importorskip("pyspark.sql", reason="This machine lacks pyspark.")
        monkeypatch.setattr(pyspark.SparkSession, "getActiveSession", lambda: None)
    with socket.socket() as silent:  # the system takes up the call, and nobody says a word
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        goals = one(f"{scheme}://me:${{WRONG}}@{place}/crm", tmp_path)
        said = refused(goals, Unavailable)
    assert f"{place}/crm does not answer: " in said
    assert "Check the host" in said


@pytest.mark.parametrize("master", ["127.0.0.1:1", "nobody.invalid:7077"])
def test_a_spark_master_that_is_not_there(
    master: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pyspark = pytest.importorskip("pyspark.sql", reason="This machine lacks pyspark.")
    monkeypatch.setattr(pyspark.SparkSession, "getActiveSession", lambda: None)
    said = refused(one(f"spark://{master}", tmp_path), Unavailable)
    assert f"spark://{master} does not answer: " in said


def test_a_server_is_asked_once(
    tmp_path: Path, server: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    goals = read(
        tmp_path / "goals.yaml",
        source=f"sources: {{a: {{url: '{server}', table: x}}, b: {{url: '{server}', table: y}}}}",
    )
    calls: list[object] = []

    def nobody(*told: object) -> None:
        calls.append(told)
        raise OSError("nobody is there")

    monkeypatch.setattr(connection, "_opened", nobody)
    with Dataset.of(goals) as data:
        for name in ("a", "b", "a"):
            with pytest.raises(Unavailable):
                data.table(name)
    assert len(calls) == 1


def test_an_unknown_table_is_told_with_the_nearest(
    stored: Store, server: str, tmp_path: Path
) -> None:
    stored("postgres", {"stage_history": RECORDS}, "sources: {t: {url: 'URL', table: SCHEMA.t}}")
    schema = f"s_{tmp_path.name}"
    said = refused(one(server, tmp_path, f"{schema}.stage_histroy"))
    assert said.endswith(f"Did you mean {schema}.stage_history?")
    assert f"has no table {schema}.x. It has stage_history." in refused(
        one(server, tmp_path, f"{schema}.x")
    )
    assert "has no table nowhere.x." in refused(one(server, tmp_path, "nowhere.x"))


def test_a_table_that_may_not_be_read(
    stored: Store,
    server: str,
    postgres_server: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored("postgres", {"t": RECORDS}, "sources: {t: {url: 'URL', table: SCHEMA.t}}")
    schema = f"s_{tmp_path.name}"
    with psycopg.connect(postgres_server, autocommit=True) as chief:
        chief.execute("CREATE ROLE guest LOGIN PASSWORD 'hush'")
        chief.execute(f"GRANT USAGE ON SCHEMA {schema} TO guest")
    monkeypatch.setenv("WRONG", "hush")
    guest = server.replace("chief:${PGPASSWORD}", "guest:${WRONG}")
    assert "permission denied for table t" in refused(one(guest, tmp_path, f"{schema}.t"))


def test_the_session_cannot_write(stored: Store, tmp_path: Path) -> None:
    for engine in ("postgres", "duckdb"):
        data = stored(engine, {"t": RECORDS}, "sources: {t: {url: 'URL', table: SCHEMA.t}}")
        data.table("t")
        with pytest.raises(Exception, match="read-only"):
            data.table("t").get_backend().create_table("written", RECORDS)


def test_a_missing_driver_names_the_extra(
    server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    monkeypatch.delitem(sys.modules, "ibis.backends.postgres", raising=False)
    assert "install kpilint[postgres]" in refused(one(server, tmp_path), Unavailable)


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_text_that_is_used_as_a_number_is_refused(
    stored: Store, engine: str, tmp_path: Path
) -> None:
    goals = ONE.replace("TABLE", "SCHEMA.t").replace("KEYS", "columns: {amount: typed_as_text}")
    data = stored(engine, {"t": RECORDS}, goals.replace("WHERE", "id = '1'"))
    with pytest.raises(SourceProblem, match=r"typed_as_text of t is text .* used as a number"):
        data.table("t")


def test_text_in_duckdb_is_read_as_in_a_file(stored: Store) -> None:
    text = pa.table({"id": ["1", "2"], "at": ["2026/4/1", "not yet"], "amount": ["¥1,250", "x"]})
    goals = ONE.replace("TABLE", "SCHEMA.t").replace("KEYS", "").replace("WHERE", "id = '1'")
    data = stored("duckdb", {"t": text}, goals)
    told = value(data, data.goals, data.goals.metrics["m"], date(2026, 4, 1), AS_OF)
    assert told == 1250
    found = [(c.column, c.count, c.examples) for c in data.unreadable("t")]
    assert found == [("at", 1, ((2, "not yet"),)), ("amount", 1, ((2, "x"),))]


@pytest.mark.parametrize(
    ("where", "refused_for"),
    [
        ("id in (select id from deals)", "select"),
        ("id = '1'; DROP TABLE t", ";"),
        ("read_csv('/etc/passwd') is not null", "read_csv"),
        ("pg_read_file('/etc/passwd') = ''", "pg_read_file"),
        ("deals.id = '1'", "."),
        ("exists (select 1)", "exists"),
    ],
)
def test_a_condition_cannot_leave_its_table(
    stored: Store, where: str, refused_for: str, server: str, tmp_path: Path
) -> None:
    goals = one(server, tmp_path, where=where)
    assert "E007" in {fault.code for fault in lint(goals, None, as_of=AS_OF).findings}
    written = ONE.replace("TABLE", "SCHEMA.t").replace("KEYS", "").replace("WHERE", where)
    store = stored("postgres", {"t": RECORDS}, written.replace(f'"{where}"', '"true"'))
    table = store.table("t")
    with pytest.raises(ValueError, match=re.escape(refused_for)):
        build(where, table, kind=FLAG)


# Engines that are not here

STORED = {
    "deal_id": "string",
    "stage": "string",
    "amount": "decimal(12, 2)",
    "closed_at": "timestamp('UTC')",
    "entered_mql": "timestamp('UTC')",
    "created_on": "date",
}
WAREHOUSE = """
timezone: Asia/Tokyo
sources: {t: {url: "x://y", table: t, key: deal_id}}
metrics:
  revenue: {source: t, agg: sum, column: amount / 2, where: stage in ('won'), time: closed_at}
  hours: {source: t, agg: median, column: "hours_between(entered_mql, closed_at)", time: closed_at}
funnels:
  wide: {source: t, record: deal_id, stages: [{name: a, entered: created_on}, {name: b, entered: closed_at}]}
  long: {source: t, record: deal_id, stage: stage, entered: closed_at, stages: [mql, won], within: 90d}
"""


class Named(NamedTuple):
    """All that is known of an engine before it is connected."""

    name: str


def stored_in(engine: str) -> Any:
    return ops.DatabaseTable("t", ibis.schema(STORED), source=Named(engine)).to_expr()


@pytest.fixture(params=["bigquery", "snowflake", "trino"])
def unbound(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[Dataset, str]:
    """A dataset whose table is a schema and nothing behind it, and the engine's name."""
    address = Address("", "", request.param, "")
    backend = Named(request.param)
    part = StoredTable(
        connection.Connection(address, tmp_path, backend, lambda: None),
        "t",
        "t",
        stored_in(request.param),
    )
    monkeypatch.setattr(StoredTable, "load", lambda part, *_told: part.stored)
    monkeypatch.setattr(StoredTable, "of", lambda *_told: part)
    monkeypatch.setattr(Dataset, "connection", lambda *_told: part.connection)
    return Dataset.of(read(tmp_path / "goals.yaml", source=WAREHOUSE)), request.param


def test_what_is_asked_compiles_for_engines_that_are_not_here(
    unbound: tuple[Dataset, str],
) -> None:
    data, engine = unbound
    for metric in data.goals.metrics.values():
        for grain in ("month", "week"):
            sql = ibis.to_sql(by_period([selected(data, metric)], grain), dialect=engine)
            assert "Asia/Tokyo" in sql
        told = selected(data, metric).between(date(2026, 4, 1), AS_OF)
        assert "Asia/Tokyo" in ibis.to_sql(told.records.aggregate(v=told.aggregate()), engine)
    assert "LAG" in ibis.to_sql(edges(data.table("t")["closed_at"], AS_OF), dialect=engine).upper()
    for spec in data.goals.funnels.values():
        found = passages(data, spec, AS_OF)
        asked = found.records.aggregate(**flow._facts(found, date(2026, 4, 1), AS_OF))
        assert "Asia/Tokyo" in ibis.to_sql(asked, dialect=engine)


def test_an_engine_whose_clocks_are_not_known_is_refused() -> None:
    column = ibis.table(STORED, name="t")["closed_at"]
    with pytest.raises(ValueError, match="times of impala cannot be moved"):
        shown(column, "Asia/Tokyo", "Asia/Tokyo", "impala")
    assert shown(column.cast("date"), "UTC", "Asia/Tokyo", "impala").type().is_timestamp()


@pytest.mark.parametrize("share", [0.5, 0.8])
@pytest.mark.parametrize("numbers", [[4.0, None, 1.0, 2.0], [3, 1, 2], [7], [None]])
def test_quantiles_are_exact_where_an_engine_has_none(
    numbers: list[float | None], share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = ibis.memtable(pa.table({"x": pa.array(numbers, pa.float64())}))
    usual = quantile(table["x"], share, table["x"] > 0).to_pyarrow().as_py()
    monkeypatch.setattr("kpilint.data.quantile._engines", lambda column: {"bigquery"})
    assert quantile(table["x"], share, table["x"] > 0).to_pyarrow().as_py() == pytest.approx(usual)
    whole = np.array([n for n in numbers if n is not None])
    if len(whole):
        assert usual == pytest.approx(np.quantile(whole, share))


# An ordered funnel, and the page that tells of all this

LONG = """
timezone: Asia/Tokyo
sources: {t: {url: "URL", table: SCHEMA.t}}
funnels:
  ordered:
    source: t
    record: record
    stage: stage
    entered: at
    stages: [a, b, c]
    within: 2d
"""


def test_an_ordered_funnel_is_the_same(stored: Store) -> None:
    start = datetime(2026, 4, 1)
    random = np.random.default_rng(7)
    hours = random.integers(0, 240, 600)
    table = pa.table(
        {
            "record": [f"r{n}" for n in random.integers(0, 60, 600)],
            "stage": [str(each) for each in random.choice(["a", "b", "c", "x"], 600)],
            "at": pa.array([start + timedelta(hours=int(h)) for h in hours], pa.timestamp("us")),
        }
    )
    results = [Funnel.of((d := stored(e, {"t": table}, LONG)).goals)(d) for e in ENGINES]
    assert 0 < results[0].steps[2].reached < results[0].steps[0].reached
    for other in results[1:]:
        pd.testing.assert_frame_equal(results[0].table(), other.table(), check_exact=True)
        assert results[0].oddities == other.oddities


@pytest.mark.parametrize("page", ["warehouse.md", "warehouse.ja.md"])
def test_the_examples_of_the_page_can_be_read(page: str) -> None:
    text = (SAMPLE.parent / "docs" / page).read_text(encoding="utf-8")
    examples = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    before, after = (read("goals.yaml", source=example) for example in examples)
    assert before.faults == after.faults == ()
    assert before.metrics["won_revenue"].where == after.metrics["won_revenue"].where
    assert before.sources["deals"].path
    assert after.sources["deals"].table == "crm.kpi_deals"
    shown = re.findall(r"`((?:postgresql|duckdb|spark)://[^`]+)`", text)
    assert len(shown) == 5
    for url in shown:
        goals = read("goals.yaml", source=f"sources: {{t: {{url: '{url}', table: t}}}}")
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("PGUSER", "me")
            patch.setenv("PGPASSWORD", "hush")
            assert address_of(goals.sources["t"])
