"""P: the boundary cases of too many and idle."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found, linted, merged


def kpis(count: int, *, owners: int = 1, period: str = "2026-10") -> str:
    lines = [
        f"  - {{id: k{n}, owner: 担当{n % owners}, period: {period.format(n + 1)}}}"
        for n in range(count)
    ]
    return "goals:\n" + "\n".join(lines)


@pytest.mark.parametrize(
    ("goals", "subjects"),
    [
        (kpis(5), []),
        (kpis(6), ["owner"]),
        (kpis(6, period="2026-{:02}"), []),  # one after the other
        (kpis(6, period="2026-{:02}..2026-06"), ["owner"]),
        (kpis(20, owners=4), []),
        (kpis(21, owners=5), ["file"]),
        (kpis(21, owners=21), ["file"]),
        (kpis(6, period=""), ["owner"]),  # without a period it always runs
    ],
)
def test_too_many_at_one_time(goals: str, subjects: list[str], tmp_path: Path) -> None:
    kinds = [f.subject.kind for f in found("GoalSet", goals, tmp_path, "P001")]
    assert sorted(kinds) == subjects or sorted({*kinds}) == subjects


def test_the_limits_are_options(tmp_path: Path) -> None:
    text = merged("GoalSet", kpis(6)) + "lint: {options: {P001: {per_owner: 6, total: 5}}}\n"
    result = linted(text, tmp_path, data=False)
    assert [f.subject.kind for f in result if f.code == "P001"] == ["file"]


@pytest.mark.parametrize(
    ("action", "count"), [("action: 見直す", 0), ("action: ''", 1), ("action:\nrole: info", 0)]
)
def test_an_action(action: str, count: int, tmp_path: Path) -> None:
    assert len(found("Goal", action, tmp_path, "P004")) == count
