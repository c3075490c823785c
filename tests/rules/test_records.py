"""D003, D004, D008: order of stages, dates to come, currencies."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.finding import Findings, Severity
from kpilint.rules.ahead import run_end
from tests.rules.pages import linted

DAY = date(2026, 10, 31)


def checked(folder: Path, code: str, rows: list[str], rest: str, source: str = "") -> Findings:
    """What a rule says of a source of these lines, the first of them headings."""
    (folder / "own.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    text = f"version: 1\nlanguage: en\nsources:\n  own: {{path: own.csv, key: id{source}}}\n{rest}"
    result = linted(text, folder, code, day=DAY)
    json.dumps([dict(f.evidence) for f in result])
    return result


# D003

WIDE = """funnels:
  sales:
    source: own
    record: id
    stages:
      - {name: lead, entered: a}
      - {name: sql, entered: b}
      - {name: won, entered: c, where: stage = 'won'}
metrics:
  won: {source: own, agg: count, time: c, where: stage = 'won', stage: sales.won}
goals:
  - {id: wins, label: Wins, metric: won, period: 2026-10}
"""


@pytest.mark.parametrize(
    ("row", "pair"),
    [
        ("2026-04-01,2026-04-02,2026-04-03,won", None),
        ("2026-04-01,2026-04-01,2026-04-01,won", None),
        ("2026-04-02,2026-04-01,2026-04-03,won", ("sql", "lead")),
        ("2026-04-01,2026-04-03,2026-04-02,won", ("won", "sql")),
        ("2026-04-02,,2026-04-01,won", ("won", "lead")),
        ("2026-04-02,,2026-04-01,open", None),  # no win
        (",2026-04-02,2026-04-03,won", None),
        ("2026-04-01 09:30,2026-04-01,,won", None),  # a date may be any moment of its day
        ("2026-04-01 09:30,2026-04-01 09:29,,won", ("sql", "lead")),
        ("2026-04-01 09:30,2026-03-31,,won", ("sql", "lead")),
        ("2026-11-01,2026-04-01,,won", None),  # not known yet: D004
    ],
)
def test_stages_in_their_order(row: str, pair: tuple[str, str] | None, tmp_path: Path) -> None:
    rows = ["id,a,b,c,stage", f"D1,{row}", "D2,2026-04-01,2026-04-02,,open"]
    result = checked(tmp_path, "D003", rows, WIDE)
    told = [f.evidence["pairs"] for f in result]
    one = {"count": 1, "examples": ["D1"]}
    assert told == ([[{"later": pair[0], "earlier": pair[1], **one}]] if pair else [])


def test_the_worst_pair_leads_and_the_goals_are_named(tmp_path: Path) -> None:
    rows = ["id,a,b,c,stage", "D1,2026-04-05,2026-04-04,2026-04-03,won"]
    rows += ["D2,2026-04-01,2026-04-04,2026-04-03,won", "D3,2026-04-01,,,open"]
    (flaw,) = checked(tmp_path, "D003", rows, WIDE)
    assert (flaw.evidence["count"], flaw.evidence["records"]) == (2, 2)
    assert "won before sql: 2 (D1, D2), sql before lead: 1 (D1)" in flaw.message
    assert "2 of 2 records (100.0%)" in flaw.message
    assert flaw.message.endswith("It touches: Wins.")
    assert flaw.evidence["goals"] == ["wins"]


LONG = """funnels:
  sales:
    source: own
    record: id
    stage: stage
    entered: at
    stages: [lead, sql, won]
    {within}
