"""D: the records behind a KGI."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found

TEXT = """sources:
  deals: {{path: deals.csv{checked}}}
metrics:
  won: {{source: deals, agg: count, time: closed_at}}
  rate: {{numerator: won, denominator: won}}
  made: {{formula: rate * 2}}
  circle: {{formula: circle + won}}
goals:
  - {{id: a, role: {role}, metric: {metric}}}
"""


@pytest.mark.parametrize(
    ("checked", "role", "metric", "count"),
    [
        ("", "kgi", "won", 1),
        ("", "kgi", "rate", 1),
        ("", "kgi", "made", 1),
        ("", "kgi", "circle", 1),
        ("", "kgi", "none", 0),
        ("", "kpi", "won", 0),
        (", expect: [{unique: deal_id}]", "kgi", "won", 0),
        (", preset: hubspot/deals", "kgi", "won", 0),
    ],
)
def test_somebody_checks_them(
    checked: str, role: str, metric: str, count: int, tmp_path: Path
) -> None:
    text = TEXT.format(checked=checked, role=role, metric=metric)
    result = found("GoalSet", text, tmp_path, "D002")
    assert [f.subject.id for f in result] == ["deals"] * count


def test_a_source_is_told_once(tmp_path: Path) -> None:
    text = (
        TEXT.format(checked="", role="kgi", metric="won") + "  - {id: b, role: kgi, metric: rate}\n"
    )
    assert len(found("GoalSet", text, tmp_path, "D002")) == 1
