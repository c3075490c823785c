"""``kpilint check`` as users and scripts meet it: exit codes, options, one sentence a fault."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kpilint.cli import kpilint
from kpilint.goals.goalfile import read
from kpilint.rule import DATA, HISTORY
from kpilint.rules import ALL
from tests.rules.pages import BASE, DAY
from tests.rules.series import SERIES, write_deals

ROOT = Path(__file__).parents[2]
GOALS = len(read("goals.yaml", source=BASE))
AS_OF = ("--as-of", DAY.isoformat(), "--lang", "en")


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A goals file that raises nothing, with its data."""
    write_deals(tmp_path / "data" / "deals.csv", SERIES["three_years"])
    path = tmp_path / "goals.yaml"
    path.write_text(BASE, encoding="utf-8")
    return path


def edited(base: Path, old: str, new: str) -> str:
    """The path of the base with one thing changed."""
    assert old in BASE
    base.write_text(BASE.replace(old, new), encoding="utf-8")
    return str(base)


def invoke(*args: str | Path, stdin: str | bytes | None = None) -> Result:
    """One call inside this process; its return value is the exit code."""
    return CliRunner().invoke(kpilint, [str(a) for a in args], input=stdin, standalone_mode=False)


def run(*args: str | Path, stdin: bytes = b"") -> tuple[int, str, str]:
    """One call as a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "kpilint", *map(str, args)],
        input=stdin,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "LANG": "en_US.UTF-8", "PYTHONUTF8": "1"},
        check=False,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# Exit codes


@pytest.mark.parametrize(
    ("old", "new", "options", "code"),
    [
        ("", "", (), 0),
        ("    role: kpi\n", "    role: kpi\n    taget: 1\n", (), 1),
        ("    label: 受注数\n", "    label: 売上を上げる\n", (), 1),
        ("    label: 受注数\n", "    label: 売上を上げる\n", ("--fail-on", "error"), 0),
        ("    label: 受注数\n", "    label: 売上を上げる\n", ("--ignore", "S001"), 0),
        ("    label: 受注数\n", "    label: 売上を上げる\n", ("--ignore", "vague-label,P"), 0),
        ("    label: 受注数\n", "    label: 売上を上げる\n", ("--select", "E,P"), 0),
        ("    label: 受注数\n", "    label: 売上を上げる\n", ("--select", "E", "--select", "S"), 1),
        ("target: 75件", "target: 75件, period: 2026-09", (), 1),
        ("2026-10..2026-12, target: 75件", "2026-09, target: 75件", (), 0),
        ("2026-10..2026-12, target: 75件", "2026-09, target: 75件", ("--fail-on", "info"), 1),
        ("    target: 125件\n", "    target: 125件  # kpilint: ignore S001\n", ("--offline",), 1),
    ],
)
def test_exit_codes(old: str, new: str, options: tuple[str, ...], code: int, base: Path) -> None:
    result = invoke(edited(base, old, new), *AS_OF, *options)
    assert result.return_value == code, result.output


@pytest.mark.parametrize(("options", "code"), [((), 0), (("--require-data",), 1)])
def test_what_could_not_be_checked_fails_only_when_asked(
    options: tuple[str, ...], code: int, base: Path
) -> None:
    result = invoke(base, "--offline", *AS_OF, *options)
    assert (result.return_value, "could not be checked" in result.output) == (code, True)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("none.yaml",), "none.yaml: there is no such file"),
        (("tests",), "is a folder"),
        (("check",), "PATH"),
        (("{base}", "--selekt", "E"), "--select"),
        (("{base}", "--select", "Z9"), "There is no rule Z9"),
        (("{base}", "--ignore", "vague-lable"), "Did you mean vague-label?"),
        (("{base}", "--select", "P0001"), "Did you mean P001?"),
        (("{base}", "--format", "xml"), "xml"),
        (("{base}", "--as-of", "2026-13-45"), "month 13"),
        (("{base}", "--as-of", "soon"), "soon"),
        (("{base}", "--lang", "fr"), "fr"),
        (("{base}", "--fail-on", "never"), "never"),
        (("{base}", "--output", "tests"), "cannot be written"),
        (("explain", "A00l"), "Did you mean A00"),
        (("explain", "missing-onwer"), "Did you mean missing-owner?"),
        (("explain",), "RULE"),
    ],
)
def test_misuse_is_one_sentence(args: tuple[str, ...], says: str, base: Path) -> None:
    code, out, err = run(*(a.format(base=base) for a in args))
    assert (code, out) == (2, "")
    assert says in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"PK\x03\x04\x00", "binary"),
        (b"- a", "mapping"),
        (b"goals:\n\t- a", "tab"),
        (b"version: 1\nversion: 2", "twice"),
        ("organization: 株式会社".encode("cp932"), "Shift_JIS"),
        (b"[" * 200_000, "levels"),
        (b"a: &a [*a]", "aliases"),
        (b"goals: [{id: a, period: 2026-13-45}]", "2026-13-45"),
    ],
)
def test_a_bad_file_is_a_finding(content: bytes, says: str) -> None:
    code, out, err = run("-", "--offline", "--lang", "en", stdin=content)
    assert (code, err) == (1, "")
    assert "<stdin>:" in out
    assert says in out


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (None, "no such file"),
        ("", "deals.csv"),
        ("deal_id\nD1,2\n", "row 2"),
        ("a,b\n1,2\n", "closed_at"),
    ],
)
def test_bad_data_is_a_finding(content: str | None, says: str, base: Path) -> None:
    data = base.parent / "data" / "deals.csv"
    data.unlink() if content is None else data.write_text(content, encoding="utf-8")
    code, out, err = run(base, *AS_OF)
    assert (code, err) == (1, "")
    assert says in out


# What is written


def test_a_clean_file(base: Path) -> None:
    assert invoke(base, *AS_OF).output == f"No findings. Goals: {GOALS}.\n"
    assert invoke(base, *AS_OF, "--quiet").output == ""


def test_check_may_be_left_out(base: Path) -> None:
    assert invoke("check", base, *AS_OF).output == invoke(base, *AS_OF).output
    assert invoke("--quiet", base, *AS_OF).return_value == 0


def test_standard_input(base: Path) -> None:
    text = BASE.replace("受注数\n", "頑張る\n")
    line = text.splitlines().index("    label: 頑張る") + 1
    result = invoke("-", "--offline", *AS_OF, "--select", "S", stdin=text)
    assert result.return_value == 1
    assert f"<stdin>:{line}:12 warning S001" in result.output


def test_several_files_are_told_together(base: Path) -> None:
    other = base.with_name("other.yaml")
    other.write_text(BASE.replace("owner: 営業部", "owner: ''", 1), encoding="utf-8")
    result = invoke(base, other, *AS_OF, "--offline", "--format", "json")
    content = json.loads(result.output)
    assert [Path(f["path"]).name for f in content["findings"]] == ["other.yaml"]
    assert content["summary"]["goals"] == 2 * GOALS


def test_min_severity_hides_and_does_not_excuse(base: Path) -> None:
    path = edited(base, "    label: 受注数\n", "    label: 頑張る\n")
    result = invoke(path, *AS_OF, "--offline", "--min-severity", "error")
    assert "S001" not in result.output
    assert result.return_value == 1


def test_output_goes_to_a_file(base: Path) -> None:
    report = base.parent / "reports" / "lint.json"
    result = invoke(base, *AS_OF, "--offline", "--format", "json", "--output", report)
    assert result.output == ""
    assert json.loads(report.read_text(encoding="utf-8"))["summary"]["goals"] == GOALS


def test_the_language_is_the_file_s_unless_it_is_asked_for(base: Path) -> None:
    path = edited(base, "language: en", "language: ja")
    assert "No findings" not in invoke(path, "--as-of", "2026-10-01").output
    assert "No findings" in invoke(path, *AS_OF).output


def test_settings_of_the_project(base: Path) -> None:
    path = edited(base, "    label: 受注数\n", "    label: 頑張る\n")
    project = base.with_name("pyproject.toml")
    project.write_text('[tool.kpilint]\nignore = ["S001"]\n', encoding="utf-8")
    assert invoke(path, *AS_OF, "--offline").return_value == 0


@pytest.mark.parametrize(
    ("settings", "options", "code"),
    [
        ('fail-on = "error"', (), 0),
        ('fail-on = "error"', ("--fail-on", "warning"), 1),
        ('min-severity = "error"', (), 1),
    ],
)
def test_levels_of_the_project(
    settings: str, options: tuple[str, ...], code: int, base: Path
) -> None:
    path = edited(base, "    label: 受注数\n", "    label: 頑張る\n")
    project = base.with_name("pyproject.toml")
    project.write_text(f"[tool.kpilint]\noffline = true\n{settings}\n", encoding="utf-8")
    result = invoke(path, *AS_OF, *options)
    assert result.return_value == code
    assert "--offline" in result.output
    assert ("S001" in result.output) == ("min-severity" not in settings)
    assert "--offline" not in invoke(path, *AS_OF, "--online").output


def test_one_line_a_rule_offline(base: Path) -> None:
    lines = invoke(base, *AS_OF, "--offline").output.splitlines()
    (reason,) = (n for n, line in enumerate(lines) if "--offline" in line)
    told = [line.split()[0] for line in lines[reason + 1 :] if line.startswith("    ")]
    assert sorted(told) == [rule.code for rule in ALL if rule.needs & {DATA, HISTORY}]
