"""``check --write-suite``: one file a source, in its folder and nowhere else."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpilint.cli import kpilint

GOALS = """language: en
sources:
  deals: {path: deals.csv, expect: [{unique: id}]}
  ../evil: {path: deals.csv, expect: [{not_null: id}]}
  calls: {path: deals.csv}
"""


@pytest.mark.parametrize("offline", [[], ["--offline"]])
def test_one_file_a_source(
    offline: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("goals.yaml").write_text(GOALS, encoding="utf-8")
    Path("deals.csv").write_text("id\n1\n", encoding="utf-8")
    command = ["check", "goals.yaml", "--select", "D001", "--write-suite", "suites", *offline]
    result = CliRunner().invoke(kpilint, command, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    assert sorted(path.name for path in Path("suites").iterdir()) == ["__evil.json", "deals.json"]
    written = json.loads(Path("suites/deals.json").read_text(encoding="utf-8"))
    assert [e["kwargs"] for e in written["expectations"]] == [{"column": "id"}]
