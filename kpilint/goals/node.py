"""YAML nodes become declared entries: one declaration gives reader, place and JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from difflib import get_close_matches
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from yaml import Mark, MappingNode, Node, ScalarNode, SequenceNode

from kpilint.finding import Span
from kpilint.i18n import _

E = TypeVar("E", bound="Entry")

_NOWHERE = Mark("", 0, 0, 0, None, None)
EMPTY = MappingNode("", [], _NOWHERE, _NOWHERE)  # stands for a file that could not be read
NULLS = frozenset({"", "~", "null", "Null", "NULL"})


class Fault(NamedTuple):
    """Something in the file that could not be read; the E rules turn it into a finding."""

    code: str
    span: Span
    message: str
    evidence: Mapping[str, object] = {}


@dataclass(slots=True)
class Reading:
    """One pass over one file: where it is, what it has met, what periods are read against."""

    path: str
    faults: list[Fault]
    fiscal_year_start: int | None = None
    fiscal_year_named: str = "start"

    def fault(self, code: str, node: Node, message: str, **evidence: object) -> None:
        self.faults.append(Fault(code, span_of(self.path, node), message, evidence))

    def value(self, reader: Reader, node: Node) -> Any:
        """What ``node`` says, or None with a fault where it cannot be read."""
        try:
            return reader.parse(node, self)
        except ValueError as problem:
            self.fault("E003", node, str(problem), read=shown(node))
            return None


@dataclass(frozen=True, slots=True)
class Reader:
    """How one kind of value is read, and what the JSON Schema says of it."""

    parse: Callable[[Node, Reading], Any]
    schema: Mapping[str, Any] | Callable[[], Mapping[str, Any]]


class Key(NamedTuple):
    """One key of an entry: its spelling in the file and how its value is read."""

    attribute: str
    reader: Reader
    required: bool


def given(
    reader: Reader,
    *,
    default: object = None,
    name: str | None = None,
    required: bool = False,
) -> Any:
    """Declare a field that is read from the file; ``name`` where Python owns the word."""
    meta = {"reader": reader, "name": name, "required": required}
    if isinstance(default, (dict, list)):
        return field(default_factory=type(default), metadata=meta)
    return field(default=default, metadata=meta)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Entry:
    """Something written in the goals file; it knows where each of its keys stands."""

    node: MappingNode = field(repr=False)
    origin: str = field(repr=False)  # the file it stands in
    head: ScalarNode | None = field(default=None, repr=False)  # the key it stands under

    def has(self, name: str) -> bool:
        """Whether the key was written, even with an empty value."""
        return any(k.value == name for k, _value in pairs(self.node))

    def at(self, *names: str | int) -> Span:
        """The place of a key's value, or of the nearest thing above it that was written."""
        node: Node = self.node
        place: Node = self.head or _first(self.node)
        for name in names:
            step = _step(node, name)
            if step is None:
                break
            place, node = step
        return span_of(self.origin, place)

    def key_at(self, name: str) -> Span:
        """The place of a key itself."""
        found = next((k for k, _value in pairs(self.node) if k.value == name), None)
        return span_of(self.origin, found) if found is not None else self.at()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Named(Entry):
    """An entry that stands under a name of the user's choice."""

    @property
    def name(self) -> str:
        """The name it stands under."""
        return str(self.head.value) if self.head is not None else ""


def _first(node: MappingNode) -> Node:
    """Where an entry of a list shows: its id where it has one, else its first key."""
    for k, value in pairs(node):
        if k.value == "id" and isinstance(value, ScalarNode):
            return value
    return node.value[0][0] if node.value else node


def _step(node: Node, name: str | int) -> tuple[Node, Node] | None:
    """The place to point at and the node to go on from, one key further down."""
    if isinstance(node, MappingNode):
        for k, value in pairs(node):
            if k.value == name:
                return (k if not isinstance(value, ScalarNode) or is_null(value) else value), value
    elif isinstance(node, SequenceNode):
        if isinstance(name, int) and name < len(node.value):
            item = node.value[name]
        else:
            item = next((n for n in node.value if n.value == name), None)
        if item is not None:
            return (_first(item) if isinstance(item, MappingNode) else item), item
    return None


def span_of(path: str, node: Node) -> Span:
    start, end = node.start_mark, node.end_mark
    return Span(path, start.line + 1, start.column + 1, end.line + 1, end.column + 1)


def is_null(node: Node) -> bool:
    return isinstance(node, ScalarNode) and not node.style and node.value in NULLS


def shown(node: Node) -> str:
    """What was read, short enough for a message."""
    if isinstance(node, ScalarNode):
        return node.value if len(node.value) <= 60 else node.value[:59] + "…"
    return _("a list") if isinstance(node, SequenceNode) else _("a mapping")


