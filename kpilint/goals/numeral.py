"""One amount as people write it: 1億2,000万円, ¥42,000,000, $1.2M, (1,234), 1時間30分."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import isfinite

from kpilint.goals.unit import CURRENCIES, SECONDS, SYMBOLS, read_unit
from kpilint.goals.written import excerpt, plain
from kpilint.i18n import _

_KANJI_DIGITS = str.maketrans("〇零一二三四五六七八九", "00123456789")
_SMALL = {"": 0, "十": 1, "百": 2, "千": 3}
_BIG = {"": 0, "万": 4, "億": 8, "兆": 12}
_WESTERN = {"k": 3, "K": 3, "thousand": 3, "thousands": 3}
_WESTERN |= {"M": 6, "MM": 6, "m": 6, "mn": 6, "million": 6, "millions": 6}
_WESTERN |= {"B": 9, "bn": 9, "billion": 9, "billions": 9}

_ARABIC = r"(?:[0-9][0-9,_]*(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?"
_KANJI = "〇零一二三四五六七八九十百千万億兆"
_PIECE = re.compile(rf"((?:{_ARABIC}|[{_KANJI}])++)\s*([^0-9{_KANJI}]*)")
_TERM = re.compile(rf"({_ARABIC}|)([十百千]?)")
_COMMAS = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?![0-9,_])")
_UNIT_SIGNS = "%¥$€£₩"
_CURRENCY = re.compile(r"(US\$|[¥$€£₩]|[A-Z]{3}(?=[\s0-9.-]))\s*")
_SCALED = re.compile(rf"({'|'.join(sorted(_WESTERN, key=len, reverse=True))})(?![A-Za-z])\s*")


@dataclass(frozen=True, slots=True)
class Amount:
    """A number in ``unit``; ``power`` is the power of ten that its scale word stood for."""

    value: float
    unit: str | None
    power: int


class NoNumber(Exception):
    """Nothing that could be a number; the reader of the whole text says so in a sentence."""


def read_amount(text: str, like: Amount | None = None) -> Amount:
    """Read one signed number with its scale and unit, ``text`` being ``plain``.

    A number without scale and unit takes those of ``like``. ``(1,234)`` is negative. Raises
    NoNumber, or ValueError with a sentence where the fault has a name.
    """
    if text.startswith("(") and text.endswith(")") and text[1:2] not in ("(", "-"):
        return _negative(read_amount(text[1:-1].strip(), like))
    if text.startswith("+"):
        raise ValueError(
            _(
                "“{text}” begins with a plus sign, which means growth; write growth in percent, "
                "as in +15%, or the number without the sign.",
                text=excerpt(text),
            )
        )
    body = text.removeprefix("-").lstrip()
    currency = _CURRENCY.match(body)
    unit = SYMBOLS.get(currency[1], currency[1]) if currency else None
    if currency and unit in CURRENCIES:
        body = body[currency.end() :]
        if body.startswith("-") and not text.startswith("-"):
            return _negative(_read_pieces(body[1:].lstrip(), unit, like))
    amount = _read_pieces(body, unit if unit in CURRENCIES else None, like)
    return _negative(amount) if text.startswith("-") else amount


def _negative(amount: Amount) -> Amount:
    return Amount(0.0 - amount.value, amount.unit, amount.power)  # never -0.0


def _read_pieces(body: str, currency: str | None, like: Amount | None) -> Amount:
    """A number and its unit, or several of time (1時間30分), summed in the first one's unit."""
    if like and re.fullmatch(_ARABIC, body) and (currency is None or like.unit in (None, currency)):
        return Amount(_number(body, like.power), currency or like.unit, like.power)
    pieces = list(_PIECE.finditer(body))
    if not pieces or pieces[0].start() > 0:
        raise NoNumber
    first = _read_piece(pieces[0][1], pieces[0][2].strip(), currency)
    value, last = first.value, first.unit
    for digits, word in (piece.groups() for piece in pieces[1:]):
        # A lone "m" may be millions or months, but after hours it is minutes.
        part = _read_piece(digits, "min" if word.strip() == "m" else word.strip(), None)
        size, above = SECONDS.get(part.unit or ""), SECONDS.get(last or "")
        if not size or not above or size >= above:
            raise NoNumber
        value += part.value * size / SECONDS[str(first.unit)]
        last = part.unit
    if not isfinite(value):
        raise NoNumber
    return Amount(value, first.unit, first.power)


