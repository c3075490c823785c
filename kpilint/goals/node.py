"""YAML nodes become declared entries: one declaration gives reader, place and JSON Schema."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple, Self, TypeVar

from yaml import MappingNode, Mark, Node, ScalarNode, SequenceNode

from kpilint.finding import Span
from kpilint.goals.mapping import bases, is_null, merged, pairs, written
from kpilint.goals.slip import meant, near
from kpilint.goals.written import excerpt
from kpilint.i18n import _

E = TypeVar("E", bound="Entry")

_NOWHERE = Mark("", 0, 0, 0, None, 0)
EMPTY = MappingNode("", [], _NOWHERE, _NOWHERE)  # stands for a file that could not be read


class CellMark(Mark):
    """The place of a spreadsheet's cell; ``row`` and ``column`` count from 1."""

    def __init__(self, sheet: str, row: int, column: int) -> None:
        super().__init__(sheet, 0, row - 1, column - 1, None, 0)
        self.cell = f"{sheet}!{letters(column)}{row}" if sheet else f"{letters(column)}{row}"

    def after(self) -> Mark:
        """The place just behind the cell."""
        return Mark(self.name, 0, self.line, self.column + 1, None, 0)


def letters(column: int) -> str:
    """The name of a spreadsheet's column: 3 is C, 28 is AB."""
    above, rest = divmod(column - 1, 26)
    return (letters(above) if above else "") + chr(ord("A") + rest)


class Fault(NamedTuple):
    """Something in the file that could not be read; the E rules turn it into a finding."""

    code: str
    span: Span
    message: str
    evidence: Mapping[str, object] = {}
    goal: str | None = None  # whose it is, where the reader knows


class Mistyped(ValueError):
    """None of a few allowed words, but perhaps a slip of the hand from one of them."""

    def __init__(self, message: str, word: str, allowed: Iterable[str]) -> None:
        super().__init__(message)
        self.meant = meant(word, allowed)


class Undecided(NamedTuple):
    """A rule that the reader of a table knows cannot be decided, for whom, and why."""

    code: str
    kind: str
    id: str
    reason: str


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
            slip = problem.meant if isinstance(problem, Mistyped) else None
            self.fault("E003", node, str(problem), read=shown(node), **told(slip))
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


class Given(NamedTuple):
    """A declared key: how it is read, what it is where it is not written, and its spelling."""

    reader: Reader
    default: object
    name: str | None
    required: bool


def given(
    reader: Reader,
    *,
    default: object = None,
    name: str | None = None,
    required: bool = False,
) -> Any:
    """Declare an attribute that is read from the file; ``name`` where Python owns the word."""
    return Given(reader, default, name, required)


class Entry:
    """Something written in the goals file; it knows where each of its keys stands.

    Subclasses declare their keys with ``given``. An entry never changes, and is equal to itself
    only. (Not a dataclass: twenty of them would take as long to make as a small file to lint.)
    """

    keys: ClassVar[Mapping[str, Key]] = MappingProxyType({})  # by their spelling in the file
    node: MappingNode
    origin: str  # the file it stands in
    head: ScalarNode | None = None  # the key it stands under

    def __init_subclass__(cls) -> None:
        declared = {name: g for name, g in vars(cls).items() if isinstance(g, Given)}
        own = {g.name or name: Key(name, g.reader, g.required) for name, g in declared.items()}
        cls.keys = MappingProxyType({**cls.keys, **own})
        for name, g in declared.items():
            setattr(cls, name, g.default)

    def __init__(self, node: MappingNode, origin: str, **values: Any) -> None:
        vars(self).update(values, node=node, origin=origin)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} never changes")

    def __repr__(self) -> str:
        span = self.at()
        return f"<{type(self).__name__} {span.path}:{span.line}:{span.column}>"

    def but(self, **values: Any) -> Self:
        """The same with other values; what was computed from the old ones is forgotten."""
        cls = type(self)
        kept = {
            name: value
            for name, value in vars(self).items()
            if not isinstance(getattr(cls, name, None), cached_property)
        }
        return cls(**{**kept, **values})

    def has(self, name: str) -> bool:
        """Whether the key was written with a value, be it one that cannot be read."""
        return written(self.node, name)

    def unread(self, name: str) -> bool:
        """Whether the key was written with a value that cannot be read (E003 tells of it)."""
        return self.has(name) and self.keys[name].attribute not in vars(self)

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

    def key_at(self, *names: str) -> Span:
        """The place of a key itself, or of the nearest thing above it that was written."""
        node: Node = self.node
        for name in names[:-1]:
            step = _step(node, name)
            node = step[1] if step else node
        keys = (k for k, _value in pairs(node)) if isinstance(node, MappingNode) else ()
        found = next((k for k in keys if k.value == names[-1]), None)
        return span_of(self.origin, found) if found is not None else self.at(*names)


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
    cell = start.cell if isinstance(start, CellMark) else None
    return Span(path, start.line + 1, start.column + 1, end.line + 1, end.column + 1, cell)


