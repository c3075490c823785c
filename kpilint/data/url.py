"""Where a database is: its secrets come from the environment and are never shown."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qsl, quote, unquote

from kpilint.errors import SourceProblem, Unavailable
from kpilint.goals.source import Source
from kpilint.i18n import _

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:(?P<user>[^/?#]*)@)?(?P<place>[^?#]*)(?:\?(?P<query>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_SECRET = re.compile("pass|pwd|token|secret|key|credential", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Address:
    """A database's address.

    ``url`` holds secrets and is for drivers only; ``shown`` is the URL as it was written, without
    password and query. ``scheme`` is in small letters and ``place`` is what follows user and
    password: host and database, or a file.
    """

    url: str = field(repr=False)
    shown: str
    scheme: str
    place: str
    user: str | None = field(repr=False, default=None)
    password: str | None = field(repr=False, default=None)
    options: tuple[tuple[str, str], ...] = field(repr=False, default=())

    def hide(self, text: str) -> str:
        """``text``, such as a driver's complaint, on one line and without any secret in it."""
        secrets = [self.url, self.password or "", *(value for _name, value in self.options)]
        for secret in sorted(filter(None, secrets), key=len, reverse=True):
            for spelling in (secret, quote(secret, safe="")):
                text = text.replace(spelling, "***")
        return " ".join(text.split())


def address_of(source: Source) -> Address | None:
    """The address in a source's ``url:``, None where it has none; see ``address_in``."""
    return None if source.url is None else address_in(source.url, source.name)


def address_in(url: str, name: str) -> Address:
    """The address that a URL in the goals file gives, ``name`` being what it is of.

    ``${NAME}`` is read from the environment; in user, password and query any letters may stand in
    it, and a variable may also hold the whole URL. Nothing is connected. Raises Unavailable, naming
    it, for a variable that is not set, and SourceProblem for what is no URL or has a secret in it.
    """
    written = url.strip()
    if not (whole := bool(_VARIABLE.match(written))):
        _refuse_secret(_matched(written, name), name)
    found = _matched(_expanded(written, name) if whole else written, name)
    user, colon, password = (found["user"] or "").partition(":")
    if not whole:
        user, password, query = (
            _expanded(part, name, quoted=True) for part in (user, password, found["query"] or "")
        )
        place = _expanded(found["place"], name)
        known = f"{found['user'].partition(':')[0]}@" if found["user"] else ""
        shown = f"{found['scheme']}://{known}{found['place']}"
    else:
        query, place = found["query"] or "", found["place"]
        shown = f"{found['scheme']}://{place}"
    entry = f"{user}{colon}{password}@" if found["user"] is not None else ""
    return Address(
        url=f"{found['scheme']}://{entry}{place}" + (f"?{query}" if query else ""),
        shown=shown,
        scheme=found["scheme"].lower(),
        place=place,
        user=unquote(user) or None,
        password=unquote(password) or None,
        options=tuple(parse_qsl(query)),
    )


def _matched(text: str, name: str) -> re.Match[str]:
    found = _URL.fullmatch(text)
    if found is None:
        message = _(
            "The url: of {source} is no address of a database; write for example {example}.",
            source=name,
            example="postgresql://${PGUSER}:${PGPASSWORD}@localhost/crm",
        )
        raise SourceProblem(message, source=name)
    return found


def _expanded(text: str, name: str, *, quoted: bool = False) -> str:
    def value(match: re.Match[str]) -> str:
        told = os.environ.get(match[1])
        if told is None:
            message = _(
                "The url: of {source} needs the environment variable {name}, which is not set.",
                source=name,
                name=match[1],
            )
            raise Unavailable(message)
        return quote(told, safe="") if quoted else told.strip()

    return _VARIABLE.sub(value, text)


def file_of(address: Address, folder: Path) -> Path | None:
    """The file of a SQLite address, whose path starts from ``folder``; None for any other."""
    if not address.scheme.startswith("sqlite"):
        return None
    return folder / address.place.removeprefix("/")


def holds_secret(url: str) -> bool:
    """Whether a password or key is written in a URL, and not only the name of a variable."""
    written = _URL.fullmatch(url.strip())
    if written is None:
        return False
    password = (written["user"] or "").partition(":")[2]
    query = parse_qsl(written["query"] or "")
    secrets = [password, *(value for name, value in query if _SECRET.search(name))]
    return any(_VARIABLE.sub("", secret) for secret in secrets)


def _refuse_secret(written: re.Match[str], name: str) -> None:
    """A secret in a file goes wherever the file goes."""
    if holds_secret(written[0]):
        message = _(
            "The url: of {source} has a password or key written in it. Put it into an environment "
            "variable, change it, and write {example} in its place.",
            source=name,
            example="${PGPASSWORD}",
        )
        raise SourceProblem(message, source=name)
