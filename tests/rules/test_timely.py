"""T: the boundary cases of periods and of sums over people, teams and months."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpilint.goals.document import read
from kpilint.linter import Config, lint
from tests.rules.pages import found, linted, merged

TEAMS = "teams: {営業1課: 100件, 営業2課: 25件}"


@pytest.mark.parametrize(
    ("period", "count"),
    [("period: 2026-10", 0), ("period:", 1), ("period: ~", 1), ("period: 旬", 0)],
)
def test_a_period_is_written(period: str, count: int, tmp_path: Path) -> None:
    assert len(found("Goal", period, tmp_path, "T001")) == count  # what is unreadable is E003's


@pytest.mark.parametrize(
    ("goals", "day", "count"),
    [
        ("[{id: a, period: 2026-09}]", date(2026, 9, 30), 0),
        ("[{id: a, period: 2026-09}]", date(2026, 10, 1), 1),
        ("[{id: a, period: 2026-09}, {id: b, period: 2026-10}]", date(2026, 10, 1), 0),
        ("[{id: a, period: 2026-09}, {id: b, period: 2026-10, owner: X}]", date(2026, 10, 1), 1),
        ("[{id: a, period: 2026-09, retired: {on: 2026-09-30}}]", date(2026, 10, 1), 0),
        ("[{id: a, period: 2026-09, retired: }]", date(2026, 10, 1), 1),
    ],
)
def test_a_period_that_is_over(goals: str, day: date, count: int, tmp_path: Path) -> None:
    text = merged("GoalSet", f"goals: {goals}")
    assert len(linted(text, tmp_path, "T002", data=False, day=day)) == count


@pytest.mark.parametrize(
    ("targets", "count"),
    [
        ("people: {営業A: 100件, 営業B: 25件}", 0),
        ("people: {営業A: 100件, 営業B: 24件}", 1),
        ("people: {営業A: {2026-10: 50件, 2026-11: 50件}, 営業B: {2026-12: 25件}}", 0),
        ("months: {2026-10: 40件, 2026-11: 40件, 2026-12: 45件}", 0),
        ("months: {2026-10: 40件, 2026-11: 40件, 2026-12: 55件}", 1),
        ("months: {2026-09: 40件, 2026-11: 40件, 2026-12: 45件}", 1),  # outside the period
        (TEAMS, 0),
        ("teams: {営業1課: 100件, 営業2課: 30件}", 1),
        (
            f"{TEAMS}, people: {{営業A: 60件, 営業B: 40件, 営業C: 25件}}",
            0,
        ),
        (
            f"{TEAMS}, people: {{営業A: 50件, 営業B: 40件, 営業C: 25件}}",
            1,
        ),
        (
            f"{TEAMS}, people: {{'営業 Ａ': 60件, 営業　B: 40件, 営業C: 25件}}",
            0,
        ),
        ("people: {営業A: 100件, 営業B: 25.6件}", 0),  # .48 % is rounding
        ("people: {営業A: 100件, 営業B: 25.7件}", 1),  # .56 % is not
    ],
)
def test_parts_add_up(targets: str, count: int, tmp_path: Path) -> None:
    assert len(found("Goal", f"targets: {{{targets}}}", tmp_path, "T003")) == count


EACH = "営業A: {0}, 営業B: {0}, 営業C: {1}"
ALIKE, MORE = EACH.format("前年比125%", "前年比125%"), EACH.format("前年比125%", "前年比160%")


@pytest.mark.parametrize(
    ("target", "targets", "count"),
    [
        ("前年比125%", f"people: {{{ALIKE}}}", 0),
        ("前年比125%", f"people: {{{MORE}}}", 1),
        ("155件", f"people: {{{ALIKE}}}", 0),  # 1.25 times the 124 of a year ago
        ("170件", f"people: {{{ALIKE}}}", 1),
        ("前年比125%", "people: {営業A: 77件, 営業B: 78件}", 0),
        (
            "前年比125%",
            f"people: {{{ALIKE}}}, teams: {{営業1課: 前年比125%, 営業2課: 前年比160%}}",
            2,
        ),
        ("155件", "months: {2026-10: 前年比125%, 2026-11: 前年比125%, 2026-12: 前年比125%}", 0),
        ("170件", "months: {2026-10: 前年比125%, 2026-11: 前年比125%, 2026-12: 前年比125%}", 1),
    ],
)
def test_growth_is_told_by_the_data(target: str, targets: str, count: int, tmp_path: Path) -> None:
    goal = f"target: {target}\ntargets: {{{targets}}}"
    result = found("Goal", goal, tmp_path, "T003", data=True)
    assert (len(result), result.unchecked) == (count, ())


@pytest.mark.parametrize(
    ("targets", "data"),
    [
        ("people: {営業A: 前年比125%, 営業B: 80件}", False),
        (
            "months: {2026-10: 40件, 2026-11: 40件, 2026-12: 前期比+10%}",
            True,
        ),  # November is to come
    ],
)
def test_growth_on_a_past_that_is_not_told(targets: str, data: bool, tmp_path: Path) -> None:
    """No sum is made of what is known of it."""
    result = found("Goal", f"targets: {{{targets}}}", tmp_path, "T003", data=data)
    assert (len(result), len(result.unchecked)) == (0, 1)


def test_growth_that_nothing_is_held_against_is_not_asked_for(tmp_path: Path) -> None:
    text = merged("Goal", "targets: {people: {営業A: 前年比125%}}", absent={"target"})
    result = linted(text, tmp_path, "T003", data=False)
    assert (len(result), result.unchecked) == (0, ())


@pytest.mark.parametrize("metric", ["unit_price", "request_rate"])
def test_what_does_not_add_up_is_not_added(metric: str, tmp_path: Path) -> None:
    goal = f"metric: {metric}\ntarget: 50\ntargets: {{people: {{営業A: 50, 営業B: 60}}}}"
    assert len(found("Goal", goal, tmp_path, "T003")) == 0


@pytest.mark.parametrize(
    ("period", "start", "count"),
    [
        ("2026-Q3", "", 1),
        ("2026-Q3", "fiscal_year_start: 4\n", 0),
        ("2026-Q3", "fiscal_year_start: 1\n", 0),
        ("26年度下期", "", 1),
        ("FY2026", "", 1),
        ("2026年", "", 0),
        ("2026-10", "", 0),
        ("2026-10..2026-12", "", 0),
    ],
)
def test_a_quarter_needs_a_fiscal_year(period: str, start: str, count: int, tmp_path: Path) -> None:
    text = start + merged("Goal", f"period: {period}")
    assert len(linted(text, tmp_path, "T005", data=False)) == count


@pytest.mark.parametrize("start", ["", "fiscal_year_start: 13\n"])
def test_nothing_is_built_on_a_period_of_two_readings(start: str, tmp_path: Path) -> None:
    text = start + merged("Goal", "period: 2026-Q2")  # over, or after the KGI's end, by one reading
    codes = [f.code for f in linted(text, tmp_path, "E003", "T", data=False, day=date(2026, 8, 1))]
    assert codes == (["E003"] if start else ["T005"])


def test_both_readings_are_shown(tmp_path: Path) -> None:
    (flaw,) = found("Goal", "period: 2026-Q3", tmp_path, "T005")
    assert flaw.evidence["readings"] == ["2026-07..2026-09", "2026-10..2026-12"]


def test_a_title_that_dates_a_table_is_told_once(tmp_path: Path) -> None:
    table = tmp_path / "goals.csv"
    rows = ("2026年度下期 目標,,", "目標,担当,目標値", "受注数,営業部,9件", "商談数,営業部,30件")
    table.write_text("\n".join(rows), encoding="utf-8")
    result = lint(
        read(table, language="en"), as_of=date(2026, 8, 1), config=Config(select=("T005",))
    )
    (only,) = result.findings
    assert (only.goal, only.span.cell) == ("受注数", "A1")
    assert only.message.endswith("in the goals.yaml beside the table.")


WHOLE = "{id: whole, role: kgi, period: 2026-10..2026-12}"


@pytest.mark.parametrize(
    ("whole", "part", "count"),
    [
        (WHOLE, "period: 2026-10..2026-12, parent: whole", 0),
        (WHOLE, "period: 2026-07..2026-09, parent: whole", 0),  # earlier goals can serve
        (WHOLE, "period: 2026-07..2026-12, parent: whole", 0),
        (WHOLE, "period: 2026-10-01..2027-01-01, parent: whole", 1),
        (WHOLE, "period: 2027-01, parent: whole", 1),
        (WHOLE, "period: 2027-01", 0),
        ("{id: whole, role: kgi}", "period: 2027-01, parent: whole", 0),
        (WHOLE[:-1] + ", combine: {sum: [part]}}", "period: 2026-10", 0),
        (WHOLE[:-1] + ", combine: {sum: [part]}}", "period: 2026-09", 1),
        (WHOLE[:-1] + ", combine: {sum: [part]}}", "period: 2027-01, parent: whole", 1),
        (WHOLE[:-1] + ", combine: {product: [part]}}", "period: 2026-09", 0),
    ],
)
def test_a_child_lies_inside_its_parent(whole: str, part: str, count: int, tmp_path: Path) -> None:
    text = f"goals:\n  - {whole}\n  - {{id: part, {part}}}\n"
    assert [f.goal for f in found("GoalSet", text, tmp_path, "T006")] == ["part"] * count
