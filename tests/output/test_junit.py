"""JUnit: a case a rule and subject, one outcome each, counts that add up."""

from __future__ import annotations

from collections import Counter
from xml.etree import ElementTree as ET

import pytest

from kpilint.finding import Findings, Severity
from kpilint.output.junit import junit
from tests.output.conftest import planted
from tests.output.found import EXCUSED, HOSTILE, UNDECIDED, finding, findings


def suite(found: Findings) -> ET.Element:
    """The one suite of the report."""
    (only,) = ET.fromstring(junit(found, {}))
    return only


def outcomes(found: Findings) -> dict[str, list[str]]:
    """What became of each case, by its class and name."""
    return {
        f"{case.get('classname')} {str(case.get('name')).split()[0]}": [part.tag for part in case]
        for case in suite(found)
    }


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_counts_add_up(language: str) -> None:
    cases = suite(planted(language)[0])
    found = Counter(part.tag for case in cases for part in case)
    assert cases.get("tests") == str(len(cases))
    assert cases.get("failures") == str(found["failure"]) != "0"
    assert cases.get("skipped") == str(found["skipped"]) != "0"


def test_each_outcome() -> None:
    found = findings(
        finding("S001"),
        finding("S002", excused=EXCUSED),
        finding("S003", known=True),
        finding("S004", severity=Severity.INFO),
        unchecked=(UNDECIDED,),
    )
    assert outcomes(found) == {
        "goal wins S001": ["failure"],
        "goal wins S002": ["skipped"],
        "goal wins S003": ["skipped"],
        "goal wins S004": ["system-out"],
        "goal wins A001": ["skipped"],
    }


def test_goals_of_one_id_in_two_files_are_two_cases() -> None:
    cases = suite(findings(finding(path="a.yaml"), finding(path="b.yaml", line=7)))
    told = [(c.get("classname"), c.get("file"), c.get("line")) for c in cases if len(c)]
    assert told == [
        ("goal wins (a.yaml)", "a.yaml", "3"),
        ("goal wins (b.yaml)", "b.yaml", "7"),
    ]


def test_a_rule_at_peace_passes() -> None:
    assert outcomes(findings()) == {"kpilint S001": [], "kpilint S002": []}


def test_findings_alike_are_one_case_and_a_failure_outweighs_an_excuse() -> None:
    found = findings(finding(excused=EXCUSED), finding(message="One."), finding(message="Two."))
    case = suite(found)[0]
    assert [part.tag for part in case] == ["failure"]
    assert case[0].text == "goals.yaml:3:5: One.\ngoals.yaml:3:5: Two."
    assert (case.get("file"), case.get("line")) == ("goals.yaml", "3")
    assert case[0].attrib == {"message": "One.", "type": "warning"}


def test_the_reason_of_what_is_skipped_is_told() -> None:
    found = findings(finding(excused=EXCUSED), unchecked=(UNDECIDED,))
    reasons = [part.get("message") for case in suite(found) for part in case]
    assert reasons == ["settled in May", "Could not check"]


def test_a_client_s_file_cannot_break_the_xml() -> None:
    case = suite(findings(finding(goal=HOSTILE, message=HOSTILE)))[0]
    assert "<script>" in str(case.get("classname"))
    assert not {"\x1b", "\x00", "\u202e"} & set(str(case[0].text))
