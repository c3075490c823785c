"""The code quality report of GitLab: the keys that its format asks for, fingerprints all unlike."""

from __future__ import annotations

import json

import pytest

from kpilint.finding import Severity
from kpilint.output.gitlab import gitlab
from tests.output.conftest import planted
from tests.output.found import EXCUSED, finding, findings


def test_an_issue() -> None:
    (issue,) = json.loads(gitlab(findings(finding(path="./予算/goals.yaml")), {}))
    fingerprint = issue.pop("fingerprint")
    assert len(fingerprint) == 64
    assert issue == {
        "description": "S001: It is a wish.",
        "check_name": "a-rule",
        "severity": "minor",
        "location": {"path": "予算/goals.yaml", "lines": {"begin": 3}},
    }


@pytest.mark.parametrize(
    ("severity", "told"),
    [(Severity.ERROR, "major"), (Severity.WARNING, "minor"), (Severity.INFO, "info")],
)
def test_severities(severity: Severity, told: str) -> None:
    (issue,) = json.loads(gitlab(findings(finding(severity=severity)), {}))
    assert issue["severity"] == told


def test_no_two_issues_share_a_fingerprint() -> None:
    issues = json.loads(gitlab(*planted("en")))
    assert len({issue["fingerprint"] for issue in issues}) == len(issues) > 5


def test_one_that_becomes_known_leaves_the_other_s_fingerprint_as_it_was() -> None:
    both = json.loads(gitlab(findings(finding(), finding()), {}))
    one = json.loads(gitlab(findings(finding(known=True), finding()), {}))
    assert one == both[1:]


def test_what_is_set_aside_is_left_out() -> None:
    assert json.loads(gitlab(findings(finding(excused=EXCUSED)), {})) == []
