"""JSON for programs: the keys that language.md promises, in their order, and nothing else."""

from __future__ import annotations

import json as decoder
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from kpilint.output.json import json
from tests.output.conftest import planted

FINDING = [
    *("code", "name", "severity", "message", "path", "line", "column", "end_line", "end_column"),
    *("subject", "goal", "evidence", "related", "excused"),
]


def test_golden(golden: Callable[[str, str], None]) -> None:
    golden("check.en.json", json(*planted("en")) + "\n")


def test_the_keys_and_their_order() -> None:
    content = decoder.loads(json(*planted("en")))
    assert list(content) == ["version", "as_of", "findings", "unchecked", "summary"]
    assert (content["version"], content["as_of"]) == (1, "2026-10-31")
    for finding in content["findings"]:
        assert list(finding) == FINDING
        assert list(finding["subject"]) == ["kind", "id"]
        assert finding["goal"] == (
            finding["subject"]["id"] if finding["subject"]["kind"] == "goal" else None
        )
    for unchecked in content["unchecked"]:
        assert list(unchecked) == ["code", "subject", "reason"]
    assert list(content["summary"]) == ["error", "warning", "info", "excused", "unchecked", "goals"]


def test_what_is_excused_and_related() -> None:
    findings = decoder.loads(json(*planted("en")))["findings"]
    excused = [f["excused"] for f in findings if f["excused"]]
    assert excused == [{"reason": "決まるまで", "until": None}]
    related = next(f["related"] for f in findings if f["code"] == "E004")
    assert [list(r) for r in related] == [["path", "line", "column", "message"]]


def test_the_summary_counts_what_is_open() -> None:
    content = decoder.loads(json(*planted("en")))
    levels = [f["severity"] for f in content["findings"] if f["excused"] is None]
    summary = content["summary"]
    assert {level: levels.count(level) for level in ("error", "warning", "info")} == {
        level: summary[level] for level in ("error", "warning", "info")
    }
    assert (summary["excused"], summary["goals"]) == (1, 3)
    assert summary["unchecked"] == len(content["unchecked"])


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (39_000_000.0, 39_000_000),
        (0.5, 0.5),
        (float("nan"), None),
        (float("inf"), None),
        (np.float64(2.0), 2),
        (np.int64(3), 3),
        (1e20, 1e20),
        (True, True),
        (None, None),
        (date(2026, 10, 1), "2026-10-01"),
        ([1.0, float("nan")], [1, None]),
        ((1, "x"), [1, "x"]),
        ({"a": {"b": 2.0}}, {"a": {"b": 2}}),
    ],
)
def test_evidence(value: object, plain: object) -> None:
    findings, sources = planted("en")
    first = replace(findings.findings[0], evidence={"value": value})
    text = json(replace(findings, findings=(first,)), sources)
    read = decoder.loads(text, parse_constant=pytest.fail)["findings"][0]["evidence"]["value"]
    assert (read, type(read)) == (plain, type(plain))
