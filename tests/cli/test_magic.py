"""``%%kpilint`` in IPython's own shell."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from IPython.testing.globalipapp import get_ipython  # noqa: F401, makes a shell possible in tests

from kpilint.finding import Findings
from tests.rules.pages import BASE
from tests.rules.series import SERIES, write_deals

CELL = (
    "language: en\ngoals:\n  - {id: wins, label: 頑張る, role: kpi, metric: <b>x</b>, taget: 3}\n"
)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.chdir(tmp_path)
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "kpilint")
    yield shell
    InteractiveShell.clear_instance()


def magic(shell: InteractiveShell, line: str, cell: str = CELL) -> object:
    return shell.run_cell_magic("kpilint", line, cell)  # type: ignore[no-untyped-call]


def found(shell: InteractiveShell, line: str, cell: str = CELL) -> Findings:
    findings = magic(shell, line, cell)
    assert isinstance(findings, Findings)
    return findings


def test_a_cell_is_linted(shell: InteractiveShell) -> None:
    findings = found(shell, "--offline --as-of 2026-10-01")
    assert {"E002", "S001", "S002"} <= {f.code for f in findings}
    assert {(f.span.path, f.span.line) for f in findings if f.code == "E002"} == {("<cell>", 3)}


def test_options(shell: InteractiveShell) -> None:
    assert {f.code for f in found(shell, "--offline --select S,T --ignore S002")} == {
        "S001", "T001",
    }  # fmt: skip
    assert {str(f.severity) for f in found(shell, "--offline --min-severity error")} == {"error"}
    assert "目標" in found(shell, "--offline --lang ja").text()


def test_findings_show_themselves(shell: InteractiveShell) -> None:
    findings = found(shell, "--offline --select S,A,E")
    assert shell.display_formatter is not None
    shown = shell.display_formatter.format(findings)  # type: ignore[no-untyped-call]
    html = shown[0]["text/html"]
    assert '<td style="color: #8a5a00; font-weight: bold">warning</td>' in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html
    assert "Could not check A00" in html


def test_the_data_of_the_folder(shell: InteractiveShell) -> None:
    assert {f.code for f in found(shell, "", BASE)} >= {"M003"}
    write_deals(Path(os.curdir) / "data" / "deals.csv", SERIES["three_years"])
    assert found(shell, "--as-of 2026-10-01", BASE).findings == ()


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("--selekt S", "--select"),
        ("--select Z9", "Z9"),
        ("--as-of soon", "soon"),
        ("--select 'S", "quotation"),
    ],
)
def test_misuse_is_one_sentence(
    line: str, says: str, shell: InteractiveShell, capsys: pytest.CaptureFixture[str]
) -> None:
    assert magic(shell, line) is None
    told = capsys.readouterr().err
    assert says in told
    assert len(told.splitlines()) == 1


def test_help(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    assert magic(shell, "--help") is None
    assert "%%kpilint [OPTIONS]" in capsys.readouterr().out
