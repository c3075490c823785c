"""Fingerprints: the same from run to run, whatever happens around a finding."""

from __future__ import annotations

from kpilint.output.fingerprint import fingerprints
from tests.output.found import finding


def test_line_message_and_other_files_have_no_part_in_it() -> None:
    before = fingerprints([finding(path="b.yaml")])
    after = fingerprints(
        [finding(path="a.yaml"), finding("S001", "wins", "x", path="b.yaml", line=9)]
    )
    assert before == after[1:]


def test_each_is_another() -> None:
    found = [finding(), finding(), finding("S002"), finding(path="b.yaml"), finding(goal="leads")]
    assert len(set(fingerprints(found))) == len(found)
