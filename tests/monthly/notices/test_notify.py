"""Notices against a real mail server and a real endpoint: each event once, and no secret told."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from base64 import b64decode
from collections.abc import Iterator
from datetime import date, timedelta
from io import StringIO
from pathlib import Path

import pytest

from kpilint.data.dataset import Dataset
from kpilint.data.ledger import Entry, Ledger
from kpilint.goals.goalfile import read
from kpilint.i18n import speaking
from kpilint.monthly.notices import channel
from kpilint.monthly.notices.channel import Channel
from kpilint.monthly.notices.notify import Outcome, due, forget, sent
from kpilint.monthly.notices.occasions import Occasions
from kpilint.monthly.notices.told import ABANDONED, Event, Told
from tests.data.servers import free_port
from tests.monthly.post import Hook, Mailbox, mail_server, webhook

pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated")  # apprise imports it
DAY = date(2026, 10, 27)
EVIL = (
    "<script>alert(1)</script> <!channel> @channel **b** [x](http://e) {{7*7}} \u202e\r\nBcc: x@y.z"
)
GOALS = """
organization: みほん
language: en
sources: {{deals: {{path: deals.csv, key: id}}}}
metrics:
  sales: {{source: deals, agg: sum, column: amount, time: closed, unit: JPY, better: higher}}
  {more}
goals:
  - {{id: g, label: "{label}", role: kgi, metric: sales, owner: 営業部, period: 2026-10,
     target: 100円, action: 週次で見直す}}
alerts:
  {alerts}
