"""E: each planted fault is found once, where it stands, and says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilint.finding import Findings
from kpilint.goals.goalfile import read
from kpilint.linter import lint
from tests.rules.pages import found

HEAD = "version: 1\nlanguage: en\n"


def linted(text: str) -> Findings:
    return lint(read("goals.yaml", source=HEAD + text), as_of="2026-10-01")


def places(text: str, code: str) -> list[tuple[int, int]]:
    return [(f.span.line, f.span.column) for f in linted(text) if f.code == code]


@pytest.mark.parametrize(
    ("code", "text", "place", "says"),
    [
        ("E001", "goals:\n  - {id: a, id: b}\n", (4, 13), "line 4 has it already"),
        ("E001", "goals:\n\t- {id: a}\n", (4, 1), "tab"),
        ("E001", "goals:\n  - {id: [a}\n", (4, 12), "bracket"),
        ("E001", "goals: *a\n", (3, 8), "alias"),
        ("E001", "goals:\n  - id: a: b\n", (4, 10), "colon"),
        ("E001", "[a]: b\n", (3, 1), "plain word"),
        ("E002", "gaols: []\n", (3, 1), "Did you mean goals?"),
        ("E002", "goals:\n  - {id: a, taget: 1}\n", (4, 13), "Did you mean target?"),
        ("E002", "metrics:\n  m: {agg: sum, stok: {}}\n", (4, 17), "Did you mean stock?"),
        ("E002", "lint: {options: {P001: {per_ower: 3}}}\n", (3, 25), "Did you mean per_owner?"),
        ("E002", "lint: {options: {P001: {per_owner: many}}}\n", (3, 36), "for example 5"),
        ("E002", "lint: {options: {P0O1: {}}}\n", (3, 18), "Did you mean P0"),
        ("E002", "lint: {select: [S, s001]}\n", (3, 20), "Did you mean S001?"),
        ("E003", "fiscal_year_start: 13\n", (3, 20), "from 1 to 12"),
        ("E002", "goals: []  # kpilint: ignore P00l -- typo\n", (3, 12), "Did you mean P0"),
        ("E003", "goals:\n  - {id: a, target: たくさん}\n", (4, 21), "たくさん"),
        ("E003", "goals:\n  - {id: a, period: 2026-13}\n", (4, 21), "13"),
        ("E003", "goals:\n  - {id: a, period: 2026-13-45}\n", (4, 21), "2026-13-45"),
        ("E003", "goals:\n  - {label: a}\n", (4, 6), "id is missing"),
        ("E003", "goals:\n  - {id: a, role: kpl}\n", (4, 19), "Did you mean kpi?"),
        ("E003", "goals:\n  - {id: a, keep: maybe}\n", (4, 19), "true or false"),
        ("E003", "goals:\n  - just words\n", (4, 5), "mapping"),
        ("E003", "goals: [{id: a, combine: {sum: [b], product: [b]}}]\n", (3, 26), "one of sum"),
        ("E003", "goals: [{id: a, combine: {}}]\n", (3, 26), "one of sum"),
        ("E003", "timezone: Tokyo\n", (3, 11), "time zone"),
        ("E003", "fiscal_year_start: April\n", (3, 20), "April"),
        ("E003", "sources: {s: {expect: [{unique: a, not_null: b}]}}\n", (3, 24), "One check"),
        ("E003", "goals: []  # kpilint: ignore -- all of it\n", (3, 12), "Name the rule"),
        ("E003", "goals: []  # kpilint: ignore P004 until=soon -- x\n", (3, 12), "soon"),
        ("E004", "goals: [{id: a}, {id: b}, {id: a}]\n", (3, 32), "line 3"),
        ("E005", "metrics: {won: {}}\ngoals: [{id: a, metric: wno}]\n", (4, 25), "you mean won?"),
        ("E005", "goals: [{id: a, parent: b}]\n", (3, 25), "The goal b"),
        ("E005", "goals: [{id: a, paired_with: b}]\n", (3, 30), "The goal b"),
        ("E005", "goals: [{id: a, combine: {sum: [b]}}]\n", (3, 33), "The goal b"),
        ("E005", "goals: [{id: a, targets: {teams: {東: 1}}}]\n", (3, 38), "The team 東"),
        ("E005", "sources: {d: {join: [{source: x, on: k}]}}\n", (3, 31), "The source x"),
        ("E003", "sources: {d: {join: [{on: k}]}}\n", (3, 23), "source is missing"),
        ("E003", "lint: {options: {P001: {total: {[a]: 1}}}}\n", (3, 32), "found a list"),
        ("E005", "metrics: {m: {source: x}}\n", (3, 23), "The source x"),
        ("E005", "metrics: {m: {formula: a + b}}\n", (3, 24), "The metric a"),
        ("E005", "metrics: {m: {stage: sales.won}}\n", (3, 22), "The funnel sales"),
        ("E005", "sources: {d: {preset: hubspot/deal}}\n", (3, 23), "Did you mean hubspot/deals?"),
        ("E006", "goals: [{id: a, parent: b}, {id: b, parent: a}]\n", (3, 25), "a → b → a"),
        ("E006", "goals: [{id: a, parent: a}]\n", (3, 25), "a → a"),
        ("E006", "metrics: {x: {formula: x + 1}}\n", (3, 24), "x → x"),
        ("E007", "metrics: {m: {where: 'a = 1; DROP TABLE b'}}\n", (3, 22), "statement"),
        ("E007", "metrics: {m: {column: 'sum(a)'}}\n", (3, 23), "agg:"),
        ("E007", "metrics: {m: {formula: __import__('os')}}\n", (3, 24), "formula"),
        ("E007", "funnels: {f: {lost: {where: (select 1)}}}\n", (3, 29), "Sub-queries"),
        ("E008", "metrics: {m: {unit: h}}\ngoals: [{id: a, metric: m, target: 3%}]\n", (4, 36), "%"),
        ("E008", "metrics: {m: {formula: a + b}, a: {unit: USD}, b: {unit: days}}\n", (3, 24), "+"),
        (
            "E008",
            "metrics: {y: {unit: JPY}, n: {unit: count}}\n"
            "goals: [{id: a, metric: n, combine: {sum: [b]}}, {id: b, metric: y}]\n",
            (4, 28),
            "The parts make JPY, but count is measured",
        ),
        (
            "E009",
            "metrics: {m: {unit: hours, better: higher}}\n"
            "goals: [{id: a, metric: m, target: 2時間以内}]\n",
            (4, 36),
            "better: higher",
        ),
    ],
)  # fmt: skip
def test_a_planted_fault(code: str, text: str, place: tuple[int, int], says: str) -> None:
    raised = [f for f in linted(text) if f.code == code]
    assert [(f.span.line, f.span.column) for f in raised][:1] == [place]
    assert says in raised[0].message


@pytest.mark.parametrize(
    ("made", "parent", "count"), [("JPY", "JPY", 0), ("count", "JPY", 1), ("percent", "ratio", 0)]
)
def test_units_multiply_out(made: str, parent: str, count: int) -> None:
    text = f"""metrics: {{p: {{unit: {parent}}}, n: {{unit: count}}, u: {{unit: {made}}}}}
