"""Text of a client's file as it may be shown: nothing in it steers a terminal or turns it round."""

from __future__ import annotations

import re

# A password in a URL, and the values of keys that hold secrets; ${NAME} only names one.
_SECRETS = (
    re.compile(r"(?<=://)(?P<before>[^/@\s:]*:)(?P<secret>(?!\$\{\w+\}@)[^@\s]+)(?=@)"),
    re.compile(
        r"(?P<before>[?&]\w*(?:pass|pwd|token|secret|key|credential)\w*=)"
        r"(?P<secret>(?!\$\{)[^&\s\"'}]+)",
        re.IGNORECASE,
    ),
)
# Whoever knows the address of a webhook may write there; these lines may hold one.
_RECIPIENT = re.compile(r"(?:^|[\s{,])to\s*:|^\s*-\s*[\"']?\w+://")
_ADDRESS = re.compile(r"(?P<before>(?<!mailto)(?<!mailtos)://)(?P<secret>(?!\$\{)[^\s\"'\],}]+)")
_WIDE_SPACE = "\u3000"  # common in Japanese text, though Python does not call it printable


def masked(line: str) -> str:
    """A line of a client's file with an asterisk for each letter of a secret, as long as it was."""
    for pattern in (*_SECRETS, _ADDRESS) if _RECIPIENT.search(line) else _SECRETS:
        line = pattern.sub(lambda found: found["before"] + "*" * len(found["secret"]), line)
    return line


def visible(text: str, keep: str = "") -> str:
    """``text`` with a space for each sign that cannot be printed, save those to ``keep``."""
    return "".join(c if c.isprintable() or c in keep or c == _WIDE_SPACE else " " for c in text)
