"""Findings for a program: the JSON of ``check``."""

from __future__ import annotations

import json as encoder
from collections.abc import Iterable, Mapping
from datetime import date
from math import isfinite
from numbers import Integral, Real
from typing import Any

from kpilint.finding import Excused, Finding, Findings, Related, Span, Subject, Unchecked

_EXACT = 2**53  # beyond it a float no longer tells whole numbers apart


def json(findings: Findings, sources: Mapping[str, str]) -> str:
    """One object: version, as_of, findings, unchecked and summary."""
    content = {
        "version": 1,
        "as_of": findings.as_of.isoformat(),
        "findings": [finding(f) for f in findings],
        "unchecked": [unchecked(u) for u in findings.unchecked],
        "summary": findings.summary(),
    }
    return encoder.dumps(content, ensure_ascii=False, indent=1, allow_nan=False)


def finding(found: Finding) -> dict[str, Any]:
    """A finding's keys; ``known`` only where a baseline knows it."""
    known = {"known": True} if found.known else {}
    return {
        "code": found.code,
        "name": found.name,
        "severity": str(found.severity),
        "message": found.message,
        **span(found.span),
        "subject": _subject(found.subject),
        "goal": found.goal,
        "evidence": plain(found.evidence),
        "related": [_related(r) for r in found.related],
        "excused": _excused(found.excused),
        **known,
    }


def unchecked(left: Unchecked) -> dict[str, Any]:
    """The keys of what could not be checked."""
    return {"code": left.code, "subject": _subject(left.subject), "reason": left.reason}


def span(place: Span) -> dict[str, Any]:
    """The keys of a place in a file."""
    return {
        "path": place.path,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        **_cell(place),
    }


def _cell(span: Span) -> dict[str, Any]:
    """Where a table keeps it; nothing for a text file."""
    return {"sheet": span.sheet, "cell": span.cell.rpartition("!")[2]} if span.cell else {}


def _subject(subject: Subject) -> dict[str, str]:
    return {"kind": subject.kind, "id": subject.id}


def _related(related: Related) -> dict[str, Any]:
    return {
        "path": related.span.path,
        "line": related.span.line,
        "column": related.span.column,
        "message": related.message,
    }


def _excused(excused: Excused | None) -> dict[str, Any] | None:
    if excused is None:
        return None
    until = excused.until.isoformat() if excused.until else None
    return {"reason": excused.reason, "until": until}


def plain(value: object) -> object:
    """Evidence as JSON has it: amounts without a fraction whole, what it cannot say as null."""
    match value:
        case None | bool() | str():
            return value
        case Integral():
            return int(value)
        case Real():
            number = float(value)
            if not isfinite(number):
                return None
            return int(number) if number.is_integer() and abs(number) < _EXACT else number
        case Mapping():
            return {str(name): plain(inner) for name, inner in value.items()}
        case date():
            return value.isoformat()
        case Iterable():
            return [plain(inner) for inner in value]
    return str(value)
