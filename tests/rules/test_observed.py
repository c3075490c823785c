"""M005, M006, M007: the data reaches up to now, and is as fine as the goals look."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kpilint.finding import Findings, Severity
from tests.rules.pages import found, linted

DAY = date(2026, 10, 31)
HEAD = "version: 1\nlanguage: en\nsources:\n  own: {path: own.csv, key: id"
WON = "{source: own, agg: count, where: stage = 'won', time: at}"


def checked(
    folder: Path,
    rows: str,
    metric: str = WON,
    *,
    code: str = "M005",
    source: str = "",
    period: str = "2026-10..2026-12",
    day: date = DAY,
) -> Findings:
    """What a rule says of one metric on a source of lines ``id,at,stage,amount``."""
    lines = [",".join(cells.split()) for cells in rows.split(";")] if rows else []
    (folder / "own.csv").write_text("\n".join(["id,at,stage,amount", *lines]) + "\n")
    goal = f"goals:\n  - {{id: a, metric: m, period: {period}, target: 5}}\n"
    text = f"{HEAD}{source}}}\nmetrics:\n  m: {metric}\n{goal}"
    return linted(text, folder, code, day=day)


# M005


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ("1 2026-08-01 won 5", 0),  # the first day of the three complete months
        ("1 2026-07-31 won 5", 1),
        ("1 2026-10-31 won 5", 0),
        ("1 2026-11-01 won 5", 1),  # not known yet
        ("", 1),
    ],
)
def test_a_source_is_silent_for_three_months(rows: str, count: int, tmp_path: Path) -> None:
    result = checked(tmp_path, rows)
    assert [(f.subject.kind, f.severity) for f in result] == [("source", Severity.ERROR)] * count


@pytest.mark.parametrize(
    ("newest", "day", "count"),
    [
        ("2026-07-01", "2026-10-30", 0),  # October is not complete
        ("2026-06-30", "2026-10-30", 1),
        ("2026-09-01", "2027-03-15", 1),
        ("2026-10-01", "2027-01-31", 0),  # the goal ended in December
    ],
)
def test_months_are_complete_and_end_with_the_goal(
    newest: str, day: str, count: int, tmp_path: Path
) -> None:
    result = checked(tmp_path, f"1 {newest} won 5", day=date.fromisoformat(day))
    assert len(result) == count


@pytest.mark.parametrize(("newest", "count"), [("2026-10-05", 0), ("2026-10-04", 1)])
def test_a_weekly_goal_looks_at_weeks(newest: str, count: int, tmp_path: Path) -> None:
    result = checked(tmp_path, f"1 {newest} won 5", period="2026-W44")
    assert len(result) == count


@pytest.mark.parametrize(("updated", "count"), [("monthly", 1), ("quarterly", 0)])
def test_rare_updates_are_waited_for(updated: str, count: int, tmp_path: Path) -> None:
    result = checked(tmp_path, "1 2026-06-30 won 5", source=f", updated: {updated}")
    assert len(result) == count


def test_no_orders_in_a_living_source_are_a_fact(tmp_path: Path) -> None:
    assert len(checked(tmp_path, "1 2026-01-05 won 5;2 2026-10-30 lost 5")) == 0


@pytest.mark.parametrize(
    ("stage", "near"),
    [("Won", "won"), ("ＷＯＮ", "won"), ("lozt", "lost"), ("契約", None)],
)
def test_a_condition_that_nothing_meets(stage: str, near: str | None, tmp_path: Path) -> None:
    metric = WON.replace("won", stage)
    (flaw,) = checked(
        tmp_path, "1 2026-10-05 won 5;2 2026-10-30 lost 5;3 2026-10-30 lost 5", metric
    )
    assert flaw.subject.kind == "metric"
    assert flaw.evidence["read"] == stage
    assert flaw.evidence["values"] == {"lost": 2, "won": 1}
    assert ("Did you mean" in flaw.message) == (near is not None)
    assert f"mean {near}?" in flaw.message or near is None


@pytest.mark.parametrize("where", ["false", "'null'", "1 = 2", "null = 1"])
def test_a_condition_that_names_no_column(where: str, tmp_path: Path) -> None:
    metric = WON.replace("stage = 'won'", where)
    assert len(checked(tmp_path, "1 2026-10-05 won 5;2 2026-10-30 lost 5", metric)) == 1


def test_a_condition_whose_words_are_all_there(tmp_path: Path) -> None:
    metric = "{source: own, agg: count, where: stage = 'won' and amount > 9, time: at}"
    (flaw,) = checked(tmp_path, "1 2026-10-05 won 5;2 2026-10-30 lost 9", metric)
    assert "none of the 2 records" in flaw.message


def test_a_column_that_is_empty_in_all_of_them(tmp_path: Path) -> None:
    metric = "{source: own, agg: sum, column: amount, time: at, unit: JPY}"
    (flaw,) = checked(tmp_path, "1 2026-01-05 won 5;2 2026-10-30 won -", metric)
    assert "all lack amount" in flaw.message
    assert len(checked(tmp_path, "1 2026-10-05 won 0", metric)) == 0


def test_selected_records_without_a_date(tmp_path: Path) -> None:
    rows = "1 2026-10-30 lost 5;2 - won 5"
    (flaw,) = checked(tmp_path, rows)
    assert "None of the 1 record" in flaw.message


def test_a_stopped_source_is_told_once(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("id,at,stage\n1,2026-01-05,won\n")
    text = (
        HEAD + "}\nmetrics:\n  a: " + WON + "\n  b: {source: own, agg: count, time: at}\n"
        "  c: {numerator: a, denominator: b}\n"
        "goals:\n  - {id: a, metric: c, period: 2026-10}\n  - {id: b, metric: b, period: 2026-11}\n"
    )
    (flaw,) = linted(text, tmp_path, "M005", day=DAY)
    assert flaw.evidence["metrics"] == ["b", "a"]


@pytest.mark.parametrize(
    ("typed", "count"),
    [("2026-07: 5", 0), ("2026-06: 5", 1), ("2026-12: 5", 1), ("2026-Q1: 5", 0)],
)
def test_typed_values_that_nobody_goes_on_with(typed: str, count: int, tmp_path: Path) -> None:
    metric = f"{{manual: {{{typed}}}, unit: count}}"
    result = checked(tmp_path, "", metric, source="}\nfiscal_year_start: 4\nteams: {")
    assert [f.severity for f in result] == [Severity.WARNING] * count


def test_what_no_goal_rests_on_or_what_is_retired_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("id,at,stage\n1,2026-01-05,won\n")
    goal = "goals:\n  - {id: a, metric: m, period: 2026-10, retired: {on: 2026-10-02}}\n"
    text = f"{HEAD}}}\nmetrics:\n  m: {WON}\n  n: {WON}\n{goal}"
    assert len(linted(text, tmp_path, "M005", day=DAY)) == 0


def test_a_missing_source_is_not_checked(tmp_path: Path) -> None:
    text = HEAD.replace("own.csv", "gone.csv") + "}\nmetrics:\n  m: " + WON
    text += "\ngoals:\n  - {id: a, metric: m, period: 2026-10}\n"
    result = linted(text, tmp_path, "M005", day=DAY)
    assert [(u.code, u.subject.id) for u in result.unchecked] == [("M005", "own")]


# M006


@pytest.mark.parametrize(
    ("updated", "newest", "day", "count"),
    [
        ("hourly", "2026-10-29", "2026-10-30", 0),
        ("hourly", "2026-10-28", "2026-10-30", 1),
        ("daily", "2026-10-28", "2026-10-30", 0),
        ("daily", "2026-10-27", "2026-10-30", 1),
        ("daily", "2026-10-30", "2026-11-05", 1),  # 2 and 4 November
        ("daily", "2026-10-30", "2026-11-04", 0),  # 3 November is a holiday
        ("weekly", "2026-10-22", "2026-10-30", 0),
        ("weekly", "2026-10-21", "2026-10-30", 1),
        ("monthly", "2026-09-30", "2026-11-05", 0),
        ("monthly", "2026-09-30", "2026-11-06", 1),
    ],
)
def test_working_days_since_the_newest_record(
    updated: str, newest: str, day: str, count: int, tmp_path: Path
) -> None:
    result = checked(
        tmp_path,
        f"1 {newest} won 5",
        code="M006",
        source=f", updated: {updated}",
        day=date.fromisoformat(day),
    )
    assert [f.evidence["newest"] for f in result] == [f"{newest}T00:00:00"] * count


def test_closures_are_no_working_days(tmp_path: Path) -> None:
    closed = ", updated: daily}\nclosures: [2026-10-20..2026-10-29]\nteams: {"
    assert len(checked(tmp_path, "1 2026-10-19 won 5", code="M006", source=closed)) == 0


def test_nothing_is_promised_without_updated(tmp_path: Path) -> None:
    assert len(checked(tmp_path, "1 2026-08-01 won 5", code="M006")) == 0


def test_hoped_for_close_dates_keep_nothing_fresh(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text(
        "id,closed_at,stage\n1,2026-10-05,won\n2,2026-10-30,open\n3,2026-12-24,open\n"
    )
    metrics = "metrics:\n  m: " + WON.replace("time: at", "time: closed_at")
    metrics += "\n  hoped: {source: own, agg: count, where: stage = 'open', time: closed_at}\n"
    goal = "goals:\n  - {id: a, metric: m, period: 2026-10}\n"
    text = f"{HEAD}, updated: daily}}\n{metrics}{goal}"
    (flaw,) = linted(text, tmp_path, "M006", day=DAY)
    assert flaw.evidence["newest"] == "2026-10-05T00:00:00"


def test_a_source_without_a_time_is_not_checked(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("id\n1\n")
    result = linted(f"{HEAD}, updated: daily}}\n", tmp_path, "M006", day=DAY)
    assert [u.subject.id for u in result.unchecked] == ["own"]


# M007

GRAIN = """sources:
  own: {{path: own.csv, grain: {grain}}}