goals:
  - {{id: a, metric: p, combine: {{product: [b]}}}}
  - {{id: b, metric: u}}
"""
    assert len(places(text, "E008")) == count


def test_a_formula_of_an_undefined_metric_is_told_once() -> None:
    text = "metrics: {m: {formula: a * b, unit: JPY}}\ngoals: [{id: g, metric: m, target: 3万円}]\n"
    assert [f.code for f in linted(text) if f.code in {"E005", "E008"}] == ["E005", "E005"]


def test_a_formula_that_cannot_be_read_is_told_once() -> None:
    text = "metrics: {m: {formula: a b, unit: JPY}, a: {unit: JPY}}\n"
    assert [f.code for f in linted(text) if f.code in {"E007", "E008"}] == ["E007"]


def test_a_key_in_japanese_is_told_in_the_language_s_own() -> None:
    text = "goals: [{id: a, 担当者: 営業部, 期限: 2026-10, 備考: x, 天気: 晴れ}]\n"
    messages = [f.message for f in linted(text) if f.code == "E002"]
    assert [m.rpartition(" Did you mean ")[2] for m in messages if "mean" in m] == [
        "owner?",
        "period?",
    ]
    assert len(messages) == 4


@pytest.mark.parametrize("role", ["kgl", "KGI", "ＫＧＩ"])
def test_nothing_is_built_on_a_role_that_cannot_be_read(role: str) -> None:
    text = f"metrics: {{m: {{agg: sum}}}}\ngoals: [{{id: a, role: {role}, metric: m}}]\n"
    found = [f for f in linted(text) if f.code in {"E003", "R001", "R002"}]
    assert [(f.code, f.message.endswith("mean kgi?")) for f in found] == [("E003", True)]


@pytest.mark.parametrize("more", [None, "a: [b"])
def test_what_a_file_that_is_not_read_may_define_is_not_missed(
    more: str | None, tmp_path: Path
) -> None:
    path = tmp_path / "goals.yaml"
    path.write_text("language: en\ninclude: [more.yaml]\ngoals: [{id: a, metric: m, parent: b}]")
    if more is not None:
        (tmp_path / "more.yaml").write_text(more)
    codes = {f.code for f in lint(read(path), as_of="2026-10-01")}
    assert codes & {"E001", "E003", "E005", "R001"} == {"E001" if more else "E003"}


def test_a_version_that_is_not_known_yet() -> None:
    (fault,) = read("goals.yaml", source="version: 2", language="en").faults
    assert (fault.code, fault.span.column, "no version 2" in fault.message) == ("E003", 10, True)


def test_a_month_may_be_written_as_one() -> None:
    assert places("fiscal_year_start: 4月\n", "E003") == []


@pytest.mark.parametrize(
    ("better", "target", "count"),
    [
        ("higher", "2時間以内", 1),
        ("lower", "2時間以上", 1),
        ("lower", "2時間以内", 0),
        ("higher", "2時間", 0),
    ],
)
def test_a_bound_has_a_direction(better: str, target: str, count: int) -> None:
    text = f"""metrics: {{m: {{unit: hours, better: {better}}}}}
