"""Repairs: what was meant beyond doubt, put into the text in its place and nowhere else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import yaml
from yaml import Node, ScalarNode

from kpilint.finding import Finding, Findings, Span
from kpilint.goals.yamltext import compose

_WROTE = {"E002": ("key", "option"), "E003": ("read",), "E005": ("name",)}
_READ = frozenset({"E001", *_WROTE})  # until these are settled, an excuse may yet be of use
_BREAK = re.compile(r"\r\n|[\r\n\x85\u2028\u2029]")  # what ends a line in YAML
_WORD = re.compile(r"[\w./-]+")  # what needs no quotes


@dataclass(frozen=True, slots=True)
class Repaired:
    """The texts that changed, and the findings that are settled by it."""

    texts: Mapping[str, str]
    settled: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def repaired(findings: Findings, texts: Mapping[str, str]) -> Repaired:
    """Put right what can be in ``texts`` (by path), by the evidence of open ``findings``.

    Keys, fixed words and names with one slip of the hand, unused excuses in comments, and
    Shift_JIS, whose text is returned as it was read. Values are never touched otherwise; what
    stands in a spreadsheet is left to its owner.
    """
    changed: dict[str, str] = {}
    settled: list[Finding] = []
    readable = findings.rules >= _READ and not any(f.code in _READ for f in findings)
    for path, text in texts.items():
        own = [f for f in findings.open if f.span.path == path and not f.span.cell]
        page = _Page(text, path)
        done = page.slips(own) or (page.excuses(own) if readable else {})
        legacy = [f for f in own if f.code == "E001" and "encoding" in f.evidence]
        if done or legacy:
            changed[path] = _edited(text, done)
            settled += [*legacy, *(f for edited in done.values() for f in edited)]
    return Repaired(changed, tuple(settled))


Edits = Mapping[_Edit, list[Finding]]


class _Page:
    """One file's text, with its places found as YAML counts them."""

    def __init__(self, text: str, path: str) -> None:
        self.text = text
        self.path = path
        self.lines = [0, *(found.end() for found in _BREAK.finditer(text))]

    def slips(self, findings: Iterable[Finding]) -> Edits:
        """Words that were typed wrong, each with the one that was meant."""
        edits: dict[_Edit, list[Finding]] = {}
        for finding in findings:
            wrote = next((n for n in _WROTE.get(finding.code, ()) if n in finding.evidence), None)
            if wrote and "meant" in finding.evidence:
                words = str(finding.evidence[wrote]), str(finding.evidence["meant"])
                edit = self._word(finding.span, *words)
                if edit is not None:
                    edits.setdefault(edit, []).append(finding)
        starts = [edit.start for edit in edits]
        return {edit: found for edit, found in edits.items() if starts.count(edit.start) == 1}

    def _word(self, span: Span, wrote: str, meant: str) -> _Edit | None:
        start, end = (
            self._index(span.line, span.column),
            self._index(span.end_line, span.end_column),
        )
        written = self.text[start:end]
        if written.startswith("&") or not _WORD.fullmatch(meant):
            return None  # an anchor's value serves elsewhere too
        found = list(re.finditer(rf"(?<![\w-]){re.escape(wrote)}(?![\w-])", written))
        if len(found) != 1:
            return None
        return _Edit(start + found[0].start(), start + found[0].end(), meant)

    def excuses(self, findings: Iterable[Finding]) -> Edits:
        """Comments that excuse nothing; of a comment for several rules, the useless ones go."""
        unused: dict[Span, list[Finding]] = {}
        for finding in findings:
            if finding.code == "X003":
                unused.setdefault(finding.span, []).append(finding)
        values = list(_scalars(self.text, self.path)) if unused else []
        edits: dict[_Edit, list[Finding]] = {}
        for span, found in unused.items():
            start, end = (
                self._index(span.line, span.column),
                self._index(span.line, span.end_column),
            )
            inside = any(n.start_mark.index <= start < n.end_mark.index for n in values)
            if self.text[start : start + 1] == "#" and not inside:
                rules = {finding.subject.id for finding in found}
                edits[self._comment(start, end, rules)] = found
        return edits

    def _comment(self, start: int, end: int, rules: set[str]) -> _Edit:
        head, dashes, reason = self.text[start:end].partition("--")
        lead, ignore, named = head.partition("ignore")
        for rule in rules:
            named = re.sub(rf"(?<![\w-]){re.escape(rule)}(?![\w-])[,\s]*", "", named)
        named = re.sub(r",\s*(?=until=|$)", " ", named)
        if re.sub(r"until=\S+", "", named).strip():
            return _Edit(start, end, lead + ignore + named + dashes + reason)
        line = max(n for n in self.lines if n <= start)
        before = self.text[line:start]
        if before.strip():
            return _Edit(line + len(before.rstrip()), end, "")
        following = _BREAK.match(self.text, end)
        return _Edit(line, following.end() if following else end, "")

    def _index(self, line: int, column: int) -> int:
        return self.lines[line - 1] + column - 1


def _scalars(text: str, path: str) -> Iterator[ScalarNode]:
    """Every single value and key, once."""
    root = compose(text, path, [])
    ahead: list[Node] = [root] if root is not None else []
    seen: set[int] = set()
    while ahead:
        node = ahead.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        if isinstance(node, ScalarNode):
            yield node
        elif isinstance(node, yaml.MappingNode):
            ahead += [part for pair in node.value for part in pair]
        else:
            ahead += node.value


def _edited(text: str, edits: Iterable[_Edit]) -> str:
    for edit in sorted(edits, key=lambda e: e.start, reverse=True):
        text = text[: edit.start] + edit.text + text[edit.end :]
    return text
