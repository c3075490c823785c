"""The goals file as a whole: the language's own example, includes, merges, and bad bytes."""

from __future__ import annotations

import os
import random
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kpilint.errors import FileProblem
from kpilint.finding import Findings, Severity, Span
from kpilint.goals.goalfile import GoalSet, read
from kpilint.linter import lint

EXAMPLE = Path(__file__).with_name("example.yaml")
TEXT = EXAMPLE.read_text(encoding="utf-8")
DAY = date(2026, 9, 30)


def source(text: str | bytes) -> GoalSet:
    return read("goals.yaml", source=text, language="en")


def faults(text: str | bytes) -> list[str]:
    return [f"{f.code} {f.span.line}:{f.span.column} {f.message}" for f in source(text).faults]


def word(goals: GoalSet, span: Span) -> str:
    """What stands at a place."""
    line = goals.texts[span.path].splitlines()[span.line - 1]
    return line[span.column - 1 : span.end_column - 1]


@pytest.fixture(scope="module")
def example() -> GoalSet:
    return read(EXAMPLE)


# The example of the language


def test_the_example_raises_no_error(example: GoalSet) -> None:
    found = lint(example, as_of=DAY)
    assert [f.message for f in found.at_least(Severity.ERROR)] == []
    assert [(f.code, f.goal) for f in found if f.excused] == [("P004", "nps_h2")]


def test_the_example_is_read_in_full(example: GoalSet) -> None:
    assert example.faults == ()
    assert (example.version, example.organization, example.language) == (
        1,
        "株式会社サンプル",
        "ja",
    )
    assert (example.fiscal_year_start, example.fiscal_year_named) == (4, "start")
    assert example.closures == ((date(2026, 12, 29), date(2027, 1, 3)),)
    assert (example.maturity, example.teams["営業1課"]) == ("middle", ("営業A", "営業B"))
    assert list(example.sources) == ["deals", "accounts", "calls", "stage_history"]
    assert len(example.metrics) == 11
    assert [len(x) for x in (example.goals, example.hypotheses, example.alerts)] == [6, 1, 3]


def test_sources_of_the_example(example: GoalSet) -> None:
    deals = example.sources["deals"]
    assert (deals.path, deals.preset, deals.key) == ("data/deals.csv", "hubspot/deals", "deal_id")
    assert (deals.timezone, deals.updated, deals.grain) == ("UTC", "daily", "day")
    assert deals.columns == {"owner": "取引担当者"}
    assert deals.values == {"stage": {"契約済": "won", "失注": "lost"}}
    assert (deals.join[0].source, deals.join[0].fields) == ("accounts", ("industry", "is_target"))
    assert (deals.expect[3].form, deals.expect[3].columns) == ("between", ("amount",))
    assert example.sources["stage_history"].url == "postgresql://${PGUSER}@localhost/crm"


def test_funnels_of_the_example(example: GoalSet) -> None:
    sales, renewals = example.funnels["sales"], example.funnels["renewals"]
    assert (sales.is_long, renewals.is_long) == (False, True)
    assert [s.name for s in sales.stages] == ["lead", "mql", "sql", "opportunity", "won"]
    assert sales.stages[4].where == "stage = 'won'"
    assert sales.lost is not None
    assert sales.lost.entered == "closed_at"
    assert {name: d.days for name, d in sales.after_won.items()} == {"delivery": 60, "payment": 30}
    assert [s.name for s in renewals.stages] == ["notified", "negotiating", "renewed"]
    assert renewals.stages[1].values == ("見積", "交渉")
    assert renewals.within is not None
    assert renewals.within.days == 90


def test_metrics_of_the_example(example: GoalSet) -> None:
    forms = {name: m.form for name, m in example.metrics.items()}
    assert forms["won_revenue"] == forms["unit_price"] == "flow"
    assert forms["win_rate"] == forms["cohort_win_rate"] == "ratio"
    assert (forms["pipeline_value"], forms["open_pipeline"], forms["nps"]) == (
        "formula",
        "stock",
        "manual",
    )
    assert example.metrics["opportunities"].agreed_by[2] == "field_sales"
    typed = example.metrics["nps"].manual or {}
    assert {p.text: q.value for p, q in typed.items()} == {"2026-07": 41, "2026-08": 44}


