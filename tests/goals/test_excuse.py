"""Excuses as comments: what they name, and which line they speak for."""

from __future__ import annotations

from datetime import date

import pytest

from kpilint.goals.excuse import Excuse, excuses_in
from kpilint.goals.node import EMPTY, Fault
from kpilint.goals.yamltext import compose

DAY = date(2026, 12, 31)


def read(text: str) -> tuple[list[Excuse], list[Fault]]:
    faults: list[Fault] = []
    return list(excuses_in(text, "f.yaml", faults, compose(text, "f.yaml", []) or EMPTY)), faults


@pytest.mark.parametrize(
    ("text", "rule", "reason", "until", "line"),
    [
        ("a: 1  # kpilint: ignore A001 -- why", "A001", "why", None, 1),
        ("a: 1  #kpilint:ignore A001--why", "A001", "why", None, 1),
        ("# kpilint: ignore A001 -- why\na: 1", "A001", "why", None, 2),
        ("# kpilint: ignore A001 -- why\n\n  # more\na: 1", "A001", "why", None, 4),
        ("a: 1  # kpilint: ignore A001", "A001", "", None, 1),
        ("a  # kpilint: ignore A001 until=2026-12-31 -- x -- y", "A001", "x -- y", DAY, 1),
        ("a: 1  # kpilint: ignore vague-label -- why", "vague-label", "why", None, 1),
    ],
)  # fmt: skip
def test_a_comment(text: str, rule: str, reason: str, until: date | None, line: int) -> None:
    (excuse,), faults = read(text)
    assert faults == []
    assert (excuse.rule, excuse.reason, excuse.until, excuse.line) == (rule, reason, until, line)


def test_several_rules_in_one_comment() -> None:
    excuses, _faults = read("a: 1  # kpilint: ignore A001, A002 S001 -- why")
    assert [e.rule for e in excuses] == ["A001", "A002", "S001"]


@pytest.mark.parametrize("text", ["a: 1", "a: 1 # ignore A001", "a: x#kpilint: ignore A001"])
def test_no_excuse(text: str) -> None:
    assert read(text) == ([], [])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1  # kpilint: ignore", "Name the rule"),
        ("a: 1  # kpilint: ignore -- everything", "Name the rule"),
        ("a: 1  # kpilint: ignore A001 until=2026-13-01 -- x", "month 13"),
    ],
)
def test_an_excuse_that_cannot_be_read(text: str, says: str) -> None:
    _excuses, (fault,) = read(text)
    assert (fault.code, fault.span.column) == ("E003", 7)
    assert says in fault.message


def test_the_last_day_still_holds() -> None:
    (excuse,), _faults = read("a: 1  # kpilint: ignore A001 until=2026-12-31 -- x")
    assert not excuse.expired(date(2026, 12, 31))
    assert excuse.expired(date(2027, 1, 1))


@pytest.mark.parametrize(
    "text",
    [
        "name: 'a # kpilint: ignore A001 -- x'",
        'name: "a\n  # kpilint: ignore A001 -- x"',
        "name: 'a\n\n  b # kpilint: ignore A001 -- x'",
        "name: |\n  a\n  # kpilint: ignore A001 -- x\n",
        "{'# kpilint: ignore A001 -- x': 1}",
        "- &a ['# kpilint: ignore A001 -- x', *a]",
    ],
)
def test_what_stands_inside_a_text_is_no_comment(text: str) -> None:
    assert read(text) == ([], [])


def test_a_comment_after_a_text_is_one() -> None:
    text = "a: |\n  text\n# kpilint: ignore A001 -- why\nb: 'x'  # kpilint: ignore A002 -- why\n"
    assert [(e.rule, e.line) for e in read(text)[0]] == [("A001", 4), ("A002", 4)]
