"""Units of measure: how they are written, and what becomes of them in arithmetic."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from kpilint.goals.written import excerpt, plain
from kpilint.i18n import _

SECONDS = {"seconds": 1, "minutes": 60, "hours": 3_600, "days": 86_400, "weeks": 604_800}
FRACTIONS = frozenset({"percent", "ratio"})
SYMBOLS = {"¥": "JPY", "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "₩": "KRW"}
_ISO_4217 = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS
GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW
KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR
MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR
SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX
USD UYU UZS VED VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_ISO_4217.split())  # those in circulation
_SPELLINGS = {
    "percent": "% パーセント",
    "ratio": "倍 x",
    "count": "件 社 人 名 回 通 本 台 口 個 枚 組 店 校 席 箇所 ヶ所 か所 商談 案件 契約 リード ユーザー"
    " deal deals lead leads call calls customer customers company companies people user users"
    " times items pcs",
    "points": "ポイント 点 pt pts point",
    "seconds": "秒 秒間 s sec secs second",
    "minutes": "分 分間 min mins minute",
    "hours": "時間 h hr hrs hour",
    "days": "日 日間 d day",
    "weeks": "週 週間 w wk wks week",
    "months": "か月 ヶ月 カ月 ヵ月 ケ月 か月間 ヶ月間 mo month",
    "JPY": "円 ¥ yen",
    "USD": "ドル 米ドル $ US$",
    "EUR": "ユーロ €",
    "GBP": "ポンド 英ポンド £",
    "CNY": "元 人民元",
    "KRW": "ウォン ₩",
}
_WORDS = {
    word: unit
    for unit, words in _SPELLINGS.items()
    for word in (unit, unit.casefold(), *words.split())
}


@lru_cache(maxsize=1024)
def read_unit(text: str) -> str:
    """The canonical name of a unit: ``円`` is ``JPY``, ``件`` is ``count``, ``%`` ``percent``.

    Canonical are percent, ratio, count, points, seconds, minutes, hours, days, weeks, months and
    the ISO 4217 codes. Case does not matter. Raises ValueError with a sentence, and the nearest
    known unit, for anything else.
    """
    word = plain(text)
    known = _WORDS.get(word) or _known(unicodedata.normalize("NFKC", word[:40]))
    if known:
        return known
    if re.fullmatch(r"[十百]?[千万億兆](?:円|ドル)", word):
        raise ValueError(
            _(
                "“{text}” is a unit with a scale; write the unit alone, as in JPY, "
                "and the scale beside each number, as in 4,200万円.",
                text=excerpt(text),
            )
        )
    near = _nearest(word[:40])
    if near:
        raise ValueError(
            _(
                "“{text}” is not a unit that kpilint knows; did you mean {near}?",
                text=excerpt(text),
                near=near,
            )
        )
    raise ValueError(
        _(
            "“{text}” is not a unit that kpilint knows; write for example JPY, %, count or hours.",
            text=excerpt(text),
        )
    )


def _known(word: str) -> str | None:
    if word in CURRENCIES:  # in capitals only: "all" and "top" are codes too
        return word
    return _WORDS.get(word) or _WORDS.get(word.casefold())


def _nearest(word: str) -> str | None:
    from difflib import get_close_matches

    near = get_close_matches(word.casefold(), [w for w in _WORDS if len(w) > 2], 1, 0.7)
    return near[0] if near else None


def agree(first: str | None, second: str | None) -> bool:
    """Whether two units measure alike: the same, one unknown, or both plain fractions."""
    return first == second or first is None or second is None or {first, second} <= FRACTIONS


def product_unit(first: str | None, second: str | None) -> str | None:
    """The unit of a product; None where a factor's unit is unknown.

    A number per thing carries the unit of its numerator (a unit price is in JPY), therefore
    counts and fractions leave the other unit as it is, and so does time beside money or counts:

    =================  =======  =================  ========
    count x JPY        JPY      percent x percent  percent
    percent x count    count    percent x ratio    ratio
    hours x JPY        JPY      count x count      count
    =================  =======  =================  ========

    Raises ValueError for the rest, as in JPY x JPY or points x JPY.
    """
    if first is None or second is None:
        return None
    if {first, second} <= FRACTIONS:
        return first if first == second else "ratio"
    for one, other in ((first, second), (second, first)):
        per_thing = one == "count" and other not in FRACTIONS
        per_time = one in SECONDS and other in CURRENCIES
        if one in FRACTIONS or per_thing or per_time:
            return other
    raise ValueError(_no_unit(first, "×", second))


def ratio_unit(first: str | None, second: str | None) -> str | None:
    """The unit of a quotient; None where a unit is unknown.

    ================  =======  =================  ======
    JPY / JPY         ratio    count / percent    count
    JPY / count       JPY      hours / count      hours
    JPY / hours       JPY      count / hours      count
    ================  =======  =================  ======

    ``ratio`` and ``percent`` are the same number and ``agree``. Raises ValueError for the rest,
    as in count / JPY or hours / minutes.
    """
    if first is None or second is None:
        return None
    if first == second or {first, second} <= FRACTIONS:
        return "ratio"
    per_thing = second == "count" and first not in FRACTIONS
    per_time = second in SECONDS and (first == "count" or first in CURRENCIES)
    if second in FRACTIONS or per_thing or per_time:
        return first
    raise ValueError(_no_unit(first, "÷", second))


def sum_unit(first: str | None, second: str | None) -> str | None:
    """The unit of a sum or difference; ValueError where the two do not ``agree``."""
    if first is None or second is None:
        return None
    if not agree(first, second):
        raise ValueError(_no_unit(first, "+", second))
    return first if first == second else "ratio"


def _no_unit(first: str, sign: str, second: str) -> str:
    return _(
        "{first} {sign} {second} has no meaning; check the units of the metrics.",
        first=first,
        sign=sign,
        second=second,
    )
