"""What makes a finding the same from run to run, for services that compare runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256

from kpilint.finding import Finding, Subject
from kpilint.place import from_top


def fingerprints(findings: Iterable[Finding]) -> list[str]:
    """One a finding, in order: file, rule, subject, and which of several alike it is.

    Neither line nor message has a part in it, nor what is found in other files.
    """
    seen: Counter[tuple[str, str, Subject]] = Counter()
    prints = []
    for finding in findings:
        path, subject = from_top(finding.span.path), finding.subject
        key = path, finding.code, subject
        seen[key] += 1
        name = from_top(subject.id) if subject.kind == "file" else subject.id
        parts = (path, finding.code, subject.kind, name, str(seen[key]))
        prints.append(sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest())
    return prints
