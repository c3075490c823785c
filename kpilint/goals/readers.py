"""Readers for each kind of value that a key of the goals file can hold."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from kpilint.goals import dates, period, quantity, written
from kpilint.goals import unit as units
from kpilint.goals.mapping import is_null
from kpilint.goals.node import (
    Entry,
    Mistyped,
    Reader,
    Reading,
    free_keys,
    read_entry,
    reader_schema,
    schema_of,
    shown,
    unique_pairs,
)
from kpilint.goals.slip import near
from kpilint.i18n import _, listed


def _scalar(node: Node) -> str:
    if not isinstance(node, ScalarNode):
        raise ValueError(_("A single value is expected here, found {read}.", read=shown(node)))
    return str(node.value)


def _text(node: Node, reading: Reading) -> str | None:
    return _scalar(node).strip() or None


def _said(node: Node, reading: Reading) -> str | None:
    words = _text(node, reading)
    return None if words is None or written.holds_a_place(words) else words


def _boolean(node: Node, reading: Reading) -> bool:
    word = _scalar(node).lower()
    if word in {"true", "yes", "on"}:
        return True
    if word in {"false", "no", "off"}:
        return False
    raise ValueError(_("Write true or false here, not {read}.", read=shown(node)))


def _integer(node: Node, reading: Reading) -> int:
    value = quantity.read_quantity(_scalar(node)).value
    if value != int(value):
        raise ValueError(_("A whole number is expected here, found {read}.", read=shown(node)))
    return int(value)


def _quantity(node: Node, reading: Reading) -> quantity.Quantity:
    return quantity.read_quantity(_scalar(node))


def _period(node: Node, reading: Reading) -> period.Period:
    start = reading.fiscal_year_start or 1
    return period.read_period(_scalar(node), start, reading.fiscal_year_named)


def _zone(node: Node, reading: Reading) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError  # slow to import, and often not needed

    name = _scalar(node)
    try:
        return ZoneInfo(name).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(
            _("{read} is no time zone; write one such as Asia/Tokyo or UTC.", read=shown(node))
        ) from None


text = Reader(_text, {"type": ["string", "number", "boolean"]})
said = Reader(_said, text.schema)  # nothing where the text is 未定 or TBD
boolean = Reader(_boolean, {"type": "boolean"})
integer = Reader(_integer, {"type": "integer"})
number = Reader(
    lambda n, r: quantity.read_quantity(_scalar(n)).value, {"type": ["number", "string"]}
)
amount = Reader(_quantity, {"type": ["string", "number"]})
when = Reader(_period, {"type": ["string", "integer"]})
day = Reader(lambda n, r: dates.read_date(_scalar(n)), {"type": "string"})
days = Reader(lambda n, r: dates.read_days(_scalar(n)), {"type": "string"})
duration = Reader(lambda n, r: dates.read_duration(_scalar(n)), {"type": "string"})
lag = Reader(lambda n, r: dates.read_lag(_scalar(n)), {"type": "string"})
zone = Reader(_zone, {"type": "string"})
unit = Reader(lambda n, r: units.read_unit(_scalar(n)), {"type": "string"})


def one_of(*choices: str) -> Reader:
    """One of a few words; anything else is told the nearest of them, be it only in capitals."""

    def parse(node: Node, reading: Reading) -> str:
        word = _scalar(node)
        if word in choices:
            return word
        allowed = listed(choices)
        message = _("{read} is not one of {allowed}.", read=shown(node), allowed=allowed)
        hint = near(written.plain(word).casefold(), choices)
        raise Mistyped(message + hint, word, choices)

    return Reader(parse, {"enum": list(choices)})


def list_of(item: Reader) -> Reader:
    """A list, or a single value where a list of one was meant."""

    def parse(node: Node, reading: Reading) -> tuple[Any, ...]:
        nodes = node.value if isinstance(node, SequenceNode) else [node]
        values = (reading.value(item, n) for n in nodes if not is_null(n))
        return tuple(v for v in values if v is not None)

    def schema() -> Mapping[str, Any]:
        inner = reader_schema(item)
        return {"anyOf": [{"type": "array", "items": inner}, inner]}

    return Reader(parse, schema)


def mapping_of(item: Reader) -> Reader:
    """Free keys, each with a value of one kind."""

    def parse(node: Node, reading: Reading) -> dict[str, Any]:
        read = {
            k.value: reading.value(item, value)
            for k, value in unique_pairs(node, reading)
            if not is_null(value)
        }
        return {name: value for name, value in read.items() if value is not None}

    return Reader(parse, lambda: free_keys(reader_schema(item)))


def keyed_by(key: Reader, item: Reader) -> Reader:
    """Keys that are values themselves, such as months; the dict is keyed by what they mean."""

    def parse(node: Node, reading: Reading) -> dict[Any, Any]:
        read: dict[Any, Any] = {}
        for k, value in unique_pairs(node, reading):
            name = reading.value(key, k)
            content = None if is_null(value) else reading.value(item, value)
            if name is not None and content is not None:
                read[name] = content
        return read

    return Reader(parse, lambda: free_keys(reader_schema(item)))


def entry(cls: type[Entry], *, short: str | None = None) -> Reader:
    """A nested entry; ``short`` names the key that a bare word stands for."""

    def parse(node: Node, reading: Reading) -> Entry:
        if short is not None and isinstance(node, ScalarNode):
            name = ScalarNode("", short, node.start_mark, node.start_mark)
            node = MappingNode("", [(name, node)], node.start_mark, node.end_mark)
        return read_entry(cls, node, reading)

    def schema() -> Mapping[str, Any]:
        full = schema_of(cls)
        return full if short is None else {"anyOf": [full, {"type": ["string", "number"]}]}

    return Reader(parse, schema)


def named(cls: type[Entry]) -> Reader:
    """A mapping from names to entries; each entry shows at its name."""

    def parse(node: Node, reading: Reading) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for k, value in unique_pairs(node, reading):
            try:
                found[k.value] = read_entry(cls, value, reading, head=k)
            except ValueError as problem:
                reading.fault("E003", value, str(problem), read=shown(value))
        return found

    return Reader(parse, lambda: free_keys(schema_of(cls)))


def by_shape(*, scalar: Reader, mapping: Reader) -> Reader:
    """A value that may be written short, as one word, or long, as a mapping."""

    def parse(node: Node, reading: Reading) -> Any:
        return (mapping if isinstance(node, MappingNode) else scalar).parse(node, reading)

    return Reader(parse, lambda: {"anyOf": [reader_schema(scalar), reader_schema(mapping)]})


def plain(node: Node) -> Any:
    """A node as lists, dicts and plain values: for arguments that others will interpret."""
    if isinstance(node, ScalarNode):
        return node.value if node.style else _typed(node.value)
    if isinstance(node, MappingNode):
        return {_scalar(k): plain(value) for k, value in node.value}
    return [plain(item) for item in node.value]


def _typed(word: str) -> str | int | float | bool | None:
    for numeric in (int, float):
        try:
            return numeric(word)
        except ValueError:
            continue
    return {"true": True, "false": False, "null": None, "~": None, "": None}.get(word, word)


anything = Reader(lambda n, r: plain(n), {})
