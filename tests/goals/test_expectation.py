"""What is expected of a source is read into Great Expectations' terms, or refused at its line."""

from __future__ import annotations

import inspect
import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.finding import Severity
from kpilint.goals.expectation import FORMS, Expectation
from kpilint.goals.goalfile import GoalSet, read
from kpilint.goals.vocabulary import EXPECTATIONS, REFUSED, REFUSED_ARGUMENTS
from kpilint.i18n import speaking

HEAD = "sources:\n  t:\n    path: t.csv\n    expect:\n"


def written(item: str) -> GoalSet:
    with speaking("en"):
        return read("goals.yaml", source=f"{HEAD}      - {item}\n", language="en")


def expectations(item: str) -> tuple[Expectation, ...]:
    goals = written(item)
    assert goals.faults == ()
    return goals.sources["t"].expect


@pytest.mark.parametrize(
    ("item", "name", "arguments"),
    [
        ("unique: a", "column_values_to_be_unique", {"column": "a"}),
        ("unique: [a, b]", "compound_columns_to_be_unique", {"column_list": ("a", "b")}),
        ("not_null: a", "column_values_to_not_be_null", {"column": "a"}),
        (
            "between: {column: a, min: 0}",
            "column_values_to_be_between",
            {"column": "a", "min_value": 0.0},
        ),
        (
            "between: {column: a, min: 1万, max: '1,000,000円'}",
            "column_values_to_be_between",
            {"column": "a", "min_value": 10_000.0, "max_value": 1_000_000.0},
        ),
        (
            "between: {column: a, max: 2026-03-31}",
            "column_values_to_be_between",
            {"column": "a", "max_value": datetime(2026, 3, 31, 23, 59, 59, 999999)},
        ),
        (
            "in_set: {column: a, values: [007, 1e5, =cmd()]}",
            "column_values_to_be_in_set",
            {"column": "a", "value_set": ("007", "1e5", "=cmd()")},
        ),
        (
            "regex: {column: a, pattern: '^D[0-9]+$'}",
            "column_values_to_match_regex",
            {"column": "a", "regex": "^D[0-9]+$"},
        ),
        ("not_future: a", "column_values_to_be_between", {"column": "a"}),
        (
            "expect_column_mean_to_be_between: {column: a, min_value: 1}",
            "column_mean_to_be_between",
            {"column": "a", "min_value": 1.0},
        ),
    ],
)
def test_terms(item: str, name: str, arguments: dict[str, Any]) -> None:
    (found,) = expectations(item)
    assert (found.name, dict(found.arguments)) == (f"expect_{name}", arguments)


def test_one_item_may_be_several() -> None:
    assert [e.columns for e in expectations("not_null: [a, b]")] == [("a",), ("b",)]
    assert [e.columns for e in expectations("in_order: [a, b, c]")] == [("b", "a"), ("c", "b")]


@pytest.mark.parametrize(
    "item",
    [
        "{not_null: a, mostly: 0.95, severity: warning}",
        "{between: {column: a, min: 0, mostly: 95%, severity: warning}}",
        "{expect_column_values_to_be_unique: {column: a, mostly: .95}, severity: warning}",
    ],
)
def test_weights_stand_beside_or_inside(item: str) -> None:
    (found,) = expectations(item)
    assert (found.mostly, found.severity) == (0.95, Severity.WARNING)


def test_an_expectation_knows_its_place_even_behind_one_that_cannot_be_read() -> None:
    goals = read("g.yaml", source=HEAD + "      - uniq: a\n      - unique: a\n", language="en")
    (found,) = goals.sources["t"].expect
    assert found.at is not None
    assert (found.at.path, found.at.line, found.at.column) == ("g.yaml", 6, 9)


