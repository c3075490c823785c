"""From bytes to nodes: what is refused, and how the parser's words are put."""

from __future__ import annotations

import pytest

from kpilint.goals.node import Fault
from kpilint.goals.yamltext import compose, decode


def composed(text: str) -> list[tuple[str, int, int, str]]:
    faults: list[Fault] = []
    compose(text, "f.yaml", faults)
    return [(f.code, f.span.line, f.span.column, f.message) for f in faults]


@pytest.mark.parametrize(
    ("text", "place", "says"),
    [
        ("a:\n\tb: 1", (2, 1), "A tab stands here"),
        ("a: @b", (1, 4), "in quotes"),
        ("a: b: c", (1, 5), "A colon stands where"),
        ("a: [1, 2", (1, 4), "This bracket is not closed"),
        ("a:\n  - {b: 1\n  - {b: 2}", (2, 5), "This bracket is not closed"),
        ("a: {b: 1\nc: 2", (1, 4), "This bracket is not closed"),
        ("a: {\n  b: 1\n  c: 2\n}", (3, 4), "a comma is missing"),
        ("a:\n  - 1\n b: 2", (3, 2), "indentation"),
        ("a: 'b", (1, 4), "quotation mark is not closed"),
        ("a: 'b\nc: 'd'", (1, 4), "quotation mark is not closed"),
        ("a: {b: 'c, d: 'e'}", (1, 8), "quotation mark is not closed"),
        ("a: 'it's'\nb: 1", (1, 4), "quotation mark is not closed"),
        ("a: 'b' c\nd: 1", (1, 4), "more text follows"),
        ("a\nb: 1", (2, 2), "A colon stands where"),
        ("a:\n  b: 1\n  c 2\n  d: 3", (3, 3), "colon after the key is missing"),
        ("a:\n  b: 1\n  c：2\n\n", (3, 3), "half-width colon and a space"),
        ("a:\n  - b: 1\n　　c: 2", (3, 1), "full-width spaces"),
        ("a:\n  - b: 1\n  　c: 2", (3, 3), "full-width spaces"),
        ("a:\n  - b:1\n    c:2\n    d: 3", (2, 5), "half-width colon and a space"),
        ("a:\n  b:\u3000受注\n  c: 2", (2, 3), "half-width colon and a space"),
        ("a:\n  b: 1\n\tc: 1", (3, 1), "A tab stands here"),
        ("a: *b", (1, 4), "no anchor"),
        ("a: *受注", (1, 5), "in Latin letters"),
        ("a: 1\n--- \nb: 2", (2, 1), "second document"),
        ("a: b\x00c", (1, 5), "control character"),
        ("%YAML 9\n---\na: 1", (1, 8), "not valid YAML"),
    ],
)
def test_the_parser_s_words(text: str, place: tuple[int, int], says: str) -> None:
    ((code, line, column, message),) = composed(text)
    assert (code, says in message) == ("E001", True), message
    assert (line, column) == place


def test_a_text_of_several_lines_may_be_indented_as_it_likes() -> None:
    assert composed("a: |\n  1. x\n  　b: 2\nc: 3") == []


@pytest.mark.parametrize("depth", [50, 61, 999, 100_000])
def test_depth(depth: int) -> None:
    assert bool(composed("a: " + "[" * depth + "]" * depth)) == (depth > 60)


@pytest.mark.parametrize(
    ("content", "text", "count"),
    [
        ("受注".encode(), "受注", 0),
        ("受注".encode("utf-8-sig"), "受注", 0),
        ("受注".encode("utf-16"), "受注", 0),
        ("受注".encode("cp932"), "受注", 1),
        (b"\x85 ", None, 1),
        (b"a\x00", None, 1),
        (b" " * 10_000_001, None, 1),
        (b" " * 10_000_000, " " * 10_000_000, 0),
    ],
    ids=["utf-8", "bom", "utf-16", "cp932", "neither", "binary", "over the limit", "at the limit"],
)
def test_decode(content: bytes, text: str | None, count: int) -> None:
    faults: list[Fault] = []
    assert decode(content, "f.yaml", faults) == text
    assert len(faults) == count


def test_a_deep_alias_is_counted_and_a_wide_one_allowed() -> None:
    assert composed("a: &a [1, 2]\nb: [*a, *a, *a]") == []
