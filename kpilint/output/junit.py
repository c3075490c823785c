"""Findings as a JUnit report, which every CI service reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from xml.etree import ElementTree as ET

from kpilint.finding import Finding, Findings, Severity, Subject, Unchecked
from kpilint.i18n import _, speaking
from kpilint.linter import RULES
from kpilint.output.visible import visible
from kpilint.place import from_top


def junit(findings: Findings, sources: Mapping[str, str]) -> str:
    """One suite; a test case for each rule and subject, and one for each rule that is at peace.

    Errors and warnings fail. Excused, known and unchecked ones are skipped, with the reason;
    notes pass and stand in the output of their case.
    """
    with speaking(findings.language):
        cases = [*_cases(findings)]
    outcomes = Counter(part.tag for case in cases for part in case)
    counts = {"tests": len(cases), "failures": outcomes["failure"], "errors": 0}
    told = {name: str(number) for name, number in counts.items()}
    top = ET.Element("testsuites", {"name": "kpilint", **told})
    suite = {"name": "kpilint", **told, "skipped": str(outcomes["skipped"]), "time": "0"}
    ET.SubElement(top, "testsuite", suite).extend(cases)
    ET.indent(top, " ")
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(top, encoding="unicode")


def _cases(findings: Findings) -> Iterator[ET.Element]:
    found: dict[_Key, list[Finding]] = {}
    for finding in findings:
        key = _Key(finding.code, finding.subject, finding.span.path)
        found.setdefault(key, []).append(finding)
    left: dict[_Key, list[Unchecked]] = {}
    for unchecked in findings.unchecked:
        key = _Key(unchecked.code, unchecked.subject, unchecked.path)
        left.setdefault(key, []).append(unchecked)
    files = Counter((key.code, key.subject) for key in {*found, *left})
    for key, alike in found.items():
        case = _case(key, alone=files[key.code, key.subject] == 1)
        case.set("file", _xml(from_top(key.path)))
        case.set("line", str(alike[0].span.line))
        yield _found(case, alike)
    for key, undecided in left.items():
        case = _case(key, alone=files[key.code, key.subject] == 1)
        _part(case, "skipped", _("Could not check"), "\n".join(u.reason for u in undecided))
        yield case
    quiet = findings.rules - {key.code for key in (*found, *left)}
    for code in sorted(quiet):
        yield ET.Element("testcase", {"classname": "kpilint", "name": _name(code), "time": "0"})


class _Key(NamedTuple):
    """What one case is about: two files may call different goals by one id."""

    code: str
    subject: Subject
    path: str


def _case(key: _Key, *, alone: bool) -> ET.Element:
    """A case; its file tells it from others of its name where it is not ``alone``."""
    subject = key.subject
    name = from_top(subject.id) if subject.kind == "file" else subject.id
    where = "" if alone or subject.kind == "file" else f" ({from_top(key.path)})"
    case = {"classname": f"{subject.kind} {name}{where}", "name": _name(key.code), "time": "0"}
    return ET.Element("testcase", {key: _xml(value) for key, value in case.items()})


def _name(code: str) -> str:
    return f"{code} {RULES[code].name}"


def _found(case: ET.Element, alike: list[Finding]) -> ET.Element:
    """The case of one rule and subject; JUnit knows one outcome a case."""
    failing = [f for f in alike if f.open and f.severity > Severity.INFO]
    notes = [f for f in alike if f.open and f.severity is Severity.INFO]
    aside = [f for f in alike if not f.open]
    if failing:
        worst = max(f.severity for f in failing)
        text = "\n".join(map(_told, failing))
        _part(case, "failure", failing[0].message, text).set("type", str(worst))
    elif notes:
        ET.SubElement(case, "system-out").text = _xml("\n".join(map(_told, notes)))
    else:
        reasons = [f.excused.reason if f.excused else _("known from the baseline") for f in aside]
        _part(case, "skipped", reasons[0], "\n".join(map(_told, aside)))
    return case


def _part(case: ET.Element, tag: str, message: str, text: str) -> ET.Element:
    part = ET.SubElement(case, tag, {"message": _xml(message)})
    part.text = _xml(text)
    return part


def _told(finding: Finding) -> str:
    span = finding.span
    place = f"[{span.cell}]" if span.cell else f":{span.line}:{span.column}"
    return f"{from_top(span.path)}{place}: {finding.message}"


def _xml(text: str) -> str:
    """``text`` without what XML cannot hold (XML 1.0, 2.2)."""
    return visible(text, keep="\t\n")
