"""What is said of a month that is run again."""

from __future__ import annotations

from typing import Any

import pytest

from kpilint.monthly.changes import changes

GOAL = {
    "goal": "w",
    "label": "Wins",
    "unit": "count",
    "target": 9,
    "actual": 4,
    "status": "at_risk",
}


def manifest(**other: Any) -> dict[str, Any]:
    usual: dict[str, Any] = {
        "as_of": "2026-10-31",
        "language": "en",
        "parameters": {},
        "inputs": [{"name": "deals", "sha256": "a"}],
        "versions": {"kpilint": "1"},
        "goals": [GOAL],
    }
    return usual | other


@pytest.mark.parametrize(
    ("then", "says"),
    [
        ({}, "Nothing has changed since the last time: same inputs, same numbers."),
        ({"as_of": "2026-10-30"}, "It is seen from 2026-10-31, before from 2026-10-30."),
        ({"language": "ja"}, "It is written in another language."),
        ({"parameters": {"a": "b"}}, "Notebooks have other parameters."),
        ({"versions": {"kpilint": "0"}}, "kpilint is version 1, before 0."),
        ({"inputs": []}, "The input deals is new."),
        ({"inputs": [{"name": "deals", "sha256": "b"}]}, "The input deals has changed."),
        ({"goals": []}, "The goal “Wins” is new."),
        ({"goals": [GOAL | {"target": 12}]}, "“Wins”: the target is 9, before 12."),
        ({"goals": [GOAL | {"actual": None}]}, "“Wins”: the actual value is 4, before –."),
        ({"goals": [GOAL | {"status": "met"}]}, "“Wins”: ▲ At risk, before ● Met."),
        ({"goals": [GOAL, GOAL | {"label": "Twin"}]}, "The goal “Twin” is gone."),
        ({"inputs": "nonsense"}, "The input deals is new."),
    ],
)
def test_each_change_is_a_sentence(then: dict[str, Any], says: str) -> None:
    assert changes(manifest(**then), manifest()) == (says,)


def test_the_first_time_nothing_is_said() -> None:
    assert changes(None, manifest()) == ()


def test_a_manifest_of_an_earlier_version_knows_no_goals() -> None:
    old = manifest()
    del old["goals"]
    assert "Nothing" in changes(old, manifest())[0]
