"""A month is run whole or not at all, on this interpreter, and says in a sentence what failed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpilint.cli.run import run as command
from kpilint.data.ledger import Ledger
from kpilint.errors import FileProblem, KpilintError, Misuse
from kpilint.goals.goalfile import read
from kpilint.monthly import record, report
from kpilint.monthly import run as run_module
from kpilint.monthly.kernel import OwnKernel
from kpilint.monthly.month import Month, key_of
from kpilint.monthly.notebook import available, load
from kpilint.monthly.run import Run, run, warmed

from .conftest import Write

AS_OF = date(2026, 10, 31)


@pytest.fixture(scope="module", autouse=True)
def kernels() -> Iterator[type[OwnKernel]]:
    """Warmed once for all runs here."""
    with warmed() as started:
        WARM[:] = [started]
        yield started


WARM: list[type[OwnKernel]] = []


def run_own(client: Path, *notebooks: Path, period: str = "2026-10", **parameters: str) -> Run:
    return run(
        client,
        period,
        out=client.parent / "reports",
        as_of=AS_OF,
        notebooks=[str(notebook) for notebook in notebooks],
        parameters=parameters,
        kernels=WARM[0],
    )


def outputs(path: Path) -> list[str]:
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    found = (output for cell in cells for output in cell.get("outputs", ()))
    return ["".join(output["data"]["text/plain"]) for output in found]


def test_a_month_is_published(client: Path, write: Write) -> None:
    seen: list[tuple[str, int, int]] = []
    done = run(
        client,
        "2026年10月",
        out=client.parent / "reports",
        as_of=AS_OF,
        notebooks=[str(write("import sys", "sys.executable", "(month, as_of, language, word)"))],
        parameters={"word": "007"},
        progress=lambda *step: seen.append(step),
        kernels=WARM[0],
    )
    assert done.folder.name == "2026-10"
    assert sorted(p.name for p in done.folder.iterdir()) == [
        "board.html",
        "field.html",
        "index.html",
        "manager.html",
        "manifest.json",
        "own.ipynb",
    ]
    assert outputs(done.folder / "own.ipynb") == [
        repr(sys.executable),
        "('2026-10', '2026-10-31', 'en', '007')",
    ]
    assert seen[0][0] == "own"
    assert seen[-1] == ("own", 5, 5)


def test_the_manifest_names_every_input(client: Path, write: Write) -> None:
    done = run_own(client, write("1"), word="x")
    manifest = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))
    hashes = {each["name"]: each["sha256"] for each in manifest["inputs"]}
    assert hashes["goals.yaml"] == sha256(client.read_bytes()).hexdigest()
    assert hashes["deals"]
    assert manifest["as_of"] == "2026-10-31"
    assert manifest["parameters"] == {"word": "x"}
    assert manifest["notebooks"]["own"]["seconds"] > 0
    assert manifest["versions"]["papermill"]


def test_a_kernelspec_of_the_user_is_not_asked(
    client: Path, write: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = tmp_path / "jupyter" / "kernels" / "python3"
    spec.mkdir(parents=True)
    (spec / "kernel.json").write_text('{"argv": ["false"], "display_name": "another Python"}')
    monkeypatch.setenv("JUPYTER_PATH", str(tmp_path / "jupyter"))
    monkeypatch.setenv("PLOTLY_RENDERER", "browser")
    assert run_own(client, write("1 + 1")).page.exists()


@pytest.mark.parametrize(
    ("cell", "says"),
    [
        ("1 / 0", r"cell \[3\]: ZeroDivisionError: division by zero\. What"),
        (
            "from kpilint.errors import Misuse\nraise Misuse('A sentence.')",
            r"cell \[3\]: A sentence\. What",
        ),
        ("print('x', flush=True); raise SystemExit(3)", r"cell \[3\]: SystemExit: 3"),
        ("this is no Python", r"cell \[3\]: SyntaxError"),
    ],
)
def test_a_failing_cell_keeps_the_old_month(
    client: Path, write: Write, cell: str, says: str
) -> None:
    good = run_own(client, write("'the good one'"))
    before = good.page.read_bytes()
    with pytest.raises(KpilintError, match=says):
        run_own(client, write(cell, "'never reached'"))
    assert good.page.read_bytes() == before
    assert sorted(p.name for p in good.folder.parent.iterdir() if p.name[0] != ".") == [
        "2026-10",
        "2026-10.failed",
    ]
    assert (good.folder.parent / "2026-10.failed" / "own.failed.ipynb").exists()
    run_own(client, write("'mended'"))
    assert not (good.folder.parent / "2026-10.failed").exists()


def test_a_dying_kernel(client: Path, write: Write) -> None:
    with pytest.raises(KpilintError, match="process died"):
        run_own(client, write("import os; os._exit(1)"))
    assert not (client.parent / "reports" / "2026-10").exists()


@pytest.mark.parametrize(
    ("parameters", "says"),
    [
        ({"wrod": "x"}, "Did you mean word?"),
        ({"zzz": "x"}, "There are: word"),
        ({"month": "2026-09"}, "--month"),
    ],
)
def test_parameters_that_no_notebook_has(
    client: Path, write: Write, parameters: dict[str, str], says: str
) -> None:
    with pytest.raises(Misuse, match=says.replace("?", r"\?")):
        run_own(client, write("1"), **parameters)


def test_a_notebook_of_ours_by_any_name() -> None:
    names = ["3_funnel_bottleneck", "funnel_bottleneck", "3_funnel_bottleneck.ipynb"]
    assert {load(name).name for name in names} == {"3_funnel_bottleneck"}


def test_an_unknown_notebook() -> None:
    with pytest.raises(Misuse, match=r"Did you mean funnel_bottleneck\?"):
        load("funnel_botleneck")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("", "no Jupyter notebook"),
        ('{"cells": 3}', "no Jupyter notebook"),
        ("[]", "no Jupyter notebook"),
        (b"\xff\xfe\x00", "no Jupyter notebook"),
    ],
)
def test_a_file_that_is_no_notebook(tmp_path: Path, content: str | bytes, says: str) -> None:
    path = tmp_path / "own.ipynb"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(FileProblem, match=says):
        load(str(path))


def test_a_notebook_without_parameters(write: Write) -> None:
    path = write("1")
    node = json.loads(path.read_text(encoding="utf-8"))
    del node["cells"][0]
    path.write_text(json.dumps(node), encoding="utf-8")
    with pytest.raises(FileProblem, match="exactly one code cell"):
        load(str(path))


def test_a_parameters_cell_that_cannot_be_read(write: Write) -> None:
    with pytest.raises(FileProblem, match="line 2"):
        load(str(write("1", parameters="x = 1\ny = = 2")))


@pytest.mark.parametrize("month", ["2026-13", "2026-Q3", "October", ""])
def test_what_is_no_month(client: Path, month: str) -> None:
    with pytest.raises(Misuse, match="no month"):
        run(client, month, out=client.parent, as_of=AS_OF)


def test_a_missing_goals_file(tmp_path: Path) -> None:
    with pytest.raises(FileProblem, match="no such file"):
        run(tmp_path / "goals.yaml", "2026-10", out=tmp_path, as_of=AS_OF)


def test_a_missing_extra(client: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run_module, "find_spec", lambda name: None)
    with pytest.raises(Misuse, match=r"install kpilint\[notebooks\]"):
        run(client, "2026-10", out=client.parent, as_of=AS_OF)


def test_the_command_says_where_the_report_is(client: Path, write: Write) -> None:
    arguments = [str(client), "--month", "2026-10", "--as-of", "2026-10-31", "--lang", "en"]
    notebook = ["--notebook", str(write("word")), "-p", "word", "hello"]
    result = CliRunner().invoke(command, [*arguments, *notebook], catch_exceptions=False)
    assert result.exit_code == 0
    page = client.parent / "reports" / "2026-10" / "index.html"
    assert result.stdout == f"The report is ready: {page}\n"
    assert result.stderr == ""
    assert "hello" in page.read_text(encoding="utf-8")


def test_every_notebook_that_fails_is_told(client: Path, write: Write) -> None:
    books = [
        write("1 / 0", name="first"),
        write("'fine'", name="second"),
        write("import os; os._exit(1)", name="third"),
        write("undefined", name="fourth"),
    ]
    with pytest.raises(KpilintError) as caught:
        run_own(client, *books)
    told = str(caught.value).splitlines()
    assert [line.split()[2] for line in told] == ["first", "third", "fourth"]
    kept = client.parent / "reports" / "2026-10.failed"
    assert {"first.failed.ipynb", "fourth.failed.ipynb"} <= {path.name for path in kept.iterdir()}
    assert not (client.parent / "reports" / "2026-10").exists()
    ended = ledger(client).records("run")[-1].entry.body
    assert ended["state"] == "failed" and ended["problem"] == str(caught.value)


def _runs(pid: int) -> bool:
    """Whether it still does anything: one that has ended keeps its number until it is waited for."""
    try:
        os.kill(pid, 0)
        stat = Path(f"/proc/{pid}/stat")
        return not stat.exists() or stat.read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_no_kernel_outlives_a_run_that_is_stopped(
    client: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As on Ctrl-C, while one notebook sleeps and another waits for its turn."""
    pid = client.parent / "pid"
    sleeping = write(
        f"import os, pathlib, time; pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))",
        "time.sleep(600)",
    )

    def stopped(order: object, data: object) -> None:
        while not (pid.exists() and pid.read_text()):
            time.sleep(0.05)
        raise KeyboardInterrupt

    monkeypatch.setattr(record, "found", stopped)
    with pytest.raises(KeyboardInterrupt):
        run_own(client, sleeping)
    waited = time.monotonic()
    while _runs(int(pid.read_text())):
        assert time.monotonic() < waited + 30
        time.sleep(0.05)
    assert not list((client.parent / "reports").glob("[!.]*"))


