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
        ("a: [1, 2", (2, 1), "A bracket is not closed"),
        ("a: {b: 1", (2, 1), "A bracket is not closed"),
        ("a:\n  - 1\n b: 2", (3, 2), "indentation"),
        ("a: 'b", (1, 6), "quotation mark is not closed"),
        ("a\nb: 1", (2, 2), "colon"),
        ("a: *b", (1, 4), "no anchor"),
        ("a: 1\n--- \nb: 2", (2, 1), "second document"),
        ("a: b\x00c", (1, 5), "control character"),
        ("%YAML 9\n---\na: 1", (1, 8), "not valid YAML"),
    ],
)
def test_the_parser_s_words(text: str, place: tuple[int, int], says: str) -> None:
    ((code, line, column, message),) = composed(text)
    assert (code, says in message) == ("E001", True), message
    assert (line, column) == place


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
