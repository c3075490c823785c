"""Expressions of a goals file: what they compute, on every engine, and what they refuse."""

from __future__ import annotations

from datetime import datetime

import ibis
import pytest
from ibis.config import Config

from kpilint.data.expression import build, parse
from kpilint.data.kinds import FLAG, NUMBER, uses_in
from kpilint.errors import ColumnMissing


class SparkOptions(Config):  # type: ignore[misc]
    """What Ibis asks before it compiles for Spark."""

    treat_nan_as_null: bool = False


ENGINE = ibis.duckdb.connect()
SCHEMA = {
    "stage": "string", "amount": "float64", "cost": "float64", "made": "timestamp",
    "closed": "timestamp", "hot": "boolean", "id": "string", "取引 先": "string",
}  # fmt: skip
ROW = {
    "stage": "Won ", "amount": 1000.0, "cost": None, "made": datetime(2026, 10, 1, 9, 30),
    "closed": datetime(2026, 10, 3, 21, 30), "hot": True, "id": "007", "取引 先": "㈱髙橋",
}  # fmt: skip

VALUES = {
    "amount": 1000.0,
    "amount * 2 + 1 - 3": 1998.0,
    "-amount / 4": -250.0,
    "amount % 300": 100.0,
    "amount / 0": None,
    "amount + cost": None,
    "coalesce(cost, amount, 0)": 1000.0,
    "if_null(cost, 5)": 5.0,
    "nullif(amount, 1000)": None,
    "greatest(amount, 2000)": 2000.0,
    "least(amount, 2000, 3)": 3.0,
    "round(amount / 3, 1)": 333.3,
    "round(2.5 + 1)": 4,
    "floor(amount / 3)": 333,
    "ceil(amount / 3)": 334,
    "abs(-amount)": 1000.0,
    "stage": "Won ",
    "trim(stage)": "Won",
    "upper(trim(stage)) || '!'": "WON!",
    "lower(stage)": "won ",
    "length(stage)": 4,
    "substr(stage, 1, 2)": "Wo",
    "substr(stage, 2)": "on ",
    "replace(stage, 'W', 'w')": "won ",
    "concat(id, '-', stage)": "007-Won ",
    "hours_between(made, closed)": 60.0,
    "days_between(made, closed)": 2.5,
    "minutes_between(closed, made)": -3600.0,
    "year(closed)": 2026,
    "month(closed)": 10,
    "day(closed)": 3,
    "hour(closed)": 21,
    "date(closed)": datetime(2026, 10, 3).date(),
    "case when amount > 500 then 'big' else 'small' end": "big",
    "case when amount > 5000 then 1 end": None,
    "case id when '007' then 1 when '008' then 2 else 0 end": 1,
}
TRUE = [
    "stage = 'Won '", "stage <> 'Lost'", "stage != 'Lost'", "amount == 1000",
    "id = 7 or id = '007'",
    "stage in ('Won ', 'Lost')", "stage not in ('Lost')", "amount between 1000 and 1000",
    "not amount between 1 and 2", "cost is null", "amount is not null", "hot", "hot is true",
    "hot = true", "not hot is false", "(cost > 1) is not true", "stage like 'W%'",
    "stage ilike 'w_n%'", "stage not like 'L%'", "contains(stage, 'o')", "starts_with(stage, 'W')",
    "ends_with(id, '7')", "closed > made", "closed >= date '2026-10-03'", "closed >= '2026-10-03'",
    "closed < timestamp '2026-10-03 21:31:00'", "date(closed) = date '2026-10-03'",
    "closed between '2026-10-01' and '2026-10-04'", "amount > '500'", '"取引 先" = \'㈱髙橋\'',
    "amount = 1 or amount = 2 or amount = 1000", "id <> '7'", "year(closed) in (2025, 2026)",
]  # fmt: skip
REFUSED = {
    "stage > date '2026-01-01'": "“'2026-01-01'” in",
    "amount = 'x'": "'x'",
    "stage and hot": "holds text and is used as true or false",
    "amount + stage": "holds text and is used as numbers",
    "made > 5": "holds numbers and is used as dates",
    "made = 'soon'": "'soon'",
    "upper(made)": "holds dates and is used as text",
    "stage like id": "id",
    "(select 1)": "select",
    "amount in (select amount)": "select",
    "read_csv('x')": "read_csv",
    "other.amount = 1": "“.”",
    "amount = 1; drop table t": "“;”",
    "amount = 1 -- never": "--",
    "sum(amount) > 1": "sum",
    "made > current_date": "current_date",
    "amount::int = 1": "“:”",
    "": "empty",
}


