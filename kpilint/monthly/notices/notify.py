"""Alerts: who is told of what, once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kpilint.errors import KpilintError
from kpilint.goals import recipient
from kpilint.monthly.notices.channel import Channel, Message, Undelivered
from kpilint.monthly.notices.messages import message
from kpilint.monthly.notices.occasions import Occasion, Occasions
from kpilint.monthly.notices.told import Told

if TYPE_CHECKING:
    from kpilint.goals.alert import Alert


@dataclass(frozen=True, slots=True)
class Notice:
    """What is due for one recipient: the goals or findings of an alert, a run or a report."""

    to: str
    occasions: tuple[Occasion, ...]

    @property
    def channel(self) -> str:
        """The recipient, as it may be told."""
        return recipient.shown(self.to)


@dataclass(frozen=True, slots=True)
class Outcome:
    """A notice and what became of it; ``problem`` is the sentence where it was not sent."""

    notice: Notice
    message: Message
    problem: str = ""


def due(alerts: tuple[Alert, ...], occasions: Occasions, told: Told) -> Iterator[Notice]:
    """What nobody was told yet, alert by alert; nothing is sent or remembered."""
    met: set[tuple[str, str, str]] = set()
    for alert in alerts:
        found = occasions.of(alert)
        for to in alert.to:
            channel = recipient.shown(to)
            new = []
            for each in found:
                name = (each.event.name, each.event.period, channel)
                if name not in met and not told.before(each.event, channel):
                    new.append(each)
                    met.add(name)
            if new and alert.on not in ("run_failed", "report_ready"):
                yield Notice(to, tuple(new))  # several goals or findings make one message
            else:
                yield from (Notice(to, (each,)) for each in new)


def rehearsed(notice: Notice, occasions: Occasions) -> Outcome:
    """What would be sent to whom; nothing is sent or remembered."""
    attached, problem = True, ""
    try:
        attached = Channel.of(notice.to).takes_files
    except KpilintError as refusal:
        problem = str(refusal)
    goals, as_of = occasions.goals, occasions.as_of
    return Outcome(notice, message(goals, notice.occasions, as_of, attached=attached), problem)


def sent(notice: Notice, occasions: Occasions, told: Told) -> Outcome | None:
    """Send a notice and remember it; None where another run does so at this moment.

    One that was not sent is not remembered, so that the next run tries again.
    """
    goals, as_of = occasions.goals, occasions.as_of
    try:
        channel = Channel.of(notice.to)
    except KpilintError as problem:
        return Outcome(notice, message(goals, notice.occasions, as_of, attached=True), str(problem))
    ours = tuple(o for o in notice.occasions if told.announce(o.event, channel.name))
    if not ours:
        return None
    written = message(goals, ours, as_of, attached=channel.takes_files)
    refused, done = "", False
    try:
        channel.send(written)
        done = True
    except Undelivered as problem:
        refused = str(problem)
    finally:
        for each in ours:
            told.settle(each.event, channel.name, sent=done)
    return Outcome(Notice(notice.to, ours), written, refused)


def forget(alerts: tuple[Alert, ...], occasions: Occasions, told: Told) -> None:
    """Let errors that are gone be told again should they come back."""
    if any(alert.on == "error_finding" for alert in alerts):
        found = occasions.findings
        lasting = {occasions.subject(finding) for finding in found}
        decided = found.rules - {each.code for each in found.unchecked}
        told.pass_by("error_finding", lasting, decided)
