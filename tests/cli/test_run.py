"""``kpilint run`` as it is called: one period, one client or many."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from nbformat import v4

from kpilint.cli.demo import RAISED, SET, raise_target
from kpilint.cli.run import run
from kpilint.errors import Misuse
from kpilint.goals.goalfile import read
from kpilint.i18n import speaking
from kpilint.monthly.kernel import OwnKernel
from kpilint.monthly.run import warmed
from kpilint.monthly.workspace.scaffold import sample

GOALS = "organization: {name}\nlanguage: en\n"


@pytest.fixture(scope="module")
def kernels() -> Iterator[type[OwnKernel]]:
    """Warmed once for all runs here."""
    with warmed() as started:
        yield started


@pytest.fixture(autouse=True)
def shared(kernels: type[OwnKernel], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kpilint.monthly.run.warmed", lambda: nullcontext(kernels))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("a", "b", "c"):
        (tmp_path / "clients" / name).mkdir(parents=True)
        path = tmp_path / "clients" / name / "goals.yaml"
        path.write_text(GOALS.format(name=name), encoding="utf-8")
    parameters = v4.new_code_cell('goals: str = ""', metadata={"tags": ["parameters"]})
    cell = v4.new_code_cell("assert '/b/' not in goals.replace('\\\\', '/'), 'not b'")
    text = v4.writes(v4.new_notebook(cells=[parameters, cell]))
    (tmp_path / "own.ipynb").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def called(*words: str) -> Result:
    usual = ("--as-of", "2026-10-31", "--lang", "en", "--notebook", "own.ipynb")
    return CliRunner().invoke(run, [*words, *usual], catch_exceptions=False)


def test_one_failing_client_stops_no_other(folder: Path) -> None:
    result = called("clients/*/goals.yaml", "--month", "2026-10")
    assert result.exit_code == 2
    assert result.stdout.count("The report is ready") == 2
    [sentence] = result.stderr.strip().splitlines()
    assert sentence.startswith(
        "kpilint: clients/b/goals.yaml: The notebook own stopped at cell [3]"
    )
    assert "AssertionError: not b" in sentence
    made = sorted(path.parent.parent.parent.name for path in folder.rglob("index.html"))
    assert made == ["a", "c"]


def test_json_tells_of_every_client(folder: Path) -> None:
    result = called("x/none.yaml", "y/none.yaml", "--month", "2026-10", "--format", "json")
    assert result.exit_code == 2
    told = [(each["goals"], each["problem"]) for each in json.loads(result.stdout)["runs"]]
    there_is_none = [(name, f"{name}: there is no such file.") for name, _problem in told]
    assert told == there_is_none and len(told) == 2


def test_a_month_that_has_not_begun_is_refused(folder: Path) -> None:
    for period in (("--month", "2026-11"), ("--week", "2026-W45")):
        with speaking("en"), pytest.raises(Misuse, match="has not begun on 2026-10-31"):
            called("clients/a/goals.yaml", *period)
    assert not Path("clients/a/reports").exists() and not Path("clients/a/.kpilint").exists()


def test_a_week_and_then_again(folder: Path) -> None:
    first = called("clients/a/goals.yaml", "--week", "2026-W41", "--jobs", "1")
    again = called("clients/a/goals.yaml", "--week", "2026-W41", "--jobs", "1", "--format", "json")
    assert (first.exit_code, again.exit_code) == (0, 0)
    page = Path("clients/a/reports/2026-W41/index.html").resolve()
    assert first.stdout == f"The report is ready: {page}\n"
    [run] = json.loads(again.stdout)["runs"]
    assert (run["page"], run["problem"]) == (str(page), None)
    assert "Nothing has changed since the last time" in run["changes"][0]
    told = json.loads((page.parent / "manifest.json").read_text(encoding="utf-8"))
    assert told["week"] == "2026-W41"


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--month", "2026-10", "--week", "2026-W41"],
        ["--week", "2026-10"],
        ["--month", "2026-W41"],
        ["--week", "2026-W60"],
    ],
)
def test_one_period_and_no_other(folder: Path, words: list[str]) -> None:
    with speaking("en"), pytest.raises(Misuse, match=r"--month or --week|is no (week|month)"):
        called("clients/a/goals.yaml", *words)


def test_the_sample_company_raises_a_target(tmp_path: Path) -> None:
    goals = sample(tmp_path)
    before = goals.read_text(encoding="utf-8")
    assert raise_target(goals)
    assert goals.read_text(encoding="utf-8") == before.replace(SET, RAISED)
    goal = read(goals).by_id["opportunities_q3"]
    assert goal.target is not None and goal.target.value == 165
    assert [change.from_ and change.from_.value for change in goal.changes] == [155]
    assert not raise_target(goals)  # nothing is raised twice
