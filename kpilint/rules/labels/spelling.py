"""How labels are spelt: one form to compare, and lists of words as they are read aloud."""

from __future__ import annotations

import re
from functools import cache
from unicodedata import normalize


def folded(label: str) -> str:
    """One spelling: NFKC (half-width kana, full-width Latin), lower case, plain quotes."""
    return normalize("NFKC", label).strip().lower().replace("’", "'")


def is_japanese(text: str) -> bool:
    """Whether there is kana or kanji in it."""
    return not text.isascii() and pattern(r"[぀-ヿ㐀-鿿]").search(text) is not None


def endings(text: str) -> tuple[str, ...]:
    """The words of ``text`` in their order, for ``str.endswith``."""
    return tuple(text.split())


def lexicon(text: str) -> frozenset[str]:
    """The words of ``text`` as a set."""
    return frozenset(text.split())


@cache
def pattern(source: str) -> re.Pattern[str]:
    """A pattern that is compiled when it is first needed: importing must cost nothing."""
    return re.compile(source)
