"""``kpilint check`` in a team: several outputs at once, a baseline, statistics, watching."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from xml.etree import ElementTree as ET

import pytest
from click.testing import CliRunner, Result

from kpilint import atomic
from kpilint.cli import kpilint
from kpilint.errors import FileProblem, Misuse

GOALS = """\
language: en
metrics:
  won: {label: Deals won, source: deals, agg: count, time: closed_at}
sources:
  deals: {path: deals.csv}
goals:
  - {id: wins, label: Deals won, role: kgi, metric: won, owner: Sales, period: 2026-10, target: 9}
"""  # raises P004 no-action
RULES = "P004,S002,M001,A001"  # those that come later must not change what is told here
OPTIONS = ("--offline", "--as-of", "2026-10-01", "--select", RULES)


@pytest.fixture(autouse=True)
def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working folder with a goals file, outside of CI."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_ACTIONS", "GITHUB_WORKSPACE", "CI_PROJECT_DIR"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "goals.yaml").write_text(GOALS, encoding="utf-8")
    return tmp_path


def invoke(*args: str) -> Result:
    """``kpilint goals.yaml`` offline; its return value is the exit code."""
    command = ["goals.yaml", *OPTIONS, *args]
    return CliRunner().invoke(kpilint, command, standalone_mode=False)


def saved(name: str, text: str) -> None:
    """Save it in one step: written over, a file is empty for a moment, and an answer to that."""
    atomic.write(Path(name), text)


def with_owner(name: str) -> None:
    """Save the goals file with another owner, or with none."""
    owner = f"owner: {name}, " if name else ""
    saved("goals.yaml", GOALS.replace("owner: Sales, ", owner))


# Outputs


@pytest.mark.parametrize(
    ("output", "start"),
    [
        ("a.json", '{\n "version": 1'),
        ("a.jsonl", '{"type": "finding"'),
        ("a.sarif", '{\n "$schema"'),
        ("a.xml", "<?xml"),
        ("a.md", "# Questions"),
        ("gitlab:a.json", "[\n {"),
        ("sarif:a.json", '{\n "$schema"'),
        ("github:a.txt", "::warning"),
        ("a.txt", "goals.yaml:7:10 warning P004"),
        ("x:a.txt", "goals.yaml:7:10 warning P004"),
    ],
)
def test_the_format_of_a_file(output: str, start: str) -> None:
    result = invoke("--output", output)
    path = Path(output if output.startswith("x:") else output.rpartition(":")[2])
    assert path.read_text(encoding="utf-8").startswith(start)
    assert result.return_value == 1
    assert bool(result.output) == (".txt" not in output or "github" in output)


def test_several_outputs_at_once() -> None:
    result = invoke("--output", "a.sarif", "--output", "a.xml", "--format", "json")
    assert json.loads(Path("a.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert ET.parse("a.xml").getroot().get("failures") == "1"
    assert json.loads(result.output)["version"] == 1


@pytest.mark.parametrize(("form", "key"), [("json", "summary"), ("sarif", "runs")])
def test_the_chosen_format_goes_to_a_file_that_can_hold_it(form: str, key: str) -> None:
    result = invoke("--format", form, "--output", "report.json")
    assert key in json.loads(Path("report.json").read_text(encoding="utf-8"))
    assert result.output == ""


def test_annotations_where_github_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert invoke().output.startswith("::warning file=goals.yaml")
    assert invoke("--format", "text").output.startswith("goals.yaml:7:10")
    assert invoke("--statistics").output.startswith("Rule")


def test_statistics() -> None:
    lines = invoke("--statistics").output.splitlines()
    assert lines[1].split() == ["P004", "no-action", "1", "0", "0"]
    assert lines[-1].startswith("Goals: 1, errors: 0, warnings: 1,")
    (row,) = json.loads(invoke("--statistics", "--format", "json").output)
    assert (row["code"], row["open"]) == ("P004", 1)


def test_statistics_have_no_other_form() -> None:
    assert isinstance(invoke("--statistics", "--format", "sarif").exception, Misuse)


# Baseline


def test_a_baseline_is_written_and_holds() -> None:
    first = invoke("--write-baseline")
    assert first.return_value == 0
    assert "1 finding is known from now on: kpilint-baseline.json" in first.stderr
    known = ("--baseline", "kpilint-baseline.json")
    second = invoke(*known)
    assert (second.return_value, second.stderr) == (0, "")
    assert "P004" not in second.stdout.partition("Could not check")[0]
    assert second.stdout.endswith("1 more are known from the baseline.\n")
    with_owner("")
    third = invoke(*known)
    assert third.return_value == 1
    assert "S002" in third.stdout
    assert "1 more are known" in third.stdout


def test_moved_lines_are_still_known() -> None:
    invoke("--write-baseline")
    Path("goals.yaml").write_text("# moved\n\n" + GOALS, encoding="utf-8")
    assert invoke("--baseline", "kpilint-baseline.json").return_value == 0


def test_entries_that_are_gone_are_told_once_the_rule_ran() -> None:
    with_owner("")
    invoke("--write-baseline", "--baseline", "known.json")
    with_owner("Sales")
    told = invoke("--baseline", "known.json")
    assert told.return_value == 0
    assert "1 entry of known.json is found no longer" in told.stderr
    assert invoke("--baseline", "known.json", "--quiet").stderr == ""
    assert invoke("--baseline", "known.json", "--ignore", "S002").stderr == ""


def test_a_known_finding_in_each_format() -> None:
    invoke("--write-baseline")
    args = ("--baseline", "kpilint-baseline.json", "--format")
    sarif = json.loads(invoke(*args, "sarif").output)
    assert sarif["runs"][0]["results"][0]["baselineState"] == "unchanged"
    assert json.loads(invoke(*args, "json").output)["summary"]["known"] == 1
    assert json.loads(invoke(*args, "gitlab").output) == []
    assert "P004" not in invoke(*args, "github").output


def test_a_baseline_named_by_the_project_is_written_and_holds() -> None:
    Path("pyproject.toml").write_text('[tool.kpilint]\nbaseline = "known.json"\n', encoding="utf-8")
    assert "known.json" in invoke("--write-baseline").stderr
    assert Path("known.json").exists()
    assert invoke().return_value == 0
    Path("known.json").unlink()
    assert "no such baseline" in str(invoke().exception)


@pytest.mark.parametrize("write", [(), ("--write-baseline",)])
def test_a_broken_baseline_is_one_sentence(write: tuple[str, ...]) -> None:
    Path("known.json").write_text("{", encoding="utf-8")
    result = invoke("--baseline", "known.json", *write)
    assert isinstance(result.exception, FileProblem)
    assert "known.json is not a baseline" in str(result.exception)
    assert Path("known.json").read_text(encoding="utf-8") == "{"


def test_a_baseline_never_overwrites_goals() -> None:
    result = invoke("--baseline", "goals.yaml", "--write-baseline")
    assert isinstance(result.exception, FileProblem)
    assert Path("goals.yaml").read_text(encoding="utf-8") == GOALS


def test_a_missing_baseline_is_exit_code_2() -> None:
    command = [sys.executable, "-m", "kpilint", "goals.yaml", "--baseline", "none.json"]
    done = subprocess.run(command, capture_output=True, check=False)
    assert (done.returncode, done.stdout) == (2, b"")
    assert b"Traceback" not in done.stderr
    assert done.stderr.count(b"\n") == 1


# Watching


@contextmanager
def watched(*args: str) -> Iterator[subprocess.Popen[str]]:
    """A process that watches the goals file, until it is interrupted."""
    command = [sys.executable, "-m", "kpilint", "goals.yaml", *OPTIONS, "--watch", *args]
    process = subprocess.Popen(
        [*command, "--format", "jsonl"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONUTF8": "1", "PYTHONUNBUFFERED": "1"},
    )
    guard = Timer(60, process.kill)  # a save that is never answered fails, and does not hang
    guard.start()
    try:
        yield process
    finally:
        guard.cancel()
        process.kill()
        process.communicate()


def answer(process: subprocess.Popen[str]) -> set[str]:
    """The codes of the next answer."""
    assert process.stdout is not None
    codes: set[str] = set()
    for line in process.stdout:
        read = json.loads(line)
        if read["type"] == "summary":
            return codes
        codes |= {read["code"]} if read["type"] == "finding" else set()
    raise AssertionError(process.stderr.read() if process.stderr else "")


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_each_save_is_answered_until_interrupted() -> None:
    with watched() as process:
        assert answer(process) == {"P004"}
        with_owner("")
        assert answer(process) == {"P004", "S002"}
        saved("more.yaml", "goals: [{id: a}]\n")
        saved("goals.yaml", "include: [more.yaml]\n" + GOALS)
        assert "M001" in answer(process)
        saved("more.yaml", "goals: []  # emptied\n")
        assert answer(process) == {"P004"}
        process.send_signal(signal.SIGINT)
        _out, told = process.communicate()
        assert process.returncode == 0
        assert "\x1b" not in told
        assert "Traceback" not in told


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_a_file_that_is_away_for_a_moment_is_waited_for() -> None:
    with watched() as process:
        answer(process)
        Path("goals.yaml").rename("away.yaml")
        assert process.stderr is not None
        told = [process.stderr.readline() for _line in range(2)]
        assert "there is no such file" in told[-1]
        Path("away.yaml").rename("goals.yaml")
        assert answer(process) == {"P004"}


def test_settings_data_and_baseline_are_watched_too() -> None:
    with watched() as process:
        assert answer(process) == {"P004"}
        saved("pyproject.toml", '[tool.kpilint]\nignore = ["P004"]\n')
        assert answer(process) == set()
        project = '[tool.kpilint]\nbaseline = "known.json"\n'
        known = {"rule": "P004", "kind": "goal", "id": "a", "count": 1}
        content = json.dumps({"version": 1, "files": ["goals.yaml"], "known": [known]})
        saved("known.json", content)
        saved("pyproject.toml", project)
        answer(process)
        saved("known.json", content.replace("P004", "S002"))
        answer(process)


@pytest.mark.parametrize("args", [("-",), ("goals.yaml", "--write-baseline")])
def test_what_cannot_be_watched(args: tuple[str, ...]) -> None:
    result = CliRunner().invoke(kpilint, ["check", *args, "--watch"], standalone_mode=False)
    assert isinstance(result.exception, Misuse)
