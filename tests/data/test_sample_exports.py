"""The sample company as HubSpot and as Salesforce export it: the same counts as by the csv module."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from kpilint.data.dataset import Dataset
from kpilint.data.measure import history, value
from kpilint.goals.goalfile import GoalSet, read

SAMPLES = Path(__file__).parents[2] / "data_samples"
ALL = date(2000, 1, 1), date(2026, 10, 31)
METRICS = """
metrics:
  revenue: {source: deals, agg: sum, column: amount, where: stage = 'won', time: closed_at}
  wins: {source: deals, agg: count, where: stage = 'won', time: closed_at, person: owner}
  losses: {source: deals, agg: count, where: stage = 'lost', time: closed_at}
  opened: {source: deals, agg: count, time: created_at}
"""
TYPED = {"３２０００００": 3_200_000, "４２０万円": 4_200_000, "￥2,800,000": 2_800_000,
         "350万": 3_500_000, "１８０万": 1_800_000, "要確認": 0}  # fmt: skip


def goals_over(path: Path, preset: str, values: str) -> GoalSet:
    source = f"{{path: '{path.as_posix()}', preset: {preset}, values: {{stage: {values}}}}}"
    goals = read(
        "goals.yaml", source=f"timezone: Asia/Tokyo\nsources: {{deals: {source}}}{METRICS}"
    )
    assert goals.faults == ()
    return goals


def records(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="cp932", newline="") as file:
        return list(csv.DictReader(file))


def test_a_japanese_export_of_hubspot() -> None:
    rows = records(SAMPLES / "deals.csv")
    won = [row for row in rows if row["取引ステージ"] == "受注"]
    amounts = [TYPED.get(row["金額"]) or int(row["金額"].replace("要確認", "0")) for row in won]
    goals = goals_over(SAMPLES / "deals.csv", "hubspot/deals", "{受注: won, 失注: lost}")
    with Dataset.of(goals) as data:
        found = {name: value(data, goals, metric, *ALL) for name, metric in goals.metrics.items()}
        (unread,) = data.unreadable("deals")
    assert found == {
        "revenue": sum(amounts),
        "wins": len(won),
        "losses": sum(row["取引ステージ"] == "失注" for row in rows),
        "opened": len(rows),
    }
    assert (sum(amounts), len(won)) == (3_275_340_000, 941)  # as the sample's README tells
    row = next(number for number, row in enumerate(rows, 2) if row["金額"] == "要確認")
    assert (unread.column, unread.examples) == ("amount", ((row, "要確認"),))


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("salesforce")
    script = [sys.executable, "-B", str(SAMPLES / "generate.py"), "--salesforce", str(folder)]
    done = subprocess.run(script, capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
    assert [path.name for path in folder.iterdir()] == ["opportunities.csv"]
    return folder / "opportunities.csv"


def test_a_japanese_report_of_salesforce(report: Path) -> None:
    rows = records(report)
    won = [row for row in rows if row["フェーズ"] == "受注"]
    phases = "{受注: won, 失注: lost, 提案: opportunity}"
    goals = goals_over(report, "salesforce/opportunity", phases)
    with Dataset.of(goals) as data:
        assert data.columns("deals")[:6] == (
            "deal_id", "name", "stage", "amount", "currency", "created_at",
        )  # fmt: skip
        found = {name: value(data, goals, metric, *ALL) for name, metric in goals.metrics.items()}
        assert found == {
            "revenue": sum(int(row["金額"]) for row in won),
            "wins": len(won),
            "losses": sum(row["フェーズ"] == "失注" for row in rows),
            "opened": len(rows),
        }
        months = Counter(row["完了予定日"][:7].replace("/", "-") for row in won)
        monthly = history(data, goals, goals.metrics["wins"], until=ALL[1])
        assert {str(month): count for month, count in monthly.items()} == {
            str(month): months[str(month)] for month in monthly.index
        }
        assert data.unreadable("deals") == ()


def test_both_systems_tell_of_the_same_orders(report: Path) -> None:
    """What was typed by hand in the one is a number in the other; else all amounts are equal."""
    hubspot = [row for row in records(SAMPLES / "deals.csv") if row["取引ステージ"] == "受注"]
    salesforce = [row for row in records(report) if row["フェーズ"] == "受注"]
    plain = Counter(row["金額"] for row in hubspot if row["金額"] not in TYPED)
    assert len(salesforce) == len(hubspot)
    assert (Counter(row["金額"] for row in salesforce) - plain).total() == len(TYPED)
