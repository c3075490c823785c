"""The pages on the monthly rhythm: what they show can be typed, scheduled and sent."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import ModuleType, SimpleNamespace, TracebackType
from typing import Any, Self
from zoneinfo import ZoneInfo

import click
import jinja2
import pytest
import yaml
from click.testing import CliRunner

from kpilint.cli import COMMANDS, kpilint
from kpilint.goals.goalfile import read
from kpilint.linter import lint
from kpilint.monthly.notebook import available, load
from kpilint.monthly.notices.channel import Channel

DOCS = Path(__file__).parents[1] / "docs"
PAGE = (DOCS / "monthly.md").read_text(encoding="utf-8")
JAPANESE = (DOCS / "monthly.ja.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```", re.MULTILINE | re.DOTALL)


def blocks(kind: str) -> list[str]:
    return [body for word, body in BLOCK.findall(PAGE) if word == kind]


def understood(line: list[str]) -> click.Context:
    """A command as click reads it: its options exist and their values are of their kind."""
    name, *words = line
    assert name in COMMANDS, name
    command = kpilint.get_command(click.Context(kpilint), name)
    assert command is not None
    return command.make_context(name, words)


def typed(script: str, folder: Path) -> list[list[str]]:
    """The kpilint commands of a shell script, with what the shell makes of their words."""
    stub = folder / "bin" / "kpilint"
    stub.parent.mkdir(exist_ok=True)
    stub.write_text('#!/bin/sh\nprintf "%s\\0" "$@" >>"$SEEN"\nprintf "\\n" >>"$SEEN"\n')
    stub.chmod(0o755)
    seen = folder / "seen"
    seen.write_text("")
    path = f"{stub.parent}{os.pathsep}{os.environ['PATH']}"
    environment = {**os.environ, "PATH": path, "SEEN": str(seen), "HOME": str(folder)}
    subprocess.run(["bash", "-euc", script], cwd=folder, env=environment, check=True)
    return [line.split("\0")[:-1] for line in seen.read_text().splitlines()]


def test_both_languages_show_the_same() -> None:
    assert BLOCK.findall(PAGE) == BLOCK.findall(JAPANESE)
    code = [re.findall(r"`([^`\n]+)`", BLOCK.sub("", page)) for page in (PAGE, JAPANESE)]
    assert set(code[0]) - {"alerts:"} <= set(code[1])
    heads = [len(re.findall(r"^#+ ", BLOCK.sub("", page), re.M)) for page in (PAGE, JAPANESE)]
    assert heads[0] == heads[1]


@pytest.mark.parametrize("script", blocks("sh"))
def test_every_command_can_be_typed(script: str, tmp_path: Path) -> None:
    lines = typed(script, tmp_path)
    assert len(lines) == len(script.splitlines())
    for line in lines:
        understood(line)


def test_the_crontab_asks_for_the_month_that_has_ended(tmp_path: Path) -> None:
    (tmp_path / "clients").mkdir()
    (text,) = blocks("crontab")
    jobs = [line.split(maxsplit=5) for line in text.splitlines() if line[0].isdigit()]
    assert all("%" not in job[5].replace(r"\%", "") for job in jobs)  # cron ends a line there
    scripts = [
        job[5].replace(r"\%", "%").replace("date -d yesterday", "date -d 2026-10-31")
        for job in jobs
    ]
    for script in scripts:
        (line,) = typed(script, tmp_path)
        told = understood(line).params
        assert told["goals"] == ("*/goals.yaml",)
        if line[0] == "run":
            assert told["month"] in ("2026-10", None)
            assert told["week"] in ("2026-W44", None)
            assert told["as_of"] == date(2026, 10, 31)


def test_the_powershell_names_options_that_exist() -> None:
    (text,) = blocks("powershell")
    for line in re.findall(r"^kpilint (.+)$", text, re.M):
        name, *words = shlex.split(line, posix=False)
        command = kpilint.get_command(click.Context(kpilint), name)
        assert command is not None
        known = {option for p in command.params for option in p.opts}
        assert {word for word in words if word.startswith("--")} <= known


def goals_file() -> str:
    return next(text for text in blocks("yaml") if "alerts:" in text)


def test_the_alerts_can_be_read_and_rehearsed(tmp_path: Path) -> None:
    path = tmp_path / "goals.yaml"
    path.write_text(goals_file(), encoding="utf-8")
    goals = read(path)
    assert len(goals.alerts) == 6
    assert [f.message for f in lint(goals, as_of="2026-09-30") if f.code[0] == "E"] == []
    words = ["notify", str(path), "--as-of", "2026-09-30", "--dry-run"]
    told = CliRunner().invoke(kpilint, words, standalone_mode=False, catch_exceptions=False)
    assert "Orders Jul – Sep 2026: attainment is 75% or more" in told.output
    assert "attainment is below 100%" in told.output


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise imports it
def test_the_addresses_are_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [line.split("|") for line in PAGE.splitlines() if re.match(r"\| .*://", line)]
    held = {row[1].strip(): re.findall(r"`(\w+://[^`]+)`", row[2])[0] for row in rows}
    takes = {}
    for service, address in held.items():
        monkeypatch.setenv("URL", address)
        takes[service] = Channel.of("${URL}").takes_files
    assert takes == {"Slack": False, "Teams": False, "Mail": True, "Any webhook": True}


def test_the_workflow_keeps_its_secrets_and_tells_of_failures(tmp_path: Path) -> None:
    workflow = yaml.safe_load(next(text for text in blocks("yaml") if "jobs:" in text))
    job = workflow["jobs"]["kpilint"]
    assert all(value.startswith("${{ secrets.") for value in job["env"].values())
    steps = [step for step in job["steps"] if step.get("run", "").startswith("kpilint")]
    run, notify = (typed(step["run"], tmp_path)[0] for step in steps)
    assert understood(run).params["month"]
    assert understood(notify).command.name == "notify"
    assert steps[1]["if"] == "always()"


def test_the_airflow_example_runs_and_tells(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Airflow is not installed: its names stand in, with the arguments that they document."""
    made: dict[str, dict[str, Any]] = {}
    order: list[tuple[str, str]] = []
    for name in ("acme", "株 beta"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "goals.yaml").touch()
    monkeypatch.setitem(sys.modules, "pendulum", _module(datetime=lambda *day, tz: date(*day)))
    monkeypatch.setitem(sys.modules, "airflow", _module(DAG=_Dag))
    for path, name, known in (
        ("papermill.operators.papermill", "PapermillOperator",
         {"input_nb", "output_nb", "parameters", "kernel_name", "language_name"}),
        ("standard.operators.bash", "BashOperator", {"bash_command", "trigger_rule"}),
    ):  # fmt: skip
        operator = _operator(known | {"task_id"}, made, order)
        parts = f"airflow.providers.{path}".split(".")
        for end in range(2, len(parts)):
            monkeypatch.setitem(sys.modules, ".".join(parts[:end]), _module())
        monkeypatch.setitem(sys.modules, ".".join(parts), _module(**{name: operator}))
    (text,) = blocks("python")
    exec(compile(text.replace("/srv/clients", str(tmp_path)), "dag.py", "exec"), {})
    ended = datetime(2026, 10, 31, 21, tzinfo=UTC)
    airflow = {
        "data_interval_end": SimpleNamespace(in_timezone=lambda n: ended.astimezone(ZoneInfo(n))),
        "macros": SimpleNamespace(timedelta=timedelta),
    }
    assert order == [("acme.run", "acme.notify"), ("株 beta.run", "株 beta.notify")]
    assert {made[f"{name}.notify"]["trigger_rule"] for name in ("acme", "株 beta")} == {"all_done"}
    for name in ("acme", "株 beta"):
        command = jinja2.Template(made[f"{name}.run"]["bash_command"]).render(airflow)
        words = understood(shlex.split(command)[1:]).params
        assert words["goals"] == (str(tmp_path / name / "goals.yaml"),)
        assert (words["month"], words["as_of"], words["jobs"]) == ("2026-10", date(2026, 10, 31), 1)
        understood(shlex.split(made[f"{name}.notify"]["bash_command"])[1:])
        funnel = made[f"{name}.funnel"]
        notebook = Path(funnel["input_nb"]).stem
        assert notebook in available()
        assert funnel["parameters"].keys() <= set(load(notebook).parameters)


class _Dag:
    def __init__(self, _name: str, **given: object) -> None:
        known = {"schedule", "start_date", "catchup", "max_active_tasks"}
        assert given.keys() <= known

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_problem: type | BaseException | TracebackType | None) -> None:
        return None


def _operator(
    known: set[str], made: dict[str, dict[str, Any]], order: list[tuple[str, str]]
) -> type:
    class Operator:
        def __init__(self, **given: Any) -> None:
            assert given.keys() <= known
            self.name = given["task_id"]
            made[self.name] = given

        def __rshift__(self, other: Operator) -> Operator:
            order.append((self.name, other.name))
            return other

    return Operator


def _module(**names: object) -> ModuleType:
    module = ModuleType("airflow")
    vars(module).update(names)
    return module
