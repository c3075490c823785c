"""Templates and the workspaces made of them: clean on paper, alike in both languages."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import jsonschema
import pytest
from click.testing import CliRunner, Result

from kpilint.cli import kpilint
from kpilint.errors import FileProblem, Misuse
from kpilint.finding import Severity
from kpilint.goals.goalfile import GoalSet, read
from kpilint.i18n import LANGUAGES
from kpilint.linter import lint
from kpilint.monthly.workspace.scaffold import templates, workspace
from tests.cli.test_pages import loaded

NAMES = (
    "customer_success", "early", "field_sales", "inside_sales", "late", "marketing", "middle",
    "sales",
)  # fmt: skip
SHELF = Path(__file__).parents[1] / "templates" / "goals"
DAY = date(2026, 9, 25)


def shelf(language: str, name: str) -> GoalSet:
    return read(SHELF / language / f"{name}.yaml")


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_one_for_every_department_and_stage(language: str) -> None:
    assert templates(language) == NAMES


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_template_raises_nothing(language: str, name: str) -> None:
    goals = shelf(language, name)
    assert goals.language_ == language
    assert [(f.code, f.subject.id) for f in lint(goals, as_of=DAY)] == []


def shape(goals: GoalSet) -> object:
    """What must be the same in both languages: everything but the words."""
    return (
        [(s.name, s.path, s.preset, s.key, tuple(s.columns)) for s in goals.sources.values()],
        [(m.name, m.form, m.unit, m.stage, m.nature) for m in goals.metrics.values()],
        [(f.name, [s.name for s in f.stages]) for f in goals.funnels.values()],
        [
            (g.id, g.role, g.metric, g.department, g.period, g.parent, g.review, g.keep)
            for g in goals
        ],
        [g.target and (g.target.value, g.target.bound) for g in goals],
        [(h.id, h.leading, h.lagging, h.lag) for h in goals.hypotheses],
    )


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_say_the_same(name: str) -> None:
    assert shape(shelf("ja", name)) == shape(shelf("en", name))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("day", "quarter"),
    [
        (date(2026, 9, 25), "2026-10-01"),
        (date(2026, 10, 1), "2027-01-01"),
        (date(2027, 2, 11), "2027-04-01"),
        (date(2025, 12, 31), "2026-01-01"),
    ],
)
def test_a_workspace(language: str, name: str, day: date, quarter: str, tmp_path: Path) -> None:
    written = workspace(tmp_path / "客先 A", name, language, day)
    assert [path.name for path in written] == [
        "goals.yaml", "goals.schema.json", "metrics.yaml", "README.md", ".gitignore",
    ]  # fmt: skip
    goals = read(written[0])
    last = max(goal.period.start for goal in goals if goal.period)
    assert last.isoformat() == quarter
    assert lint(goals, as_of=day).findings == ()
    schema = json.loads(written[1].read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator(schema)
    content = loaded(written[0].read_text(encoding="utf-8"))
    assert [error.message for error in validator.iter_errors(content)] == []
    page = written[3].read_text(encoding="utf-8")
    told = {line[3:] for line in page.splitlines() if line.startswith("## ")}
    assert told == {Path(s.path).name for s in goals.sources.values() if s.path}


def invoke(*args: str | Path) -> Result:
    return CliRunner().invoke(kpilint, ["init", *map(str, args)], standalone_mode=False)


def test_init_and_check_find_the_missing_data_only(tmp_path: Path) -> None:
    result = invoke(tmp_path / "ws", "--template", "sales", "--lang", "en")
    goals = tmp_path / "ws" / "goals.yaml"
    assert result.stdout.splitlines()[0] == str(goals)
    args = ["check", str(goals), "--format", "json"]
    checked = CliRunner().invoke(kpilint, args, standalone_mode=False)
    found = json.loads(checked.stdout)["findings"]
    assert {f["code"] for f in found if f["severity"] != str(Severity.INFO)} == {"M003"}


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    kept = tmp_path / ".gitignore"
    kept.write_text("mine\n", encoding="utf-8")
    assert kept not in workspace(tmp_path, "early", "ja", DAY)
    assert kept.read_text(encoding="utf-8") == "mine\n"
    (tmp_path / "goals.yaml").write_text("version: 1\n", encoding="utf-8")
    with pytest.raises(FileProblem, match=r"goals\.yaml"):
        workspace(tmp_path, "early", "ja", DAY)
    assert (tmp_path / "goals.yaml").read_text(encoding="utf-8") == "version: 1\n"


def test_a_template_that_does_not_exist(tmp_path: Path) -> None:
    error = invoke(tmp_path / "ws", "--template", "marketting", "--lang", "en").exception
    assert isinstance(error, Misuse)
    assert str(error).endswith("Did you mean marketing?")
    without = invoke(tmp_path / "ws", "--lang", "en").exception
    assert isinstance(without, Misuse)
    assert "field_sales" in str(without)
    assert not (tmp_path / "ws").exists()
