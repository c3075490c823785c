"""S: wishes are told from measures, and every goal has an owner."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.rules.pages import found, linted, merged

LABELS = yaml.safe_load(
    (Path(__file__).parent / "labels" / "beside_the_rule.yaml").read_text(encoding="utf-8")
)


def flagged(label: str, folder: Path) -> bool:
    text = merged("Goal", f"label: {label}")
    return bool(len(linted(text, folder, "S001", data=False)))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_wishes_are_told_from_measures(language: str, tmp_path: Path) -> None:
    """Precision .95 and recall .9 on labels as people write them."""
    wishes, measures = LABELS[f"wishes_{language}"], LABELS[f"measures_{language}"]
    assert min(len(wishes), len(measures)) >= 40
    missed = [label for label in wishes if not flagged(label, tmp_path)]
    wrong = [label for label in measures if flagged(label, tmp_path)]
    right = len(wishes) - len(missed)
    assert right / len(wishes) >= 0.9, missed
    assert right / (right + len(wrong)) >= 0.95, wrong


@pytest.mark.parametrize(("definition", "count"), [("", 1), ("definition: 前年の費用との差", 0)])
def test_a_change_is_a_measure_once_it_is_defined(
    definition: str, count: int, tmp_path: Path
) -> None:
    text = merged("Goal", "label: コスト削減\nmetric: won_revenue")
    text = text.replace("    agg: sum\n", f"    agg: sum\n    {definition}\n")
    assert len(linted(text, tmp_path, "S001", data=False)) == count


@pytest.mark.parametrize(
    ("owner", "count"), [("owner: 営業部", 0), ("owner: ''", 1), ("owner:", 1), ("owner: ~", 1)]
)
def test_an_owner_is_a_name(owner: str, count: int, tmp_path: Path) -> None:
    assert len(found("Goal", owner, tmp_path, "S002")) == count
