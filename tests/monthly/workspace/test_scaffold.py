"""New workspaces bring the metric library along, in their language, and stay clean."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpilint.cli import kpilint
from kpilint.goals.goalfile import read
from kpilint.i18n import LANGUAGES
from kpilint.monthly.workspace.scaffold import templates, workspace

SHELF = Path(__file__).parents[3] / "templates" / "metrics"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_library_comes_with_a_template(tmp_path: Path, language: str) -> None:
    written = workspace(tmp_path, templates(language)[0], language, date(2026, 10, 31))
    assert tmp_path / "metrics.yaml" in written
    found = read(tmp_path / "metrics.yaml")
    assert found.faults == ()
    assert found.metrics.keys() == read(SHELF / f"{language}.yaml").metrics.keys() != set()


def test_a_metric_of_the_library_can_be_included(tmp_path: Path) -> None:
    workspace(tmp_path, templates("ja")[0], "ja", date(2026, 10, 31))
    more = (
        "include: [metrics.yaml]\ngoals: [{id: cpl, metric: cpl, period: 2027-Q1, target: 1万円}]"
    )
    goals = tmp_path / "own.yaml"
    goals.write_text(f"version: 1\nfiscal_year_start: 4\n{more}\n", encoding="utf-8")
    found = read(goals)
    assert found.faults == ()
    assert found.metric_of(found.goals[0]) is not None


def test_a_file_that_is_there_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "metrics.yaml").write_text("mine", encoding="utf-8")
    written = workspace(tmp_path, templates("en")[0], "en", date(2026, 10, 31))
    assert tmp_path / "metrics.yaml" not in written
    assert (tmp_path / "metrics.yaml").read_text(encoding="utf-8") == "mine"


def test_init_says_where_the_library_is(tmp_path: Path) -> None:
    name = templates("en")[0]
    done = CliRunner().invoke(kpilint, ["init", str(tmp_path), "--template", name, "--lang", "en"])
    assert done.exit_code == 0
    assert f"{tmp_path / 'metrics.yaml'} defines metrics" in done.stderr
