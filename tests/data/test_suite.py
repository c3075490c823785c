"""What is expected of a source: written, and brought by its preset."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import ibis.expr.datatypes as dt
import pytest

from kpilint.data.crm import presets
from kpilint.data.dataset import Dataset
from kpilint.data.suite import asked_of, expected, fitted, kinds_expected, suite_key, unresolved
from kpilint.finding import Severity

Open = Callable[..., Dataset]


def suite(data: Dataset) -> list[tuple[str, tuple[str, ...], str]]:
    asked = asked_of(data, data.goals.sources["t"], date(2026, 10, 1))
    return [(a.expectation.form, a.columns, a.reason) for a in asked]


@pytest.mark.parametrize("preset", presets())
def test_every_preset_expects_something(opened: Open, preset: str) -> None:
    found = expected(opened("a\n", f"path: t.csv, preset: {preset}").goals.sources["t"])
    assert found
    assert all(e.at is None for e in found)


def test_a_preset_asks_only_for_columns_that_are_there(opened: Open) -> None:
    data = opened("レコードID,金額\n", "path: t.csv, preset: hubspot/deals")
    assert suite(data) == [
        ("unique", ("deal_id",), ""),
        ("not_null", ("deal_id",), ""),
        ("between", ("amount",), ""),
    ]


def test_what_is_written_wins_over_the_preset(opened: Open) -> None:
    keys = "path: t.csv, preset: hubspot/deals, expect: [{unique: deal_id, severity: info}]"
    found = expected(opened("レコードID\n", keys).goals.sources["t"])
    unique = [e for e in found if e.form == "unique"]
    assert [e.severity for e in unique] == [Severity.INFO]


def test_columns_are_found_by_any_name_and_missed_in_a_sentence(opened: Open) -> None:
    keys = "path: t.csv, columns: {amount: 金額}, expect: [{not_null: [金額, amuont]}]"
    (first, second) = suite(opened("金額\n", keys))
    assert first == ("not_null", ("amount",), "")
    assert second[2] == "The source t has no column amuont. Did you mean amount?"


def test_the_future_begins_after_the_last_moment_of_a_day(opened: Open) -> None:
    source = opened("a\n", "path: t.csv, expect: [{not_future: a}]").goals.sources["t"]
    (asked,) = unresolved(source, date(2026, 10, 1))
    assert asked.arguments["max_value"] == datetime(2026, 10, 1, 23, 59, 59, 999999)
    (undated,) = unresolved(source, None)
    assert undated.reason == "Name the day from which the future begins: as_of."


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ("between: {column: a, min: 0}", [("a", "number")]),
        ("between: {column: a, min: 2026-01-01}", [("a", "time")]),
        ("in_order: [a, b]", [("b", "time"), ("a", "time")]),
        ("not_future: a", [("a", "time")]),
        ("expect_column_sum_to_be_between: {column: a, min_value: 0}", [("a", "number")]),
        ("expect_column_value_lengths_to_equal: {column: a, value: 3}", []),
        ("unique: a", []),
    ],
)
def test_kinds(opened: Open, item: str, told: list[tuple[str, str]]) -> None:
    data = opened("a,b\n", f"path: t.csv, expect: [{{{item}}}]")
    assert list(kinds_expected(data.goals.sources["t"].expect)) == told


@pytest.mark.parametrize(
    ("dtype", "values", "typed"),
    [
        (dt.string, "[007, x]", ["007", "x"]),
        (dt.float64, "['1,000', 2万]", [1000.0, 20000.0]),
        (dt.boolean, "[true, no]", [True, False]),
        (dt.Timestamp(), "[2026-01-02]", [datetime(2026, 1, 2)]),
    ],
)
def test_values_get_the_type_of_their_column(
    opened: Open, dtype: dt.DataType, values: str, typed: list[object]
) -> None:
    data = opened("a\n", f"path: t.csv, expect: [{{in_set: {{column: a, values: {values}}}}}]")
    (asked,) = unresolved(data.goals.sources["t"], None)
    assert fitted(asked, {"a": dtype}).arguments["value_set"] == typed


def test_a_value_that_a_column_cannot_hold_is_told(opened: Open) -> None:
    data = opened("a\n", "path: t.csv, expect: [{in_set: {column: a, values: [won]}}]")
    (asked,) = unresolved(data.goals.sources["t"], None)
    assert "“won” cannot be read as a number" in fitted(asked, {"a": dt.float64}).reason


def test_the_key_changes_with_what_is_asked(opened: Open) -> None:
    def key(item: str) -> str:
        source = opened("a\n", f"path: t.csv, expect: [{{{item}}}]").goals.sources["t"]
        return suite_key(unresolved(source, None))

    items = ("unique: a", "not_null: a", "not_null: a, mostly: 0.9", "between: {column: a, min: 1}")
    assert len({key(item) for item in items}) == len(items)
    assert key("unique: a") == key("unique: a, severity: info")
