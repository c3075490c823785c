"""Annotations of GitHub Actions: one line each, and nothing in it that is another command."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kpilint.finding import Severity, Span, Subject, Unchecked
from kpilint.output.github import github
from tests.output.found import EXCUSED, HOSTILE, finding, findings


@pytest.fixture(autouse=True)
def outside_of_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GITHUB_WORKSPACE", raising=False)
    monkeypatch.delenv("CI_PROJECT_DIR", raising=False)


@pytest.mark.parametrize(
    ("severity", "command"),
    [(Severity.ERROR, "error"), (Severity.WARNING, "warning"), (Severity.INFO, "notice")],
)
def test_an_annotation(severity: Severity, command: str) -> None:
    line, _count = github(findings(finding(severity=severity)), {}).splitlines()
    place = "file=goals.yaml,line=3,col=5,endColumn=9,title=S001 a-rule (wins)"
    assert line == f"::{command} {place}::It is a wish."


def test_what_is_set_aside_is_not_shown() -> None:
    found = findings(finding(excused=EXCUSED), finding(known=True))
    lines = github(found, {}).splitlines()
    assert [line for line in lines if line.startswith("::")] == []
    assert lines[-1] == "1 more are known from the baseline."


def test_a_finding_over_lines_has_no_end_column() -> None:
    long = replace(finding(), span=Span("goals.yaml", 3, 5, 4, 2))
    assert "endColumn" not in github(findings(long), {})


def test_a_notice_a_reason_of_not_checking() -> None:
    left = [Unchecked(code, "x", Subject("goal", "g"), "No data.") for code in ("A001", "A002")]
    lines = github(findings(unchecked=(*left, *left)), {}).splitlines()
    assert lines[:-1] == ["::notice title=Could not check::No data. (A001, A002)"]


def test_a_client_s_file_cannot_give_commands() -> None:
    found = findings(finding(goal=HOSTILE, message=HOSTILE, path="a,b:c%.yaml"))
    line, _count = github(found, {}).splitlines()
    properties, _colons, message = line.removeprefix("::warning ").partition("::")
    assert "file=a%2Cb%3Ac%25.yaml" in properties
    assert [part.partition("=")[0] for part in properties.split(",")] == [
        "file", "line", "col", "endColumn", "title",
    ]  # fmt: skip
    assert "%0D%0A::error" in message
    assert "\x1b" not in line


def test_paths_start_at_the_top_of_the_checkout(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "client").mkdir()
    monkeypatch.chdir(tmp_path / "client")
    monkeypatch.setenv("GITHUB_WORKSPACE", str(tmp_path))
    assert "file=client/goals.yaml," in github(findings(finding()), {})


def test_a_finding_in_a_workbook_names_its_cell() -> None:
    made = finding()
    at = made.span._replace(path="goals.xlsx", cell="予算!C7")
    text = github(findings(replace(made, span=at)), {})
    assert "title=S001 a-rule (wins, 予算!C7)::" in text.replace("%2C", ",")
