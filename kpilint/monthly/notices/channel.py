"""A message on its way: to Slack, Teams, mail or a webhook, through apprise, within a minute."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING

from kpilint.errors import KpilintError, Misuse
from kpilint.goals import recipient
from kpilint.i18n import _

if TYPE_CHECKING:
    from apprise import AppriseResult, NotifyBase

PATIENCE = 60.0  # seconds that one message may take in all
_CONNECTING, _ANSWERING = 20.0, 30.0  # seconds, of which a service has less by itself


@dataclass(frozen=True, slots=True)
class Message:
    """What is told: a subject of one line, plain text, and perhaps a file."""

    title: str
    text: str
    attachment: Path | None = None


class Undelivered(KpilintError):
    """A message that a service did not take, and why; never with a secret in it."""


@dataclass(frozen=True, slots=True)
class Channel:
    """A recipient whose address is known; ``name`` is how it may be told."""

    name: str
    _service: NotifyBase

    @classmethod
    def of(cls, to: str) -> Channel:
        """Read an address such as ``${SLACK_URL}``; nothing is connected.

        Raises Unavailable for a variable that is not set, and Misuse where apprise is not
        installed or knows no service of such an address.
        """
        address, name = recipient.address(to, os.environ), recipient.shown(to)
        if find_spec("apprise") is None:
            raise Misuse(_("Sending notices needs apprise: install kpilint[notify]."))
        from apprise import Apprise, AppriseAsset

        log = logging.getLogger("apprise")
        log.propagate = False  # what it says may hold a part of an address
        log.setLevel(logging.DEBUG)  # else it keeps the reason of a failure to itself
        asset = AppriseAsset(
            app_id="kpilint",
            app_url="",
            image_url_mask="",  # no logo fetched from elsewhere
            service_timeout=0,
            interpret_emojis=False,
        )
        service = Apprise.instantiate(address, asset=asset)
        if service is None:
            raise Misuse(
                _(
                    "What {name} holds is no address that a message can be sent to; write for "
                    "example {example}.",
                    name=name,
                    example="mailtos://USER:PASSWORD@smtp.example.com?to=you@example.com",
                )
            )
        service.socket_connect_timeout = max(service.socket_connect_timeout, _CONNECTING)
        service.socket_read_timeout = max(service.socket_read_timeout, _ANSWERING)
        return cls(name, service)

    @property
    def takes_files(self) -> bool:
        """Whether a file can go with the message; a Slack webhook takes none, for one."""
        webhook = "hook" in str(getattr(self._service, "mode", ""))
        return bool(self._service.attachment_support) and not webhook

    def send(self, message: Message) -> None:
        """Hand the message over; raises Undelivered unless the service has taken it."""
        answer: SimpleQueue[AppriseResult | BaseException] = SimpleQueue()
        # A daemon, so that a server that never answers cannot hold up the end of the program.
        Thread(target=self._work, args=(message, answer), daemon=True).start()
        try:
            result = answer.get(timeout=PATIENCE)
        except Empty:
            raise self._undelivered(_late()) from None
        if isinstance(result, BaseException):
            raise self._undelivered(_unknown()) from None
        attempts = [attempt for each in result for attempt in each]
        if not attempts or not attempts[-1]:  # the result itself is well if the URL says optional
            raise self._undelivered(_reason(entry.message for entry in result.logs()))

    def _work(self, message: Message, answer: SimpleQueue[AppriseResult | BaseException]) -> None:
        from apprise import Apprise, AppriseAttachment, NotifyFormat
        from apprise.attachment.file import AttachFile

        try:
            files = None
            if message.attachment is not None and self.takes_files:
                path = message.attachment
                name = f"{path.parent.name}.html" if path.name == "index.html" else path.name
                files = AppriseAttachment(
                    AttachFile(str(path), name=name)  # type: ignore[no-untyped-call]
                )
            sender = Apprise(self._service)
            answer.put(
                sender.notify(
                    message.text,
                    message.title,
                    body_format=NotifyFormat.TEXT,
                    attach=files,
                    interpret_escapes=False,
                    log_level=logging.DEBUG,
                )
            )
        except Exception as problem:
            answer.put(problem)

    def _undelivered(self, reason: str) -> Undelivered:
        return Undelivered(_("Nothing was sent to {name}: {reason}", name=self.name, reason=reason))


_ANSWER = re.compile(r"\berror=(?P<http>[0-9]{3})\b|\((?P<smtp>[0-9]{3}), b['\"]")
_REFUSED = {401, 403, 407, 530, 534, 535, 538}


def _reason(logs: Iterable[str]) -> str:
    """Why a service did not take a message, from what apprise logged; nothing of it is quoted."""
    told = "\n".join(logs)
    answered = _ANSWER.search(told)
    if answered:
        code = int(answered["http"] or answered["smtp"])
        if code in _REFUSED:
            return _("the service refuses these credentials (code {code}).", code=code)
        return _("the service refuses the message (code {code}).", code=code)
    if re.search(r"timed out|timeout", told, re.IGNORECASE):
        return _late()
    if re.search(r"Connection|Socket|Errno|SSL|getaddrinfo", told):
        return _("the service cannot be reached; check the address and the network.")
    return _unknown()


def _late() -> str:
    return _("the service did not answer in time.")


def _unknown() -> str:
    return _("the service did not take the message; check its address.")