def compute(text: str) -> object:
    table = ibis.memtable([ROW], schema=SCHEMA)
    found: object = ENGINE.to_pyarrow(table.select(x=build(text, table)))["x"].to_pylist()[0]
    return found


@pytest.mark.parametrize(("text", "value"), VALUES.items())
def test_values(text: str, value: object) -> None:
    found = compute(text)
    assert found == (pytest.approx(value) if isinstance(value, float) else value)


@pytest.mark.parametrize("text", TRUE)
def test_conditions(text: str) -> None:
    assert compute(text) is True
    assert compute(f"not ({text})") is False


@pytest.mark.parametrize(("text", "said"), REFUSED.items())
def test_refused(text: str, said: str) -> None:
    with pytest.raises(ValueError, match=r"\S") as problem:
        build(text, ibis.table(SCHEMA, name="t"))
    assert said in str(problem.value)


@pytest.mark.parametrize("engine", ["duckdb", "postgres", "pyspark", "bigquery", "snowflake"])
def test_compiles_for_every_engine(engine: str, monkeypatch: pytest.MonkeyPatch) -> None:
    if ibis.options.pyspark is None:  # Ibis sets it when pyspark is there; to compile needs none
        monkeypatch.setattr(ibis.options, "pyspark", SparkOptions())
    table = ibis.table(SCHEMA, name="t")
    columns = {f"x{n}": build(text, table) for n, text in enumerate([*VALUES, *TRUE])}
    sql = str(ibis.to_sql(table.select(**columns), dialect=engine))
    assert sql.count(" AS ") >= len(columns)


def test_strings_stay_strings_in_sql() -> None:
    table = ibis.table(SCHEMA, name="t")
    sql = str(ibis.to_sql(table.filter(build("stage = 'x''; drop table t; --'", table))))
    assert "'x''; drop table t; --'" in sql


def test_columns_are_looked_up_by_the_caller() -> None:
    def missing(name: str) -> ibis.Value:
        raise ColumnMissing(f"no {name}", source="t", column=name)

    with pytest.raises(ColumnMissing, match="no closed"):
        build("closed > made", ibis.table(SCHEMA, name="t"), missing)


def test_a_long_chain_is_built() -> None:
    text = " or ".join(f"amount = {n}" for n in range(90)) + " or amount = 1000"
    assert compute(text) is True


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("a > 5", {"a": {"number"}}),
        ("a = 'x'", {"a": {"text"}}),
        ("a >= '2026-04-01'", {"a": {"time"}}),
        ("a >= date '2026-04-01' and b in (1, 2)", {"a": {"time"}, "b": {"number"}}),
        ("a and not b", {"a": {"flag"}, "b": {"flag"}}),
        ("a = true or b is false", {"a": {"flag"}, "b": {"flag"}}),
        ("a + b > c", {"a": {"number"}, "b": {"number"}, "c": {"number"}}),
        ("hours_between(a, b) < 2", {"a": {"time"}, "b": {"time"}}),
        ("year(a) = 2026 and lower(b) = 'x'", {"a": {"time"}, "b": {"text"}}),
        ("coalesce(a, b, 0) > 1", {"a": {"number"}, "b": {"number"}}),
        ("case when a then b else 1 end = 2", {"a": {"flag"}, "b": {"number"}}),
        ("a between 1 and b", {"a": {"number"}, "b": {"number"}}),
        ("substr(a, b) like 'x%'", {"a": {"text"}, "b": {"number"}}),
        ("(a) = (5)", {"a": {"number"}}),
        ("a is null", {"a": set()}),
    ],
)
def test_what_an_expression_tells_of_its_columns(text: str, kinds: dict[str, set[str]]) -> None:
    assert uses_in(parse(text), FLAG).kinds == kinds


def test_compared_columns_are_alike() -> None:
    uses = uses_in(parse("a > b and c = 1"), FLAG)
    assert uses.alike == [("a", "b")]
    assert uses_in(parse("a"), NUMBER).kinds == {"a": {"number"}}
