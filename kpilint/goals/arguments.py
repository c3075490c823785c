"""What the arguments of an expectation hold, and how each kind is read."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime, time
from typing import Any

from yaml import Node, SequenceNode

from kpilint.finding import Severity
from kpilint.goals.dates import read_date
from kpilint.goals.node import Reader, Reading, shown, unique_pairs
from kpilint.goals.quantity import read_quantity
from kpilint.goals.readers import boolean, integer, list_of, one_of, plain, text
from kpilint.i18n import _

SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "info": Severity.INFO}
_CLASS = re.compile(r"\[\^?\]?(?:\\.|[^\]\\])*\]|\\[^1-9gZ]")  # what is no operator
_UNLIKE = re.compile(r"\(\?(?!:|P<|[aims]+\))|\\[1-9gZ]|[*+?}]\+")


def _pattern(node: Node, reading: Reading) -> str:
    """A regular expression that every engine reads alike, and in time that grows with the text."""
    pattern = str(text.parse(node, reading) or "")
    try:
        re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as problem:
        message = _("{read} is no regular expression: {reason}.", read=shown(node), reason=problem)
        raise ValueError(message) from None
    if _UNLIKE.search(_CLASS.sub("", pattern)):
        raise ValueError(
            _(
                "{read} looks ahead or back, which engines do not do alike; write a plain pattern, "
                "or use expect_column_values_to_not_match_regex.",
                read=shown(node),
            )
        )
    return pattern


def _share(node: Node, reading: Reading) -> float:
    value = _number(node, reading)
    if not 0 <= value <= 1:
        message = _("A share from 0 to 1 is expected here, found {read}.", read=shown(node))
        raise ValueError(message)
    return value


def _number(node: Node, reading: Reading) -> float:
    return read_quantity(str(text.parse(node, reading) or "")).value


def _bound(node: Node, reading: Reading, at: time = time()) -> float | datetime:
    """A number, or a day; the last day of a range is meant whole."""
    word = str(text.parse(node, reading) or "")
    try:
        return read_quantity(word).value
    except ValueError:
        pass
    try:
        return datetime.combine(read_date(word), at)
    except ValueError:
        message = _("A number or a date is expected here, found {read}.", read=shown(node))
        raise ValueError(message) from None


def _pairs(node: Node, reading: Reading) -> tuple[tuple[str, ...], ...]:
    items = node.value if isinstance(node, SequenceNode) else [node]
    found: tuple[tuple[str, ...], ...] = tuple(_texts(item, reading) for item in items)
    if any(len(pair) != 2 for pair in found):
        message = _("A list of pairs is expected here, found {read}.", read=shown(node))
        raise ValueError(message)
    return found


def _texts(node: Node, reading: Reading) -> tuple[str, ...]:
    found: tuple[str, ...] = list_of(text).parse(node, reading)
    if not found:
        raise ValueError(_("At least one value is expected here."))
    return found


def _mapping(node: Node, reading: Reading) -> Mapping[str, Any]:
    return {k.value: plain(value) for k, value in unique_pairs(node, reading)}


_READERS: Mapping[str, Callable[[Node, Reading], Any]] = {
    "column": text.parse,
    "text": text.parse,
    "columns": _texts,
    "texts": _texts,
    "values": _texts,
    "headings": _texts,
    "number": _number,
    "whole": integer.parse,
    "share": _share,
    "flag": boolean.parse,
    "bound": _bound,
    "last": lambda node, reading: _bound(node, reading, time.max),
    "pattern": _pattern,
    "patterns": lambda node, reading: tuple(_pattern(n, reading) for n in nodes_of(node)),
    "pairs": _pairs,
    "mapping": _mapping,
    "severity": lambda node, reading: SEVERITIES[one_of(*SEVERITIES).parse(node, reading)],
}


def nodes_of(node: Node) -> list[Node]:
    return list(node.value) if isinstance(node, SequenceNode) else [node]


def read_argument(kind: str, node: Node, reading: Reading) -> Any:
    """What ``node`` says as an argument of a kind of ``goals.vocabulary``; None with a fault."""
    parse = _READERS[kind] if kind in _READERS else one_of(*kind.split("/")).parse
    return reading.value(Reader(parse, {}), node)
