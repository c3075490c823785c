"""The tree on targets and actuals, what it says aloud, and how it is drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilint.analysis.tree.tree import Tree
from kpilint.errors import Misuse
from kpilint.goals.goalfile import read
from kpilint.i18n import speaking
from tests.analysis.tree.conftest import Grown


def test_targets_and_actuals_are_made_of_the_parts(grown: Grown) -> None:
    table = grown().table().set_index("goal")
    assert list(table.index) == ["revenue", "wins", "price", "begun"]
    assert list(table["above"]) == ["", "revenue", "revenue", "revenue"]
    assert list(table["part"]) == ["", "product", "product", ""]
    assert list(table["actual"]) == [115e6, 115, 1e6, 115]
    assert table.loc["revenue", "made_target"] == 150e6
    assert table.loc["revenue", "made_actual"] == 115e6
    assert list(table["state"][:3]) == ["missed"] * 3


def test_a_miss_is_explained_in_a_sentence_with_the_next_action(grown: Grown) -> None:
    tree = grown()
    assert tree.gap is not None
    assert sum(tree.gap.factors.values()) == pytest.approx(-35e6)
    with speaking("en"):
        assert tree.text() == (
            "“受注金額” is at ¥115M, ¥35.0M behind the target of ¥150M. It comes from 受注単価 "
            "(−¥24.0M), 受注数 (−¥11.0M). Next: 価格を見直す (営業部)."
        )


def test_the_action_is_that_of_the_factor_that_costs_most(grown: Grown) -> None:
    tree = grown(text=GOALS_AT_PAR)
    with speaking("en"):
        assert tree.text().endswith(
            "It comes from 受注数 (−¥10.0M). Next: 停滞商談を棚卸しする (営業1課)."
        )


GOALS_AT_PAR = """goals:
  - {{id: revenue, label: 受注金額, role: kgi, metric: won_revenue, period: {period}, target: 1.25億円,
     combine: {{product: [wins, price]}}}}
  - {{id: wins, label: 受注数, metric: won_count, owner: 営業1課, period: {period}, target: 125件,
     action: 停滞商談を棚卸しする}}
  - {{id: price, label: 受注単価, metric: unit_price, period: {period}, target: 100万円}}
{more}"""


def test_under_way_parts_keep_pace_with_the_whole(grown: Grown) -> None:
    tree = grown("2026-08..2026-10", "2026-09-15")
    assert tree.gap is not None
    assert tree.standings["revenue"].expected < 150e6
    assert tree.gap.rest == pytest.approx(0, abs=1)


def test_a_period_not_begun(grown: Grown) -> None:
    tree = grown("2026-10..2026-12")
    assert set(tree.table()["state"]) == {"not_started"}
    with speaking("en"):
        assert tree.text().startswith("“受注金額” has not begun.")
        assert tree.figure().layout.title.text


def test_quarters_make_a_half_while_the_second_has_not_begun(grown: Grown) -> None:
    text = """goals:
  - {{id: half, role: kgi, metric: won_count, period: 2026-07..2026-12, target: 250件,
     combine: {{sum: [first, second]}}}}
  - {{id: first, metric: won_count, period: 2026-07..2026-09, target: 120件}}
  - {{id: second, metric: won_count, period: 2026-10..2026-12, target: 120件}}
{more}"""
    tree = grown(text=text)
    row = tree.table().set_index("goal").loc["half"]
    assert (row["made_target"], row["made_actual"]) == (240, 115)
    with speaking("en"):
        assert "The targets of the parts of “half” make 240, not 250." in tree.remarks()
    assert tree.gap is not None
    assert tree.gap.factors == {"first": -5.0, "second": 0.0}


def test_a_metric_that_cannot_be_computed_is_told_not_raised(grown: Grown) -> None:
    more = "  - {id: odd, metric: nothing, period: 2026-09, target: 3件, parent: revenue}\n"
    tree = grown(more=more)
    assert tree.standings["odd"].state == "no_data"
    with speaking("en"):
        assert [note for note in tree.remarks() if note.startswith("odd: ")]


def test_links_alone_explain_nothing_and_say_so(grown: Grown) -> None:
    text = """goals:
  - {{id: top, role: kgi, metric: won_count, period: {period}, target: 200件}}
  - {{id: below, metric: opportunities, period: {period}, target: 200件, parent: top}}
{more}"""
    tree = grown(text=text)
    assert tree.gap is None
    with speaking("en"):
        assert "No combine: says what makes it up" in tree.text()


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_picture_shows_every_goal_with_a_sign_beside_its_colour(
    grown: Grown, language: str
) -> None:
    label = "<b>とても長い名前の目標" * 5
    more = f"  - {{id: long, label: '{label}', metric: won_count, period: 2026-09, parent: wins}}\n"
    tree = grown(more=more)
    with speaking(language):
        figure = tree.figure()
    texts = [note.text for note in figure.layout.annotations]
    assert texts.count("■") == 3
    assert "<b>× 受注数</b>" in texts
    lines = [text for text in texts if "長い" in text or "とても" in text]
    assert len(lines) > 2  # wrapped
    assert all("&lt;b&gt;" in text for text in lines[:1])  # a client's text is no markup
    solid = [shape.line.dash for shape in figure.layout.shapes]
    assert solid == ["solid", "dot", "solid", "dot"]


@pytest.mark.parametrize(
    ("text", "root", "day", "said"),
    [
        ("goals: [{id: a, role: kgi}]", "b", "2026-10-01", "There is no goal b."),
        ("goals: []", "", "2026-10-01", "There is no goal to look at"),
        ("goals: [{id: a, role: kgi}]", "", "soon", "soon"),
    ],
)
def test_misuse_is_told(text: str, root: str, day: str, said: str) -> None:
    goals = read("goals.yaml", source=text)
    with speaking("en"), pytest.raises(Misuse, match=said):
        Tree.of(goals, root, as_of=day)


def test_without_a_kgi_the_first_goal_is_the_top() -> None:
    goals = read("goals.yaml", source="goals: [{id: a, parent: b}, {id: b}]")
    assert Tree.of(goals, as_of="2026-10-01").root.id == "a"


def test_a_circle_is_told(grown: Grown) -> None:
    text = """goals:
  - {{id: a, role: kgi, combine: {{sum: [b]}}}}
  - {{id: b, combine: {{sum: [a]}}}}
{more}"""
    with pytest.raises(Misuse, match="a, b make each other up"):
        grown(text=text, root="a")


def test_a_long_chain_of_goals_is_no_recursion(tmp_path: Path) -> None:
    from kpilint.analysis.tree.shape import branches, root_of, upward

    chain = "".join(f"  - {{id: g{n}, combine: {{sum: [g{n + 1}]}}}}\n" for n in range(3000))
    text = f"goals:\n{chain}  - {{id: g3000}}\n"
    goals = read("goals.yaml", source=text)
    shape = branches(goals, root_of(goals, "g0"))
    assert len(shape) == 3001
    assert upward(shape)[0].goal.id == "g3000"