@pytest.mark.parametrize(
    ("item", "code", "told"),
    [
        ("uniqe: a", "E002", "There is no expectation uniqe. Did you mean unique?"),
        (
            "expect_column_values_to_be_unqiue: {column: a}",
            "E002",
            "Did you mean expect_column_values_to_be_unique?",
        ),
        ("between: {colunm: a, min: 0}", "E002", "no argument colunm. Did you mean column?"),
        ("between: {min: 0}", "E003", "The key column is missing here."),
        ("between: {column: a}", "E003", "Write min, max or both"),
        ("between: {column: a, min: 0, max: 2026-01-01}", "E003", "two numbers or two dates"),
        ("between: {column: a, min: many}", "E003", "A number or a date is expected here"),
        ("{unique: a, not_null: b}", "E003", "One check with its arguments"),
        ("{unique: a, mostly: 2}", "E003", "A share from 0 to 1"),
        ("{unique: a, mostly: .nan}", "E003", "cannot be read as a number"),
        ("{unique: a, severity: critical}", "E003", "critical is not one of error, warning, info."),
        ("unique: {a: 1}", "E003", "A single value is expected here"),
        ("unique: []", "E003", "At least one value"),
        ("in_order: a", "E003", "Two columns or more"),
        ("between: 3", "E003", "A mapping (key: value) is expected here"),
        ("regex: {column: a, pattern: '('}", "E003", "( is no regular expression"),
        ("regex: {column: a, pattern: '(?=a)'}", "E003", "looks ahead or back"),
        (r"regex: {column: a, pattern: '(a)\1'}", "E003", "looks ahead or back"),
        (
            "{expect_column_mean_to_be_between: {column: a}, mostly: 0.9}",
            "E002",
            "takes no argument mostly",
        ),
        (
            "unexpected_rows_expectation: {unexpected_rows_query: select 1}",
            "E003",
            "would run SQL or code",
        ),
        (
            "expect_column_values_to_be_unique: {column: a, row_condition: '@pd'}",
            "E003",
            "row_condition would run SQL or code",
        ),
    ],
)
def test_what_cannot_be_read_is_told_at_its_line(item: str, code: str, told: str) -> None:
    goals = written(item)
    assert goals.sources["t"].expect == ()
    assert goals.faults[0].code == code
    assert told in goals.faults[0].message
    assert goals.faults[0].span.line == 5


@pytest.mark.parametrize("pattern", ["^(a+)+$", "[*+]+", r"\d{4}-\d\d", "(?i)x", "(?:a|b)?", "😀+"])
def test_plain_patterns_are_taken(pattern: str) -> None:
    (found,) = expectations(f"regex: {{column: a, pattern: '{pattern}'}}")
    assert found.arguments["regex"] == pattern


TEXTS = st.text("ab1 :{}[]-~&*.%()+'日", max_size=8)
VALUES = st.recursive(TEXTS, lambda inner: st.lists(inner, max_size=3), max_leaves=6)


@given(VALUES, st.sampled_from([*FORMS, *EXPECTATIONS, "mostly", "x"]))
def test_whatever_is_written_is_read_or_told(value: Any, name: str) -> None:
    goals = written(f"{{{json.dumps(name)}: {json.dumps(value)}}}")
    assert bool(goals.sources["t"].expect) != bool(goals.faults)


def test_the_vocabulary_is_that_of_the_installed_library() -> None:
    from kpilint.data.library import library

    library()
    from great_expectations.expectations import registry
    from great_expectations.expectations.expectation import BatchExpectation

    common = {
        *inspect.get_annotations(BatchExpectation),
        *("id", "meta", "notes", "description", "result_format", "rendered_content", "severity"),
        *("windows", "batch_id", "catch_exceptions", "library_metadata", *REFUSED_ARGUMENTS),
    }
    names = registry.list_registered_expectation_implementations()
    declared = {name: registry.get_expectation_impl(name).__fields__ for name in names}
    theirs = {
        name: {key: bool(field.required) for key, field in fields.items() if key not in common}
        for name, fields in declared.items()
    }
    ours = {
        name: {key: argument.required for key, argument in known.items() if key not in common}
        for name, known in EXPECTATIONS.items()
    }
    assert ours == {name: known for name, known in theirs.items() if name not in REFUSED}
    assert theirs.keys() >= REFUSED


def test_the_schema_knows_every_name() -> None:
    import jsonschema

    from kpilint.goals.expectation import expectations as reader
    from kpilint.goals.node import reader_schema

    check = jsonschema.Draft202012Validator(reader_schema(reader))
    assert check.is_valid([{"unique": "a"}, {"between": {"column": "a", "min": 0}, "mostly": 0.9}])
    assert check.is_valid({"expect_column_to_exist": {"column": "a"}})
    assert not check.is_valid([{"uniqe": "a"}])
