"""R009: a share of a gap and the target beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.rules.pages import linted, merged

BASELINE = "share: {of: begun, percent: 50, baseline: 50件}"


@pytest.mark.parametrize(
    ("goal", "codes"),
    [
        (f"target: 80件\n{BASELINE}", ["R009"]),
        (f"target: 50.4件\n{BASELINE}", []),
        (f"target: 51件\n{BASELINE}", ["R009"]),
        (f"target: ~\n{BASELINE}", []),
        (f"target: ~\ntargets: {{people: {{営業A: 30件, 営業B: 30件}}}}\n{BASELINE}", ["R009"]),
        (f"target: ~\ntargets: {{people: {{営業A: 25件, 営業B: 25件}}}}\n{BASELINE}", []),
        ("target: 80件", []),
    ],
)
def test_the_two_agree(goal: str, codes: list[str], tmp_path: Path) -> None:
    found = linted(merged("Goal", goal), tmp_path, "R009", data=False)
    assert [f.code for f in found] == codes
    assert found.unchecked == ()


def test_the_evidence(tmp_path: Path) -> None:
    (flaw,) = linted(merged("Goal", f"target: 80件\n{BASELINE}"), tmp_path, "R009", data=False)
    told = {"target": 80, "made": 50, "gap": 100, "whole": 150, "baseline": 50}
    assert flaw.evidence == told
    for number in ("80", "50", "100", "商談数"):
        assert number in flaw.message


@pytest.mark.parametrize(
    ("share", "said"),
    [
        ("{of: begun, percent: 50}", "--offline"),
        ("{of: begun, percent: 50, baseline: 150件}", "there is no gap"),
        ("{of: revenue, percent: 50, baseline: 1円}", "measured in another unit"),
    ],
)
def test_what_cannot_be_decided(share: str, said: str, tmp_path: Path) -> None:
    found = linted(merged("Goal", f"target: 80件\nshare: {share}"), tmp_path, "R009", data=False)
    assert list(found) == []
    assert said in found.unchecked[0].reason


def test_with_data_the_past_is_the_baseline(tmp_path: Path) -> None:
    text = merged("Goal", "target: 80件\nshare: {of: begun, percent: 50}")
    (flaw,) = linted(text.replace("target: 150件", "target: 200件"), tmp_path, "R009")
    assert flaw.evidence["whole"] == 200
    assert 100 < float(str(flaw.evidence["baseline"])) < 140