"""


def client(
    folder: Path, *alerts: str, actual: int = 80, label: str = "受注金額", more: str = ""
) -> Path:
    told = "\n  ".join(f"- {{{alert}}}" for alert in alerts)
    path = folder / "goals.yaml"
    text = GOALS.format(actual=actual, alerts=told, label=label, more=more)
    path.write_text(text, encoding="utf-8")
    days = [f"{day},{actual if day == 1 else 0},2026-10-{day:02}" for day in range(1, 32)]
    (folder / "deals.csv").write_text("id,amount,closed\n" + "\n".join(days), encoding="utf-8")
    return path


def tell(path: Path, day: date = DAY, report: Path | None = None) -> list[Outcome]:
    """What ``kpilint notify`` does, without its output."""
    goals = read(path)
    with speaking("en"), Dataset.of(goals) as data:
        occasions = Occasions(goals, data, day, "en", report)
        told = Told(data.ledger, day)
        found = (sent(notice, occasions, told) for notice in due(goals.alerts, occasions, told))
        outcomes = [each for each in found if each]
        forget(goals.alerts, occasions, told)
        return outcomes


@pytest.fixture
def hook(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hook]:
    with webhook() as found:
        monkeypatch.setenv("HOOK", found.url)
        yield found


@pytest.fixture
def mailbox(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mailbox]:
    with mail_server() as found:
        monkeypatch.setenv("MAIL", found.url)
        yield found


REACHED = 'goal: g, when: "attainment >= 75%", to: "${HOOK}"'


# Each event once


def test_a_goal_that_reaches_its_condition_is_told_once(tmp_path: Path, hook: Hook) -> None:
    path = client(tmp_path, REACHED, actual=70)
    assert tell(path) == []
    client(tmp_path, REACHED, actual=80)
    (outcome,) = tell(path)
    assert outcome.problem == ""
    (post,) = hook.posts
    assert post["title"] == "受注金額 Oct 2026: attainment is 75% or more"
    lines = post["message"].split("\n")
    for line in ("Period: Oct 2026, days left: 4", "Owner: 営業部", "Actual: ¥80", "Target: ¥100"):
        assert line in lines
    assert "Attainment: 80%" in lines
    assert "Next: 週次で見直す" in lines
    client(tmp_path, REACHED.replace(" >= ", ">="), actual=90)
    assert tell(path, DAY + timedelta(days=1)) == []
    assert len(hook.posts) == 1
    assert Ledger.of(read(path)).verify() == ()


@pytest.mark.parametrize(
    ("day", "actual", "told"),
    [
        (date(2026, 10, 23), 80, False),
        (date(2026, 10, 24), 80, True),
        (date(2026, 10, 24), 100, False),
        (date(2026, 11, 2), 80, False),
    ],
)
def test_a_week_before_and_not_met(
    tmp_path: Path, hook: Hook, day: date, actual: int, told: bool
) -> None:
    late = 'goal: g, when: "days_left <= 7 and attainment < 100%", to: "${HOOK}"'
    assert bool(tell(client(tmp_path, late, actual=actual), day)) is told


def test_a_new_condition_and_a_new_recipient_are_new(
    tmp_path: Path, hook: Hook, mailbox: Mailbox
) -> None:
    path = client(tmp_path, REACHED)
    assert len(tell(path)) == 1
    client(tmp_path, REACHED.replace('"${HOOK}"', '["${HOOK}", "${MAIL}"]'))
    assert [outcome.notice.channel for outcome in tell(path)] == ["MAIL"]
    client(tmp_path, REACHED, REACHED.replace("75", "50"), REACHED.replace("75", "50"))
    assert len(tell(path)) == 1
    assert (len(hook.posts), len(mailbox.mails)) == (2, 1)


def test_a_failed_sending_is_tried_again_and_stops_no_other(
    tmp_path: Path, hook: Hook, mailbox: Mailbox
) -> None:
    path = client(tmp_path, REACHED, REACHED.replace("HOOK", "MAIL"))
    hook.status = 500
    bad, good = tell(path)
    assert (bad.problem, good.problem) == (
        "Nothing was sent to HOOK: the service refuses the message (code 500).",
        "",
    )
    hook.status = 200
    (again,) = tell(path)
    assert again.problem == ""
    assert tell(path) == []
    assert len(mailbox.mails) == 1


def test_two_at_once_send_once(tmp_path: Path, hook: Hook) -> None:
    path = client(tmp_path, REACHED)
    command = [sys.executable, "-m", "kpilint", "notify", str(path), "--as-of", "2026-10-27"]
    running = [subprocess.Popen(command, stderr=subprocess.PIPE) for _run in range(2)]
    assert [process.communicate()[1] for process in running] == [b""] * 2
    assert len(hook.posts) == 1
    assert Ledger.of(read(path)).verify() == ()


def test_a_killed_run_that_had_announced_holds_nothing_up_for_long(tmp_path: Path) -> None:
    goals = read(client(tmp_path, REACHED))
    event = Event("when", "g|attainment >= 75%", "2026-10-01..2026-10-31", "g")
    assert Told(Ledger.of(goals), DAY).announce(event, "HOOK")
    assert Told(Ledger.of(goals), DAY).before(event, "HOOK")
    assert not Told(Ledger.of(goals), DAY).announce(event, "HOOK")
    from kpilint.monthly.notices.told import _closed

    records = Ledger.of(goals).records("notice")
    assert _closed(list(records), records[-1].at)
    assert not _closed(list(records), records[-1].at + ABANDONED + timedelta(seconds=1))


# Errors, runs and reports


def test_errors_are_told_together_and_again_when_they_come_back(tmp_path: Path, hook: Hook) -> None:
    alert = 'on: error_finding, to: "${HOOK}"'
    broken = "a: {unit: nonsense}\n  b: {unit: nonsense}"
    path = client(tmp_path, alert, more=broken)
    assert len(tell(path)) == 1
    title, text = hook.posts[0]["title"], hook.posts[0]["message"]
    assert title == "みほん: 1 error in the goals"  # one rule, on the file: one thing to tell
    assert "E003" in text
    assert "goals.yaml:" in text
    assert tell(path) == []
    assert tell(client(tmp_path, alert)) == []
    assert len(tell(client(tmp_path, alert, more=broken))) == 1


def test_a_run_that_failed(tmp_path: Path, hook: Hook) -> None:
    path = client(tmp_path, 'on: run_failed, to: "${HOOK}"')
    ledger = Ledger.of(read(path))

    def record(name: str, state: str, day: date = DAY) -> None:
        body = {"state": state, "problem": "The disk is full." if state == "failed" else None}
        ledger.append([Entry("run", name, "", body)], as_of=day, run=name)

    record("2026-09", "failed")
    record("2026-09", "published")
    record("2026-05", "failed", DAY - timedelta(days=60))
    assert tell(path) == []
    record("2026-10", "failed")
    assert len(tell(path)) == 1
    assert hook.posts[0]["title"] == "みほん: the run of Oct 2026 failed"
    assert "The disk is full." in hook.posts[0]["message"]
    assert tell(path) == []
    record("2026-10", "published")
    assert tell(path) == []
    record("2026-10", "failed")
    assert len(tell(path)) == 1


def test_the_newest_report_goes_out_attached(tmp_path: Path, mailbox: Mailbox) -> None:
    path = client(tmp_path, 'on: report_ready, to: "${MAIL}"')
    for name in ("2026-08", "2026-09", "2026-W41", "2026-13", "2026-09.failed"):
        (tmp_path / "reports" / name).mkdir(parents=True)
        (tmp_path / "reports" / name / "index.html").write_text(f"<p>{name} 報告")
    assert {outcome.problem for outcome in tell(path)} == {""}
    told = {}
    for mail in mailbox.mails:
        (file,) = mail.iter_attachments()
        assert file.get_content_type() == "text/html"
        told[file.get_filename()] = b64decode(str(file.get_payload())).decode()
    assert told == {"2026-09.html": "<p>2026-09 報告", "2026-W41.html": "<p>2026-W41 報告"}
    subjects = sorted(str(mail["subject"]) for mail in mailbox.mails)
    assert subjects[1] == "みほん: the report of Sep 2026"
    assert mailbox.mails[0]["to"] == "boss@example.com"
    assert tell(path) == []


def test_a_report_by_name(tmp_path: Path, hook: Hook) -> None:
    path = client(tmp_path, 'on: report_ready, to: "${HOOK}"')
    page = tmp_path / "board.html"
    page.write_text("<p>for the board", encoding="utf-8")
    assert len(tell(path, report=page)) == 1
    (file,) = hook.posts[0]["attachments"]
    assert (file["filename"], b64decode(file["base64"])) == ("board.html", b"<p>for the board")


def test_where_no_file_can_go_its_place_is_told() -> None:
    assert Channel("x", _service("json://localhost")).takes_files
    assert not Channel(
        "x", _service("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7")
    ).takes_files


def _service(url: str) -> channel.NotifyBase:
    from apprise import Apprise

    found = Apprise.instantiate(url)
    assert found is not None
    return found


# What can go wrong on the way


def problem(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, url: str) -> str:
    """What is said where an address does not work; no secret may be in it or in the ledger."""
    monkeypatch.setenv("HOOK", url)
    path = client(tmp_path, REACHED)
    (outcome,) = tell(path)
    assert "opensesame" not in outcome.problem
    assert all(b"opensesame" not in file.read_bytes() for file in tmp_path.glob(".kpilint/*"))
    records = Ledger.of(read(path)).records("notice")
    assert "sent" not in {record.entry.body["state"] for record in records}
    return outcome.problem.removeprefix("Nothing was sent to HOOK: ")


@pytest.mark.parametrize("scheme", ["mailto", "mailtos", "json", "jsons", "slack"])
def test_a_server_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, scheme: str
) -> None:
    place = f"127.0.0.1:{free_port()}"
    if scheme == "slack":
        from apprise.plugins.slack import NotifySlack

        monkeypatch.setattr(NotifySlack, "webhook_url", f"http://{place}")
        place = "T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkopensesameH7"
    said = problem(monkeypatch, tmp_path, f"{scheme}://{_login(scheme)}{place}{_query(scheme)}")
    assert said == "the service cannot be reached; check the address and the network."


def _login(scheme: str) -> str:
    return "me:opensesame@" if "mail" in scheme else ""


def _query(scheme: str) -> str:
    return "?from=a@example.com&to=b@example.com" if "mail" in scheme else ""


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # of a server that only this machine sees
def test_credentials_that_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with mail_server("me", "right") as box:
        url = box.url.replace("mailto://", "mailto://me:opensesame@")
        said = problem(monkeypatch, tmp_path, url)
        assert said == "the service refuses these credentials (code 535)."
        monkeypatch.setenv("HOOK", box.url.replace("mailto://", "mailto://me:right@"))
        assert [each.problem for each in tell(tmp_path / "goals.yaml")] == [""]
        assert len(box.mails) == 1


@pytest.mark.parametrize(
    ("status", "says"),
    [(401, "refuses these credentials (code 401)"), (404, "refuses the message (code 404)")],
)
def test_an_endpoint_that_refuses(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, status: int, says: str
) -> None:
    with webhook(status) as hook:
        assert says in problem(monkeypatch, tmp_path, hook.url)


def test_a_failure_that_the_address_calls_optional_is_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with webhook(500) as hook:
        assert "500" in problem(monkeypatch, tmp_path, hook.url + "?optional=yes")


def test_a_server_that_never_answers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(channel, "PATIENCE", 0.5)
    with webhook() as hook:
        hook.slow = threading.Event()
        assert problem(monkeypatch, tmp_path, hook.url) == "the service did not answer in time."
        hook.slow.set()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("", "The environment variable HOOK is not set"),
        ("opensesame", "What HOOK holds is no address"),
        ("nonsense://opensesame", "What HOOK holds is no address"),
        ("slack://opensesame", "What HOOK holds is no address"),
        ("mailto://", "What HOOK holds is no address"),
    ],
)
def test_an_address_that_is_none(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capfd: pytest.CaptureFixture[str],
    url: str,
    says: str,
) -> None:
    log = StringIO()
    monkeypatch.setattr(logging.root, "handlers", [logging.StreamHandler(log)])
    assert says in problem(monkeypatch, tmp_path, url)
    assert "opensesame" not in "".join([*capfd.readouterr(), log.getvalue()])


def test_apprise_is_an_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(channel, "find_spec", lambda _name: None)
    assert "install kpilint[notify]" in problem(monkeypatch, tmp_path, "json://localhost")


# Text stays text


def test_a_mail_is_plain_whatever_its_goals_are_called(tmp_path: Path, mailbox: Mailbox) -> None:
    (outcome,) = tell(client(tmp_path, REACHED.replace("HOOK", "MAIL"), label=EVIL))
    assert outcome.problem == ""
    (mail,) = mailbox.mails
    assert mail["bcc"] is None
    assert "Bcc: x@y.z" in str(mail["subject"])
    html = mail.get_body(("html", "plain"))
    assert html is not None
    text = html.get_content()
    assert "<script" not in text
    assert "{{7*7}}" in text
    assert "\u202e" not in text


def test_slack_calls_nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, hook: Hook) -> None:
    from apprise.plugins.slack import NotifySlack

    monkeypatch.setattr(NotifySlack, "webhook_url", hook.url.replace("json:", "http:"))
    monkeypatch.setenv("HOOK", "slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7")
    (outcome,) = tell(client(tmp_path, REACHED, label=EVIL))
    assert outcome.problem == ""
    (post,) = hook.posts
    told = str(post)
    assert "icon_url" not in post  # no logo from elsewhere
    assert post["mrkdwn"] is False
    assert "<" not in told
    assert " @" not in told
    assert "＠channel" in told
