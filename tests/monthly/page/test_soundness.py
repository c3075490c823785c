"""The data in two words: how fresh, how sound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kpilint.finding import Severity, Subject, Unchecked
from kpilint.monthly.page.soundness import Grade, Soundness
from tests.monthly.made import found

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


@pytest.mark.parametrize(
    ("findings", "fresh", "sound"),
    [
        ([], "good", "good"),
        ([("A001", ERROR), ("S001", WARNING)], "good", "good"),  # about goals, not data
        ([("M006", WARNING)], "poor", "good"),
        ([("D003", WARNING)], "good", "fair"),
        ([("D003", WARNING), ("M003", ERROR)], "good", "poor"),
        ([("D006", INFO)], "good", "good"),
    ],
)
def test_grades(findings: list[tuple[str, Severity]], fresh: Grade, sound: Grade) -> None:
    assert Soundness.of(found(*findings)) == Soundness(fresh, sound)


def test_what_was_not_checked_is_not_called_sound() -> None:
    assert Soundness.of(found(ran=["S001"])).words() == ("not checked", "not checked")
    unseen = Unchecked("M006", "stale-source", Subject("source", "deals"), "no file")
    assert Soundness.of(replace(found(), unchecked=(unseen,))).fresh == "fair"
