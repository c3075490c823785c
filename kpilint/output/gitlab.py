"""Open findings as a code quality report of GitLab, shown in merge requests."""

from __future__ import annotations

import json
from collections.abc import Mapping

from kpilint.finding import Findings, Severity
from kpilint.output.fingerprint import fingerprints
from kpilint.place import from_top

_SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def gitlab(findings: Findings, sources: Mapping[str, str]) -> str:
    """A list of one object a finding; GitLab has no place for what is excused or unchecked."""
    issues = [
        {
            "description": f"{f.code}: {f.message}" + (f" ({f.span.cell})" if f.span.cell else ""),
            "check_name": f.name,
            "fingerprint": fingerprint,
            "severity": _SEVERITIES[f.severity],
            "location": {"path": from_top(f.span.path), "lines": {"begin": f.span.line}},
        }
        for f, fingerprint in zip(findings, fingerprints(findings), strict=True)
        if f.open
    ]
    return json.dumps(issues, ensure_ascii=False, indent=1)
