"""Cells find their section and their readers by tags; headings never skip a level."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup
from nbformat import NotebookNode

from kpilint.monthly.blocks import Chart, Note, Verdict
from kpilint.monthly.page.people import People
from kpilint.monthly.page.sections import Section, sections
from kpilint.monthly.page.views import ALL, BOARD, FIELD, MANAGER, SECTIONS
from tests.monthly.made import chart, html, month, notebook, said, shown

PEOPLE = People.of(month().order)
BOTH = ("audience-manager", "audience-field")


def divided(*cells: NotebookNode) -> dict[str, Section]:
    found = sections([notebook(*cells)], "en", PEOPLE)
    return {section.key: section for section in found if section.pieces or section.title}


def test_the_sections_come_in_the_order_of_the_page() -> None:
    found = sections(
        [
            notebook(said("# Own"), shown(html("A."))),
            notebook(said("# Data", "section-data"), shown(html("B."))),
            notebook(said("# Flow", "section-flow"), said("## Why", "section-why")),
        ],
        "en",
        PEOPLE,
    )
    assert [section.key for section in found] == [*SECTIONS, "own1"]
    titles = {section.key: section.title for section in found}
    assert (titles["flow"], titles["why"], titles["own1"]) == (
        "Flow",
        "Why it changed",  # no notebook gives it a heading of the first level
        "Own",
    )


def test_a_heading_that_says_the_title_again_goes() -> None:
    found = divided(said("## Next", "section-plan"), said("## What must exist by when\n\nText."))
    texts = [str(piece.block) for piece in found["plan"].pieces]
    assert texts == ["<h3>Next</h3>\n", "<p>Text.</p>\n"]


def test_cells_before_the_first_section_belong_to_it() -> None:
    found = divided(said("# Title"), shown(html("A.")), said("## Part", "section-plan"))
    assert found["plan"].title == "Title"
    assert list(found["plan"].said("none")) == []


def test_a_section_may_be_taken_up_again() -> None:
    found = divided(
        said("# F", "section-flow"), said("# W", "section-why"), said("## F2", "section-flow")
    )
    assert [str(piece.block) for piece in found["flow"].pieces] == ["<h3>F2</h3>\n"]


def test_readers() -> None:
    found = divided(
        said("# F", "section-flow"),
        shown(html("all"), tags=BOTH),
        shown({"text/html": "<p>some</p>"}),
    )
    flow = found["flow"]
    assert flow.views == FIELD
    assert [piece.views for piece in flow.pieces] == [FIELD, FIELD, MANAGER]
    assert [str(p.block) for p in flow.of("board")] == []
    assert len(flow.of("field")) == 2
    assert len(flow.of(None)) == 3


def test_the_goals_are_for_all_and_their_status_is_the_rows() -> None:
    found = divided(
        said("# G", "section-goals", *BOTH),
        said("How to read the rows.", *BOTH),
        shown(html("the status"), tags=("summary", *BOTH)),
        shown(chart("the status drawn"), tags=BOTH),
        said("## One goal", *BOTH),
        shown(chart("one goal"), tags=BOTH),
    )
    goals = found["goals"]
    assert goals.views == ALL
    assert goals.opening == 1  # the rows stand after it
    assert [p.block.title for p in goals.pieces if isinstance(p.block, Chart)] == ["one goal"]


@pytest.mark.parametrize("text", ["佐藤 健一", "Ann Lee"])
def test_a_result_that_names_people_is_kept_from_the_field(text: str) -> None:
    found = divided(
        said("# F", "section-flow"), shown(html(text), tags=BOTH), shown(chart(text), tags=BOTH)
    )
    (first, second) = found["flow"].of("field")  # a verdict, and a chart with its table
    assert isinstance(first.block, Note)
    assert isinstance(second.block, Note)
    manager = [piece.block for piece in found["flow"].of("manager")]
    assert [type(block) for block in manager] == [Verdict, Chart]


def test_verdicts_by_tag() -> None:
    found = divided(
        said("# W", "section-why"),
        shown(html("It leaks."), tags=("summary",)),
        shown(html("Beside.")),
    )
    assert list(found["why"].said("summary")) == ["It leaks."]
    assert found["why"].views == MANAGER != BOARD


@given(st.lists(st.integers(1, 6), max_size=12))
def test_headings_go_down_one_by_one(levels: list[int]) -> None:
    cells = [said(f"{'#' * level} H{n}") for n, level in enumerate(levels)]
    texts = [
        str(piece.block)
        for section in divided(*cells).values()
        for piece in section.pieces
        if isinstance(piece.block, Markup)
    ]
    made = [2, *(int(text[2]) for text in texts)]
    assert len(texts) == max(0, len(levels) - 1)
    assert all(3 <= after <= min(before + 1, 6) for before, after in pairwise(made))


def test_markdown_leads_nowhere() -> None:
    text = "# T\n\n[x](javascript:a) ![y](http://example.com/y) <http://example.com> <b>z</b>"
    (piece,) = divided(said(text))["own1"].pieces
    assert "<a" not in str(piece.block)
    assert "<img" not in str(piece.block)
    assert "&lt;b&gt;z" in str(piece.block)


def test_a_chart_stands_once_where_its_readers_have_seen_it() -> None:
    found = divided(
        said("# Definitions", "section-definitions"),
        shown(chart("tree")),
        shown(chart("other")),
        said("# Goals", "section-goals"),
        shown(chart("tree")),
    )
    drawn = {
        key: [type(piece.block).__name__ for piece in found[key].pieces]
        for key in ("goals", "definitions")
    }
    assert drawn == {"goals": ["Chart"], "definitions": ["Note", "Chart"]}
