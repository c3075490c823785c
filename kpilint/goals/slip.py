"""Slips of the typing hand: the one known word that was meant, where there is no doubt."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kpilint.goals.written import plain
from kpilint.i18n import _

_SHORTEST = 3  # letters; of is one slip from on, or and off


def meant(word: str, known: Iterable[str], *, name: bool = False) -> str | None:
    """The only one of ``known`` that ``word`` is a slip of; None where there are none or several.

    A slip is another width, letter case or hyphen, or one letter too many, missing, replaced or
    swapped with the next. In a ``name`` of the user's choice a replaced letter may mean another
    thing (mql, sql), and so may a digit (revenue_q3) or a kanji; those are no slips.
    """
    words = list(known)
    typed = _spelling(word)
    alike = [other for other in words if _spelling(other) == typed]
    slips = alike or [other for other in words if _one_off(typed, _spelling(other), name)]
    return slips[0] if len(slips) == 1 else None


def near(word: str, words: Iterable[str]) -> str:
    """A did-you-mean clause with the closest of ``words``, or nothing."""
    from difflib import get_close_matches  # most files have no typing mistake

    match = get_close_matches(word, list(words), n=1, cutoff=0.6)
    return _(" Did you mean {near}?", near=match[0]) if match else ""


def _spelling(word: str) -> str:
    return re.sub(r"[\s-]+", "_", plain(word)).casefold()


def _one_off(typed: str, other: str, name: bool) -> bool:
    if min(len(typed), len(other)) < _SHORTEST or _digits(typed) != _digits(other):
        return False
    if name and not (typed.isascii() and other.isascii()):
        return False
    if len(typed) != len(other):
        short, long = sorted((typed, other), key=len)
        return any(long[:n] + long[n + 1 :] == short for n in range(len(long)))
    unlike = [n for n, pair in enumerate(zip(typed, other, strict=True)) if pair[0] != pair[1]]
    if len(unlike) == 1:
        return not name
    first, last = unlike[0], unlike[-1]
    return (
        len(unlike) == 2
        and last == first + 1
        and typed[first : last + 1] == (other[last] + other[first])
    )


def _digits(word: str) -> str:
    return re.sub(r"[^0-9]", "", word)
