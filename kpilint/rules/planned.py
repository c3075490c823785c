"""Rules that are agreed upon and not there yet; their codes are taken."""

from __future__ import annotations

from collections.abc import Mapping

PLANNED: Mapping[str, str] = {
    "A007": "personal-target-outside-history",
    "A008": "coverage-too-thin",
    "P010": "moved-goalpost",
    "P011": "dropped-goal",
}


def planned(word: str) -> frozenset[str]:
    """The codes of the rules that ``word`` names: a code or a name, never a prefix."""
    return frozenset(code for code, name in PLANNED.items() if word in {code, name})
