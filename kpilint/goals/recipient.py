"""Where an alert goes: an address whose secrets come from the environment and are never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl, quote

from kpilint.errors import Unavailable
from kpilint.i18n import _

_VARIABLE = re.compile(r"\$\{(\w+)\}")
_URL = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]*)://(?:(?P<user>[^/?#]*)@)?(?P<place>[^?#]*)(?:\?(?P<query>.*))?",
    re.IGNORECASE | re.DOTALL,
)
_SECRET = re.compile("pass|pwd|token|secret|key|credential", re.IGNORECASE)
_MAIL = ("mailto", "mailtos")


def shown(to: str) -> str:
    """A recipient as it may be told: the variable's name, or the address without its secrets."""
    whole = _VARIABLE.fullmatch(to)
    if whole:
        return whole[1]
    found = _URL.fullmatch(to)
    if found is None or gives_away(to):
        return "***"
    told = dict(parse_qsl(found["query"] or "")).get("to")
    return f"{found['scheme']}://{found['place']}" + (f"?to={told}" if told else "")


def gives_away(to: str) -> bool:
    """Whether a secret is written in it, and not only the name of a variable.

    The address of a mail server is none without a password. Any other is one as a whole, since
    whoever knows it may write there, unless a variable holds the part that counts.
    """
    found = _URL.fullmatch(to)
    if found is None:
        return not _VARIABLE.search(to) and "://" in to
    if found["scheme"].lower() not in _MAIL and not _VARIABLE.search(to):
        return True
    secrets = [(found["user"] or "").partition(":")[2]]
    secrets += [value for name, value in parse_qsl(found["query"] or "") if _SECRET.search(name)]
    return any(_VARIABLE.sub("", secret) for secret in secrets)


def address(to: str, environment: Mapping[str, str]) -> str:
    """The address itself, for the sender alone.

    Raises Unavailable for a secret written in the file, and for a variable that is not set, which
    it names.
    """
    if gives_away(to):
        raise Unavailable(refusal())

    def value(match: re.Match[str]) -> str:
        told = environment.get(match[1], "").strip()
        if not told:
            raise Unavailable(
                _(
                    "The environment variable {name} is not set; put the address to send to in it.",
                    name=match[1],
                )
            )
        return told if _VARIABLE.match(to) else quote(told, safe="")

    return _VARIABLE.sub(value, to)


def refusal() -> str:
    """The sentence about an address that gives a secret away."""
    return _(
        "This address holds a password or may be used by whoever reads it. Put it into an "
        "environment variable, change it, and write {example} in its place.",
        example="${SLACK_URL}",
    )
