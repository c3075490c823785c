"""A mail server and a webhook on this machine, which keep what they are sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.data.servers import free_port

HOST = "127.0.0.1"


@dataclass
class Mailbox:
    """What arrived, as the mail programs of its readers see it."""

    url: str
    mails: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        assert isinstance(envelope.content, bytes)
        mail = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        return "250 OK"


@contextmanager
def mail_server(user: str = "", password: str = "") -> Iterator[Mailbox]:
    """A server that knows one user, or needs none; its ``url`` is without a password."""

    def known(server: Any, session: Any, envelope: Any, way: Any, data: Any) -> AuthResult:
        right = LoginPassword(user.encode(), password.encode())
        return AuthResult(success=data == right, handled=False)

    port = free_port()
    box = Mailbox(f"mailto://{HOST}:{port}?mode=insecure&from=kpi@example.com&to=boss@example.com")
    login = {"authenticator": known, "auth_required": True, "auth_require_tls": False}
    controller = Controller(box, hostname=HOST, port=port, **(login if user else {}))
    controller.start()
    try:
        yield box
    finally:
        controller.stop()


@dataclass
class Hook:
    """What was posted, and the status that it is answered with."""

    url: str
    status: int = 200
    posts: list[dict[str, Any]] = field(default_factory=list)
    slow: threading.Event | None = None  # answers only when it is set


@contextmanager
def webhook(status: int = 200) -> Iterator[Hook]:
    """An endpoint that takes JSON; ``url`` is as apprise writes it, with a secret path."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if hook.slow is not None:
                hook.slow.wait(20)
            hook.posts.append(json.loads(body))
            self.send_response(hook.status)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")  # as Slack answers

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer((HOST, 0), Handler)
    hook = Hook(f"json://{HOST}:{server.server_port}/opensesame", status)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield hook
    finally:
        server.shutdown()
        server.server_close()
