"""The page for a workshop: golden pages, a question for every rule, text that stays text."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from kpilint.finding import Severity, Subject, Title
from kpilint.i18n import speaking
from kpilint.linter import RULES
from kpilint.output.markdown import markdown
from kpilint.output.questions import questions
from tests.output.conftest import planted
from tests.output.found import EXCUSED, HOSTILE, UNDECIDED, finding, findings

SHOWN = frozenset(["E002", "E003", "E009", "S001", "S002", "M009", "A001", "T002", "T005", "P004"])


@pytest.mark.parametrize("language", ["ja", "en"])
def test_golden(language: str, golden: Callable[[str, str], None]) -> None:
    found, sources = planted(language)
    shown = replace(
        found,
        findings=tuple(f for f in found if f.code in SHOWN),
        unchecked=tuple(u for u in found.unchecked if u.code in SHOWN),
    )
    golden(f"check.{language}.md", markdown(shown, sources) + "\n")


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_rule_about_goals_and_data_asks_something(language: str) -> None:
    with speaking(language):
        asked = questions()
    assert {code for code in RULES if not code.startswith(("E", "X"))} <= asked.keys()
    assert all(question.endswith(("?", "。")) for question in asked.values())


def headings(text: str) -> list[str]:
    return [line.lstrip("# ") for line in text.splitlines() if line.startswith("#")]


def test_questions_stand_under_their_goal_and_owner() -> None:
    text = markdown(findings(finding(), finding("S002", severity=Severity.ERROR)), {})
    assert headings(text) == ["Questions on the goals", "Goal by goal", "Deals won (owner: Sales)"]
    assert "| Sales | 2 | Deals won |" in text
    asked = [line for line in text.splitlines() if line.startswith("- [ ]")]
    assert asked == [  # the heavier first
        "- [ ] **Who answers for this goal?**",
        "- [ ] **By which number would we see that this is reached?**",
    ]


def test_one_question_holds_all_its_findings() -> None:
    text = markdown(findings(finding(message="One."), finding(message="Two.")), {})
    assert text.count("- [ ]") == 1
    assert "  - One. (warning S001, goals.yaml:3)\n  - Two." in text


def test_what_is_no_question_stands_below() -> None:
    found = findings(
        finding("E002", message="No such key."),
        finding(excused=EXCUSED),
        finding(known=True),
        unchecked=(UNDECIDED,),
    )
    text = markdown(found, {})
    assert headings(text)[1:] == [
        "To be put right in the file first",
        "Excused, with the reason",
        "Could not check",
    ]
    assert "settled in May (until 2026-12-31)" in text
    assert "No past. (A001 Deals won)" in text
    assert "- [ ]" not in text


def test_what_is_known_is_counted_only() -> None:
    text = markdown(findings(finding(known=True)), {})
    assert "nothing to ask.\n\n1 point that is known from the baseline is left out." in text


def test_a_page_without_goals_has_no_list_of_owners() -> None:
    text = markdown(findings(replace(finding(), subject=Subject("source", "deals"))), {})
    assert headings(text)[1:] == ["Metrics and data", "deals"]
    assert "\n\n\n" not in text


def test_nothing_to_ask_is_said() -> None:
    text = markdown(findings(), {})
    assert text.splitlines()[-1] == "1 goal was read as of 31 Oct 2026; there is nothing to ask."


def test_a_client_s_file_cannot_write_the_page() -> None:
    hostile = finding(goal=HOSTILE, message=HOSTILE, path=HOSTILE)
    title = {Subject("goal", HOSTILE): Title(HOSTILE, HOSTILE)}
    page = markdown(replace(findings(hostile), titles=title), {})
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(page)
    inner = [child for token in tokens for child in token.children or ()]
    kinds = {token.type for token in (*tokens, *inner)}
    assert not kinds & {"html_block", "html_inline", "link_open", "image", "code_inline", "fence"}
    assert [t.tag for t in tokens if t.type == "heading_open"] == ["h1", "h2", "h3"]
    assert sum(t.type == "tr_open" for t in tokens) == 4  # two tables, a head and a row each
    assert sum(t.type == "td_open" for t in tokens) == 6
    assert "http\\://" in page
