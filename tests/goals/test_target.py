"""What a target amounts to, in the metric's unit, and which way is better."""

from __future__ import annotations

import pytest

from kpilint.goals.goalfile import GoalSet, read
from kpilint.goals.target import better, target_of, unit_of

METRICS = """metrics:
  yen: {source: s, agg: sum, column: a, unit: JPY}
  deals: {source: s, agg: count}
  price: {source: s, agg: mean, column: a, unit: JPY}
  rate: {numerator: deals, denominator: deals}
  per: {numerator: yen, denominator: deals}
  value: {formula: deals * price}
  lost: {formula: deals * gone}
  hours: {source: s, agg: mean, column: h, unit: hours}
  ring: {formula: ring + 1}
"""


def goals(goal: str, *others: str) -> GoalSet:
    listed = "\n".join(f"  - {g}" for g in (goal, *others))
    return read("goals.yaml", source=f"{METRICS}goals:\n{listed}\n")


@pytest.mark.parametrize(
    ("metric", "unit"),
    [
        ("yen", "JPY"),
        ("deals", "count"),
        ("rate", "percent"),
        ("per", None),
        ("value", "JPY"),
        ("lost", None),
        ("ring", None),
    ],
)
def test_the_unit_of_a_metric(metric: str, unit: str | None) -> None:
    found = goals("{id: a}")
    assert unit_of(found, found.metrics[metric]) == unit


@pytest.mark.parametrize(
    ("goal", "target"),
    [
        ("{id: a, metric: yen, target: 3,900万円}", 39_000_000),
        ("{id: a, metric: rate, target: 30%}", 0.3),
        ("{id: a, metric: rate, target: 30}", 0.3),
        ("{id: a, metric: hours, target: 90分以内}", 1.5),
        ("{id: a, metric: deals, target: 200〜300件}", 200),
        ("{id: a, metric: deals, target: +15%}", None),
        ("{id: a, metric: deals, target: 30%}", None),
        ("{id: a, metric: none, target: 3}", 3),
        ("{id: a, metric: deals, targets: {people: {A: 3件, B: {2026-10: 1件, 2026-11: 2件}}}}", 6),
        ("{id: a, metric: deals, targets: {months: {2026-10: 1件, 2026-11: 2件}}}", 3),
        ("{id: a, metric: deals, targets: {teams: {X: 5件}, people: {A: 3件}}}", 5),
        ("{id: a, metric: deals, targets: {people: {A: 3件, B: +5%}}}", None),
        ("{id: a, metric: price, targets: {people: {A: 3万円}}}", None),
        ("{id: a, metric: yen, share: {of: b, percent: 30, baseline: 600万円}}", 1_200_000),
        ("{id: a, metric: yen, share: {of: b, percent: 30%, baseline: 0円, win_rate: 25%}}", 1.2e7),
        ("{id: a, metric: yen, share: {of: b, percent: 30}}", None),
        ("{id: a, metric: yen, share: {of: a, percent: 30, baseline: 0円}}", None),
        ("{id: a, metric: yen}", None),
    ],
)  # fmt: skip
def test_a_target(goal: str, target: float | None) -> None:
    found = goals(goal, "{id: b, metric: yen, target: 1,000万円}")
    expected = target if target is None else pytest.approx(target)
    assert target_of(found, found.by_id["a"]) == expected


@pytest.mark.parametrize(
    ("given", "target", "way"),
    [
        ("", "2時間", "higher"),
        ("", "2時間以内", "lower"),
        ("", "2時間以上", "higher"),
        ("better: lower", "2時間", "lower"),
        ("better: higher", "2時間以内", "higher"),
    ],
)
def test_the_better_way(given: str, target: str, way: str) -> None:
    text = (
        f"metrics: {{h: {{unit: hours, {given}}}}}\ngoals: [{{id: a, metric: h, target: {target}}}]"
    )
    found = read("goals.yaml", source=text)
    assert better(found, found.by_id["a"]) == way