def shown(node: Node) -> str:
    """What was read, short enough for a message."""
    if isinstance(node, ScalarNode):
        return excerpt(str(node.value), 60)
    return _("a list") if isinstance(node, SequenceNode) else _("a mapping")


def unique_pairs(node: Node, reading: Reading) -> Iterator[tuple[ScalarNode, Node]]:
    """Pairs of a mapping with plain keys; a key met twice is a fault and its first value wins."""
    if not isinstance(node, MappingNode):
        message = _("A mapping (key: value) is expected here, found {read}.", read=shown(node))
        raise ValueError(message)
    for base in bases(merged(node)):
        if not isinstance(base, MappingNode) and not is_null(base):
            message = _("<< takes in a mapping or a list of them, not {read}.", read=shown(base))
            reading.fault("E003", base, message, read=shown(base))
    seen: dict[str, Node] = {}
    for k, value in pairs(node):
        if not isinstance(k, ScalarNode):
            reading.fault("E001", k, _("A key must be a plain word, not a list or mapping."))
        elif k.value in seen:
            line = seen[k.value].start_mark.line + 1
            message = _(
                "The key {key} stands twice; line {line} has it already.", key=shown(k), line=line
            )
            reading.fault("E001", k, message, first_line=line)
        else:
            seen[k.value] = k
            yield k, value


def told(slip: str | None) -> dict[str, object]:
    """The word that was meant beyond doubt, as evidence that a repair can use."""
    return {"meant": slip} if slip else {}


def read_entry(cls: type[E], node: Node, reading: Reading, head: ScalarNode | None = None) -> E:
    """Read one entry: unknown keys, missing keys and unreadable values become faults."""
    known = cls.keys
    values: dict[str, Any] = {}
    unknown: list[ScalarNode] = []
    for k, value in unique_pairs(node, reading):
        spec = known.get(k.value)
        if spec is None:
            unknown.append(k)
        elif not is_null(value) and (read := reading.value(spec.reader, value)) is not None:
            values[spec.attribute] = read
    assert isinstance(node, MappingNode)  # unique_pairs refused everything else
    if unknown:
        _unknown(unknown, node, known, reading)
    entry = cls(node, reading.path, head=head, **values)
    for name, spec in known.items():
        if spec.required and spec.attribute not in values and not written(node, name):
            message = _("The key {key} is missing here.", key=name)
            reading.faults.append(Fault("E003", entry.at(), message, {"missing": name}))
    return entry


def _unknown(
    keys: list[ScalarNode], node: MappingNode, known: Mapping[str, Key], reading: Reading
) -> None:
    free = known.keys() - {k.value for k, _value in pairs(node)}
    slips = [meant(k.value, free) for k in keys]
    for k, slip in zip(keys, slips, strict=True):
        message = _("The key {key} is not part of the goals language.", key=shown(k))
        message += near(k.value, known)
        only = slip if slips.count(slip) == 1 else None  # two slips of one key are no repair
        reading.fault("E002", k, message, key=k.value, **told(only))


def schema_of(cls: type[Entry]) -> dict[str, Any]:
    """The JSON Schema of an entry, from the same declarations that read it."""
    known = cls.keys
    required = [name for name, spec in known.items() if spec.required]
    properties = {name: reader_schema(spec.reader) for name, spec in known.items()}
    schema = {**free_keys(False), "properties": properties}
    return schema | ({"required": required} if required else {})


def free_keys(values: Mapping[str, Any] | bool) -> dict[str, Any]:
    """The JSON Schema of a mapping whose keys are not declared, with ``values`` for their values.

    An editor that takes it sees YAML as it is: of ``{target: 3,900万円}`` a key 900万円 is left.
    """
    rest = {"^[0-9]{3}([^0-9]|$)": {"type": "null"}}
    return {"type": "object", "patternProperties": rest, "additionalProperties": values}


def reader_schema(reader: Reader) -> Mapping[str, Any]:
    return reader.schema() if callable(reader.schema) else reader.schema
