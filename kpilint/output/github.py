"""Findings as annotations of GitHub Actions: workflow commands in the log of a job."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from kpilint.finding import Finding, Findings, Severity, Unchecked
from kpilint.i18n import _, speaking
from kpilint.output.visible import visible
from kpilint.place import from_top

_COMMANDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}


def github(findings: Findings, sources: Mapping[str, str]) -> str:
    """An annotation a finding, a notice for each reason of not checking, then the count."""
    with speaking(findings.language):
        lines = [_annotation(finding) for finding in findings.open]
        lines += _unchecked(findings.unchecked)
        lines.append(findings.text())
    return "\n".join(lines)


def _annotation(finding: Finding) -> str:
    span = finding.span
    place = {"file": from_top(span.path), "line": span.line, "col": span.column}
    if span.end_line == span.line:  # GitHub takes no columns across lines
        place["endColumn"] = span.end_column
    about = f"{finding.subject.id}, {span.cell}" if span.cell else finding.subject.id
    place["title"] = f"{finding.code} {finding.name} ({about})"
    return _command(_COMMANDS[finding.severity], place, finding.message)


def _unchecked(unchecked: tuple[Unchecked, ...]) -> Iterator[str]:
    codes: dict[str, dict[str, None]] = {}
    for left in unchecked:
        codes.setdefault(left.reason, {})[left.code] = None
    for reason, named in codes.items():
        message = f"{reason} ({', '.join(named)})"
        yield _command("notice", {"title": _("Could not check")}, message)


def _command(name: str, properties: Mapping[str, object], message: str) -> str:
    told = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items())
    return f"::{name} {told}::{_message(message)}"


def _message(text: str) -> str:
    return visible(text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A"))


def _property(text: str) -> str:
    return _message(text).replace(":", "%3A").replace(",", "%2C")
