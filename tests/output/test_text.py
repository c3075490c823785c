"""Text for a terminal: golden pages, carets under wide letters, nothing that steers."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from click import unstyle
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kpilint.finding import Finding, Findings, Severity, Span, Subject, Unchecked
from kpilint.output.text import text
from tests.output.conftest import planted


@pytest.mark.parametrize("language", ["ja", "en"])
def test_golden(language: str, golden: Callable[[str, str], None]) -> None:
    golden(f"check.{language}.txt", unstyle(text(*planted(language))) + "\n")


def one(line: str, column: int, end: int, message: str = "m") -> tuple[Findings, dict[str, str]]:
    span = Span("f.yaml", 1, column, 1, end)
    finding = Finding("S001", "vague-label", Severity.WARNING, message, span, Subject("goal", "g"))
    return Findings(date(2026, 10, 31), (finding,), (), 1, "en"), {"f.yaml": line}


def quoted(line: str, column: int, end: int) -> tuple[str, str]:
    """The line as it is shown, and the carets below it."""
    shown = unstyle(text(*one(line, column, end), quiet=True)).splitlines()
    return shown[3], shown[4]


@pytest.mark.parametrize(
    ("line", "marked"),
    [
        ("label: 売上を上げる", "売上を上げる"),
        ("{id: 受注金額, label: x}", "x"),
        ("全角　空白: [あ, b]", "b"),
        ("ﾊﾝｶｸ: b", "b"),
        ("a: \tb", "b"),
        ("が: b", "b"),  # two code points, one letter
        ("x" * 300 + " 目標 " + "y" * 300, "目標"),
        ("目標 " + "あ" * 300, "目標"),
        ("あ" * 300 + " 目標", "目標"),
    ],
)
def test_carets_stand_under_what_is_meant(line: str, marked: str) -> None:
    start = line.index(marked)
    shown, carets = quoted(line, start + 1, start + 1 + len(marked))
    before = shown[: shown.rindex(marked) if line.endswith(marked) else shown.index(marked)]
    assert cell_len(before) == len(carets) - len(carets.lstrip("| "))
    assert carets.count("^") == cell_len(marked)


@given(st.text(max_size=120), st.integers(1, 200), st.integers(1, 200))
def test_any_place_in_any_line_can_be_shown(line: str, column: int, end: int) -> None:
    shown = text(*one(line, column, end, message=line))
    assert all(c.isprintable() or c in "\n\u3000" for c in unstyle(shown))


HOSTILE = "\x1b[2J\x1b]0;pwned\x07\x9b31m\u202e\u2066\r\n\x00\x7f"


def test_a_client_s_file_cannot_steer_the_terminal() -> None:
    span = Span(f"f{HOSTILE}.yaml", 1, 1, 1, 5)
    subject = Subject("goal", HOSTILE)
    finding = Finding("S001", "vague-label", Severity.WARNING, HOSTILE, span, subject)
    unchecked = Unchecked("A001", "target-outside-history", subject, HOSTILE)
    found = Findings(date(2026, 10, 31), (finding,), (unchecked,), 1, "en")
    shown = unstyle(text(found, {span.path: HOSTILE}))
    assert all(c.isprintable() or c == "\n" for c in shown)


def test_quiet_leaves_out_what_was_not_found() -> None:
    findings, sources = planted("en")
    shown = unstyle(text(findings, sources, quiet=True))
    assert "Could not check" not in shown
    assert "goals:" not in shown.splitlines()[-1]


def test_nothing_found_is_said() -> None:
    found = Findings(date(2026, 10, 31), (), (), 3, "en")
    assert text(found, {}) == "No findings. Goals: 3."
    assert text(found, {}, quiet=True) == ""


def test_a_place_beyond_the_file_is_no_quote() -> None:
    found, _sources = one("a", 1, 2)
    assert len(text(found, {"f.yaml": ""}, quiet=True).splitlines()) == 2
