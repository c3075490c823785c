"""Findings as a JUnit report, which every CI service reads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
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
    found: dict[tuple[str, Subject], list[Finding]] = {}
    for finding in findings:
        found.setdefault((finding.code, finding.subject), []).append(finding)
    left: dict[tuple[str, Subject], list[Unchecked]] = {}
    for unchecked in findings.unchecked:
        left.setdefault((unchecked.code, unchecked.subject), []).append(unchecked)
    for (code, subject), alike in found.items():
        yield _found(_case(code, subject, alike[0]), alike)
    for (code, subject), undecided in left.items():
        case = _case(code, subject)
        _part(case, "skipped", _("Could not check"), "\n".join(u.reason for u in undecided))
        yield case
    quiet = findings.rules - {code for code, _subject in (*found, *left)}
    for code in sorted(quiet):
        yield ET.Element("testcase", {"classname": "kpilint", "name": _name(code), "time": "0"})


def _case(code: str, subject: Subject, first: Finding | None = None) -> ET.Element:
    name = from_top(subject.id) if subject.kind == "file" else subject.id
    case = {"classname": f"{subject.kind} {name}", "name": _name(code), "time": "0"}
    if first is not None:
        case |= {"file": from_top(first.span.path), "line": str(first.span.line)}
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
    return f"{from_top(span.path)}:{span.line}:{span.column}: {finding.message}"


def _xml(text: str) -> str:
    """``text`` without what XML cannot hold (XML 1.0, 2.2)."""
    return visible(text, keep="\t\n")