metrics:
  flow: {{source: own, agg: count, time: at}}
  rate: {{numerator: flow, denominator: flow}}
  typed: {{manual: {{2026-08: 5, 2026-09: 6}}}}
goals:
  - {{id: a, metric: {metric}, period: {period}, targets: {targets}}}
"""


@pytest.mark.parametrize(
    ("grain", "metric", "period", "targets", "count"),
    [
        ("month", "flow", "2026-W41", "{}", 1),
        ("month", "flow", "2026-10", "{}", 0),
        ("month", "flow", "2027-02", "{}", 0),
        ("month", "rate", "2026-10-01..2026-10-15", "{}", 1),
        ("week", "flow", "2026-W41", "{}", 0),
        ("week", "flow", "2026-10-05", "{}", 1),
        ("day", "flow", "2026-10-05", "{}", 0),
        ("minute", "flow", "2026-10-05", "{}", 0),
        ("quarter", "flow", "2026-10..2026-12", "{}", 0),
        ("quarter", "flow", "2026-10", "{}", 1),
        ("quarter", "flow", "2026-10..2026-12", "{months: {2026-10: 5}}", 1),
        ("quarter", "flow", "2026-10..2026-12", "{people: {A: {2026-10: 5}}}", 1),
        ("quarter", "flow", "2026-10..2026-12", "{people: {A: 5}}", 0),
        ("day", "typed", "2026-W41", "{}", 1),
        ("day", "typed", "2026-10", "{}", 0),
        ("day", "none", "2026-W41", "{}", 0),
    ],
)
def test_a_period_is_no_shorter_than_the_grain(
    grain: str, metric: str, period: str, targets: str, count: int, tmp_path: Path
) -> None:
    text = GRAIN.format(grain=grain, metric=metric, period=period, targets=targets)
    result = found("GoalSet", text, tmp_path, "M007")
    assert [f.goal for f in result] == ["a"] * count
