"""Mappings as YAML's nodes hold them: what ``<<`` takes in, and numbers that commas cut in two."""

from __future__ import annotations

import re
from collections.abc import Iterator

from yaml import MappingNode, Node, ScalarNode, SequenceNode

NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_THOUSANDS = re.compile(r"[0-9]{3}(?![0-9])")


def is_null(node: Node) -> bool:
    """Whether nothing is written."""
    return isinstance(node, ScalarNode) and not node.style and node.value in NULLS


def pairs(node: MappingNode) -> Iterator[tuple[Node, Node]]:
    """Keys and values of a mapping; ``<<`` brings in those that the mapping does not have."""
    if node.flow_style:
        _join_thousands(node)
    taken_in = merged(node)
    if not taken_in:
        yield from node.value
        return
    own = [(k, value) for k, value in node.value if k.value != "<<"]
    yield from own
    seen = {k.value for k, _value in own}
    for base in bases(taken_in):
        if isinstance(base, MappingNode):
            inherited = [(k, v) for k, v in pairs(base) if k.value not in seen]
            yield from inherited
            seen.update(k.value for k, _value in inherited)


def merged(node: MappingNode) -> list[Node]:
    """What stands behind each ``<<``."""
    return [value for k, value in node.value if k.value == "<<"]


def bases(taken_in: list[Node]) -> Iterator[Node]:
    """What ``<<`` names, one by one: mappings, where it is used as meant."""
    for value in taken_in:
        yield from value.value if isinstance(value, SequenceNode) else (value,)


def _join_thousands(node: MappingNode) -> None:
    """Put ``{target: 3,900万円}`` together again, which YAML reads as 3 and a key 900万円.

    Only a key without a value counts that goes on with three digits right behind the comma.
    """
    number = 1
    while number < len(node.value):
        (_key, value), (rest, nothing) = node.value[number - 1], node.value[number]
        if not nothing.value and is_null(nothing) and _goes_on(value, rest):
            value.value += "," + rest.value
            value.end_mark = rest.end_mark
            del node.value[number]
        else:
            number += 1


def _goes_on(value: Node, rest: Node) -> bool:
    return (
        isinstance(value, ScalarNode)
        and isinstance(rest, ScalarNode)
        and not value.style
        and _THOUSANDS.match(rest.value) is not None
        and value.value[-1:].isdigit()
        and rest.start_mark.index == value.end_mark.index + 1
    )


def written(node: MappingNode, name: str) -> bool:
    """Whether a mapping has the key with a value that is not null."""
    return any(k.value == name and not is_null(value) for k, value in pairs(node))
