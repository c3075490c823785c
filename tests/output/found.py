"""Findings made by hand, where a test needs one of a kind."""

from __future__ import annotations

from datetime import date

from kpilint.finding import Excused, Finding, Findings, Severity, Span, Subject, Title, Unchecked

HOSTILE = "\x1b[2J\u202e\r\n::error::[x](http://x.example) <script>alert(1)</script> | `a` ]]>\x00"


def finding(
    code: str = "S001",
    goal: str = "wins",
    message: str = "It is a wish.",
    *,
    path: str = "goals.yaml",
    line: int = 3,
    severity: Severity = Severity.WARNING,
    excused: Excused | None = None,
    known: bool = False,
) -> Finding:
    """A finding on a goal, of four signs' width."""
    return Finding(
        code=code,
        name="a-rule",
        severity=severity,
        message=message,
        span=Span(path, line, 5, line, 9),
        subject=Subject("goal", goal),
        evidence={"n": 24.0, "high": float("nan")},
        excused=excused,
        known=known,
    )


def findings(*found: Finding, unchecked: tuple[Unchecked, ...] = ()) -> Findings:
    """Findings of one file with one goal, in English."""
    title = {Subject("goal", "wins"): Title("Deals won", "Sales")}
    codes = frozenset({"S001", "S002", *(f.code for f in found), *(u.code for u in unchecked)})
    return Findings(date(2026, 10, 31), found, unchecked, 1, "en", codes, title)


EXCUSED = Excused("settled in May", date(2026, 12, 31))
UNDECIDED = Unchecked(
    "A001", "target-outside-history", Subject("goal", "wins"), "No past.", "g.yaml"
)
