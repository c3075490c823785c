"""The baseline: known by rule and subject, from any folder, and never by line or message."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint import baseline
from kpilint.errors import FileProblem
from kpilint.finding import Finding, Subject
from kpilint.i18n import speaking
from tests.output.found import EXCUSED, UNDECIDED, finding, findings

FILES = ("goals.yaml",)
HERE = Path()


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with speaking("en"):
        yield


def known(*found: Finding, before: tuple[Finding, ...]) -> list[bool]:
    """Which of the findings a baseline of those ``before`` knows."""
    kept = baseline.of(findings(*before), FILES, HERE)
    return [f.known for f in baseline.apply(findings(*found), kept)]


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda f: finding(line=99), True),
        (lambda f: finding(message="Other words."), True),
        (lambda f: finding(path="moved/goals.yaml"), True),
        (lambda f: finding("S002"), False),
        (lambda f: finding(goal="leads"), False),
        (lambda f: replace(f, subject=Subject("metric", "wins")), False),
    ],
)
def test_what_makes_a_finding_the_same(change: Callable[[Finding], Finding], same: bool) -> None:
    assert known(change(finding()), before=(finding(),)) == [same]


def test_one_more_of_a_kind_is_new() -> None:
    assert known(*[finding()] * 3, before=(finding(), finding())) == [True, True, False]


def test_what_is_excused_needs_no_baseline() -> None:
    excused = finding(excused=EXCUSED)
    assert baseline.of(findings(excused), FILES, HERE).counts == {}
    assert known(excused, finding(), before=(finding(),)) == [False, True]


def test_known_findings_are_not_open() -> None:
    found = findings(finding(), finding("S002"))
    kept = baseline.of(findings(finding()), FILES, HERE)
    marked = baseline.apply(found, kept)
    assert [f.code for f in marked.open] == ["S002"]
    assert (marked.summary()["warning"], marked.summary()["known"]) == (1, 1)
    assert marked.text().endswith("1 more are known from the baseline.")


def test_a_file_is_the_same_from_any_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def about(path: str) -> Finding:
        return replace(finding("R001"), subject=Subject("file", path))

    (tmp_path / "client").mkdir()
    monkeypatch.chdir(tmp_path)
    kept = baseline.of(findings(about("client/goals.yaml")), ["client/goals.yaml"], Path("client"))
    (tmp_path / "client" / "known.json").write_text(baseline.written(kept), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "client")
    again = baseline.read(Path("known.json"))
    for path in ("goals.yaml", "./goals.yaml", str(tmp_path / "client" / "goals.yaml")):
        assert [f.known for f in baseline.apply(findings(about(path)), again)] == [True]


# What is gone


def test_entries_that_are_found_no_longer_are_counted() -> None:
    kept = baseline.of(findings(finding(), finding(), finding("S002")), FILES, HERE)
    assert baseline.gone(findings(finding(), finding(), finding("S002")), kept, FILES) == 0
    assert baseline.gone(findings(finding()), kept, FILES) == 2
    assert baseline.gone(findings(finding(excused=EXCUSED), finding()), kept, FILES) == 1


def test_nothing_is_gone_that_was_not_looked_at() -> None:
    kept = baseline.of(findings(finding("A001"), finding("P004")), FILES, HERE)
    assert baseline.gone(findings(unchecked=(UNDECIDED,)), kept, FILES) == 0
    assert baseline.gone(replace(findings(), rules=frozenset({"P004"})), kept, ("b.yaml",)) == 0


# The file

NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.dictionaries(st.tuples(NAMES, NAMES, NAMES), st.integers(1, 9)), st.frozensets(NAMES))
def test_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    counts: dict[baseline.Key, int],
    files: frozenset[str],
) -> None:
    path = tmp_path_factory.mktemp("kept") / "known.json"
    kept = baseline.Baseline(counts, files, path.parent)
    path.write_text(baseline.written(kept), encoding="utf-8")
    assert baseline.read(path) == kept


def test_the_file_is_sorted_with_a_line_an_entry() -> None:
    text = baseline.written(baseline.of(findings(finding("S002"), finding()), FILES, HERE))
    assert text == (
        '{\n "version": 1,\n "files": ["goals.yaml"],\n "known": [\n'
        '  {"rule": "S001", "kind": "goal", "id": "wins", "count": 1},\n'
        '  {"rule": "S002", "kind": "goal", "id": "wins", "count": 1}\n ]\n}\n'
    )


ENTRY = {"rule": "S001", "kind": "goal", "id": "wins", "count": 1}


@pytest.mark.parametrize(
    "content",
    [
        "",
        "goals: []",
        "[]",
        "{}",
        "[" * 100_000,
        json.dumps({"version": 2, "files": [], "known": []}),
        json.dumps({"version": 1, "files": [], "known": {}}),
        json.dumps({"version": 1, "files": [1], "known": []}),
        json.dumps({"version": 1, "files": [], "known": [[]]}),
        json.dumps({"version": 1, "files": [], "known": [ENTRY | {"count": 0}]}),
        json.dumps({"version": 1, "files": [], "known": [ENTRY | {"count": True}]}),
        json.dumps({"version": 1, "files": [], "known": [ENTRY | {"id": None}]}),
    ],
)
def test_what_is_no_baseline_is_refused_in_a_sentence(content: str, tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(FileProblem, match="is not a baseline"):
        baseline.read(path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "known.json"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FileProblem, match="is not a baseline"):
        baseline.read(path)


def test_no_file_and_a_folder(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no such baseline"):
        baseline.read(tmp_path / "none.json")
    with pytest.raises(FileProblem, match="cannot be read"):
        baseline.read(tmp_path)
