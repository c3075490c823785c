"""D005 and D006: what targets do to records is told of the process, and only where it can be seen."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from kpilint.data.dataset import Dataset
from kpilint.finding import Findings
from kpilint.goals.goalfile import read
from kpilint.rules.entries import entries
from tests.rules.pages import linted

HEAD = """version: 1
language: en
timezone: Asia/Tokyo
{teams}
sources:
  deals: {{path: own.csv, key: id}}
metrics:
  wins: {{source: deals, agg: count, where: stage = 'won', time: closed_at, person: owner}}
goals:
  - {{id: wins, metric: wins, period: 2026, {targets}}}
"""
DAY = date(2026, 10, 31)


def checked(
    folder: Path, rows: list[str], rule: str, *, teams: str = "", targets: str = ""
) -> Findings:
    head = (
        "id,closed_at,stage,owner,recorded_at"
        if rows[0].count(",") == 3
        else "id,closed_at,stage,owner"
    )
    numbered = [f"{n},{row}" for n, row in enumerate(rows)]
    (folder / "own.csv").write_text("\n".join([head, *numbered]) + "\n", encoding="utf-8")
    return linted(HEAD.format(teams=teams, targets=targets or "target: 5"), folder, rule, day=DAY)


# D006


def entered(
    owner: str, *, delay: int = 1, last: int | None = None, at_end: bool = False, each: int = 40
) -> list[str]:
    """A year of wins with the days to their entry; in October perhaps others, or on its last day."""
    rows = []
    for month in range(1, 11):
        for n in range(each):
            day = date(2026, month, 1 + n % 28)
            now = month == 10
            days = last if now and last is not None else delay + n % 2
            recorded = (
                date(2026, 10, 30) if now and at_end and n % 8 else day + timedelta(days=days)
            )
            rows.append(f"{day},won,{owner},{recorded}")
    return rows


TEAMS = "teams: {East: [A, B], West: [C]}"


@pytest.mark.parametrize(
    ("rows", "teams", "told"),
    [
        pytest.param(entered("A"), "", [], id="prompt"),
        pytest.param(entered("A", delay=9), "", [], id="always late"),
        pytest.param(entered("A", last=9), "", ["9.0 days after the event"], id="later than ever"),
        pytest.param(
            entered("A", at_end=True), "", ["were entered on its last working day"], id="at the end"
        ),
        pytest.param(
            entered("A") + entered("C", at_end=True), TEAMS, ["of West were"], id="one team"
        ),
        pytest.param(
            entered("A") + entered("B", at_end=True, each=60),
            TEAMS,
            ["of East were"],
            id="a member",
        ),
        pytest.param(entered("A") + entered("Z", at_end=True), TEAMS, [], id="in no team"),
    ],
)
def test_late_entry(tmp_path: Path, rows: list[str], teams: str, told: list[str]) -> None:
    found = checked(tmp_path, rows, "D006", teams=teams)
    assert len(found) == len(told)
    for finding, says in zip(found, told, strict=True):
        assert says in finding.message
        assert finding.subject.id == "deals"
    assert not any(name in f.message for f in found for name in (" A ", " B ", " C "))


def test_months_are_compared_at_one_age(tmp_path: Path) -> None:
    """What October's records will have entered in November cannot be known on the 31st."""
    days = [date(2026, month, 1 + n % 28) for month in range(1, 11) for n in range(80)]
    rows = [f"{day},won,A,{day + timedelta(days=7 * n % 20)}" for n, day in enumerate(days)]
    checked(tmp_path, rows, "D006")
    goals = read(tmp_path / "goals.yaml", source=HEAD.format(teams="", targets="target: 5"))
    with Dataset.of(goals) as data:
        (seen,) = entries(goals, data, goals.sources["deals"], DAY)
    assert seen.records[0] == seen.records[-1] < 80  # January is as long as October


def test_no_column_says_when_it_was_entered(tmp_path: Path) -> None:
    found = checked(tmp_path, [row.rsplit(",", 1)[0] for row in entered("A")], "D006")
    assert (len(found), found.unchecked) == (0, ())


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        (entered("A", each=10), "10 records in the last"),
        (entered("A")[200:], "4 past months"),
    ],
)
def test_too_little_to_judge_entries(tmp_path: Path, rows: list[str], says: str) -> None:
    found = checked(tmp_path, rows, "D006")
    assert len(found) == 0
    assert [u.code for u in found.unchecked] == ["D006"]
    assert says in found.unchecked[0].reason


def test_the_last_working_day_is_no_holiday(tmp_path: Path) -> None:
    """31 October 2026 is a Saturday: what is entered on Friday is entered on the last day."""
    found = checked(tmp_path, entered("A", at_end=True), "D006")
    (finding,) = found
    assert finding.evidence["now"] == pytest.approx(0.875, abs=0.05)


# D005


def reached(pushed: bool, *, people: int = 8, months: int = 10) -> list[str]:
    """Wins of people around 30 a month; those a little short may be pushed over."""
    rng = np.random.default_rng(3)
    rows = []
    for month in range(1, months + 1):
        for person in range(people):
            wins = round(rng.normal(30, 6))
            if pushed and 27 <= wins < 30:
                wins = 30
            rows += [f"{date(2026, month, 1 + n % 28)},won,P{person}" for n in range(wins)]
    return rows


def lines(people: int, months: int = 10, target: int = 30) -> str:
    each = ", ".join(f"2026-{month:02}: {target}" for month in range(1, months + 1))
    named = ", ".join(f"P{person}: {{{each}}}" for person in range(people))
    return f"targets: {{people: {{{named}}}}}"


@pytest.mark.parametrize(
    ("pushed", "target", "told"), [(True, 30, 1), (False, 30, 0), (True, 40, 0)]
)
def test_heaping(tmp_path: Path, pushed: bool, target: int, told: int) -> None:
    found = checked(tmp_path, reached(pushed), "D005", targets=lines(8, target=target))
    assert len(found) == told
    for finding in found:
        assert int(str(finding.evidence["past"])) > int(str(finding.evidence["short"]))
        assert "P0" not in finding.message


@pytest.mark.parametrize(
    ("people", "months", "says"),
    [(2, 10, "Only 20 values"), (8, 5, "Only 40 values")],
)
def test_too_few_lines(tmp_path: Path, people: int, months: int, says: str) -> None:
    found = checked(tmp_path, reached(True), "D005", targets=lines(people, months))
    assert len(found) == 0
    assert says in found.unchecked[0].reason


def test_lines_of_the_future_are_no_lines(tmp_path: Path) -> None:
    targets = "targets: {people: {P0: {2026-11: 30, 2026-12: 30}}}"
    found = checked(tmp_path, reached(True), "D005", targets=targets)
    assert (len(found), found.unchecked) == (0, ())


def test_teams_and_whole_months_are_lines_too(tmp_path: Path) -> None:
    months = ", ".join(f"2026-{month:02}: 240" for month in range(1, 11))
    targets = f"targets: {{teams: {{East: {{{months}}}}}, months: {{{months}}}}}"
    found = checked(
        tmp_path, reached(True), "D005", teams="teams: {East: [P0, P1]}", targets=targets
    )
    assert "Only 20 values" in found.unchecked[0].reason
