"""What stands nearer to the user wins: command line, goals file, pyproject.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from kpilint.errors import FileProblem
from kpilint.finding import Severity
from kpilint.goals.goalfile import read
from kpilint.linter import Config
from kpilint.settings import Settings, lowest, of


def held(
    folder: Path,
    *,
    project: str = "",
    nearer: str = "",
    lint: str = "",
    chosen: Config | None = None,
) -> Settings:
    """What holds for a goals file one folder below the project's."""
    (folder / "pyproject.toml").write_text(project, encoding="utf-8")
    path = folder / "clients" / "goals.yaml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"version: 1\n{lint}\n", encoding="utf-8")
    (path.parent / "pyproject.toml").write_text(nearer, encoding="utf-8")
    return of(read(path), chosen or Config())


PROJECT = """[tool.kpilint]
select = ["A", "S"]
ignore = ["S002"]
[tool.kpilint.options]
P001 = {per_owner = 3, total = 9}
"""
LINT = "lint: {select: [E], options: {P001: {per_owner: 4}}}"


@pytest.mark.parametrize(
    ("project", "lint", "chosen", "select", "ignore"),
    [
        ("", "", Config(), (), ()),
        (PROJECT, "", Config(), ("A", "S"), ("S002",)),
        (PROJECT, LINT, Config(), ("E",), ("S002",)),
        (PROJECT, LINT, Config(("T",), ("T001",)), ("T",), ("T001", "S002")),
        ("[tool.other]\nname = 'kpilint'\n", LINT, Config(), ("E",), ()),
    ],
)
def test_the_nearest_wins(
    project: str,
    lint: str,
    chosen: Config,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    tmp_path: Path,
) -> None:
    found = held(tmp_path, project=project, lint=lint, chosen=chosen).config
    assert (found.select, found.ignore) == (select, ignore)


def test_options_are_merged_one_by_one(tmp_path: Path) -> None:
    found = held(tmp_path, project=PROJECT, lint=LINT).config
    assert found.options == {"P001": {"per_owner": 4, "total": 9}}


@pytest.mark.parametrize(
    ("project", "says"),
    [
        ("[tool.kpilint", "pyproject.toml cannot be read"),
        ("tool = 3  # kpilint", "tool must be a table"),
        ("[tool]\nkpilint = 3", "kpilint must be a table"),
        ('[tool.kpilint]\nselect = "ALL"', "select must be a list"),
        ("[tool.kpilint]\nignore = [1]", "ignore must be a list"),
        ("[tool.kpilint]\noptions = 1", "options must be a table"),
        ("[tool.kpilint.options]\nP001 = 1", "P001 must be a table"),
        ("[tool.kpilint]\nselct = []", "Did you mean select?"),
        ('[tool.kpilint]\nselect = ["Z9"]', "There is no rule Z9"),
        ('[tool.kpilint]\nignore = ["vague-lable"]', "Did you mean vague-label?"),
        ("[tool.kpilint.options]\nP0001 = {}", "Did you mean P001?"),
        ("[tool.kpilint.options]\nP001 = {per_ownr = 3}", "Did you mean per_owner?"),
        ("[tool.kpilint.options]\nP001 = {per_owner = '3'}", "cannot be 3"),
        ('[tool.kpilint]\nfail-on = "never"', "fail-on must be one of info, warning, error"),
        ("[tool.kpilint]\nmin-severity = 3", "min-severity must be one of"),
        ('[tool.kpilint]\noffline = "yes"', "offline must be true or false"),
        ("[tool.kpilint]\nbaseline = true", "baseline must be a path such as"),
    ],
)
def test_a_project_file_that_cannot_be_used(project: str, says: str, tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match=says.replace("?", r"\?")):
        held(tmp_path, project=project)


FAR = """[tool.kpilint]
select = ["A", "S"]
ignore = ["S002"]
fail-on = "error"
offline = true
[tool.kpilint.options]
P001 = {per_owner = 3, total = 9}
"""
NEAR = """[tool.kpilint]
ignore = []
fail-on = "info"
min-severity = "warning"
[tool.kpilint.options]
P001 = {per_owner = 4}
"""


def test_folders_join_key_by_key(tmp_path: Path) -> None:
    found = held(tmp_path, project=FAR, nearer=NEAR)
    assert (found.config.select, found.config.ignore) == (("A", "S"), ())
    assert found.config.options == {"P001": {"per_owner": 4, "total": 9}}
    assert (found.fail_on, found.min_severity, found.offline) == (
        Severity.INFO,
        Severity.WARNING,
        True,
    )


def test_a_baseline_lies_beside_the_file_that_names_it(tmp_path: Path) -> None:
    known = '[tool.kpilint]\nbaseline = "known.json"\n'
    assert held(tmp_path).baseline is None
    assert held(tmp_path, project=known).baseline == tmp_path / "known.json"
    assert held(tmp_path, project=FAR, nearer=known).baseline == tmp_path / "clients/known.json"
    assert held(tmp_path, project=known, nearer=NEAR).baseline == tmp_path / "known.json"


def test_the_top_of_the_checkout_ends_the_search(tmp_path: Path) -> None:
    (tmp_path / "clients" / ".git").mkdir(parents=True)
    assert held(tmp_path, project=FAR, nearer="") == Settings(Config())


@pytest.mark.parametrize(
    ("levels", "level"),
    [
        ([], Severity.WARNING),
        ([None, None], Severity.WARNING),
        ([Severity.ERROR], Severity.ERROR),
        ([Severity.ERROR, None], Severity.WARNING),
        ([Severity.ERROR, Severity.INFO], Severity.INFO),
    ],
)
def test_of_several_files_the_strictest_holds(
    levels: list[Severity | None], level: Severity
) -> None:
    assert lowest(levels, Severity.WARNING) == level