def ledger(client: Path) -> Ledger:
    return Ledger.of(read(client))


GOALS = """
metrics: {wins: {label: Wins, source: deals, agg: count, time: b, unit: count, nature: lagging}}
goals:
  - id: w
    label: Wins
    metric: wins
    department: sales
    owner: Ann
    period: 2026-10
    target: 9
    reviews: [{month: 2026-09, why: late, next: call, who: Ann, due: 2026-10-15}]
"""


@pytest.fixture
def goals(client: Path) -> Path:
    """The client with a goal."""
    client.write_text(client.read_text(encoding="utf-8") + GOALS, encoding="utf-8")
    return client


def test_a_month_run_again_is_the_same(goals: Path, write: Write) -> None:
    book = write("1")
    done = run_own(goals, book)
    pages = {page.name: page.read_bytes() for page in done.folder.glob("*.html")}
    recorded = len(ledger(goals).records())
    assert done.changes == ()
    again = run_own(goals, book)
    assert again.changes == ("Nothing has changed since the last time: same inputs, same numbers.",)
    assert {page.name: page.read_bytes() for page in again.folder.glob("*.html")} == pages
    assert len(ledger(goals).records()) == recorded
    assert ledger(goals).verify() == ()


def test_what_changed_is_told_and_remembered(goals: Path, write: Write) -> None:
    book = write("1")
    run_own(goals, book)
    changed = goals.read_text(encoding="utf-8").replace("target: 9", "target: 12")
    goals.write_text(changed, encoding="utf-8")
    deals = goals.parent / "deals.csv"
    deals.write_text(deals.read_text(encoding="utf-8") + "900,,2026-10-03\n", encoding="utf-8")
    done = run_own(goals, book)
    assert set(done.changes) >= {
        "The input goals.yaml has changed.",
        "The input deals has changed.",
        "“Wins”: the target is 12, before 9.",
    }
    targets = [record.entry.body["target"] for record in ledger(goals).records("target")]
    assert targets == [9, 12]
    assert ledger(goals).first_target(read(goals).goals[0]) == 9


