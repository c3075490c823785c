"""Findings as JSON lines, for streams: one object a line, told apart by ``type``."""

from __future__ import annotations

import json as encoder
from collections.abc import Mapping
from functools import partial

from kpilint.finding import Findings
from kpilint.output.json import finding, unchecked

_line = partial(encoder.dumps, ensure_ascii=False, allow_nan=False)


def jsonl(findings: Findings, sources: Mapping[str, str]) -> str:
    """A line a finding, a line for each that could not be checked, and the summary last."""
    lines = [{"type": "finding", **finding(f)} for f in findings]
    lines += [{"type": "unchecked", **unchecked(u)} for u in findings.unchecked]
    last = {"version": 1, "as_of": findings.as_of.isoformat(), **findings.summary()}
    return "\n".join(map(_line, [*lines, {"type": "summary", **last}]))
