"""A month is run whole or not at all, on this interpreter, and says in a sentence what failed."""

from __future__ import annotations

import json
import sys
from datetime import date
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from kpilint.cli.run import run as command
from kpilint.errors import FileProblem, KpilintError, Misuse
from kpilint.monthly import run as run_module
from kpilint.monthly.notebook import load
from kpilint.monthly.run import Run, run

from .conftest import Write

AS_OF = date(2026, 10, 31)


def run_own(client: Path, notebook: Path, **parameters: str) -> Run:
    return run(
        client,
        "2026-10",
        out=client.parent / "reports",
        as_of=AS_OF,
        notebooks=[str(notebook)],
        parameters=parameters,
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
    )
    assert done.folder.name == "2026-10"
    assert sorted(p.name for p in done.folder.iterdir()) == [
        "index.html",
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
    with pytest.raises(Misuse, match=says):
        load(str(path))


def test_a_notebook_without_parameters(write: Write) -> None:
    path = write("1")
    node = json.loads(path.read_text(encoding="utf-8"))
    del node["cells"][0]
    path.write_text(json.dumps(node), encoding="utf-8")
    with pytest.raises(Misuse, match="exactly one code cell"):
        load(str(path))


def test_a_parameters_cell_that_cannot_be_read(write: Write) -> None:
    with pytest.raises(Misuse, match="line 2"):
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
