"""Fields looked up in another source: left, many to one, and checked to be so."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

import kpilint as kl
from kpilint.data.measure import value
from kpilint.errors import ColumnMissing, SourceProblem, Unavailable
from kpilint.i18n import speaking

GOALS = """
sources:
  deals:
    path: deals.csv
    key: id
    join: [{source: accounts, on: account, fields: [Industry, size]}]
  accounts: {path: accounts.csv, key: account}
metrics:
  big: {source: deals, agg: count, where: size > 300 and industry = 'IT', time: day}
  sizes: {source: deals, agg: sum, column: size, time: day}
"""
DEALS = "id,account,day\nD1,A,2026-10-01\nD2, B ,2026-10-02\nD3,,2026-10-03\nD4,C,2026-10-04\nD5,A,2026-10-05\n"
ACCOUNTS = "account,industry,size\nA,IT,１,000\nB,Steel,90\n,IT,5\n,IT,6\nD,IT,7\n".replace(
    "１,000", '"１,000"'
)


def opened(folder: Path, goals: str = GOALS, accounts: str = ACCOUNTS) -> kl.Dataset:
    (folder / "deals.csv").write_text(DEALS, encoding="utf-8")
    (folder / "accounts.csv").write_text(accounts, encoding="utf-8")
    return kl.Dataset.of(kl.read(folder / "goals.yaml", source=goals))


def test_no_record_is_lost_and_none_stands_twice(tmp_path: Path) -> None:
    with opened(tmp_path) as data:
        table = data.table("deals").order_by("id").to_pyarrow().to_pydict()
    assert table["id"] == ["D1", "D2", "D3", "D4", "D5"]
    assert table["Industry"] == ["IT", "Steel", None, None, "IT"]
    assert table["size"] == [1000.0, 90.0, None, None, 1000.0]  # a number, since a metric adds it


def test_metrics_use_what_is_joined(tmp_path: Path) -> None:
    with opened(tmp_path) as data:
        october = date(2026, 10, 1), date(2026, 10, 31)
        metrics = data.goals.metrics
        assert value(data, data.goals, metrics["big"], *october) == 2
        assert value(data, data.goals, metrics["sizes"], *october) == 2090


def test_columns_and_names(tmp_path: Path) -> None:
    with opened(tmp_path) as data:
        assert data.columns("deals") == ("id", "account", "day", "Industry", "size")
        assert data.resolve("deals", "ｉｎｄｕｓｔｒｙ") == "Industry"
        with pytest.raises(ColumnMissing):
            data.resolve("deals", "sizes")


@pytest.mark.parametrize(
    ("goals", "accounts", "said"),
    [
        (GOALS, ACCOUNTS + "A,IT,3\n", r"several records for one account \(A\)"),
        (
            GOALS.replace("fields: [Industry", "fields: [day"),
            ACCOUNTS + "",
            "column day of its own",
        ),
        (GOALS.replace("size]", "sise]"), ACCOUNTS, "no column sise. Did you mean size"),
        (GOALS.replace("on: account", "on: acount"), ACCOUNTS, "no column acount"),
        (GOALS.replace("source: accounts, on", "source: acc, on"), ACCOUNTS, "acc is not defined"),
    ],
)
def test_what_cannot_be_joined(tmp_path: Path, goals: str, accounts: str, said: str) -> None:
    refused = pytest.raises(SourceProblem, match=said)
    with speaking("en"), opened(tmp_path, goals, accounts) as data, refused:
        data.table("deals")


def test_sources_that_look_each_other_up(tmp_path: Path) -> None:
    circle = "accounts: {path: accounts.csv, join: [{source: deals, on: account, fields: [day]}]}"
    goals = GOALS.replace("accounts: {path: accounts.csv, key: account}", circle)
    with opened(tmp_path, goals) as data:
        assert data.table("deals").count().execute() == 5
        with pytest.raises(SourceProblem, match="A"):
            data.table("accounts")


def test_two_databases_are_not_joined(tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "crm.db")) as database:
        database.sql("create table accounts as select 'A' as account, 'IT' as industry, 3 as size")
    goals = GOALS.replace("path: accounts.csv", "url: 'duckdb:///crm.db', table: accounts")
    refused = pytest.raises(Unavailable, match="different databases")
    with speaking("en"), opened(tmp_path, goals) as data, refused:
        data.table("deals")


def test_in_one_database(tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(tmp_path / "crm.db")) as database:
        database.sql("create table accounts as select 'A' as account, 'IT' as industry, 3 as size")
        database.sql("create table deals as select 'D1' as id, 'A' as account, now() as day")
    goals = GOALS.replace("path: accounts.csv", "url: 'duckdb:///crm.db', table: accounts")
    goals = goals.replace("path: deals.csv", "url: duckdb:///crm.db\n    table: deals")
    with opened(tmp_path, goals) as data:
        (row,) = data.table("deals").to_pyarrow().to_pylist()
    assert (row["id"], row["Industry"], row["size"]) == ("D1", "IT", 3)
