"""A007: personal targets against personal pasts."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found

TEAM = "targets: {{people: {{営業A: {a}件, 営業B: {b}件, 営業C: {c}件}}}}\n"


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ((42, 42, 41), []),
        ((44, 41, 40), []),
        ((70, 28, 27), ["営業A"]),
        ((80, 80, 9), ["営業A", "営業B"]),
    ],
)
def test_who_is_asked_for_too_much(
    tmp_path: Path, asked: tuple[int, int, int], named: list[str]
) -> None:
    a, b, c = asked
    flaws = found("Goal", TEAM.format(a=a, b=b, c=c), tmp_path, "A007", data=True)
    assert [flaw.evidence["people"] for flaw in flaws] == [3] * len(named)
    assert [name for flaw, name in zip(flaws, named, strict=True) if name in flaw.message] == named
    assert all(flaw.span.line == flaws.findings[0].span.line for flaw in flaws)


def test_months_are_held_against_their_own_span(tmp_path: Path) -> None:
    one = "targets: {people: {営業A: {2026-10: 30件}}}\n"
    (flaw,) = found("Goal", one, tmp_path, "A007", data=True)
    assert flaw.evidence["target"] == 30
    assert not found("Goal", one.replace("30件", "13件"), tmp_path, "A007", data=True).findings


def test_a_newcomer_cannot_be_judged(tmp_path: Path) -> None:
    new = "targets: {people: {営業A: 42件, 新人: 42件}}\n"
    told = found("Goal", new, tmp_path, "A007", data=True)
    assert told.findings == ()
    assert [u.reason for u in told.unchecked] == [
        "Too few months are on record for 1 of 2 people with a target."
    ]