def test_goals_of_the_example(example: GoalSet) -> None:
    revenue = example.by_id["revenue_q3"]
    assert revenue.period is not None
    assert (revenue.period.start, revenue.period.end) == (date(2026, 10, 1), date(2026, 12, 31))
    assert revenue.target is not None
    assert revenue.target.value == 39_000_000
    assert revenue.combine is not None
    assert (revenue.combine.how, revenue.combine.children) == ("product", ("wins_q3", "price_q3"))
    assert revenue.audience == ("board", "manager")
    assert revenue.targets is not None
    assert list(revenue.targets.people) == ["営業A", "営業B", "営業C"]
    assert revenue.changes[0].reason == "新製品の受注開始"
    assert revenue.reviews[0].due == date(2026, 11, 15)
    price, pipeline = example.by_id["price_q3"], example.by_id["pipeline_q2"]
    assert (price.keep, price.target and price.target.bound) == (True, ">=")
    assert pipeline.share is not None
    assert (pipeline.share.of, pipeline.share.percent) == ("revenue_q3", 30)
    assert pipeline.share.baseline is not None
    assert pipeline.share.baseline.value == 28_000_000
    assert example.hypotheses[0].lag == (28, 56)
    assert str(example.alerts[1].when) == "days_left <= 7 and attainment < 100%"
    assert example.lint is not None
    assert example.lint.options == {"P001": {"per_owner": 5}}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        (("target",), "3,900万円"),
        (("combine", "product", 1), "price_q3"),
        (("targets", "people", "営業B", "2026-11"), "400万円"),
        (("targets", "teams", "営業1課"), "2,900万円"),
        (("changes", 0, "from"), "3,600万円"),
        (("reviews", 0, "who"), "営業1課長"),
        (("audience", "manager"), "manager"),
        (("targets",), "targets"),
        (("retired",), "revenue_q3"),  # not written: where the goal shows
        (("targets", "people", "営業Z"), "people"),
    ],
)
def test_every_place_is_right(example: GoalSet, path: tuple[str | int, ...], found: str) -> None:
    assert word(example, example.by_id["revenue_q3"].at(*path)) == found


def test_places_inside_braces(example: GoalSet) -> None:
    pipeline = example.by_id["pipeline_q2"]
    assert word(example, pipeline.at("share", "baseline")) == "2,800万円"
    assert word(example, pipeline.at("share", "win_rate")) == "25%"
    assert word(example, example.metrics["nps"].at("manual", "2026-08")) == "44"
    assert word(example, example.metrics["calls"].at()) == "calls"
    assert word(example, example.funnels["sales"].stages[4].at("where")) == "stage = 'won'"


# Numbers in braces


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("{id: a, target: 3,900万円}", 39_000_000),
        ("{id: a, target: 42,000,000円}", 42_000_000),
        ("{id: a, target: ¥1,234,567, label: x}", 1_234_567),
        ("{target: 3,900万円, id: a}", 39_000_000),
        ("{id: a, target: '3,900万円'}", 39_000_000),
    ],
)
def test_thousands_in_braces(text: str, target: float) -> None:
    goals = source(f"goals: [{text}]")
    assert goals.faults == ()
    assert [g.target and g.target.value for g in goals] == [target]
    assert word(goals, goals.goals[0].at("target")).strip("'") in text


@pytest.mark.parametrize(
    "text", ["{id: a, target: 3, 900}", "{id: a, target: 3,90万円}", "{id: '3',900}"]
)
def test_what_only_looks_like_thousands(text: str) -> None:
    assert any(line.startswith("E002") for line in faults(f"goals: [{text}]"))


# Anchors, merges, includes


def test_anchors_and_merges() -> None:
    goals = source("""
goals:
  - &base {id: a, owner: X, target: 3件}
  - {<<: *base, id: b}
  - <<: [*base, {label: L}]
    id: c
    target: 4件
""")
    assert goals.faults == ()
    assert [g.owner for g in goals] == ["X", "X", "X"]
    assert [g.target and g.target.value for g in goals] == [3, 3, 4]
    assert goals.by_id["c"].label == "L"
    assert word(goals, goals.by_id["b"].at("owner")) == "X"