def _read_piece(digits: str, word: str, currency: str | None) -> Amount:
    scale = _SCALED.match(word)
    power = 0
    if scale and (scale[1] != "m" or currency):
        power, word = _WESTERN[scale[1]], word[scale.end() :]
    if word == "割":
        return Amount(_number(digits, -1), "percent", -1)
    unit = _piece_unit(digits, word.removesuffix("半")) if word else currency
    half = 0.5 if word.endswith("半") else 0.0  # 1時間半
    if currency not in (None, unit) or (half and unit not in SECONDS):
        raise NoNumber
    power -= 2 if unit == "percent" else 0
    shared = power + (_trailing_power(digits) if not half else 0)
    return Amount(_number(digits, power) + half, unit, shared)


def _piece_unit(digits: str, word: str) -> str:
    if not any(letter.isalpha() or letter in _UNIT_SIGNS for letter in word):
        raise NoNumber
    if "営業日" in word:
        raise ValueError(
            _(
                "“{text}” counts business days, whose length depends on the calendar; "
                "write the time that passes, as in 7 days.",
                text=excerpt(digits + word),
            )
        )
    return read_unit(word)


def _trailing_power(digits: str) -> int:
    """The power of ten of the scale word at the end: 4 for 300万, 0 for 1億2,000."""
    trailing = re.search(r"[0-9]([十百千]?)([万億兆]?)$", digits)
    return _SMALL[trailing[1]] + _BIG[trailing[2]] if trailing else 0


def _number(written: str, power: int) -> float:
    """The number ``written`` in digits and kanji, times ten to ``power``.

    Every term goes to ``float`` as decimal text, so that 30% is the float 0.3 and 1.2億 is whole.
    """
    groups = re.split(r"([万億兆])", written.translate(_KANJI_DIGITS))
    total, above = 0.0, 99
    for group, big in zip(groups[::2], [*groups[1::2], ""], strict=True):
        if group or big:
            part = _group(group, _BIG[big] + power)
            total, above = _below(total, part, above, _BIG[big], power)
    return total


def _group(group: str, power: int) -> float:
    """What stands before one of 万, 億, 兆 (or at the end): 3千5百, 2,000, 1.2."""
    total, above = 0.0, 99
    for digits, small in _TERM.findall(group):
        if digits or small:
            part = _decimal(digits or "1", _SMALL[small] + power)
            total, above = _below(total, part, above, _SMALL[small], power)
    if above == 99:
        raise NoNumber
    return total


def _below(total: float, part: float, above: int, scale: int, power: int) -> tuple[float, int]:
    """Add a part that must stand below the one before it: not 1万2億, nor 1億20000万."""
    if scale >= above or (above < 99 and part >= 10.0 ** (above + power)):
        raise NoNumber
    return total + part, scale


def _decimal(digits: str, power: int) -> float:
    if "," in digits and not _COMMAS.match(digits):
        raise ValueError(
            _(
                "The commas in “{text}” do not stand between groups of three digits; "
                "write 4,200 or 4200.",
                text=excerpt(digits),
            )
        )
    mantissa, _mark, exponent = digits.replace(",", "").lower().partition("e")
    try:
        return float(f"{mantissa}e{int(exponent or 0) + power}")
    except ValueError:
        raise NoNumber from None


_HEADING = re.compile(
    r"(?:\(?\s*(?P<said>単位)\s*:?|[(\[【])\s*(?:in\s+)?(?P<currency>US\$|[¥$€£₩]|[A-Z]{3}\b)?\s*"
    r"(?P<scale>[十百]?[千万億兆]|[十百]|thousands?|millions?|billions?|MM|mn|bn|[kKMB](?![A-Za-z]))?"
    r"\s*(?P<unit>[^\s():,、0-9\[\]【】]*)"
)


def read_scale(text: str) -> tuple[float, str | None]:
    """The factor and unit that a table heading announces: ``(単位：千円)`` is (1000.0, "JPY").

    A heading that announces neither gives (1.0, None). Raises ValueError for an unknown unit
    after ``単位``.
    """
    for found in _HEADING.finditer(plain(text)[:200]):
        word = found["unit"] or found["currency"]
        try:
            unit = read_unit(word) if word else None
        except ValueError:
            if found["said"]:
                raise
            continue
        scale = found["scale"] or ""
        if scale or unit:
            western = _WESTERN.get(scale)
            return _decimal("1", western) if western else _number("1" + scale, 0), unit
    return 1.0, None
