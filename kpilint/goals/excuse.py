"""Excuses: a finding set aside by name, with a reason and, better, an end."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from sys import maxsize

from yaml import MappingNode, Node, ScalarNode

from kpilint.finding import Finding, Span
from kpilint.goals.dates import read_date
from kpilint.goals.node import Entry, Fault, given
from kpilint.goals.readers import anything, day, entry, list_of, mapping_of, text
from kpilint.i18n import _

_COMMENT = re.compile(r"(?:^|\s)#\s*kpilint:\s*ignore\b(?P<rest>.*)$")
_UNTIL = re.compile(r"\buntil=(?P<day>\S+)")


@dataclass(frozen=True, slots=True)
class Excuse:
    """One rule set aside for one line, for one subject, or, naming neither, for the file."""

    rule: str
    reason: str
    until: date | None
    span: Span
    line: int | None = None
    subjects: frozenset[tuple[str, str]] = frozenset()

    def covers(self, finding: Finding) -> bool:
        """Whether the finding is one that this excuse was written for."""
        if finding.code != self.rule:
            return False
        if self.line is not None:
            return (finding.span.path, finding.span.line) == (self.span.path, self.line)
        return not self.subjects or (finding.subject.kind, finding.subject.id) in self.subjects

    def expired(self, as_of: date) -> bool:
        """Whether its last day has passed."""
        return self.until is not None and self.until < as_of


class Ignore(Entry):
    """An excuse of the ``lint:`` block."""

    rule: str = given(text, required=True, default="")
    goal: str | None = given(text)
    metric: str | None = given(text)
    source: str | None = given(text)
    funnel: str | None = given(text)
    reason: str | None = given(text)
    until: date | None = given(day)

    def excuse(self) -> Excuse:
        """The same as an excuse."""
        named = {kind: getattr(self, kind) for kind in ("goal", "metric", "source", "funnel")}
        subjects = frozenset((kind, name) for kind, name in named.items() if name)
        span = self.at("rule")
        return Excuse(self.rule, self.reason or "", self.until, span, subjects=subjects)


class Lint(Entry):
    """Which rules run, with which options, and what is excused."""

    select: tuple[str, ...] = given(list_of(text), default=())
    ignore: tuple[Ignore, ...] = given(list_of(entry(Ignore, short="rule")), default=())
    options: dict[str, dict[str, object]] = given(mapping_of(mapping_of(anything)), default={})


def excuses_in(source: str, path: str, faults: list[Fault], root: Node) -> Iterator[Excuse]:
    """Excuses written as comments: beside what they excuse, or alone on the line above it.

    What looks like one inside a text of the document ``root``, such as a name that came from a
    client's data, is no comment.
    """
    if "kpilint:" not in source:
        return
    lines = source.splitlines()
    found = {
        number: match
        for number, line in enumerate(lines, start=1)
        if "kpilint:" in line and (match := _COMMENT.search(line))
    }
    texts = _texts_on(root, list(found))
    for number, match in found.items():
        line = lines[number - 1]
        start = line.index("#", match.start())
        if any(begin <= start < end for begin, end in texts.get(number, ())):
            continue
        head, _dashes, reason = match["rest"].partition("--")
        span = Span(path, number, start + 1, number, len(line) + 1)
        until = None
        if written := _UNTIL.search(head):
            try:
                until = read_date(written["day"])
            except ValueError as problem:
                faults.append(Fault("E003", span, str(problem), {"read": written["day"]}))
        alone = not line[:start].strip()
        spoken_for = _next_content(lines, number) if alone else number
        rules = _UNTIL.sub("", head).replace(",", " ").split()
        if not rules:
            message = _("Name the rule that is set aside, as in: ignore P004 -- the reason.")
            faults.append(Fault("E003", span, message))
        for rule in rules:
            yield Excuse(rule, reason.strip(), until, span, line=spoken_for)


def _texts_on(root: Node, lines: list[int]) -> dict[int, list[tuple[int, int]]]:
    """The columns, from 0, that scalars take up on each of some lines, which are in order."""
    spans: dict[int, list[tuple[int, int]]] = {}
    ahead, seen = [root], set[int]()
    while ahead:
        node = ahead.pop()
        first, last = node.start_mark, node.end_mark
        among = lines[bisect_left(lines, first.line + 1) : bisect_right(lines, last.line + 1)]
        if not among or id(node) in seen:  # an alias may lead back to what holds it
            continue
        seen.add(id(node))
        if isinstance(node, ScalarNode):
            for line in among:
                begin = first.column if line == first.line + 1 else 0
                end = last.column if line == last.line + 1 else maxsize
                spans.setdefault(line, []).append((begin, end))
        elif isinstance(node, MappingNode):
            ahead += [part for pair in node.value for part in pair]
        else:
            ahead += node.value
    return spans


def _next_content(lines: list[str], number: int) -> int:
    """The first line after a comment that is neither blank nor a comment itself."""
    for following, line in enumerate(lines[number:], start=number + 1):
        if line.strip() and not line.lstrip().startswith("#"):
            return following
    return number
