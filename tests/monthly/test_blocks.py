"""What a notebook shows becomes plain blocks, and markup in a client's data becomes text."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nbformat import NotebookNode, v4

from kpilint.monthly.blocks import (
    FIGURE,
    Block,
    Chart,
    Note,
    Placed,
    Prose,
    Table,
    Value,
    Verdict,
    blocks,
)

TABLE = (
    "<table><thead><tr><th>a</th><th>n</th></tr></thead><tr><td>x</td><td>1,234</td></tr></table>"
)
MADE: Any = v4  # it has no types
READ = Table(("a", "n"), (("x", "1,234"),))


def shown(*outputs: dict[str, Any] | NotebookNode, language: str = "en") -> list[Block]:
    """The blocks of a notebook with one output a cell (or cells as they are)."""
    return [placed.block for placed in placed_of(*outputs, language=language)]


def placed_of(*outputs: dict[str, Any] | NotebookNode, language: str = "en") -> list[Placed]:
    cells = [
        output
        if isinstance(output, NotebookNode)
        else MADE.new_code_cell("code", outputs=[MADE.new_output("execute_result", data=output)])
        for output in outputs
    ]
    return blocks(MADE.new_notebook(cells=cells), language)


def figure(**layout: Any) -> dict[str, Any]:
    return {FIGURE: {"data": [{"type": "bar", "y": ["a"]}], "layout": layout}}


def markdown(text: str, *tags: str) -> NotebookNode:
    cell: NotebookNode = MADE.new_markdown_cell(text, metadata={"tags": list(tags)})
    return cell


@pytest.mark.parametrize(
    ("html", "found"),
    [
        ("<p>One <b>sentence</b>.</p>", [Verdict("One sentence.")]),
        (f"<p>One.</p>{TABLE}<ul><li>but</li></ul>", [Verdict("One."), READ, Note("but")]),
        ("no tags at all", [Verdict("no tags at all")]),
        ("<p>1 &lt; 2 &amp; <!-- c -->3</p>", [Verdict("1 < 2 & 3")]),
        ("<script>alert(1)</script><style>p{}</style><p>x</p>", [Verdict("x")]),
        ("<p onclick='x()'>a<img src=http://x onerror=y()></p>", [Verdict("a")]),
        ("<table><tr><th>only a heading</th></tr></table>", []),
        ("<table><tr><td>1<td>2<tr><td>3</table>", [Table(("1", "2"), (("3", ""),))]),
        ("", []),
    ],
)
def test_html(html: str, found: list[Block]) -> None:
    assert shown({"text/html": html, "text/plain": "not this"}) == found


@pytest.mark.parametrize(
    ("column", "numeric"),
    [
        (["1,234", "–", "48% (46–50%)", "¥3"], True),
        (["-3", "▲5%", ""], True),
        (["リード", "1"], False),
        (["<b>", "1"], False),
    ],
)
def test_columns_of_numbers_align_right(column: list[str], numeric: bool) -> None:
    assert Table(("h",), tuple((cell,) for cell in column)).numeric == (numeric,)


def test_no_code_no_messages_no_tracebacks() -> None:
    output = MADE.new_output
    cell = MADE.new_code_cell(
        "secret = 1",
        outputs=[
            output("stream", name="stderr", text="a warning"),
            output("stream", name="stdout", text="printed"),
            output("error", ename="E", evalue="v", traceback=["T"]),
            output("execute_result", data={"text/plain": "None"}),
            output("execute_result", data={"text/plain": "'sql'"}),
        ],
    )
    assert shown(cell) == [Value("'sql'")]


@pytest.mark.parametrize(("language", "text"), [("ja", "日本語"), ("en", "English")])
def test_a_reader_sees_one_language(language: str, text: str) -> None:
    cells = [markdown("日本語", "lang-ja"), markdown("English", "lang-en"), markdown("both")]
    assert shown(*cells, language=language) == [Prose(text), Prose("both")]


def test_a_chart_takes_the_table_it_draws() -> None:
    html = {"text/html": f"<p>One.</p>{TABLE}<ul><li>but</li></ul>"}
    verdict, note, chart, table = shown(html, figure(), {"text/html": TABLE})
    assert [verdict, note, table] == [Verdict("One."), Note("but"), READ]
    assert isinstance(chart, Chart)
    assert chart.table == READ


def test_a_second_chart_does_not_take_an_older_table() -> None:
    html = {"text/html": TABLE}
    charts = [block for block in shown(html, figure(), figure()) if isinstance(block, Chart)]
    assert [chart.table for chart in charts] == [READ, None]


def test_a_chart_keeps_its_readers_and_takes_what_else_its_table_was_tagged_with() -> None:
    def tagged(data: dict[str, Any], *tags: str) -> NotebookNode:
        output = MADE.new_output("execute_result", data=data)
        cell: NotebookNode = MADE.new_code_cell("", outputs=[output], metadata={"tags": list(tags)})
        return cell

    (chart,) = placed_of(
        tagged({"text/html": TABLE}, "summary", "audience-board"),
        tagged(figure(), "audience-manager"),
    )
    assert chart.tags == {"summary", "audience-manager"}


def test_the_words_of_a_chart_stand_apart() -> None:
    title = {"text": "<b>A &lt;b&gt; fell</b>", "subtitle": {"text": "n = 3"}}
    (chart,) = shown(figure(title=title, meta={"source": "deals &amp; co"}, width=3))
    assert isinstance(chart, Chart)
    assert (chart.title, chart.subtitle, chart.source) == ("A <b> fell", "n = 3", "deals & co")
    assert json.loads(chart.spec)["layout"] == {"width": 3}


@given(
    st.text('<>/ab &"\\\n').map(
        lambda text: text + "</script><script>alert(1)</script><a href=x><b>kept</b>"
    )
)
def test_no_markup_survives_in_a_chart(text: str) -> None:
    (chart,) = shown(figure(annotations=[{"text": text}], images=[{"source": "http://x"}]))
    assert isinstance(chart, Chart)
    assert "<" not in chart.spec
    layout = json.loads(chart.spec)["layout"]
    assert "images" not in layout
    kept = layout["annotations"][0]["text"]
    assert "<script" not in kept
    assert "<a" not in kept
    assert "<b>kept</b>" in kept


def test_a_head_of_two_rows_is_one() -> None:
    """Pandas writes an index's name below the names of the columns."""
    head = "<thead><tr><th></th><th>amount</th></tr><tr><th>who</th><th></th></tr></thead>"
    read = shown({"text/html": f"<table>{head}<tr><th>A</th><td>1%</td></tr></table>"})
    assert read == [Table(("who", "amount"), (("A", "1%"),))]


