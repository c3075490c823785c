"""The verdict of the run before stands beside that of this one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kpilint.analysis.leads.hypothesis import Claim
from kpilint.monthly.month import Before
from kpilint.monthly.page.verdicts import verdicts
from kpilint.monthly.report import pages
from tests.monthly.made import GOALS, goal_set, month, notebook, said

CLAIMED = GOALS + "hypotheses:\n  - {id: h, leading: orders, lagging: revenue}\n"
(HYPOTHESIS,) = goal_set(CLAIMED).hypotheses
CLAIM = Claim(HYPOTHESIS, "Orders", "Revenue", "week", 1, 3, ())  # no month: not detectable


@pytest.mark.parametrize(
    ("before", "told"),
    [
        (Before(), ("–", "not detectable", "–")),
        (Before("2026-09"), ("–", "not detectable", "New")),
        (
            Before("2026-09", hypotheses={"h": "supported"}),
            ("supported", "not detectable", "changed"),
        ),
        (
            Before("2026-09", hypotheses={"h": "not detectable"}),
            ("not detectable", "not detectable", "unchanged"),
        ),
    ],
)
def test_then_and_now(before: Before, told: tuple[str, ...]) -> None:
    found = verdicts(replace(month(before=before), hypotheses=(CLAIM,)))
    assert found is not None
    assert found.head == ("Hypothesis", "Last month", "This month", "Change")
    assert found.rows == (("Orders leads Revenue by 1 to 3 weeks", *told),)


def test_without_hypotheses_there_is_no_table() -> None:
    assert verdicts(month()) is None


def test_the_page_has_it_where_it_tells_what_leads() -> None:
    made = replace(month(notebook(said("# Lead", "section-leads"))), hypotheses=(CLAIM,))
    files = pages(made)
    assert "The hypotheses, last month and this one" in files["manager.html"]
    assert "The hypotheses, last month and this one" not in files["board.html"]
