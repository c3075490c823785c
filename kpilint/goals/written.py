"""Text as people type it: one spelling for a character's variants, and safe quoting of it."""

from __future__ import annotations

from unicodedata import normalize

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5E)}
_VARIANTS: dict[int, int | str] = _FULL_WIDTH | {
    ord(variant): plain
    for plain, variants in {" ": "\u3000\xa0", "-": "−‐‑–—―", "〜": "～∼", "¥": "￥"}.items()
    for variant in variants
}
# Not NFKC: it would turn 5² into 52 and ½ into 1⁄2, and ㈱ in a name into (株).


def plain(text: str) -> str:
    """``text`` with full-width signs, dashes and wave dashes in one spelling, ends trimmed."""
    return text.translate(_VARIANTS).strip()


def excerpt(text: str, longest: int = 40) -> str:
    """``text`` as a message may quote it: short, and without what a terminal cannot print."""
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(letter if letter.isprintable() else "�" for letter in short)


def plain_name(name: str) -> str:
    """A person's or team's name as it is compared: NFKC, without spaces, without case."""
    return "".join(normalize("NFKC", name).split()).casefold()
