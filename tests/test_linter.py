"""lint(): order, skips, options, excuses, and what could not be checked."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpilint.errors import Misuse
from kpilint.goals.goalfile import read
from kpilint.linter import RULES, Config, lint
from kpilint.rule import DATA, HISTORY
from tests.rules.pages import BASE, linted

TEXT = "language: en\ngoals:\n  - {id: a, role: kgi}\n  - {id: b, target: 3}\n"


def found(text: str = TEXT, **config: tuple[str, ...]) -> list[str]:
    goals = read("goals.yaml", source=text)
    return [f.code for f in lint(goals, as_of="2026-10-01", config=Config(**config))]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("word", "codes"),
    [
        ("S002", {"S002"}),
        ("missing-owner", {"S002"}),
        ("X", {"X001", "X002", "X003"}),
        ("ALL", set(RULES)),
        ("X00", {"X001", "X002", "X003"}),
    ],
)
def test_a_word_selects(word: str, codes: set[str]) -> None:
    assert Config(select=(word,)).rules() == codes
    assert Config(ignore=(word,)).rules() == set(RULES) - codes


@pytest.mark.parametrize("word", ["", "Z", "a001", "S0021", "missing"])
def test_a_word_that_selects_nothing_is_misuse(word: str) -> None:
    for config in (Config(select=(word,)), Config(ignore=(word,))):
        with pytest.raises(Misuse, match="no rule"):
            config.rules()


def test_findings_stand_in_the_order_of_the_file() -> None:
    findings = lint(read("goals.yaml", source=TEXT), as_of="2026-10-01")
    places = [(f.span.line, f.span.column, f.code) for f in findings]
    assert places == sorted(places)
    assert len(places) > 5


def test_a_required_rule_runs_silently() -> None:
    """R003 asks for M009, so M009 is computed, but not reported."""
    text = TEXT.replace("role: kgi", "role: kgi, combine: {sum: [b]}")
    assert found(text, select=("R003",)) == []
    assert "M009" in found(text, select=("R003", "M009"))


def test_what_requires_a_rule_that_fired_is_not_asked() -> None:
    text = """metrics: {m: {unit: hours, better: higher}}
goals: [{id: a, metric: m, target: 2時間以内}]"""
    assert found(text, select=("E009",)) == ["E009"]
    assert found(text.replace("metric: m, ", ""), select=("E009", "M001")) == ["M001"]


def test_options_are_taken_by_code_and_by_name() -> None:
    text = TEXT + "  - {id: c}\n"
    for name in ("P001", "too-many-kpis"):
        goals = read("goals.yaml", source=f"{text}lint: {{options: {{{name}: {{total: 1}}}}}}\n")
        assert "P001" in {f.code for f in lint(goals, as_of="2026-10-01")}


@pytest.mark.parametrize(
    ("as_of", "day"), [("2026-10-31", date(2026, 10, 31)), (date(2026, 1, 2),) * 2]
)
def test_the_day(as_of: str | date, day: date) -> None:
    assert lint(read("goals.yaml", source=TEXT), as_of=as_of).as_of == day


def test_a_day_that_is_none_is_misuse() -> None:
    with pytest.raises(Misuse, match="month 13"):
        lint(read("goals.yaml", source=TEXT), as_of="2026-13-45")


def test_without_data_the_rules_that_need_it_are_not_passed(tmp_path: Path) -> None:
    offline = linted(BASE, tmp_path, data=False)
    needing = {r.code for r in RULES.values() if r.needs & {DATA, HISTORY}}
    assert {u.code for u in offline.unchecked} == needing
    assert {u.subject.kind for u in offline.unchecked} == {"file"}


def test_the_language_can_be_chosen() -> None:
    goals = read("goals.yaml", source=TEXT)
    english, japanese = (
        [f.message for f in lint(goals, as_of="2026-10-01", language=language)]
        for language in ("en", "ja")
    )
    assert len(english) == len(japanese)


def test_findings_show_themselves() -> None:
    findings = lint(read("goals.yaml", source=TEXT), as_of="2026-10-01", language="en")
    table = findings.table()
    assert len(table) == len(findings)
    assert findings.text().startswith("Goals: 2, ")
    assert sum(findings.figure().data[0].x) == len(findings.open)
    assert "<table" in findings._repr_html_()
