"""The corpus of labels is well-formed, large and varied enough, and told truly in its README."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

FOLDER = Path(__file__).with_name("labels")
VERDICTS = ("wish", "vanity", "volume", "activity")
METRIC: Mapping[str, frozenset[object]] = {
    "agg": frozenset({"count", "count_distinct", "sum", "mean", "median", "min", "max"}),
    "ratio": frozenset({True}),
    "unit": frozenset({"JPY", "USD", "count", "percent", "hours", "days"}),
    "stage": frozenset({"lead", "mql", "sql", "opportunity", "won"}),
    "nature": frozenset({"leading", "lagging", "activity"}),
}
LEAST = {"held_out": 110, "opened": 110, "tuning": 60}
PARTS = [(name, language) for name in LEAST for language in ("ja", "en")]

Row = dict[str, Any]
CORPUS: dict[str, dict[str, list[Row]]] = {
    name: yaml.safe_load((FOLDER / f"{name}.yaml").read_text(encoding="utf-8")) for name in LEAST
}
ROWS: list[Row] = [row for name, language in PARTS for row in CORPUS[name][language]]


def folded(label: str) -> str:
    """The label as names are compared: after NFKC, without case and spaces."""
    return "".join(unicodedata.normalize("NFKC", label).casefold().split())


def is_well_formed(row: Row) -> bool:
    """All four verdicts are given, each key is known and nothing is empty."""
    return (
        row.keys() - {"metric", "note"} == {"label", *VERDICTS}
        and all(isinstance(row[verdict], bool) for verdict in VERDICTS)
        and row["label"] == row["label"].strip()
        and all((row["label"], row.get("metric", True), row.get("note", True)))
    )


def speaks_the_language(metric: Row) -> bool:
    """Each key of the metric is one of the goals language, and so is its value."""
    words = {key: value for key, value in metric.items() if key != "definition"}
    known = words.keys() <= METRIC.keys() and all(words[key] in METRIC[key] for key in words)
    return known and metric.get("definition", "left out") != ""


def agrees(row: Row) -> bool:
    """No verdict contradicts the metric: a rate or an order is no volume upstream."""
    metric = row.get("metric", {})
    downstream = metric.get("ratio", False) or metric.get("stage") == "won"
    doing = metric.get("nature") == "activity"
    return not (row["volume"] and downstream) and (row["activity"] or not doing)


@pytest.mark.parametrize("name", LEAST)
def test_both_languages_and_nothing_else(name: str) -> None:
    assert list(CORPUS[name]) == ["ja", "en"]


def test_rows_are_well_formed() -> None:
    assert [row for row in ROWS if not is_well_formed(row)] == []


def test_metrics_are_written_in_the_words_of_the_language() -> None:
    assert [row for row in ROWS if not speaks_the_language(row.get("metric", {}))] == []


def test_verdicts_agree_with_the_metric() -> None:
    assert [row["label"] for row in ROWS if not agrees(row)] == []


def test_no_label_stands_twice() -> None:
    count = Counter(folded(row["label"]) for row in ROWS)
    assert [label for label, times in count.items() if times > 1] == []


@pytest.mark.parametrize(("name", "language"), PARTS)
def test_large_enough(name: str, language: str) -> None:
    assert len(CORPUS[name][language]) >= LEAST[name]


@pytest.mark.parametrize("language", ["ja", "en"])
def test_held_out_labels_are_a_realistic_mix(language: str) -> None:
    rows = CORPUS["held_out"][language]
    assert 0.3 <= sum(row["wish"] for row in rows) / len(rows) <= 0.40
    assert all(sum(row[verdict] for row in rows) >= len(rows) / 12 for verdict in VERDICTS)
    assert sum(not any(row[verdict] for verdict in VERDICTS) for row in rows) >= len(rows) / 4


@pytest.mark.parametrize(("name", "language"), PARTS)
def test_readme_tells_the_counts(name: str, language: str) -> None:
    rows = CORPUS[name][language]
    verdicts = [sum(row[verdict] for row in rows) for verdict in VERDICTS]
    none = sum(not any(row[verdict] for verdict in VERDICTS) for row in rows)
    cells = [f"`{name}`", language, len(rows), *verdicts, none]
    line = f"| {' | '.join(map(str, cells))} |"
    assert line in (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
