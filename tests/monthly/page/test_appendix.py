"""The appendix tells how each metric in use is computed, and each method in about two lines."""

from __future__ import annotations

import pytest

from kpilint.i18n import LANGUAGES, speaking
from kpilint.monthly.page.appendix import definitions, methods
from tests.monthly.made import goal_set

METRICS = """
metrics:
  won: {label: Won, definition: Signed, source: deals, agg: count, where: stage = 'won', time: closed}
  closed: {source: deals, agg: count, time: closed}
  rate: {label: Win rate, numerator: won, denominator: closed, cohort: made, mature: 90d}
  double: {formula: won * 2}
  nps: {manual: {2026-07: 41}, over: last}
  unused: {source: deals, agg: count}
goals: [{id: a, metric: rate}, {id: b, metric: double}, {id: c, metric: nps}, {id: d}]
"""


def test_the_metrics_that_goals_rest_on() -> None:
    rows = {row[0]: row[1:] for row in definitions(goal_set(METRICS)).rows}
    assert rows == {
        "Win rate": ("not defined", "won / closed · cohort: made"),
        "Won": ("Signed", "count() · where stage = 'won' · time: closed · source: deals"),
        "closed": ("not defined", "count() · time: closed · source: deals"),
        "double": ("not defined", "won * 2"),
        "nps": ("not defined", "manual, over: last"),
    }


@pytest.mark.parametrize("language", LANGUAGES)
def test_methods_are_short(language: str) -> None:
    with speaking(language):
        told = dict(methods())
    assert len(told) == 8
    assert all(len(text) <= 260 for text in told.values())
