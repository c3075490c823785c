"""Text of a client's file as it may be shown: nothing in it steers a terminal or turns it round."""

from __future__ import annotations

_WIDE_SPACE = "\u3000"  # common in Japanese text, though Python does not call it printable


def visible(text: str, keep: str = "") -> str:
    """``text`` with a space for each sign that cannot be printed, save those to ``keep``."""
    return "".join(c if c.isprintable() or c in keep or c == _WIDE_SPACE else " " for c in text)