@pytest.mark.parametrize("month", ["0", "13", "-1", "9" * 40, "4.5", "April"])
def test_a_fiscal_year_starts_in_a_month(month: str) -> None:
    goals = source(f"fiscal_year_start: {month}\ngoals: [{{id: a, period: 2026-Q1}}]")
    assert [(f.code, f.span.line) for f in goals.faults] == [("E003", 1)]
    assert goals.fiscal_year_start is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("goals:\n  - {<<: base, id: b}", ["E003 2:10"]),
        ("goals:\n  - <<: [{owner: X}, 30%, [a]]\n    id: b", ["E003 2:22", "E003 2:27"]),
        ("<<: 3\ngoals: [{id: b}]", ["E003 1:5"]),
        ("goals: [{<<: , id: b}]", []),
        ("goals: [{<<: [], id: b}]", []),
    ],
)
def test_a_merge_of_what_is_no_mapping(text: str, found: list[str]) -> None:
    goals = source(text)
    assert [f"{f.code} {f.span.line}:{f.span.column}" for f in goals.faults] == found
    assert [goal.id for goal in goals] == ["b"]


def files(folder: Path, **texts: str) -> GoalSet:
    for name, text in texts.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    return read(folder / "goals.yaml", language="en")


def test_includes_are_merged(tmp_path: Path) -> None:
    goals = files(
        tmp_path,
        goals="include: [more.yaml]\nfiscal_year_start: 4\ngoals: [{id: a, period: 2026-Q1}]",
        more="goals: [{id: b, period: 2026-Q1}]\nmetrics: {m: {unit: JPY}}",
    )
    assert goals.faults == ()
    assert [g.id for g in goals] == ["a", "b"]
    assert {g.period.start for g in goals if g.period} == {date(2026, 4, 1)}
    assert goals.by_id["b"].at().path.endswith("more.yaml")


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ("include: [goals.yaml]", "includes itself"),
        ("include: [more.yaml]", "includes itself"),
        ("include: [./nowhere/../goals.yaml]", "includes itself"),
        ("include: [none.yaml]", "no such file"),
        ("include: [..]", "folder"),
    ],
)
def test_an_include_that_cannot_be_followed(more: str, says: str, tmp_path: Path) -> None:
    (fault,) = files(tmp_path, goals="include: more.yaml", more=more).faults
    assert (fault.code, fault.span.line, says in fault.message) == ("E003", 1, True)


def test_a_name_that_two_files_define(tmp_path: Path) -> None:
    goals = files(
        tmp_path,
        goals="include: [more.yaml]\nmetrics: {m: {unit: JPY}}\ngoals: [{id: a}]",
        more="metrics: {m: {unit: USD}}\ngoals: [{id: a}]",
    )
    assert goals.metrics["m"].unit == "JPY"
    found = [f for f in lint(goals, as_of=DAY) if f.code == "E004"]
    assert sorted(f.subject.id for f in found) == ["a", "m"]
    assert all(f.span.path.endswith("more.yaml") for f in found)


def test_what_only_an_include_says_of_the_whole_holds(tmp_path: Path) -> None:
    goals = files(
        tmp_path,
        goals="include: [more.yaml]\nclosures: [2026-12-29]\ngoals: [{id: a, period: 2026-Q1}]",
        more="include: [company.yaml]\ntimezone: UTC\nclosures: [2026-08-13..2026-08-14]",
        company="{organization: ACME, timezone: UTC, currency: USD, maturity: late,"
        " fiscal_year_start: 4, fiscal_year_named: end, ledger: 'sqlite:///l.db', language: en}",
    )
    assert goals.faults == ()
    told = goals.organization, goals.timezone, goals.currency, goals.maturity, goals.ledger
    assert told == ("ACME", "UTC", "USD", "late", "sqlite:///l.db")
    assert (goals.language, goals.fiscal_year_start, goals.fiscal_year_named) == ("en", 4, "end")
    assert goals.goals[0].period is not None
    assert goals.goals[0].period.start == date(2025, 4, 1)
    assert len(goals.closures) == 2


