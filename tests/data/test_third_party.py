"""Exports that others made: their counts and sums equal those of an independent reading."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from kpilint.data.dataset import Dataset
from kpilint.data.measure import history, value
from kpilint.goals.goalfile import GoalSet, read

from .conftest import THIRD_PARTY

ALL = date(2000, 1, 1), date(2026, 10, 31)
absent = pytest.mark.skipif(
    not THIRD_PARTY.is_dir(), reason="shared/data is not beside the checkout"
)
pytestmark = absent


def records(path: str) -> list[dict[str, str]]:
    with (THIRD_PARTY / path).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def crm() -> Iterator[tuple[GoalSet, Dataset]]:
    template = Path(__file__).with_name("crm_opportunities.yaml").read_text(encoding="utf-8")
    folder = (THIRD_PARTY / "crm_opportunities").as_posix()
    goals = read("goals.yaml", source=template.replace("{folder}", folder))
    assert goals.faults == ()
    with Dataset.of(goals) as data:
        yield goals, data


@pytest.mark.parametrize(
    ("metric", "expected"),
    [
        ("won_value", 10_005_534),
        ("won", 4_238),
        ("closed", 6_711),
        ("win_rate", pytest.approx(0.6315, abs=5e-5)),
        ("won_per_deal", pytest.approx(10_005_534 / 4_238)),
        ("cycle", pytest.approx(47.99, abs=5e-3)),
        ("cycle_won", pytest.approx(51.78, abs=5e-3)),
        ("cycle_lost", pytest.approx(41.48, abs=5e-3)),
        ("agents", 30),
    ],
)
def test_known_facts(crm: tuple[GoalSet, Dataset], metric: str, expected: float) -> None:
    goals, data = crm
    assert value(data, goals, goals.metrics[metric], *ALL) == expected


def test_every_record_is_there(crm: tuple[GoalSet, Dataset]) -> None:
    goals, data = crm
    assert data.table("pipeline").count().to_pyarrow().as_py() == 8_800
    assert data.unreadable("pipeline") == ()
    undated = sum(not row["engage_date"] for row in records("crm_opportunities/sales_pipeline.csv"))
    made = history(data, goals, goals.metrics["opportunities"], until=ALL[1])
    assert made.undated == undated == 500
    assert made.unit == "count"


def test_months_equal_an_independent_reading(crm: tuple[GoalSet, Dataset]) -> None:
    goals, data = crm
    won: Counter[str] = Counter()
    for row in records("crm_opportunities/sales_pipeline.csv"):
        if row["deal_stage"] == "Won":
            won[row["close_date"][:7]] += int(row["close_value"])
    found = history(data, goals, goals.metrics["won_value"], until=ALL[1])
    assert {str(month): amount for month, amount in found.items()} == won
    assert len(found) == 10


def test_a_vendor_s_demo_export(tmp_path: Path) -> None:
    path = (THIRD_PARTY / "crm_demo" / "potentials.csv").as_posix()
    goals = read(
        tmp_path / "goals.yaml",
        source=f"""
timezone: Asia/Tokyo
sources:
  deals:
    path: "{path}"
    columns: {{created_at: Created Time, closed_at: Closing Date, amount: Amount, stage: Stage}}
    values: {{stage: {{Closed Won: won, Closed Lost: lost}}}}
metrics:
  made: {{source: deals, agg: sum, column: amount, time: created_at}}
  likely: {{source: deals, agg: sum, column: "\\"Expected Revenue\\" * 1", time: created_at}}
  won: {{source: deals, agg: count, where: stage = 'won', time: closed_at}}
""",
    )
    rows = records("crm_demo/potentials.csv")

    def money(text: str) -> float:
        return float(text.replace("$", "").replace(",", "") or 0)

    with Dataset.of(goals) as data:
        assert data.unreadable("deals") == ()
        assert value(data, goals, goals.metrics["made"], *ALL) == sum(
            money(r["Amount"]) for r in rows
        )
        likely = sum(money(r["Expected Revenue"]) for r in rows)
        assert value(data, goals, goals.metrics["likely"], *ALL) == likely
        won = Counter(
            datetime.strptime(r["Closing Date"], "%d %b, %Y %H:%M:%S").strftime("%Y-%m")
            for r in rows
            if r["Stage"] == "Closed Won"
        )
        found = history(data, goals, goals.metrics["won"], until=ALL[1])
        assert {str(m): n for m, n in found.items() if n} == {
            m: n for m, n in won.items() if str(found.index[0]) <= m <= str(found.index[-1])
        }


@pytest.mark.parametrize(
    ("log", "zone", "events", "cases"),
    [("helpdesk", "UTC", 21_348, 4_580), ("bpic2013_closed", "Europe/Stockholm", 6_660, 1_487)],
)
def test_event_logs_with_offsets(
    tmp_path: Path, log: str, zone: str, events: int, cases: int
) -> None:
    path = (THIRD_PARTY / "event_logs" / f"{log}.csv").as_posix()
    goals = read(
        tmp_path / "goals.yaml",
        source=f"""
timezone: {zone}
sources: {{events: {{path: "{path}"}}}}
metrics:
  events: {{source: events, agg: count, time: timestamp}}
  cases: {{source: events, agg: count_distinct, column: case, time: timestamp}}
""",
    )
    with Dataset.of(goals) as data:
        assert data.unreadable("events") == ()
        assert value(data, goals, goals.metrics["events"], *ALL) == events
        assert value(data, goals, goals.metrics["cases"], *ALL) == cases
        told = (row["timestamp"] for row in records(f"event_logs/{log}.csv"))
        moments = (datetime.fromisoformat(text).astimezone(ZoneInfo(zone)) for text in told)
        months = Counter(f"{moment:%Y-%m}" for moment in moments)
        found = history(data, goals, goals.metrics["events"], until=ALL[1])
        assert {str(m): n for m, n in found.items()} == {
            str(m): months[str(m)] for m in found.index
        }
