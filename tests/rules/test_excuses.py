"""X: what an excuse covers, how long, and when it is idle."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpilint.finding import Findings
from kpilint.goals.goalfile import read
from kpilint.linter import Config, lint

FILE = """language: en
goals:
{above}
  - id: wins  {beside}
    role: kgi
    metric: won
    owner: 営業部
    period: 2026-10
    target: 3件
metrics: {{won: {{source: s, agg: count}}}}
sources: {{s: {{path: x.csv}}}}
{block}
"""


EXPIRED = {"P004": False, "X002": False}
RULES = "E P001 P002 P003 P004 S001 S002 M001 M009 R001 R002 R003 T001 T003 A001 X"


def linted(*, above: str = "", beside: str = "", block: str = "", select: str = RULES) -> Findings:
    """A goal without an action (P004, on line 4), excused in one way or another."""
    goals = read("goals.yaml", source=FILE.format(above=above, beside=beside, block=block))
    return lint(goals, as_of=date(2026, 10, 1), config=Config(select=tuple(select.split())))


def told(findings: Findings) -> dict[str, bool]:
    """The codes found, and whether they are excused."""
    return {f.code: f.excused is not None for f in findings}


@pytest.mark.parametrize(
    ("excuse", "expected"),
    [
        ({}, {"P004": False}),
        ({"beside": "# kpilint: ignore P004 -- 顧客会議で決める"}, {"P004": True}),
        ({"above": "# kpilint: ignore P004 -- ok"}, {"P004": True}),
        ({"above": "# kpilint: ignore P004 -- ok\n\n# more"}, {"P004": True}),
        ({"beside": "# kpilint: ignore P004, S001 -- two"}, {"P004": True, "X003": False}),
        ({"beside": "# kpilint: ignore P004"}, {"P004": True, "X001": False}),
        ({"beside": "# kpilint: ignore P004 until=2026-10-01 -- ok"}, {"P004": True}),
        ({"beside": "# kpilint: ignore P004 until=2026-09-30 -- x"}, EXPIRED),
        ({"beside": "# kpilint: ignore p004 -- ok"}, {"P004": False, "E002": False}),
        ({"beside": "# kpilint: ignore no-action -- by its name"}, {"P004": True}),
        ({"beside": "# kpilint: ignore P003 -- wrong rule"}, {"P004": False, "X003": False}),
        ({"above": "# kpilint: ignore A001 -- no data to tell"}, {"P004": False}),
        ({"block": "# kpilint: ignore P004 -- wrong line"}, {"P004": False, "X003": False}),
        ({"block": "lint: {ignore: [{rule: P004, goal: wins, reason: ok}]}"}, {"P004": True}),
        ({"block": "lint: {ignore: [{rule: P004, reason: ok}]}"}, {"P004": True}),
        ({"block": "lint: {ignore: [P004]}"}, {"P004": True, "X001": False}),
        (
            {"block": "lint: {ignore: [{rule: P004, metric: won, reason: ok}]}"},
            {"P004": False, "X003": False},
        ),
        (
            {"block": "lint: {ignore: [{rule: P004, goal: wins, reason: ok, until: 2026-09-30}]}"},
            EXPIRED,
        ),
        ({"block": "lint: {ignore: [{rule: Z9, reason: ok}]}"}, {"P004": False, "E002": False}),
    ],
)  # fmt: skip
def test_what_an_excuse_does(excuse: dict[str, str], expected: dict[str, bool]) -> None:
    assert told(linted(**excuse)) == expected


def test_an_excused_finding_keeps_its_reason() -> None:
    (finding,) = linted(beside="# kpilint: ignore P004 until=2026-12-31 -- 顧客会議で決める")
    assert finding.excused is not None
    assert (finding.excused.reason, finding.excused.until) == (
        "顧客会議で決める",
        date(2026, 12, 31),
    )


def test_an_excuse_for_a_rule_that_did_not_run_is_not_idle() -> None:
    assert told(linted(beside="# kpilint: ignore P003 -- ok", select="S X")) == {}


def test_a_wrong_subject_is_a_dangling_reference() -> None:
    block = "lint: {ignore: [{rule: P004, goal: wnis, reason: ok}]}"
    messages = [f.message for f in linted(block=block) if f.code == "E005"]
    assert messages == ["The goal wnis is not defined. Did you mean wins?"]
    assert "X003" not in told(linted(block=block))  # it is idle for that alone


def test_the_excuse_shows_where_it_stands(tmp_path: Path) -> None:
    (finding,) = linted(beside="# kpilint: ignore P003 -- ok", select="X003 P003")
    assert (finding.span.line, finding.span.column) == (4, 15)
    assert finding.subject.kind == "excuse"
