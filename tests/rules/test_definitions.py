"""S: judging words, money, units and agreements."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilint.finding import Severity
from tests.rules.pages import found, linted, merged


def metrics(*lines: str) -> str:
    return "metrics:\n" + "".join(f"  {line}\n" for line in lines)


def count(label: str, more: str = "") -> str:
    return metrics(f"m: {{label: {label}, source: deals, agg: count, time: created_at{more}}}")


@pytest.mark.parametrize(
    ("label", "judged"),
    [
        ("MQL数", True),
        ("ＭＱＬ数", True),
        ("SQLs", True),
        ("有効商談数", True),
        ("質の高いリード", True),
        ("案件化数", True),
        ("アクティブユーザー数", True),
        ("重点企業の商談数", True),
        ("Qualified meetings", True),
        ("High-intent leads", True),
        ("Active customers", True),
        ("商談数", False),
        ("有効期限切れの契約数", False),
        ("品質クレーム件数", False),
        ("商談見込み金額", False),
        ("PostgreSQL migrations", False),
        ("Disqualified leads", False),
        ("Goods sold", False),
        ("Validation errors", False),
        ("Hotline calls", False),
    ],
)
def test_a_judging_word_needs_a_definition(label: str, judged: bool, tmp_path: Path) -> None:
    assert len(found("GoalSet", count(label), tmp_path, "S003")) == judged
    defined = count(label, ", definition: 三つの条件を満たすもの")
    assert len(found("GoalSet", defined, tmp_path, "S003")) == 0


def test_what_a_goal_is_called_counts_as_well(tmp_path: Path) -> None:
    text = count("商談数") + "goals: [{id: g, label: 有効商談数, metric: m}]\n"
    (flaw,) = found("GoalSet", text, tmp_path, "S003")
    assert (flaw.subject.id, flaw.evidence["matched"]) == ("m", "有効")


def test_a_rate_is_defined_by_its_parts(tmp_path: Path) -> None:
    text = metrics("a: {agg: count}", "r: {label: SQL率, numerator: a, denominator: a}")
    assert len(found("GoalSet", text, tmp_path, "S003")) == 0


@pytest.mark.parametrize(
    ("label", "more", "flaws"),
    [
        ("受注金額", "unit: JPY", 1),  # with or without tax?
        ("受注金額(税抜)", "unit: JPY", 0),
        ("売上", "unit: JPY", 1),  # and when does it count?
        ("売上(税込)", "unit: JPY", 1),
        ("売上(税込)", "unit: JPY, definition: 検収日で計上", 0),
        ("広告費(税抜)", "unit: JPY", 0),
        ("Revenue", "unit: USD", 1),
        ("Won revenue", "unit: USD", 0),
        ("訪問数", "unit: count", 0),
    ],
)
def test_money_has_its_basis(label: str, more: str, flaws: int, tmp_path: Path) -> None:
    text = metrics(f"m: {{label: {label}, source: deals, agg: sum, column: amount, {more}}}")
    result = found("GoalSet", text, tmp_path, "S003")
    assert [f.severity for f in result] == [Severity.INFO] * flaws


def test_all_that_an_amount_leaves_open_is_asked_at_once(tmp_path: Path) -> None:
    text = metrics("m: {label: 売上, source: deals, agg: sum, column: amount, unit: JPY}")
    (flaw,) = found("GoalSet", text, tmp_path, "S003")
    assert "tax" in flaw.message
    assert "acceptance" in flaw.message


@pytest.mark.parametrize("said", ["未定", "TBD", "（検討中）", "-"])
def test_a_definition_to_come_is_none(said: str, tmp_path: Path) -> None:
    assert (
        len(found("GoalSet", count("有効商談数", f", definition: {said}"), tmp_path, "S003")) == 1
    )


@pytest.mark.parametrize(("column", "flaws"), [("amount", 0), ("list_price", 1)])
def test_the_basis_is_said_once_for_a_column(column: str, flaws: int, tmp_path: Path) -> None:
    text = metrics(
        "a: {label: 受注金額(税抜), source: deals, agg: sum, column: amount, unit: JPY}",
        f"b: {{label: 受注単価, source: deals, agg: mean, column: {column}, unit: JPY}}",
    )
    assert len(found("GoalSet", text, tmp_path, "S003")) == flaws


@pytest.mark.parametrize(
    ("lines", "subjects"),
    [
        (("m: {agg: count}",), []),
        (("m: {agg: count_distinct, column: a}",), []),
        (("m: {agg: sum, column: a}",), ["m"]),
        (("m: {agg: sum, column: a, unit: JPY}",), []),
        (("m: {agg: sum, column: a, unit: 謎}",), []),  # E003's
        (("m: {manual: {2026-09: 41}}",), ["m"]),
        (("a: {agg: count}", "m: {numerator: a, denominator: a}"), []),
        (
            ("a: {agg: count}", "b: {agg: sum, unit: JPY}", "m: {numerator: b, denominator: a}"),
            ["m"],
        ),
        (("a: {agg: sum, column: x}", "m: {numerator: a, denominator: a}"), ["a"]),
        (("a: {agg: sum, column: x}", "m: {formula: a * 2}"), ["a"]),
        (("a: {agg: count}", "m: {formula: a * 2}"), []),
        (("m: {formula: m + 1}",), []),  # E006's
        (("m: {formula: 'import'}",), []),  # E007's
    ],
)
def test_a_unit(lines: tuple[str, ...], subjects: list[str], tmp_path: Path) -> None:
    result = found("GoalSet", metrics(*lines) + "goals: []\n", tmp_path, "S004")
    assert [f.subject.id for f in result] == subjects


@pytest.mark.parametrize(
    ("metric", "missing"),
    [
        ("agg: count, stage: sales.lead", ["marketing", "sales"]),
        ("agg: count, stage: sales.lead, agreed_by: [marketing]", ["sales"]),
        ("agg: count, stage: sales.lead, agreed_by: [Ｓａｌｅｓ, marketing]", None),
        ("agg: count, stage: sales.lead, agreed_by: [sales, marketing, finance]", None),
        ("agg: count, stage: sales.opportunity", None),  # sales hands over to itself
        ("agg: count, stage: sales.won", None),  # the last
        ("agg: count", None),
        ("numerator: m, denominator: m, stage: sales.lead", None),
    ],
)
def test_a_hand_over_is_agreed(metric: str, missing: list[str] | None, tmp_path: Path) -> None:
    text = metrics(f"m: {{label: リード数, source: deals, {metric}}}")
    result = found("GoalSet", text, tmp_path, "S006")
    assert [f.evidence["missing"] for f in result] == ([missing] if missing else [])


def test_there_is_nothing_to_agree_upon_without_a_definition(tmp_path: Path) -> None:
    text = merged("GoalSet", count("MQL数", ", stage: sales.lead"))
    codes = {f.code for f in linted(text, tmp_path, "S003", "S006", data=False)}
    assert codes == {"S003"}