"""


@pytest.mark.parametrize(
    ("within", "visits", "count"),
    [
        ("", "won 2026-04-01,lead 2026-04-02", 0),
        ("within: 30d", "lead 2026-04-01,sql 2026-04-02,won 2026-04-03", 0),
        ("within: 30d", "sql 2026-04-01,lead 2026-04-02", 1),
        ("within: 30d", "won 2026-04-01,lead 2026-04-02", 1),
        ("within: 30d", "sql 2026-04-01,lead 2026-04-02,sql 2026-04-03", 0),  # a return
        ("within: 30d", "lead 2026-04-01,sql 2026-04-02,lead 2026-04-03", 0),
        ("within: 30d", "won 2026-04-01,lead 2026-05-01", 1),
        ("within: 30d", "won 2026-04-01,lead 2026-05-02", 0),  # another round
    ],
)
def test_steps_back_are_returns(within: str, visits: str, count: int, tmp_path: Path) -> None:
    rows = ["id,stage,at", *(f"D1,{','.join(visit.split())}" for visit in visits.split(","))]
    assert len(checked(tmp_path, "D003", rows, LONG.format(within=within))) == count


@pytest.mark.parametrize("key", ["where: stage + 1", "entered: id + 1"])
def test_what_cannot_be_built_is_not_checked(key: str, tmp_path: Path) -> None:
    name = key.partition(":")[0]
    kept = [line for line in LONG.splitlines() if not line.strip().startswith(f"{name}:")]
    rest = "\n".join([*kept, f"    {key}"]).format(within="within: 30d")
    found = checked(tmp_path, "D003", ["id,stage,at", "1,lead,2026-04-02"], rest)
    assert (len(found), [each.code for each in found.unchecked]) == (0, ["D003"])


def test_the_first_few_of_a_pair_are_named(tmp_path: Path) -> None:
    late = [f"D{n}" for n in (5, 1, 4, 2, 3)]
    rows = ["id,stage,at", *(f"{key},lead,2026-04-02" for key in [*late, "D0"])]
    rows += [f"{key},won,2026-04-01" for key in late]
    rows += ["D0,won,2026-04-03", "D9,lead,2026-04-01", ",won,2026-03-01", ",lead,2026-03-02"]
    (flaw,) = checked(tmp_path, "D003", rows, LONG.format(within="within: 30d"))
    pair = {"later": "won", "earlier": "lead", "count": 5, "examples": ["D1", "D2", "D3"]}
    assert flaw.evidence["pairs"] == [pair]
    assert (flaw.evidence["count"], flaw.evidence["records"]) == (5, 6)


# D004

EVENTS = """metrics:
  made: {source: own, agg: count, time: created_at}
  won: {source: own, agg: sum, column: amount, time: closed_at, where: stage = 'won', unit: JPY}
  hoped: {source: own, agg: sum, column: amount, time: closed_at, where: stage = 'open', unit: JPY}
goals:
  - {id: wins, label: Wins, metric: won, period: 2026-10}
"""
HEAD = "id,created_at,closed_at,stage,amount"


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        ("2026-10-31 23:59,2026-10-31,won", []),
        ("2026-11-01,,open", ["created_at"]),
        ("2026-10-01,2026-11-01,won", ["closed_at"]),
        ("2026-10-01,2026-11-01,open", []),  # hoped for
        ("2026-10-01,2026-11-01,lost", []),  # no goal or funnel asks for it
        ("2062-10-01,2062-11-01,won", ["created_at", "closed_at"]),
    ],
)
def test_what_has_not_happened(row: str, columns: list[str], tmp_path: Path) -> None:
    result = checked(tmp_path, "D004", [HEAD, f"D1,{row},5", "D2,2026-10-01,,open,5"], EVENTS)
    assert [f.evidence["column"] for f in result] == columns
    assert [f.evidence["examples"] for f in result] == [["D1"]] * len(columns)
    assert {f.severity for f in result} <= {Severity.WARNING}


def test_a_funnels_end_is_decided_whatever_it_is_called(tmp_path: Path) -> None:
    funnel = """funnels:
  sales:
    source: own
    record: id
    stages: [{name: made, entered: created_at}, {name: x, entered: closed_at, where: stage = '済'}]
    lost: {entered: closed_at, where: stage = '断'}
"""
    rows = [HEAD, "D1,2026-10-01,2027-01-01,済,5", "D2,2026-10-01,2027-01-01,断,5"]
    (flaw,) = checked(tmp_path, "D004", [*rows, "D3,2026-10-01,2027-01-01,中,5"], funnel)
    assert flaw.evidence["count"] == 2


def test_a_column_named_after_a_plan_holds_plans(tmp_path: Path) -> None:
    metrics = "metrics:\n  visits: {source: own, agg: count, time: 訪問予定日}\n"
    assert len(checked(tmp_path, "D004", ["id,訪問予定日", "D1,2027-01-01"], metrics)) == 0


def test_the_goals_that_a_future_date_touches(tmp_path: Path) -> None:
    (flaw,) = checked(tmp_path, "D004", [HEAD, "D1,2026-10-01,2027-01-01,won,5"], EVENTS)
    assert flaw.message.endswith("It touches: Wins.")
    assert "the last on 2027-01-01 (D1)" in flaw.message


def test_a_later_export_is_a_note_but_not_its_slips(tmp_path: Path) -> None:
    days = [date(2026, 10, 1) + timedelta(days=n) for n in range(40)]
    rows = [HEAD, *(f"D{n},{day},,open,5" for n, day in enumerate(days)), "X,2027-11-09,,open,5"]
    slip, note = checked(tmp_path, "D004", rows, EVENTS)
    assert (slip.severity, slip.evidence["count"]) == (Severity.WARNING, 1)
    assert (note.severity, note.evidence["last"]) == (Severity.INFO, "2026-11-09")
    assert note.evidence["count"] == 9


@given(st.lists(st.integers(8, 3000), min_size=1, max_size=20))
def test_dates_beyond_a_pause_never_go_on(ahead: list[int]) -> None:
    before = {DAY - timedelta(days=n): 1 for n in range(28)}
    after = {DAY + timedelta(days=n): 1 for n in ahead}
    assert run_end(before | after, DAY) is None


@given(st.integers(1, 60), st.integers(5, 50))
def test_what_goes_on_as_before_ends_on_its_last_day(length: int, each: int) -> None:
    days = {DAY + timedelta(days=n): each for n in range(-27, length + 1)}
    assert run_end(days, DAY) == DAY + timedelta(days=length)


# D008

MONEY = """metrics:
  won: {source: own, agg: sum, column: amount, time: at, where: stage = 'won', unit: JPY}
  price: {source: own, agg: mean, column: amount, time: at, where: stage = 'won', unit: JPY}
  wins: {source: own, agg: count, time: at}
