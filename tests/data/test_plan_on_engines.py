"""Status and plan of the sample company are the same on its files and on PostgreSQL."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import yaml

import kpilint as kl
from kpilint.output.status_json import status_json
from tests.data.servers import fill_postgres

SAMPLE = Path(__file__).parents[2] / "data_samples" / "goals.yaml"
AS_OF = "2026-10-20"  # some of October was entered later
WANTED = {"revenue_h2", "revenue_q3", "wins_q3", "price_q3", "win_rate_q3", "revenue_team2_q3"}


def told(goals: kl.GoalSet) -> tuple[dict[str, Any], pd.DataFrame]:
    with kl.Dataset.of(goals) as data:
        status = kl.Status.of(goals, as_of=AS_OF)(data)
        plan = kl.Plan.of(goals, "revenue_q3", as_of=AS_OF, draws=5)(data)
        return json.loads(status_json(status)), plan.table()


def wanted(source: Mapping[str, object] | None) -> str:
    """The sample's goals on deals, those read from ``source`` where it is given."""
    text = SAMPLE.read_text(encoding="utf-8").replace(
        "{source: accounts, on: ", "{source: accounts, 'on': "
    )
    content = yaml.safe_load(text)
    goals = [goal for goal in content["goals"] if goal["id"] in WANTED]
    sources = {"deals": source} if source else content["sources"]
    kept = content | {"goals": goals, "sources": sources, "language": "en"}
    if source:
        kept["metrics"] = {n: m for n, m in content["metrics"].items() if _on_deals(m)}
        kept["hypotheses"] = []
    return yaml.safe_dump(kept, allow_unicode=True)


def _on_deals(metric: Mapping[str, object]) -> bool:
    return metric.get("source") == "deals" or "numerator" in metric


def test_on_postgresql(
    postgres_server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = kl.read(SAMPLE, source=wanted(None))
    assert here.faults == ()
    with kl.Dataset.of(here) as data:
        table = data.table("deals").to_pyarrow()
    schema = f"plan_{tmp_path.name}".replace("-", "_").lower()
    fill_postgres(postgres_server, {"deals": table}, schema)
    user, secret = postgres_server.removeprefix("postgresql://").partition("@")[0].split(":")
    monkeypatch.setenv("PGPASSWORD", secret)
    url = postgres_server.replace(f"{user}:{secret}", f"{user}:${{PGPASSWORD}}")
    place: dict[str, object] = {"url": url, "table": f"{schema}.deals", "key": "deal_id"}
    place |= {"columns": {"recorded_at": "recorded_at"}}
    there = kl.read(tmp_path / "goals.yaml", source=wanted(place))
    assert there.faults == ()
    (one, plan), (other, planned) = told(here), told(there)
    assert [goal["status"] for goal in one["goals"]].count("no_data") == 0
    for goal, same in zip(one["goals"], other["goals"], strict=True):
        assert _numbers(same) == pytest.approx(_numbers(goal), rel=1e-9, nan_ok=True)
        assert (same["status"], same["notes"]) == (goal["status"], goal["notes"])
    pd.testing.assert_frame_equal(planned, plan)


def _numbers(goal: Mapping[str, Any]) -> dict[str, float]:
    """Every number of a goal, by its path."""
    flat = pd.json_normalize(dict(goal) | {"by": {str(n): p for n, p in enumerate(goal["by"])}})
    return {str(k): float(v) for k, v in flat.iloc[0].items() if isinstance(v, (int, float))}
