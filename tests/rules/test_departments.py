"""R and P: departments that meet, and what each is asked for."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import found


def goals(*entries: str, head: str = "") -> str:
    return head + "goals:\n" + "".join(f"  - {entry}\n" for entry in entries)


SALES = "{id: revenue, role: kgi, department: sales}"
LEADS = "{id: leads, role: kgi, department: marketing}"


@pytest.mark.parametrize(
    ("entries", "subjects"),
    [
        ((SALES, LEADS), ["leads"]),
        ((SALES, LEADS[:-1] + ", parent: revenue}"), []),
        ((SALES, LEADS.replace("marketing", "Ｓａｌｅｓ")), []),
        ((SALES, LEADS.replace("kgi", "kpi")), []),  # serves no KGI: R002's
        ((SALES, "{id: leads, role: kgi}"), []),
        ((SALES[:-1] + ", combine: {sum: [leads]}}", LEADS), []),
        (
            (SALES, LEADS, "{id: x, department: marketing, parent: revenue}"),
            [],
        ),  # one goal in common
        ((SALES, LEADS, "{id: cs, role: kgi, department: cs}"), ["leads", "cs"]),
        (
            ("{id: top, role: kgi}", SALES[:-1] + ", parent: top}", LEADS[:-1] + ", parent: top}"),
            [],
        ),
    ],
)
def test_departments_meet_in_one_kgi(
    entries: tuple[str, ...], subjects: list[str], tmp_path: Path
) -> None:
    assert [f.goal for f in found("GoalSet", goals(*entries), tmp_path, "R007")] == subjects


@pytest.mark.parametrize(
    ("label", "unit", "level"),
    [("アポイント数", "count", 1), ("有効商談数", "count", 2), ("商談見込み金額", "JPY", 3)],
)
@pytest.mark.parametrize(("maturity", "suits"), [("early", 1), ("middle", 2), ("late", 3)])
def test_a_kgi_suits_the_maturity(
    label: str, unit: str, level: int, maturity: str, suits: int, tmp_path: Path
) -> None:
    metric = f"metrics: {{m: {{label: {label}, agg: sum, column: a, unit: {unit}}}}}\n"
    text = goals(
        "{id: g, role: kgi, department: マーケティング部, metric: m}",
        head=f"maturity: {maturity}\n{metric}",
    )
    assert len(found("GoalSet", text, tmp_path, "R008")) == (level > suits)


@pytest.mark.parametrize(
    ("goal", "head", "count"),
    [
        ("role: kgi, department: marketing, metric: won_revenue", "maturity: early\n", 1),
        ("role: kgi, owner: マーケ部, metric: won_revenue", "maturity: early\n", 1),
        ("role: kgi, department: marketing, metric: won_revenue", "", 0),
        ("role: kpi, department: marketing, metric: won_revenue", "maturity: early\n", 0),
        ("role: kgi, department: sales, metric: won_revenue", "maturity: early\n", 0),
        ("role: kgi, department: marketing, metric: page_views", "maturity: early\n", 0),
        ("role: kgi, department: marketing, metric: opportunities", "maturity: early\n", 1),
    ],
)
def test_whose_kgi_it_is(goal: str, head: str, count: int, tmp_path: Path) -> None:
    text = goals(f"{{id: g, {goal}}}", head=head)
    assert len(found("GoalSet", text, tmp_path, "R008")) == count


@pytest.mark.parametrize(
    ("entries", "missing"),
    [
        ((SALES, LEADS), []),
        ((SALES,), ["marketing"]),
        ((), ["marketing", "sales"]),
        ((SALES, "{id: a, owner: Marketing}"), []),
        ((SALES, "{id: a, role: info, department: marketing}"), []),
    ],
)
def test_a_department_has_a_goal(
    entries: tuple[str, ...], missing: list[str], tmp_path: Path
) -> None:
    text = goals(*entries) if entries else "goals: []\n"
    result = found("GoalSet", text, tmp_path, "P009")
    assert [f.evidence["department"] for f in result] == missing