goals:
  - {id: a, metric: won, period: 2026-10}
  - {id: b, metric: price, period: 2026-10}
  - {id: c, metric: wins, period: 2026-10}
"""


@pytest.mark.parametrize(
    ("currencies", "told"),
    [
        ("JPY JPY", None),
        ("円 ￥", None),
        ("jpy -", None),
        ("- -", None),
        ("JPY USD", {"JPY": 1, "USD": 1}),
        ("JPY ドル", {"JPY": 1, "USD": 1}),
        ("USD USD", {"USD": 2}),
        ("JPY ポイント", {"JPY": 1, "points": 1}),
    ],
)
def test_the_currency_column(currencies: str, told: dict[str, int] | None, tmp_path: Path) -> None:
    one, other = (c.strip("-") for c in currencies.split())
    rows = ["id,at,stage,amount,Currency", f"D1,2026-10-01,won,5,{one}"]
    rows += [f"D2,2026-10-02,won,5,{other}", "D3,2026-10-02,lost,5,EUR", "D4,2026-10-02,won,,EUR"]
    result = checked(tmp_path, "D008", rows, MONEY)
    assert [f.evidence["currencies"] for f in result] == ([told] if told else [])
    assert [f.evidence["metrics"] for f in result] == ([["won", "price"]] if told else [])


@pytest.mark.parametrize(
    ("amounts", "told"),
    [
        ("5 7", None),
        ("¥5 ￥7", None),
        ("5円 7", None),
        ("¥5 $7", {"JPY": 1, "USD": 1}),
        ("5 US$7", {"JPY": 1, "USD": 1}),
        ("＄5 7ドル", {"USD": 2}),
        ("5 €7", {"EUR": 1, "JPY": 1}),
    ],
)
def test_the_signs_beside_amounts(
    amounts: str, told: dict[str, int] | None, tmp_path: Path
) -> None:
    one, other = amounts.split()
    rows = ["id,at,stage,amount", f"D1,2026-10-01,受注,{one}", f"D2,2026-10-02,受注,{other}"]
    rows += ["D3,2026-10-02,失注,£9"]  # the metric does not count it
    source = ", values: {stage: {受注: won}}"
    result = checked(tmp_path, "D008", rows, MONEY, source)
    assert [f.evidence["currencies"] for f in result] == ([told] if told else [])


def test_a_currency_that_is_selected_is_in_order(tmp_path: Path) -> None:
    rows = ["id,at,stage,amount,currency", "D1,2026-10-01,won,5,JPY", "D2,2026-10-02,won,5,USD"]
    text = MONEY.replace("stage = 'won'", "stage = 'won' and currency = 'JPY'")
    assert len(checked(tmp_path, "D008", rows, text)) == 0


def test_the_unit_is_compared_not_the_files_currency(tmp_path: Path) -> None:
    rows = ["id,at,stage,amount,currency", "D1,2026-10-01,won,5,USD"]
    assert len(checked(tmp_path, "D008", rows, MONEY.replace("JPY", "USD"))) == 0


def test_a_preset_knows_the_currency_column(tmp_path: Path) -> None:
    rows = ["商談 ID,完了予定日,フェーズ,金額 通貨,金額", "D1,2026-10-01,won,USD,5"]
    text = MONEY.replace("time: at", "time: closed_at")
    (tmp_path / "own.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    source = "sources:\n  own: {path: own.csv, preset: salesforce/opportunity}\n"
    (flaw,) = linted(f"version: 1\nlanguage: en\n{source}{text}", tmp_path, "D008", day=DAY)
    assert (flaw.evidence["column"], flaw.evidence["currencies"]) == ("currency", {"USD": 1})
