"""R and P: KGIs without anything that moves early."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found, linted, merged

KGI = "{id: kgi, role: kgi, metric: won_count, period: 2026-10..2026-12}"
WINS = "{id: wins, metric: won_count, parent: kgi, period: 2026-10..2026-12}"


def goals(*entries: str) -> str:
    return "goals:\n" + "".join(f"  - {entry}\n" for entry in entries)


@pytest.mark.parametrize(
    ("entries", "subjects"),
    [
        ((KGI, WINS), ["kgi"]),
        ((KGI,), []),  # nothing serves it: P007's
        ((KGI, WINS, "{id: o, metric: opportunities, parent: kgi}"), []),
        ((KGI, WINS, "{id: o, metric: opportunities, parent: wins}"), []),  # at two removes
        ((KGI, WINS, "{id: o, metric: opportunities}"), ["kgi"]),  # serves nothing
        ((KGI, WINS, "{id: u, metric: unit_price, parent: kgi}"), []),  # nobody says what it is
        ((KGI, WINS, "{id: u, parent: kgi}"), []),
        ((KGI[:-1] + ", combine: {sum: [a]}}", "{id: a, metric: won_count}"), ["kgi"]),
        ((KGI[:-1] + ", combine: {sum: [a]}}", "{id: a, metric: opportunities}"), []),
        ((KGI, WINS, "{id: q, role: kgi, parent: kgi}", "{id: x, parent: q}"), []),
        (
            (KGI, WINS[:-1] + ", role: kgi}", "{id: x, metric: won_count, parent: wins}"),
            ["kgi"],  # the KGI below it is judged with it
        ),
    ],
)
def test_only_lagging_metrics_serve_a_kgi(
    entries: tuple[str, ...], subjects: list[str], tmp_path: Path
) -> None:
    assert [f.goal for f in found("GoalSet", goals(*entries), tmp_path, "R005")] == subjects


@pytest.mark.parametrize(
    ("metric", "count"),
    [
        ("agg: count, nature: lagging", 1),
        ("agg: count, nature: leading", 0),
        ("agg: count, nature: activity", 0),
        ("agg: count, stage: sales.won, nature: leading", 0),
        ("agg: count, stage: sales.won", 1),
        ("agg: count, stage: sales.lead", 0),
        ("numerator: won_count, denominator: page_views", 1),
        ("numerator: page_views, denominator: won_count", 0),
    ],
)
def test_what_lags(metric: str, count: int, tmp_path: Path) -> None:
    text = merged("GoalSet", goals(KGI, "{id: a, metric: m, parent: kgi}"))
    text = text.replace("metrics:\n", f"metrics:\n  m: {{{metric}}}\n")
    assert len(linted(text, tmp_path, "R005", data=False)) == count


def test_a_hypothesis_makes_a_metric_lead(tmp_path: Path) -> None:
    claim = "hypotheses: [{id: h, leading: won_count, lagging: won_revenue, lag: 4w..8w}]\n"
    assert len(found("GoalSet", goals(KGI, WINS) + claim, tmp_path, "R005")) == 0


def test_goals_that_serve_each_other_come_to_an_end(tmp_path: Path) -> None:
    circle = goals("{id: a, role: kgi, parent: b}", "{id: b, metric: opportunities, parent: a}")
    assert len(found("GoalSet", circle, tmp_path, "R005")) == 0


@pytest.mark.parametrize(
    ("entries", "count"),
    [
        ((KGI,), 1),
        ((KGI, WINS), 0),  # R005 has said so
        ((KGI, "{id: o, metric: opportunities, period: 2026-12}"), 0),
        ((KGI, "{id: o, metric: opportunities, period: 2026-07..2026-09}"), 0),
        ((KGI, "{id: o, metric: opportunities, period: 2026-06}"), 1),  # long ago
        ((KGI, "{id: o, metric: opportunities, period: 2027-01}"), 1),  # too late
        ((KGI, "{id: o, metric: opportunities}"), 1),  # at no time
        ((KGI.replace("2026-10..2026-12", "2026-10"),), 0),  # a month is soon over
        ((KGI.replace("won_count", "opportunities"),), 0),
    ],
)
def test_nothing_to_act_on_in_the_period(
    entries: tuple[str, ...], count: int, tmp_path: Path
) -> None:
    assert len(found("GoalSet", goals(*entries), tmp_path, "P007")) == count