def test_a_month_knows_the_one_before(
    goals: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[Month] = []
    monkeypatch.setattr(report, "pages", lambda month: seen.append(month) or {"index.html": ""})
    book = write("1")
    run_own(goals, book, period="2026-09")
    run_own(goals, book, period="2026-10")
    first, second = (month.before for month in seen)
    assert (first.run, first.actuals) == ("", {})
    assert second.run == "2026-09"
    goal = read(goals).goals[0]
    assert second.actuals[key_of(goal)]["goal"] == "w"
    assert second.targets[key_of(goal)]["target"] == 9
    [reviewed] = second.reviews
    assert (reviewed.goal.id, reviewed.review.next) == ("w", "call")
    assert reviewed.then is not None and reviewed.now is not None


def test_a_finding_that_is_gone_is_entered_as_solved(goals: Path, write: Write) -> None:
    book = write("1")
    run_own(goals, book)
    found = {r.entry.body["code"] for r in ledger(goals).records("finding")}
    assert "P004" in found  # there is no action plan
    text = goals.read_text(encoding="utf-8")
    goals.write_text(text.replace("target: 9", "target: 9\n    action: call"), encoding="utf-8")
    run_own(goals, book)
    last = {r.entry.body["code"]: r.entry.body for r in ledger(goals).records("finding")}
    assert last["P004"]["solved"] is True


def test_the_manifest_says_where_the_ledger_was(goals: Path, write: Write) -> None:
    done = run_own(goals, write("1"))
    place = json.loads((done.folder / "manifest.json").read_text(encoding="utf-8"))["ledger"]
    assert {r.number: r.hash for r in ledger(goals).records()}[place["number"]] == place["head"]


def test_a_week_is_published(goals: Path, write: Write) -> None:
    done = run_own(
        goals, write("(week, month)", parameters='week = ""\nmonth = ""'), period="2026-W41"
    )
    assert done.folder.name == "2026-W41"
    assert outputs(done.folder / "own.ipynb") == ["('2026-W41', '2026-10')"]
    assert {record.run for record in ledger(goals).records()} == {"2026-W41"}


def test_an_input_that_changes_meanwhile(goals: Path, write: Write) -> None:
    deals = goals.parent / "deals.csv"
    book = write(f"open({str(deals)!r}, 'a').write('901,,2026-10-04\\n')")
    with pytest.raises(FileProblem, match="deals changed while the notebooks ran"):
        run_own(goals, book)
    assert not (goals.parent / "reports" / "2026-10").exists()


def test_two_notebooks_of_one_name(client: Path, write: Write, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "own.ipynb"
    other.parent.mkdir()
    other.write_bytes(write("1").read_bytes())
    with pytest.raises(Misuse, match="the same name"):
        run_own(client, tmp_path / "own.ipynb", other)


def test_a_ledger_that_cannot_be_written(client: Path, write: Write) -> None:
    (client.parent / ".kpilint").write_text("a file where the folder should be")
    with pytest.raises(KpilintError):
        run_own(client, write("1"))
    assert not (client.parent / "reports" / "2026-10").exists()


def test_the_disk_is_full_when_the_page_is_written(
    goals: Path, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = write("1")
    good = run_own(goals, book)
    kept = good.page.read_bytes()

    def full(path: Path, text: str) -> None:
        raise OSError(28, "No space left on device", str(path))

    monkeypatch.setattr(run_module, "_write", full)
    with pytest.raises(FileProblem, match="No space left on device"):
        run_own(goals, book)
    assert good.page.read_bytes() == kept
    assert ledger(goals).records("run")[-1].entry.body["state"] == "failed"
    monkeypatch.undo()
    assert run_own(goals, book).page.read_bytes() == kept


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_kills_at_random_moments_do_no_harm() -> None:
    """A few of them; tests/benchmarks/kills.py does two hundred."""
    script = "from tests.benchmarks.kills import HARMS, trial; told = trial(5); "
    done = subprocess.run(
        # A process of its own: a fork of this one would take its threads' locks along.
        [sys.executable, "-c", script + "print({h: told[h] for h in HARMS if told[h]})"],
        capture_output=True,
        text=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout == "{}\n", done.stderr[-2000:]


@pytest.mark.parametrize(
    ("text", "left_out"),
    [
        ("goals: []", {"1_goal_review", "3_funnel_bottleneck", "5_goal_progress"}),
        ("goals: [{id: a, label: A}]", {"3_funnel_bottleneck"}),
        (
            "goals: [{id: a, label: A}]\nfunnels: {f: {source: d, record: id, stages: [{name: s, entered: t}]}}",
            set(),
        ),
    ],
)
def test_a_notebook_is_left_out_where_its_subject_is_missing(text: str, left_out: set[str]) -> None:
    goals = read("goals.yaml", source=f"version: 1\n{text}\n")
    assert set(available()) - set(run_module._answerable(goals)) == left_out