def pairs(node: MappingNode) -> Iterator[tuple[Node, Node]]:
    """Keys and values of a mapping; ``<<`` brings in those that the mapping does not have."""
    if node.flow_style:
        _join_thousands(node)
    merged = [value for k, value in node.value if k.value == "<<"]
    if not merged:
        yield from node.value
        return
    own = [(k, value) for k, value in node.value if k.value != "<<"]
    yield from own
    seen = {k.value for k, _value in own}
    for source in merged:
        for base in source.value if isinstance(source, SequenceNode) else [source]:
            if isinstance(base, MappingNode):
                inherited = [(k, v) for k, v in pairs(base) if k.value not in seen]
                yield from inherited
                seen.update(k.value for k, _value in inherited)


def _join_thousands(node: MappingNode) -> None:
    """Put ``{target: 3,900万円}`` together again, which YAML reads as 3 and a key 900万円.

    Only a key without a value counts that goes on with three digits right behind the comma.
    """
    for number in range(len(node.value) - 1, 0, -1):
        (_key, value), (rest, nothing) = node.value[number - 1], node.value[number]
        if (
            is_null(nothing)
            and not nothing.value
            and isinstance(value, ScalarNode)
            and isinstance(rest, ScalarNode)
            and value.value[-1:].isdigit()
            and rest.value[:3].isdigit()
            and not rest.value[3:4].isdigit()
            and rest.start_mark.index == value.end_mark.index + 1
        ):
            value.value += "," + rest.value
            value.end_mark = rest.end_mark
            del node.value[number]


def unique_pairs(node: Node, reading: Reading) -> Iterator[tuple[ScalarNode, Node]]:
    """Pairs of a mapping with plain keys; a key met twice is a fault and its first value wins."""
    if not isinstance(node, MappingNode):
        raise ValueError(
            _("A mapping (key: value) is expected here, found {read}.", read=shown(node))
        )
    seen: dict[str, Node] = {}
    for k, value in pairs(node):
        if not isinstance(k, ScalarNode):
            reading.fault("E001", k, _("A key must be a plain word, not a list or mapping."))
        elif k.value in seen:
            line = seen[k.value].start_mark.line + 1
            message = _("The key {key} stands twice; line {line} has it already.")
            reading.fault("E001", k, message.format(key=shown(k), line=line), first_line=line)
        else:
            seen[k.value] = k
            yield k, value


@lru_cache(maxsize=None)
def keys_of(cls: type[Entry]) -> dict[str, Key]:
    """The keys that an entry understands, by their spelling in the file."""
    declared: list[Field[Any]] = [f for f in fields(cls) if "reader" in f.metadata]
    return {
        f.metadata["name"] or f.name: Key(f.name, f.metadata["reader"], f.metadata["required"])
        for f in declared
    }


def near(word: str, words: Iterable[str]) -> str:
    """A did-you-mean clause with the closest of ``words``, or nothing."""
    match = get_close_matches(word, list(words), n=1, cutoff=0.6)
    return _(" Did you mean {near}?", near=match[0]) if match else ""


def read_entry(cls: type[E], node: Node, reading: Reading, head: ScalarNode | None = None) -> E:
    """Read one entry: unknown keys, missing keys and unreadable values become faults."""
    known = keys_of(cls)
    values: dict[str, Any] = {}
    for k, value in unique_pairs(node, reading):
        spec = known.get(k.value)
        if spec is None:
            _unknown(k, known, reading)
        elif not is_null(value):
            read = reading.value(spec.reader, value)
            if read is not None:
                values[spec.attribute] = read
    assert isinstance(node, MappingNode)  # unique_pairs refused everything else
    entry = cls(node=node, origin=reading.path, head=head, **values)
    for name, spec in known.items():
        if spec.required and spec.attribute not in values and not _written(node, name):
            message = _("The key {key} is missing here.", key=name)
            reading.faults.append(Fault("E003", entry.at(), message, {"missing": name}))
    return entry


def _written(node: MappingNode, name: str) -> bool:
    return any(k.value == name and not is_null(value) for k, value in pairs(node))


def _unknown(node: ScalarNode, known: Mapping[str, Key], reading: Reading) -> None:
    message = _("The key {key} is not part of the goals language.", key=shown(node))
    reading.fault("E002", node, message + near(node.value, known), key=node.value)


def schema_of(cls: type[Entry]) -> dict[str, Any]:
    """The JSON Schema of an entry, from the same declarations that read it."""
    known = keys_of(cls)
    required = [name for name, spec in known.items() if spec.required]
    properties = {name: reader_schema(spec.reader) for name, spec in known.items()}
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return schema | ({"required": required} if required else {})


def reader_schema(reader: Reader) -> Mapping[str, Any]:
    return reader.schema() if callable(reader.schema) else reader.schema
