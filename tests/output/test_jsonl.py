"""JSON lines: the objects of the JSON output, one a line, and the summary last."""

from __future__ import annotations

import json as decoder

from kpilint.output.json import json
from kpilint.output.jsonl import jsonl
from tests.output.conftest import planted
from tests.output.found import HOSTILE, finding, findings


def test_the_lines_are_the_json_in_pieces() -> None:
    whole = decoder.loads(json(*planted("en")))
    lines = [decoder.loads(line) for line in jsonl(*planted("en")).splitlines()]
    pieces: dict[str, list[object]] = {}
    for line in lines:
        pieces.setdefault(line.pop("type"), []).append(line)
    assert list(pieces) == ["finding", "unchecked", "summary"]
    assert (pieces["finding"], pieces["unchecked"]) == (whole["findings"], whole["unchecked"])
    head = {"version": whole["version"], "as_of": whole["as_of"]}
    assert pieces["summary"] == [head | whole["summary"]]


def test_no_message_breaks_a_line() -> None:
    text = jsonl(findings(finding(message=HOSTILE)), {})
    assert [decoder.loads(line)["type"] for line in text.split("\n")] == ["finding", "summary"]


def test_what_the_baseline_knows_is_said() -> None:
    text = jsonl(findings(finding(known=True), finding("S002")), {})
    first, second, summary = map(decoder.loads, text.splitlines())
    assert first["known"] is True
    assert "known" not in second
    assert (summary["warning"], summary["known"]) == (1, 1)