def test_the_language_of_an_include_tells_the_faults(tmp_path: Path) -> None:
    (tmp_path / "goals.yaml").write_text("include: more.yaml\ngoals: [{id: a, period: x}]")
    (tmp_path / "more.yaml").write_text("language: ja")
    (fault,) = read(tmp_path / "goals.yaml").faults
    assert "読み取れません" in fault.message


@pytest.mark.parametrize(
    ("key", "first", "second", "told"),
    [
        ("timezone", "Asia/Tokyo", "UTC", True),
        ("currency", "JPY", "USD", True),
        ("fiscal_year_start", "4", "1", True),
        ("fiscal_year_named", "start", "end", True),
        ("timezone", "UTC", "UTC", False),
        ("organization", "ACME", "Other", False),
        ("language", "en", "ja", False),
    ],
)
def test_files_that_contradict_each_other(
    key: str, first: str, second: str, told: bool, tmp_path: Path
) -> None:
    goals = files(
        tmp_path,
        goals=f"include: [more.yaml]\n{key}: {first}",
        more=f"version: 1\n{key}: {second}",
    )
    assert str(getattr(goals, key)) == first
    found = [(f.code, f.span.path[-9:], f.span.line) for f in goals.faults]
    assert found == [("E002", "more.yaml", 2)] * told
    assert all(first in f.message and second in f.message for f in goals.faults)


def test_excuses_of_all_files_hold_and_one_block_says_which_rules_run(tmp_path: Path) -> None:
    goals = files(
        tmp_path,
        goals="include: [more.yaml]\nlint:\n  select: [S]\n  ignore: [{rule: S001, reason: r}]",
        more="lint:\n  select: [ALL]\n  ignore: [{rule: P004, reason: q}]\n  options: {P001: {}}",
    )
    assert [(e.rule, e.span.path[-10:]) for e in goals.excuses] == [
        ("S001", "goals.yaml"),
        ("P004", "/more.yaml"),
    ]
    assert goals.lint is not None
    assert goals.lint.select == ("S",)
    assert [(f.code, f.span.path[-9:], f.span.line) for f in goals.faults] == [
        ("E002", "more.yaml", 2),
        ("E002", "more.yaml", 4),
    ]
    assert "goals.yaml" in goals.faults[0].message


def test_the_lint_block_of_an_included_file_holds_where_it_is_the_only_one(tmp_path: Path) -> None:
    goals = files(tmp_path, goals="include: [more.yaml]", more="lint: {select: [S]}")
    assert goals.faults == ()
    assert goals.lint is not None
    assert goals.lint.select == ("S",)


# Text that is not what it should be


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be-bom"])
def test_encodings(encoding: str) -> None:
    bom = "\ufeff" if encoding.endswith("-bom") else ""
    content = (bom + TEXT).encode(encoding.removesuffix("-bom"))
    goals = source(content)
    assert goals.faults == ()
    assert word(goals, goals.by_id["revenue_q3"].at("target")) == "3,900万円"


def test_shift_jis_is_read_on_but_told() -> None:
    goals = source(TEXT.replace("〜", "-").encode("cp932", errors="replace"))
    assert [f.code for f in goals.faults] == ["E001"]
    assert "cp932" in goals.faults[0].message
    assert len(goals) == 6


@pytest.mark.parametrize("end", ["\r\n", "\r"])
def test_line_ends(end: str) -> None:
    goals = source(TEXT.replace("\n", end).encode())
    assert goals.faults == ()
    assert word(goals, goals.by_id["revenue_q3"].at("target")) == "3,900万円"


BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "\n".join(
    f"{b}: &{b} [{','.join([f'*{a}'] * 10)}]" for a, b in zip("abcdef", "bcdefg", strict=True)
)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "E001 1:1 The file is empty"),
        ("# only a comment\n", "E001 1:1 The file is empty"),
        ("- a\n- b\n", "E001 1:1 A goals file is a mapping"),
        ("just words", "E001 1:1 A goals file is a mapping"),
        (b"PK\x03\x04\x00\x00", "E001 1:1 The file is binary"),
        (b"version: 1\nlabel: \x85 \n", "E001 2:1 Line 2 is not UTF-8"),
        (b"#" * 10_000_001, "E001 1:1 The file is larger than 10 MB"),
        (BOMB, "E001 1:1 The aliases"),
        ("a: &a [*a]\n", "E001 1:1 The aliases"),
        ("a: &a {<<: *a}\n", "E001 1:1 The aliases"),
        ("[" * 200_000, "E001 1:"),
        ("{a: " * 200_000, "E001 1:"),
        ("- " * 200_000, "E001 1:"),
        ("version: 1\n---\nversion: 1\n", "E001 2:1 A second document"),
        ("version: 1\nlabel: \x07\n", "E001 2:8 There is a control character"),
        ("version: 1\nversion: 2\n", "E001 2:1 The key version stands twice; line 1"),
        ("goals: [{id: a, period: 2026-13-45}]", "E003 1:25"),
        ("goals: 5", "E003 1:8 A mapping"),
        ("metrics: []", "E003 1:10 A mapping"),
        ("metrics: {m: 5}", "E003 1:14 A mapping"),
        ("version: [1]", "E003 1:10 A single value"),
    ],
    ids=lambda value: repr(value[:20]),
)
def test_bad_text_is_told_in_one_sentence(content: str | bytes, says: str) -> None:
    assert faults(content)[0].startswith(says)


def test_words_stay_words() -> None:
    goals = source(
        "goals: [{id: on, label: yes, keep: yes, owner: 007, changes: [{on: 2026-10-01}]}]"
    )
    goal = goals.by_id["on"]
    assert (goal.label, goal.keep, goal.owner) == ("yes", True, "007")
    assert goal.changes[0].on == date(2026, 10, 1)


@pytest.mark.parametrize("null", ["", "~", "null"])
def test_a_null_is_as_if_it_were_not_written(null: str) -> None:
    goals = source(
        f"goals: [{{id: a, owner: {null}, target: {null}, targets: {null}}}]\nlint: {null}"
    )
    assert goals.faults == ()
    assert [(g.owner, g.target, g.targets, g.has("owner")) for g in goals] == [
        (None,) * 3 + (False,)
    ]


def test_messages_are_in_the_language_of_the_file() -> None:
    text = "language: ja\ngoals: [{id: a, target: x, taget: y}]\n"
    told = [f.message for f in read("goals.yaml", source=text).faults]
    assert told
    assert [f.message for f in read("goals.yaml", source=text, language="en").faults] != told


@pytest.mark.parametrize(
    ("path", "says"),
    [("none.yaml", "no such file"), ("", "is a folder"), ("secret.yaml", "denied")],
)
def test_a_file_that_cannot_be_opened(path: str, says: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.yaml"
    secret.touch(mode=0)
    if path == "secret.yaml" and os.access(secret, os.R_OK):
        pytest.skip("this user may read every file")
    with pytest.raises(FileProblem, match=says):
        read(tmp_path / path)


# Anything at all


def survives(content: str | bytes) -> None:
    assert isinstance(lint(source(content), as_of=DAY), Findings)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes(content: bytes) -> None:
    survives(content)


@settings(max_examples=100, deadline=None)
@given(st.text("ab:-[]{}&*!|>'\"%@`#, \n\t?<=0123", max_size=80))
def test_any_yaml_like_text(text: str) -> None:
    survives(text)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_any_mutation_of_the_example(seed: int) -> None:
    chance = random.Random(seed)
    lines = TEXT.splitlines()
    for _ in range(chance.randint(1, 6)):
        number = chance.randrange(len(lines))
        line, other = lines[number], chance.choice(lines)
        cut, from_ = chance.randrange(len(line) + 1), chance.randrange(len(other) + 1)
        changes = [
            line[:cut] + other[from_:],
            line[:cut] + line[cut + 1 :],
            line[:cut] + chance.choice("{}[]:,'\"&*#- \t\x00é9") + line[cut:],
            line.replace(": ", ": ~ # ", 1),
            chance.choice(["", other, line.replace("{", "[").replace("}", "]")]),
        ]
        lines[number] = chance.choice(changes)
    survives("\n".join(lines))
