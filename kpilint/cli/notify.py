"""``kpilint notify``: the alerts of a goals file are looked at, and what is new is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpilint.cli import options
from kpilint.errors import KpilintError, Misuse
from kpilint.i18n import _, preferred, speaking

if TYPE_CHECKING:
    from kpilint.goals.alert import Alert
    from kpilint.goals.goalset import GoalSet
    from kpilint.monthly.notices.notify import Outcome
    from kpilint.monthly.notices.occasions import Occasions


@click.command(help=_("Tell whom the alerts of GOALS name what is new, each event once."))
@click.argument("goals", nargs=-1, required=True, metavar="GOALS...")
@click.option(
    "--dry-run", is_flag=True, help=_("Show who would be told what; send and remember nothing.")
)
@click.option(
    "--report",
    type=click.Path(path_type=Path),
    help=_("The report that is ready; the newest one beside the goals file if not given."),
)
@options.form("text", "json")
@options.as_of
@options.lang
@options.quiet
def notify(
    goals: tuple[str, ...],
    dry_run: bool,
    report: Path | None,
    form: str,
    as_of: date | None,
    lang: str | None,
    quiet: bool,
) -> int:
    """Send what is due; exit code 2 where an alert cannot be read or a notice was not sent."""
    from kpilint.monthly.clients import clients

    with speaking(lang or preferred()):
        chosen = clients(goals, None)
        if report and len(chosen) > 1:
            raise Misuse(_("--report is the report of one goals file; name one."))
        silent = quiet or form == "json"
        each = _Each(dry_run, report, as_of or date.today(), lang, silent)
        tell = each.tell if len(chosen) == 1 else each.tried
        code = max(tell(client.goals) for client in chosen)
    if form == "json":
        click.echo(json.dumps(each.plain(), ensure_ascii=False, indent=1))
    return code


@dataclass(frozen=True, slots=True)
class _Each:
    """What is asked for every client."""

    dry_run: bool
    report: Path | None
    as_of: date
    lang: str | None
    silent: bool
    outcomes: list[tuple[Path, Outcome]] = field(default_factory=list)

    def plain(self) -> dict[str, object]:
        """What became of every notice, as JSON can say it."""
        return {
            "version": 1,
            "as_of": self.as_of.isoformat(),
            "dry_run": self.dry_run,
            "notices": [_plain(path, each, self.dry_run) for path, each in self.outcomes],
        }

    def tell(self, path: Path) -> int:
        """Tell what one goals file's alerts are about; the exit code."""
        from kpilint.data.dataset import Dataset
        from kpilint.monthly.notices.occasions import Occasions, misread

        goals = options.opened(path, language=self.lang)
        language = self.lang or goals.language
        with speaking(language), Dataset.of(goals) as data:
            occasions = Occasions(goals, data, self.as_of, language, self.report)
            broken = misread(goals, self.as_of, language)
            for finding in (f for findings in broken.values() for f in findings):
                place = f"{finding.span.path}:{finding.span.line}"
                click.echo(f"{place}: {finding.message}", err=True)
            alerts = tuple(alert for alert in goals.alerts if alert not in broken)
            if self.report and not any(alert.on == "report_ready" for alert in alerts):
                told = _("No alert has on: report_ready, so the report goes to nobody.")
                click.echo(told, err=True)
            failed = self._send(path, alerts, occasions)
        return 2 if broken or failed else 0

    def _send(self, path: Path, alerts: tuple[Alert, ...], occasions: Occasions) -> bool:
        """Whether something could not be sent."""
        from kpilint.monthly.notices.notify import due, forget, rehearsed, sent
        from kpilint.monthly.notices.told import Told

        told = Told(occasions.data.ledger, self.as_of)
        outcomes = []
        for notice in due(alerts, occasions, told):
            if self.dry_run:
                outcomes.append(rehearsed(notice, occasions))
            elif outcome := sent(notice, occasions, told):
                outcomes.append(outcome)
            else:
                continue  # another run is telling them
            if not self.silent:
                _show(outcomes[-1], dry_run=self.dry_run)
        for problem in dict.fromkeys(each.problem for each in outcomes if each.problem):
            click.echo(problem, err=True)
        self.outcomes.extend((path, outcome) for outcome in outcomes)
        if not self.dry_run:
            forget(alerts, occasions, told)
        if not self.silent:
            for sentence in occasions.undecided:
                click.echo(sentence, err=True)
            if not outcomes:
                click.echo(_nothing(occasions.goals))
        return any(outcome.problem for outcome in outcomes)

    def tried(self, path: Path) -> int:
        """The same, where a failure is told in a sentence and stops no other client."""
        try:
            return self.tell(path)
        except KpilintError as problem:
            click.echo(f"kpilint: {path}: {problem}", err=True)
            return 2


def _plain(path: Path, outcome: Outcome, dry_run: bool) -> dict[str, object]:
    message = outcome.message
    return {
        "goals": str(path),
        "to": outcome.notice.channel,
        "title": message.title,
        "text": message.text,
        "attachment": str(message.attachment) if message.attachment else None,
        "sent": not (dry_run or outcome.problem),
        "problem": outcome.problem or None,
    }


def _show(outcome: Outcome, *, dry_run: bool) -> None:
    channel, message = outcome.notice.channel, outcome.message
    if dry_run:
        click.echo(_("To {channel}:", channel=channel))
        lines = [message.title, "", *message.text.splitlines()]
        if message.attachment:
            lines.append(_("Attached: {path}", path=message.attachment))
        click.echo("\n".join(f"  {line}".rstrip() for line in lines) + "\n")
    elif not outcome.problem:
        click.echo(_("Sent to {channel}: {title}", channel=channel, title=message.title))


def _nothing(goals: GoalSet) -> str:
    if goals.alerts:
        return _("There is nothing new to tell.")
    return _("{path} has no alerts: to tell anyone of.", path=goals.origin)
