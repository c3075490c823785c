"""``kpilint notify`` as it is typed: what it prints, what it leaves, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kpilint.cli import kpilint
from kpilint.errors import FileProblem, KpilintError, Misuse
from tests.monthly.notices.test_notify import EVIL, REACHED, client
from tests.monthly.post import webhook

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise imports it


def run(*args: str | Path) -> Result:
    words = ["notify", *map(str, args), "--as-of", "2026-10-27"]
    return CliRunner().invoke(kpilint, words, catch_exceptions=False, standalone_mode=False)


def test_a_rehearsal_shows_all_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = client(tmp_path, REACHED, 'on: report_ready, to: "${HOOK}"')
    page = tmp_path / "reports" / "2026-09" / "index.html"
    page.parent.mkdir(parents=True)
    page.touch()
    before = sorted(tmp_path.rglob("*"))
    with webhook() as hook:
        monkeypatch.setenv("HOOK", hook.url)
        shown = [run(path, "--dry-run") for _time in range(2)]
        assert hook.posts == []
    assert sorted(tmp_path.rglob("*")) == before
    assert [each.return_value for each in shown] == [0, 0]
    assert shown[0].output == shown[1].output
    for line in (
        "To HOOK:",
        "  受注金額 Oct 2026: attainment is 75% or more",
        "  Actual: ¥80",
        "  Next: 週次で見直す",
        f"  Attached: {page}",
    ):
        assert line in shown[0].output.splitlines()
    assert "opensesame" not in shown[0].output


def test_what_is_sent_is_said_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = client(tmp_path, REACHED)
    with webhook() as hook:
        monkeypatch.setenv("HOOK", hook.url)
        first, second = run(path), run(path)
    told = "Sent to HOOK: 受注金額 Oct 2026: attainment is 75% or more\n"
    assert (first.return_value, first.output) == (0, told)
    assert (second.return_value, second.output) == (0, "There is nothing new to tell.\n")


def test_what_was_sent_as_json(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = client(tmp_path, REACHED)
    unset = json.loads(run(path, "--format", "json").stdout)["notices"]
    assert [(each["sent"], "HOOK is not set" in each["problem"]) for each in unset] == [
        (False, True)
    ]
    with webhook() as hook:
        monkeypatch.setenv("HOOK", hook.url)
        told = [run(path, "--format", "json", *more).stdout for more in (["--dry-run"], [], [])]
    assert "opensesame" not in "".join(told)
    rehearsed, sent, again = (json.loads(text)["notices"] for text in told)
    assert [(each["to"], each["sent"], each["problem"]) for each in rehearsed + sent] == [
        ("HOOK", False, None),
        ("HOOK", True, None),
    ]
    assert (rehearsed[0]["text"], again) == (sent[0]["text"], [])


def test_what_cannot_be_sent_ends_with_2_and_a_sentence(tmp_path: Path) -> None:
    path = client(tmp_path, REACHED, REACHED.replace("75", "50"), label=EVIL)
    result = run(path, "--quiet")
    assert result.return_value == 2
    said = "The environment variable HOOK is not set; put the address to send to in it.\n"
    assert result.output == said
    assert run(path, "--dry-run").return_value == 2


@pytest.mark.parametrize(
    ("alert", "says"),
    [
        (REACHED.replace("attainment", "atainment"), "Did you mean attainment?"),
        (REACHED.replace("goal: g", "goal: h"), "The goal h is not defined."),
        ('on: run_failed, to: "slack://opensesame/b/c"', "write ${SLACK_URL}"),
    ],
)
def test_an_alert_that_cannot_be_read_is_told_and_stops_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, alert: str, says: str
) -> None:
    path = client(tmp_path, alert, REACHED)
    with webhook() as hook:
        monkeypatch.setenv("HOOK", hook.url)
        result = run(path)
        assert len(hook.posts) == 1
    assert result.return_value == 2
    assert says in result.stderr
    assert f"{path}:12: " in result.stderr
    assert "opensesame" not in result.output


def test_a_condition_that_cannot_be_judged_is_told(tmp_path: Path) -> None:
    path = client(tmp_path, REACHED)
    (tmp_path / "deals.csv").write_text("id,amount\n1,2\n", encoding="utf-8")
    result = run(path)
    assert result.return_value == 0
    assert "受注金額: whether attainment >= 75% holds cannot be told." in result.stderr
    assert "closed" in result.stderr


def test_a_file_without_alerts(tmp_path: Path) -> None:
    path = tmp_path / "goals.yaml"
    path.write_text("language: en\n", encoding="utf-8")
    assert run(path).output == f"{path} has no alerts: to tell anyone of.\n"


def test_one_client_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        client(tmp_path / name, REACHED)
    (tmp_path / "a" / "goals.yaml").write_bytes(b"ledger: sqlite:///goals.yaml\nlanguage: en\n" +
        b"alerts: [{on: run_failed, to: '${HOOK}'}]\n")  # fmt: skip
    with webhook() as hook:
        monkeypatch.setenv("HOOK", hook.url)
        result = run(tmp_path / "*" / "goals.yaml")
        assert len(hook.posts) == 1
    assert result.return_value == 2
    assert result.stderr.startswith(f"kpilint: {tmp_path / 'a' / 'goals.yaml'}: ")


@pytest.mark.parametrize(
    ("words", "kind", "says"),
    [
        (("none.yaml",), FileProblem, "no such file"),
        (("none*.yaml",), Misuse, "meets no goals file"),
        (("a.yaml", "b/b.yaml", "--report", "x.html"), Misuse, "one goals file"),
        (("a.yaml", "--report", "x.html"), FileProblem, "no such file"),
    ],
)
def test_what_is_misused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    words: tuple[str, ...],
    kind: type[KpilintError],
    says: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    text = "language: en\nalerts: [{on: report_ready, to: '${HOOK}'}]\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(kind, match=says):
        run(*words, "--lang", "en")


def test_a_report_that_nobody_asked_for(tmp_path: Path) -> None:
    page = tmp_path / "board.html"
    page.touch()
    result = run(client(tmp_path, REACHED.replace("75", "99")), "--report", page)
    assert "the report goes to nobody" in result.stderr
