"""A008: what is open and what is yet to come against the gap."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found

THIRD = "period: 2026-09..2026-11\n"


@pytest.mark.parametrize(
    ("goal", "thin"),
    [
        (THIRD + "target: 120件\n", False),
        (THIRD + "target: 130件\n", True),
        ("period: 2026-10..2026-12\ntarget: 130件\n", False),  # its first day: A001 tells more
        ("period: 2026-07..2026-09\ntarget: 130件\n", False),  # over
        (THIRD + "target: 130件\nrole: info\n", False),
        (THIRD + "target: 130件\nmetric: unit_price\n", False),  # no stage of a funnel
    ],
)
def test_only_a_running_period_with_too_little_ahead(tmp_path: Path, goal: str, thin: bool) -> None:
    flaws = found("Goal", goal, tmp_path, "A008", data=True)
    assert [flaw.code for flaw in flaws] == ["A008"] * thin


def test_a_short_past_cannot_tell(tmp_path: Path) -> None:
    goal = THIRD + "target: 128件     # fixture: two_years\n"
    told = found("Goal", goal, tmp_path, "A008", data=True)
    assert told.findings == ()
    assert any("earlier periods" in u.reason for u in told.unchecked)