@pytest.mark.parametrize(
    ("cells", "wordy"),
    [
        (("deals", "12", "件数が足りないため、この列の値は確かめられません"), True),
        (("面談の打診を当日中に行う", "商談化を強化する", "インサイドセールス課", "毎週"), True),
        (("営業1課", "10月", "120"), False),
        (("a very long name of a goal that is no sentence of its own", "3"), False),
    ],
)
def test_a_table_of_sentences_is_known_by_its_cells(cells: tuple[str, ...], wordy: bool) -> None:
    assert Table(cells, (cells,)).wordy is wordy
    assert not Table(cells, ()).wordy


@pytest.mark.parametrize(
    ("trace", "drawn"),
    [
        ({"x": [1], "y": [2]}, True),
        ({"x": {"dtype": "f8", "bdata": "AAAAAAAA8D8="}}, True),
        ({"z": [[1]]}, True),
        ({"x": [], "y": []}, False),
        ({"x": {"dtype": "f8", "bdata": ""}}, False),
        ({}, False),
    ],
)
def test_a_figure_without_values_has_nothing_to_draw(trace: dict[str, Any], drawn: bool) -> None:
    (read,) = shown({FIGURE: {"data": [trace], "layout": {}}})
    assert isinstance(read, Chart)
    assert bool(read.spec) is drawn


def test_what_is_another_on_a_phone_travels_along() -> None:
    (read,) = shown(figure(meta={"narrow": {"height": 9, "title": "<a href='x'>"}}))
    assert isinstance(read, Chart)
    narrow = json.loads(read.spec)["narrow"]
    assert narrow == {"height": 9, "title": "&lt;a href='x'>"}