goals: [{{id: a, metric: m, target: {target}}}]
"""
    assert len(places(text, "E009")) == count


def test_a_fault_inside_a_goal_is_about_the_goal() -> None:
    text = "goals:\n  - {id: a, taget: 1}\n  - {id: b, target: x}\nversoin: 1\n"
    about = {f.code + f.subject.id for f in linted(text) if f.code in {"E002", "E003"}}
    assert about == {"E002a", "E003b", "E002goals.yaml"}


def test_all_faults_show_at_once() -> None:
    text = "goals:\n  - {id: a, taget: 1, period: x, target: y}\n  - {id: a, metric: m}\n"
    assert {f.code for f in linted(text)} >= {"E002", "E003", "E004", "E005"}


def test_a_selection_with_an_unknown_rule_selects_all() -> None:
    codes = {f.code for f in linted("goals: [{id: a}]\nlint: {select: [S, Z9]}\n")}
    assert {"E002", "M001", "S002"} <= codes


def test_the_selection_of_the_file_holds() -> None:
    codes = {f.code for f in linted("goals: [{id: a}]\nlint: {select: [S002]}\n")}
    assert codes == {"S002"}


def test_no_example_of_this_room_needs_data(tmp_path: Path) -> None:
    result = found("GoalSet", "goals: [{id: a, metric: m}]", tmp_path, "E005")
    assert result.unchecked == ()
