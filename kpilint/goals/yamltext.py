"""From bytes to YAML nodes: encodings, size and depth, each fault with its place."""

from __future__ import annotations

import re
from typing import Any

import yaml
from yaml import MappingNode, Node, ScalarNode, SequenceNode

from kpilint.finding import Span
from kpilint.goals.node import Fault
from kpilint.goals.syntax import explained, full_width_spaces
from kpilint.i18n import _

SIZE_LIMIT = 10_000_000  # bytes; ten thousand goals are three million
DEPTH_LIMIT = 60
ALIAS_LIMIT = 1_000_000  # nodes after every alias is written out

_WIDE = re.compile(r"^ *\u3000+[^\s:]+:", re.MULTILINE)  # a key, or a line of a longer text

# The C loader knows the same YAML ten times as fast; a build without it still works.
_Base: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _TooDeep(Exception):
    def __init__(self, mark: yaml.Mark) -> None:
        self.mark = mark


class _Loader(_Base):  # type: ignore[misc]
    """Composes nodes without guessing types, and refuses nesting that would exhaust the stack."""

    depth = 0

    def descend_resolver(self, parent: Node | None, index: Node | int | None) -> None:
        self.depth += 1
        if self.depth > DEPTH_LIMIT and parent is not None:
            raise _TooDeep(parent.start_mark)

    def ascend_resolver(self) -> None:
        self.depth -= 1


def decode(content: bytes, path: str, faults: list[Fault]) -> str | None:
    """The text of a goals file, or None with a fault where it is none.

    UTF-8 with or without BOM is expected, UTF-16 with BOM is understood; cp932 is read on, so
    that all other faults show at once, but reported.
    """
    if len(content) > SIZE_LIMIT:
        message = _(
            "The file is larger than {limit} MB, and goals files of that size are not read. "
            "Split it with include:, and keep data in the sources.",
            limit=SIZE_LIMIT // 1_000_000,
        )
        faults.append(Fault("E001", Span(path), message, {"limit": SIZE_LIMIT}))
        return None
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", errors="replace")
    if b"\x00" in content:
        message = _("The file is binary, not YAML text. Save the goals as a .yaml text file.")
        faults.append(Fault("E001", Span(path), message))
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        return _decode_legacy(content, path, problem, faults)


def _decode_legacy(
    content: bytes, path: str, problem: UnicodeDecodeError, faults: list[Fault]
) -> str | None:
    line = content.count(b"\n", 0, problem.start) + 1
    span = Span(path, line, 1, line, 1)
    try:
        text = content.decode("cp932")
    except UnicodeDecodeError:
        message = _("Line {line} is not UTF-8 text. Save the file as UTF-8.", line=line)
        faults.append(Fault("E001", span, message))
        return None
    message = _("The file is in Shift_JIS (cp932). Save it as UTF-8.")
    faults.append(Fault("E001", span, message, {"encoding": "cp932"}))
    return text


def compose(text: str, path: str, faults: list[Fault]) -> MappingNode | None:
    """The root mapping of a goals file, or None with the fault that hides it."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.MarkedYAMLError as problem:
        mark, message = explained(problem, text, _Base)
        faults.append(Fault("E001", _span(path, mark), message))
    except yaml.reader.ReaderError as problem:
        before = text[: problem.position]
        line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
        message = _("There is a control character here that YAML does not allow. Delete it.")
        faults.append(Fault("E001", Span(path, line, column, line, column + 1), message))
    except _TooDeep as problem:
        message = _("The nesting is deeper than {limit} levels here.", limit=DEPTH_LIMIT)
        faults.append(Fault("E001", _span(path, problem.mark), message))
    else:
        return _checked(root, text, path, faults)
    return None


def _checked(root: Node | None, text: str, path: str, faults: list[Fault]) -> MappingNode | None:
    if root is None:
        message = _("The file is empty. A goals file begins with version: 1, metrics: and goals:.")
    elif not isinstance(root, MappingNode):
        message = _("A goals file is a mapping with keys such as metrics: and goals:.")
    elif (size := _written_out(root, {})) > ALIAS_LIMIT:
        message = _(
            "The aliases (*name) in this file would unfold to more than {limit} values; "
            "the file is refused.",
            limit=ALIAS_LIMIT,
        )
        faults.append(Fault("E001", Span(path), message, {"values": min(size, 10**12)}))
        return None
    elif wide := _WIDE.search(text) and _wide_key(root, set()):
        faults.append(Fault("E001", _span(path, wide.start_mark), full_width_spaces()))
        return None
    else:
        return root
    faults.append(Fault("E001", Span(path), message))
    return None


def _written_out(node: Node, sizes: dict[int, int]) -> int:
    """How many nodes there are once aliases are unfolded; an alias inside itself is endless."""
    if isinstance(node, ScalarNode):
        return 1
    known = sizes.get(id(node))
    if known is not None:
        return known
    sizes[id(node)] = ALIAS_LIMIT + 1  # met again before it is finished: endless
    children = node.value if isinstance(node, SequenceNode) else [n for p in node.value for n in p]
    sizes[id(node)] = 1 + sum(_written_out(child, sizes) for child in children)
    return sizes[id(node)]


def _wide_key(node: Node, met: set[int]) -> Node | None:
    """The first key that begins with a full-width space, which a person took for indentation."""
    if isinstance(node, ScalarNode) or id(node) in met:
        return None
    met.add(id(node))
    listed = isinstance(node, SequenceNode)
    for key, value in ((item, item) for item in node.value) if listed else node.value:
        wide = not listed and isinstance(key, ScalarNode) and key.value[:1] == "\u3000"
        found = key if wide else _wide_key(value, met)
        if found is not None:
            return found
    return None


def _span(path: str, mark: yaml.Mark | None) -> Span:
    if mark is None:
        return Span(path)
    line, column = mark.line + 1, mark.column + 1
    return Span(path, line, column, line, column + 1)
