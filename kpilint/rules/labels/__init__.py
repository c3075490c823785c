"""What a goal's label says by itself: a wish or a measure, and what is counted."""

from __future__ import annotations

from functools import lru_cache

from kpilint.rules.labels.kind import Kind
from kpilint.rules.labels.spelling import folded, is_japanese

__all__ = ["Kind", "is_wish", "kind_of"]


def is_wish(label: str, *, defined: bool = False) -> bool:
    """Whether ``label`` says what someone would like instead of what is measured.

    A mere change (コスト削減, cost reduction) is a measure where its metric is ``defined``.
    """
    text = folded(label)
    # A file mostly speaks one language; the patterns of the other need not load.
    if is_japanese(text):
        from kpilint.rules.labels import japanese_wish

        return japanese_wish.is_wish(text, defined=defined)
    from kpilint.rules.labels import english_wish

    return english_wish.is_wish(text, defined=defined)


@lru_cache(maxsize=1 << 14)
def kind_of(label: str) -> Kind | None:
    """What ``label`` counts, be it a measure or a wish for more; None where it does not tell."""
    text = folded(label)
    if is_japanese(text):
        from kpilint.rules.labels import japanese_count

        return japanese_count.kind_of(text)
    from kpilint.rules.labels import english_count

    return english_count.kind_of(text)
