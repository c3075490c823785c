"""What the YAML parser could not go on with: the place where the slip is, and plain words for it."""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml import Mark, ScalarToken

from kpilint.i18n import _

_QUOTED_WITHIN = 1_000_000  # characters; splitting a longer text once more takes over a second
# A key whose colon has no space behind it, or is a full-width one; https://… is none.
_GLUED = re.compile(
    r"\s*(?:-\s+)*(?P<key>[\"']?[^\W\d][\w.-]*[\"']?)\s*(?:：|:(?!\s|//|$)|:(?=\u3000))"
)
_KEY = re.compile(r"\s*(?:-\s+)*[^\s#].*?:(?:[ \t]|$)")


def explained(problem: yaml.MarkedYAMLError, text: str, scanner: Any) -> tuple[Mark | None, str]:
    """Where a fault of syntax begins, and what to do about it, for who writes YAML twice a year.

    The parser stops where it cannot go on, often lines below the slip.
    """
    mark, begun = problem.problem_mark or problem.context_mark, problem.context_mark
    found = str(problem.problem or problem)
    if mark is None:
        return None, _("This is not valid YAML: {problem}.", problem=found)
    lines = text.splitlines()
    if "quoted scalar" in str(problem.context):
        return begun or mark, _("A quotation mark is not closed.")
    if "tab character" in found or ("cannot start any" in found and _tab_at(lines, mark)):
        return mark, _("A tab stands here; YAML is indented with spaces.")
    if mark.line < len(lines) and "\u3000" in _indentation(lines[mark.line]):
        return mark, full_width_spaces()
    if "expected ':'" in found or "mapping values" in found:
        if glued := _glued(lines, begun or mark):
            return glued, _("Behind a key stand a half-width colon and a space, as in key: value.")
        if "expected ':'" in found:
            return begun or mark, _("A colon after the key is missing here.")
    if "expected" in found and (quote := _open_quote(text, mark, found, scanner)):
        return quote, _("This quotation mark is not closed, or more text follows the closing one.")
    if "expected ',' or" in found and begun and _is_left(lines, begun, mark):
        return begun, _("This bracket is not closed.")
    return mark, _named(found)


def _named(found: str) -> str:
    known = {
        "cannot start any token": _(
            "A value cannot start with this character. Put the value in quotes."
        ),
        "mapping values are not allowed": _(
            "A colon stands where no new key can begin. Check the indentation of this line, "
            "or put the value in quotes."
        ),
        "expected ',' or": _(
            "A bracket is not closed, or a comma is missing, on this line or above."
        ),
        "expected '-'": _("The indentation does not fit the list above."),
        "expected key": _("The indentation of this line does not fit the keys above."),
        "alphabetic or numeric": _(
            "After * and & stands a name in Latin letters. Put the value in quotes where it is text."
        ),
        "undefined alias": _("This alias (*name) has no anchor (&name) before it."),
        "duplicate anchor": _("This anchor (&name) stands twice."),
        "second occurrence": _("This anchor (&name) stands twice."),
        "another document": _("A second document (---) starts here; one file holds one."),
    }
    words = next((words for part, words in known.items() if part in found), None)
    return words or _("This is not valid YAML: {problem}.", problem=found)


def _tab_at(lines: list[str], mark: Mark) -> bool:
    return mark.line < len(lines) and "\t" in lines[mark.line][: mark.column + 1]


def _glued(lines: list[str], mark: Mark) -> Mark | None:
    """The first of the lines that run on to a mark which has no proper colon behind its key."""
    first = None
    for number in range(min(mark.line, len(lines) - 1), -1, -1):
        found = _GLUED.match(lines[number])
        if found:
            first = Mark(mark.name, 0, number, found.start("key"), None, 0)
        elif number < mark.line and _KEY.match(lines[number]):
            break
    return first


def _open_quote(text: str, mark: Mark, found: str, scanner: Any) -> Mark | None:
    """Where the quoted value begins that ends just before a mark, as an open one seems to do."""
    if not 0 < mark.index < _QUOTED_WITHIN:
        return None
    last = None
    try:
        for token in yaml.scan(text, Loader=scanner):
            if token.start_mark.index >= mark.index:
                break
            last = token
    except yaml.YAMLError:
        pass  # what lies behind the mark
    if not isinstance(last, ScalarToken) or last.style not in {"'", '"'}:
        return None
    begin, end = last.start_mark, last.end_mark
    beside = end.index == mark.index or "key" in found
    quoted = begin.line < end.line or beside
    return begin if quoted and end.line == mark.line else None


def _is_left(lines: list[str], begun: Mark, mark: Mark) -> bool:
    """Whether a bracket that began on an earlier line is over, by the indentation of this one."""
    if mark.line >= len(lines):
        return True
    within, after = (len(_indentation(lines[at.line])) for at in (begun, mark))
    return begun.line < mark.line and after <= within


def _indentation(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]


def full_width_spaces() -> str:
    """What is wrong with a line that looks indented and is not."""
    return _("This line is indented with full-width spaces; YAML takes half-width ones.")
