"""A docstring becomes a manual page."""

from __future__ import annotations

from kpilint.i18n import speaking
from kpilint.manual import page_of, shown
from kpilint.rule import INFO, Flaws, rule


@rule("Z001", INFO)
def odd_example(goal: str, *, level: float = 0.5, long_name: int = 3) -> Flaws:
    """The title.

    Why it matters,
    over two lines.

    And more.

    Bad:
        target: 1
          deeper: 2
    Good:
        target: 2

    Options:
        level: how much
        long_name: what it does,
            over two lines

    When to ignore: never,
    really.

    Source: a book.
    """
    yield from ()


def test_the_parts_of_a_page() -> None:
    page = page_of(odd_example)
    assert page.title == "The title."
    assert page.why == ("Why it matters, over two lines.", "And more.")
    assert page.bad == "target: 1\n  deeper: 2\n"
    assert page.good == "target: 2\n"
    assert page.options == {"level": "how much", "long_name": "what it does, over two lines"}
    assert (page.ignore, page.source) == ("never, really.", "a book.")


def test_what_a_rule_is_read_off() -> None:
    assert (odd_example.name, odd_example.scope) == ("odd-example", "str")
    assert odd_example.options == {"level": 0.5, "long_name": 3}


def test_shown() -> None:
    with speaking("en"):
        text = shown(odd_example)
    assert text.startswith("Z001 odd-example (note)\n\nThe title.\n\nWhy it matters")
    assert "Bad:\n    target: 1\n      deeper: 2" in text
    assert "  level = 0.5: how much\n  long_name = 3: what it does, over two lines" in text
    assert text.endswith("Source: a book.")


def test_every_text_is_there_to_be_translated() -> None:
    assert len(page_of(odd_example).texts) == 7
