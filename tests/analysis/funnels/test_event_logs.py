"""Real event logs as long funnels, ordered and not: the counts of an independent reading."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pytest

import kpilint as kl
from kpilint.i18n import speaking

LOGS = Path(__file__).parents[4] / "shared" / "data" / "event_logs"
GOALS = """
sources:
  helpdesk: {path: helpdesk.csv}
  problems: {path: bpic2013_closed.csv}
funnels:
  tickets: {source: helpdesk, record: case, stage: activity, entered: timestamp, stages: TICKETS}
  tickets_30d: {source: helpdesk, record: case, stage: activity, entered: timestamp, stages: TICKETS, within: 30d}
  problems: {source: problems, record: case, stage: activity, entered: timestamp, stages: PROBLEMS}
  problems_90d: {source: problems, record: case, stage: activity, entered: timestamp, stages: PROBLEMS, within: 90d}
"""
TICKETS = ["Assign seriousness", "Take in charge ticket", "Resolve ticket", "Closed"]
PROBLEMS = ["Queued/Awaiting Assignment", "Accepted/In Progress", "Completed/Closed"]
CASES = [
    ("tickets", "helpdesk.csv", TICKETS, None),
    ("tickets_30d", "helpdesk.csv", TICKETS, 30),
    ("problems", "bpic2013_closed.csv", PROBLEMS, None),
    ("problems_90d", "bpic2013_closed.csv", PROBLEMS, 90),
]
Visits = list[tuple[pd.Timestamp, int]]


def furthest(visits: Visits, stages: int, within: int | None) -> int:
    """How many stages one case reached: by any visit, or in order and within so many days."""
    if within is None:
        came = {stage for _time, stage in visits}
        return max(came) + 1 if 0 in came else 0
    starts: list[pd.Timestamp | None] = [None] * stages
    for time, stage in sorted(visits):
        start = time if stage == 0 else starts[stage - 1]
        if start is not None and time <= start + pd.Timedelta(days=within):
            starts[stage] = start
    return max((n + 1 for n, start in enumerate(starts) if start is not None), default=0)


def read(name: str, stages: Sequence[str]) -> dict[str, Visits]:
    """The visits of each case, read without kpilint."""
    log = pd.read_csv(LOGS / name)
    log["time"] = pd.to_datetime(log["timestamp"], utc=True)
    order = {stage: n for n, stage in enumerate(stages)}
    known = log[log["activity"].isin(stages)]
    return {
        case: [(row.time, order[row.activity]) for row in rows.itertuples()]
        for case, rows in known.groupby("case")
    }


@pytest.mark.parametrize(("funnel", "name", "stages", "within"), CASES, ids=[c[0] for c in CASES])
def test_counts(funnel: str, name: str, stages: list[str], within: int | None) -> None:
    if not LOGS.exists():
        pytest.skip("the third-party event logs are not beside this checkout")
    text = GOALS.replace("TICKETS", str(TICKETS)).replace("PROBLEMS", str(PROBLEMS))
    goals = kl.read(LOGS / "goals.yaml", source=text)
    assert goals.faults == ()
    with kl.Dataset.of(goals) as data, speaking("en"):
        result = kl.Funnel.of(goals, funnel)(data)
        remarks = " ".join(result.remarks())
    cases = read(name, stages)
    reached = {case: furthest(visits, len(stages), within) for case, visits in cases.items()}
    assert [step.reached for step in result.steps] == [
        sum(level > n for level in reached.values()) for n in range(len(stages))
    ]
    # An ordered funnel knows visits that lead nowhere; another counts every stage visited.
    returns = 0
    for case, visits in cases.items():
        here = [stage for _time, stage in visits]
        counted = range(reached[case]) if within is not None else set(here)
        returns += sum(here.count(stage) - 1 for stage in counted) if reached[case] else 0
    assert result.oddities.repeated == returns > 0
    assert f"{returns:,} returns" in remarks
    strayed = sum(0 < reached[case] <= max(stage for _time, stage in cases[case]) for case in cases)
    assert result.oddities.strayed == (strayed if within is not None else 0)
