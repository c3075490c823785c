"""Text as people type it: one spelling for a character's variants, and safe quoting of it."""

from __future__ import annotations

from unicodedata import normalize

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5E)}
_VARIANTS: dict[int, int | str] = _FULL_WIDTH | {
    ord(variant): plain
    for plain, variants in {" ": "\u3000\xa0", "-": "−‐‑–—―", "〜": "～∼", "¥": "￥"}.items()
    for variant in variants
}
_STILL_TO_COME = (
    "tbd tbc tba todo n/a na none pending undecided unknown unassigned nobody - -- ー ? ?? xxx"
    " ○○ 〇〇 ◯◯ 未定 未設定 未記入 未入力 未決 未決定 未確定 未割当 未割り当て 検討中 調整中 確認中 要検討"
    " 要確認 要調整 後日 後日決定 追って決定 なし 無し 無 特になし 特に無し 該当なし 空欄"
)
_HOLDING_A_PLACE = frozenset(_STILL_TO_COME.split())
# Not NFKC: it would turn 5² into 52 and ½ into 1⁄2, and ㈱ in a name into (株).


def plain(text: str) -> str:
    """``text`` with full-width signs, dashes and wave dashes in one spelling, ends trimmed."""
    return text.translate(_VARIANTS).strip()


def holds_a_place(text: str) -> bool:
    """Whether ``text`` only says that nothing has been said yet: 未定, 検討中, TBD, n/a."""
    return len(text) < 24 and plain(text).casefold().strip("()[]<>. 。") in _HOLDING_A_PLACE


def excerpt(text: str, longest: int = 40) -> str:
    """``text`` as a message may quote it: short, and without what a terminal cannot print."""
    short = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(letter if letter.isprintable() else "�" for letter in short)


def plain_name(name: str) -> str:
    """A person's or team's name as it is compared: NFKC, without spaces, without case."""
    return "".join(normalize("NFKC", name).split()).casefold()
