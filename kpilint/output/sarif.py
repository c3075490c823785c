"""Findings as SARIF 2.1.0 (OASIS), for code scanning services and viewers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from importlib.metadata import version
from typing import Any

from kpilint.finding import Finding, Findings, Severity, Span, Unchecked
from kpilint.i18n import _, speaking
from kpilint.linter import RULES
from kpilint.manual import marked, page_of, shown
from kpilint.output.fingerprint import fingerprints
from kpilint.output.json import plain
from kpilint.place import from_top, uri
from kpilint.rule import Rule

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
_INDEX = {code: number for number, code in enumerate(RULES)}
Object = dict[str, Any]


def sarif(findings: Findings, sources: Mapping[str, str]) -> str:
    """One run: the rules with their pages, a result a finding, and what could not be checked.

    A rule that did not run at all is a notification; one that ran and could not decide on a
    subject is a result of kind ``open`` (SARIF 3.20.21 and 3.27.9).
    """
    with speaking(findings.language):
        content = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(findings, sources)]}
    return json.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)


def _run(findings: Findings, sources: Mapping[str, str]) -> Object:
    prints = zip(findings, fingerprints(findings), strict=True)
    compared = any(f.known for f in findings)
    results = [_result(finding, fingerprint, compared) for finding, fingerprint in prints]
    undecided = [u for u in findings.unchecked if u.subject.kind != "file"]
    not_run = [u for u in findings.unchecked if u.subject.kind == "file"]
    return {
        "tool": {"driver": _driver(findings.language)},
        "language": findings.language,
        "columnKind": "unicodeCodePoints",
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [_notification(u) for u in not_run],
            }
        ],
        "artifacts": [{"location": {"uri": uri(path)}} for path in sources],
        "results": results + [_undecided(u) for u in undecided],
        "properties": {"asOf": findings.as_of.isoformat(), "goals": findings.goals},
    }


def _driver(language: str) -> Object:
    return {
        "name": "kpilint",
        "version": version("kpilint"),
        "language": language,
        "rules": [_descriptor(rule) for rule in RULES.values()],
    }


def _descriptor(rule: Rule) -> Object:
    page = page_of(rule)
    title = _(page.title).replace("``", "")  # what is called text shows no markup
    why = " ".join(_(told) for told in page.why).replace("``", "")
    return {
        "id": rule.code,
        "name": rule.name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": why or title},
        "help": {"text": shown(rule), "markdown": marked(rule)},
        "defaultConfiguration": {"level": _LEVELS[rule.severity]},
    }


def _result(finding: Finding, fingerprint: str, compared: bool) -> Object:
    excused = finding.excused
    suppression = excused and {
        "kind": "inSource",
        "status": "accepted",
        "justification": excused.reason,
        "properties": {"until": excused.until and excused.until.isoformat()},
    }
    state = {"baselineState": "unchanged" if finding.known else "new"} if compared else {}
    return {
        **_rule(finding.code),
        "kind": "fail",
        "level": _LEVELS[finding.severity],
        "message": _message(finding.message),
        "locations": [_location(finding.span, finding.subject.kind, finding.subject.id)],
        "relatedLocations": [
            {"id": number, **_place(related.span), "message": _message(related.message)}
            for number, related in enumerate(finding.related, start=1)
        ],
        "partialFingerprints": {"ruleAndSubject/v1": fingerprint},
        "suppressions": [suppression] if suppression else [],
        **state,
        "properties": {"evidence": plain(finding.evidence)},
    }


def _undecided(unchecked: Unchecked) -> Object:
    subject = unchecked.subject
    return {
        **_rule(unchecked.code),
        "kind": "open",
        "level": "none",
        "message": _message(unchecked.reason),
        "locations": [_location(Span(unchecked.path), subject.kind, subject.id)],
        "suppressions": [],
    }


def _notification(unchecked: Unchecked) -> Object:
    return {
        "level": "note",
        "message": _message(unchecked.reason),
        "associatedRule": {"id": unchecked.code, "index": _INDEX[unchecked.code]},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": uri(unchecked.path)}}}],
    }


def _rule(code: str) -> Object:
    return {"ruleId": code, "ruleIndex": _INDEX[code]}


def _location(span: Span, kind: str, name: str) -> Object:
    name = from_top(name) if kind == "file" else name
    named = [(kind, name), *([("cell", span.cell)] if span.cell else [])]
    places = [{"kind": kind, "fullyQualifiedName": name} for kind, name in named]
    return {**_place(span), "logicalLocations": places}


def _place(span: Span) -> Object:
    region = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }
    return {"physicalLocation": {"artifactLocation": {"uri": uri(span.path)}, "region": region}}


def _message(text: str) -> Object:
    """A message in which no bracket of a client's label becomes a link (SARIF 3.11.6)."""
    escaped = text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")
    return {"text": escaped if "](" in text else text}
