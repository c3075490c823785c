"""What was called wrongly, and what the world refuses: one sentence, exit code 2, nothing done."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
from babel.messages.pofile import read_po
from click.testing import CliRunner

from kpilint.cli import COMMANDS, kpilint
from kpilint.errors import FileProblem, Misuse
from kpilint.i18n import speaking
from tests.catalogue import PO

BINARY = bytes(range(256)) * 4
SOURCE = """
sources: {deals: {path: deals.csv, key: id}}
metrics: {won: {label: Won, source: deals, agg: count, time: closed, unit: count}}
goals: [{id: won, label: Won, role: kgi, metric: won, owner: A, period: 2026-10, target: 3}]
"""


@pytest.mark.parametrize("content", [b"", b"goals: [1\n", b"[]\n", BINARY])
@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("plan", "a"),
        ("history",),
        ("history", "verify"),
        ("notify",),
        ("notebooks",),
        ("run", "--month", "2026-10"),
    ],
    ids=" ".join,
)
def test_goals_of_which_nothing_can_be_read_are_not_goals_that_hold_nothing(
    words: tuple[str, ...], content: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "goals.yaml"
    path.write_bytes(content)
    name, *rest = words
    with pytest.raises(FileProblem, match=r"goals\.yaml:\d+: "):
        CliRunner().invoke(kpilint, [name, str(path), *rest], catch_exceptions=False)
    assert [each.name for each in tmp_path.iterdir()] == ["goals.yaml"]


def called(*words: str, **streams: Any) -> subprocess.CompletedProcess[str]:
    """The program in a process of its own, in English unless told otherwise."""
    usual = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
    environment = {**os.environ, "LC_ALL": "C.UTF-8", **usual.pop("env", {})}
    command = [sys.executable, "-m", "kpilint", *words]
    return subprocess.run(command, encoding="utf-8", env=environment, timeout=60, **usual)


@pytest.mark.parametrize(("word", "meant"), [("staus", "status"), ("chekc", "check")])
def test_a_slip_of_the_hand_is_no_missing_file(
    word: str, meant: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with speaking("en"), pytest.raises(Misuse, match=f"command {word}. Did you mean {meant}"):
        CliRunner().invoke(kpilint, [word, "goals.yaml"], catch_exceptions=False)
    with speaking("en"), pytest.raises(FileProblem, match="no such file"):
        CliRunner().invoke(kpilint, [f"{word}.yaml"], catch_exceptions=False)
    Path(word).write_text("version: 1\n", encoding="utf-8")  # a goals file may be called anything
    assert "R001" in CliRunner().invoke(kpilint, [word, "--offline"]).output


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_under_the_output_is_one_sentence() -> None:
    with open("/dev/full", "w") as full:
        done = called("rules", stdout=full)
    assert done.returncode == 2
    assert done.stderr == (
        "kpilint: The system refused to read or write: No space left on device.\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="a shell's way to close a stream")
def test_no_standard_input_is_one_sentence() -> None:
    program = shlex.join([sys.executable, "-m", "kpilint", "-", "--lang", "en"])
    done = subprocess.run(["sh", "-c", f"{program} <&-"], capture_output=True, text=True)
    told = "kpilint: There is no standard input to read the goals from.\n"
    assert (done.returncode, done.stderr) == (2, told)


def test_a_reader_that_has_gone_is_not_told_of_findings() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = called("rules", stdout=writing)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (2, "")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["status", "--hlep"], "エラー: --hlep というオプションはありません。 '--help' の誤り"),
        (["status"], "エラー: 引数が足りません: 'GOALS'."),
        (["rules", "--format", "txt"], "'txt' は指定できません。使えるのは 'text', 'json' です。"),
        (["run", "a", "--jobs", "0"], "0 は範囲 x>=1 の外にあります。"),
    ],
    ids=lambda each: each[0] if isinstance(each, list) else "",
)
def test_misuse_is_told_in_the_language_asked_for(words: list[str], told: str) -> None:
    for chosen in (["--lang", "ja"], ["--lang=ja"]):
        done = called(*words, *chosen)
        assert done.returncode == 2 and told in done.stderr
        assert done.stderr.startswith("使い方: ")
    assert told in called(*words, env={"LC_ALL": "ja_JP.UTF-8"}).stderr
    assert called(*words).stderr.startswith("Usage: ")


def test_help_is_in_one_language() -> None:
    japanese = called("check", "--help", "--lang", "ja").stdout
    assert "オプション:" in japanese and "この説明を表示して終了します。" in japanese
    assert not re.search(r"(?m)^(Usage|Options|Commands):|Show this|\[default", japanese)


def test_click_says_what_the_catalogue_knows() -> None:
    """Another version of click with other words would speak English again."""
    with PO.with_name("click.po").open("rb") as file:
        known = [message.id for message in read_po(file, locale="ja") if message.id]
    code = "".join(
        path.read_text(encoding="utf-8") for path in Path(click.__file__).parent.glob("*.py")
    )
    texts = [text for each in known for text in ([each] if isinstance(each, str) else each)]
    assert [text for text in texts if f'"{text}"' not in code] == []
    assert len(texts) > 25


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_takes_a_language_and_can_be_quiet(command: str) -> None:
    found = kpilint.get_command(click.Context(kpilint), command)
    assert found is not None
    options = {name for parameter in found.params for name in parameter.opts}
    assert {"--lang", "--quiet"} <= options


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are not bytes")
def test_a_folder_whose_name_is_not_utf8(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(bytes(tmp_path) + "/営業".encode("cp932")))
    folder.mkdir()
    (folder / "deals.csv").write_text("id,closed\n1,2026-10-01\n", encoding="utf-8")
    (folder / "goals.yaml").write_text(SOURCE, encoding="utf-8")
    done = called("goals.yaml", "--lang", "en", cwd=folder)
    assert (done.returncode, done.stderr) == (1, "")
    assert "M003 source-unreadable" in done.stdout
    assert "deals.csv lies in a folder, or has a name, that cannot be read as UTF-8" in done.stdout


@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends a process without asking it")
def test_whoever_is_told_to_end_tidies_up(tmp_path: Path) -> None:
    for name, content in (("goals.yaml", SOURCE), ("deals.csv", "id,closed\n1,2026年10月1日\n")):
        (tmp_path / name).write_bytes(content.encode("cp932" if name == "deals.csv" else "utf-8"))
    (tmp_path / "tmp").mkdir()
    environment = {**os.environ, "LC_ALL": "C.UTF-8", "TMPDIR": str(tmp_path / "tmp")}
    program = (
        "import sys, kpilint.cli.remembered as remembered\n"
        "from kpilint.__main__ import main\n"
        "def held(goals, data, **how):\n"
        "    data.table('deals').count().execute()\n"
        "    print('reading', flush=True)\n"
        "    sys.stdin.read()\n"
        "remembered.lint = held\n"
        "main()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, "goals.yaml", "--no-cache", "--lang", "en"],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as running:
        assert running.stdout is not None and running.stderr is not None
        assert running.stdout.readline() == "reading\n"
        assert list((tmp_path / "tmp").iterdir())  # the export as UTF-8
        running.terminate()
        assert running.stderr.read().strip() == "Stopped."
    assert running.returncode == 2
    assert not list((tmp_path / "tmp").iterdir())
