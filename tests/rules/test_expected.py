"""D001: records that are not as expected, each with how many, which, and where it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilint.finding import Findings, Severity
from tests.rules.pages import found


def told(snippet: str, tmp_path: Path) -> Findings:
    return found("Source", snippet, tmp_path, "D001", data=True)


def test_the_finding_tells_how_many_and_which(tmp_path: Path) -> None:
    (finding,) = told("expect:\n- unique: deal_id\n- unique: owner\n", tmp_path)
    assert finding.subject == ("source", "deals")
    assert finding.evidence["columns"] == ["owner"]
    assert finding.evidence["failed"] == finding.evidence["checked"]
    assert finding.evidence["examples"][0] == "D00000"  # type: ignore[index]
    assert "It is expected that owner is unique; " in finding.message
    assert "for example D00000, D00001, D00002. Correct them" in finding.message
    lines = (tmp_path / "goals.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[finding.span.line - 1].strip() == "- unique: owner"


@pytest.mark.parametrize(
    ("weight", "severity"),
    [("error", Severity.ERROR), ("warning", Severity.WARNING), ("info", Severity.INFO)],
)
def test_it_weighs_what_its_expectation_does(
    weight: str, severity: Severity, tmp_path: Path
) -> None:
    (finding,) = told(f"expect: [{{unique: owner, severity: {weight}}}]\n", tmp_path)
    assert finding.severity == severity


def test_a_preset_is_pointed_at(tmp_path: Path) -> None:
    snippet = "preset: hubspot/deals\ncolumns: {deal_id: owner}\nexpect:\n"
    findings = told(snippet, tmp_path)
    assert [f.evidence["columns"] for f in findings] == [["deal_id"]]
    lines = (tmp_path / "goals.yaml").read_text(encoding="utf-8").splitlines()
    assert "preset" in lines[findings.findings[0].span.line - 1]


def test_a_value_of_all_records_is_told(tmp_path: Path) -> None:
    (finding,) = told("expect: [{expect_table_row_count_to_equal: {value: 7}}]\n", tmp_path)
    assert "expect_table_row_count_to_equal holds; found is " in finding.message


def test_a_missing_column_could_not_be_checked(tmp_path: Path) -> None:
    findings = told("expect: [{not_null: amuont}, {unique: deal_id}]\n", tmp_path)
    assert findings.findings == ()
    (unchecked,) = findings.unchecked
    assert unchecked.reason == (
        "amuont is filled in: The source deals has no column amuont. Did you mean amount?"
    )


def test_a_source_that_cannot_be_read_is_left_to_m003(tmp_path: Path) -> None:
    findings = told("path: data/nowhere.csv\n", tmp_path)
    assert findings.findings == ()
