"""Numbers as people write them: 4,200万円, 30%, 2時間以内, 200〜300件, 前年比115%."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from kpilint.goals.numeral import NoNumber, read_amount
from kpilint.goals.unit import SECONDS, agree
from kpilint.goals.written import excerpt, plain
from kpilint.i18n import _


@dataclass(frozen=True, slots=True)
class Relative:
    """A target told against the metric's own past: ``factor`` times the value at ``basis``.

    ``basis`` is ``previous_year`` (the same period a year before) or ``previous_period`` (the
    one just before). Growth without a basis (``+15%``, ``2倍``) is read against the year before:
    plans in Japan are argued by 昨対, and against the period just before, the season alone would
    meet or break the target.
    """

    basis: str
    factor: float


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit, as written in a goals file.

    ``value`` and ``upper`` (the other end of a band) are in ``unit``; a percentage is a fraction
    (30% is 0.3). ``unit`` is canonical, None for a bare number. ``bound`` is ``<=`` or ``>=``
    where the text says so. For a ``relative`` one ``value`` is the factor and ``unit`` is None,
    except a bare ``3倍``, whose unit is ``ratio``: on a metric that is itself a ratio it is a
    plain level.
    """

    value: float
    unit: str | None
    bound: str | None = None
    upper: float | None = None
    relative: Relative | None = None
    text: str = ""

    def to(self, unit: str) -> float:
        """``value`` in ``unit``.

        Time converts (a day has 24 hours), percent and ratio are the same number, and a bare
        number takes any unit. A bare number on ``percent`` is a fraction up to 1 in size and a
        percentage beyond (0.3 and 30 are both 30%); the larger end of a band decides for both.
        Raises ValueError where the units do not fit, and for a relative quantity.
        """
        return self.value * self._rate(unit)

    def upper_in(self, unit: str) -> float | None:
        """``upper`` in ``unit``, like ``to``; None where there is no band."""
        return None if self.upper is None else self.upper * self._rate(unit)

    def _rate(self, unit: str) -> float:
        if self.unit in SECONDS and unit in SECONDS:
            return SECONDS[self.unit] / SECONDS[unit]
        if self.unit is None and self.relative is None:
            largest = max(abs(self.value), abs(self.upper or 0))
            return 0.01 if unit == "percent" and largest > 1 else 1
        if self.unit is not None and agree(self.unit, unit):
            return 1
        raise ValueError(
            _(
                "“{text}” does not fit a metric in {unit}; write the number in {unit}.",
                text=excerpt(self.text),
                unit=unit,
            )
        )


_LONGEST = 100
_SIGNS = str.maketrans({"▲": "-", "△": "-", "≦": "≤", "≧": "≥", "~": "〜"})
_VAGUE = re.compile(
    r"約|およそ|ほぼ|程度|くらい|ぐらい|前後|ほど$|^十分$|\babout\b|\baround\b|\bca\b"
)


@lru_cache(maxsize=8192)
def read_quantity(text: str) -> Quantity:
    """Read a number as people write it.

    A band without a unit or scale at its lower end takes those of its upper end (200〜300万円).
    Raises ValueError with a sentence for whatever is not one clear number: words, approximate
    numbers (約300件), business days, growth in units (+15件).
    """
    try:
        if len(text) > _LONGEST:
            raise NoNumber
        return _read_line(plain(text).translate(_SIGNS), text)
    except NoNumber:
        raise ValueError(
            _(
                "“{text}” cannot be read as a number; write for example ¥42M, 30% or ≤ 2h.",
                text=excerpt(text),
            )
        ) from None


def _read_line(line: str, text: str) -> Quantity:
    if _VAGUE.search(line):
        raise ValueError(
            _(
                "“{text}” leaves open when it is met; write one exact number, as in ≥ 300.",
                text=excerpt(text),
            )
        )
    bound, body = _split_bound(line)
    relative = _relative(body)
    if relative:
        unit = "ratio" if _TIMES.fullmatch(body) else None
        return Quantity(relative.factor, unit, bound, relative=relative, text=text)
    band = _BAND.fullmatch(body)
    if band:
        closed = bound == "<=" and band["between"] in ("以上", "から")
        if bound is not None and not closed:
            raise NoNumber
        return _read_band(band["low"], band["high"], text)
    amount = read_amount(body)
    return Quantity(amount.value, amount.unit, bound, text=text)


# Bounds

_BEFORE = re.compile(
    r"(?:(?P<most>≤|<=|<|max\b\.?|at most\b|up to\b|under\b|below\b|within\b|less than\b|最大)"
    r"|(?P<least>≥|>=|>|min\.?(?=\s)|at least\b|over\b|above\b|more than\b|最低))\s*",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\s*(?:(?P<most>以内|以下|未満|まで|max|or less|or fewer)|(?P<least>以上|超|or more|〜))$",
    re.IGNORECASE,
)


def _split_bound(line: str) -> tuple[str | None, str]:
    before, after = _BEFORE.match(line), _AFTER.search(line)
    told = {"<=" if found["most"] else ">=" for found in (before, after) if found}
    if len(told) > 1:
        raise NoNumber
    body = line[before.end() if before else 0 : after.start() if after else None]
    return next(iter(told), None), body


# Growth

_BASES = {
    "previous_year": r"対?(?:前年|昨年)(?:同[期月週]|度)?比?|昨対比?|YoY",
    "previous_period": r"対?前(?:期|月|週|四半期)比|QoQ|MoM|WoW",
}
_BASIS = "|".join(f"(?P<{name}{{n}}>{words})" for name, words in _BASES.items())
_GROWTH = re.compile(
    rf"(?:(?:{_BASIS.format(n=1)})(?:で|から|より|の)?)?\s*"
    r"(?P<sign>[+-])?\s*(?P<number>[0-9]{1,6}(?:\.[0-9]{1,6})?)\s*"
    r"(?:(?P<percent>%|パーセント)\s*(?P<way>増|減|アップ|UP)?|(?P<times>倍|x))"
    rf"\s*(?:{_BASIS.format(n=2)})?",
    re.IGNORECASE,
)
_TIMES = re.compile(r"[0-9.]+\s*(?:倍|x)", re.IGNORECASE)


def _relative(body: str) -> Relative | None:
    """Growth as a factor; None for a plain number, also for a plain -5%."""
    found = _GROWTH.fullmatch(body)
    if not found:
        return None
    named = next((name for name in _BASES if found[f"{name}1"] or found[f"{name}2"]), None)
    basis, number = named or "previous_year", float(found["number"])
    if found["times"]:
        if found["sign"]:
            raise NoNumber
        return Relative(basis, number)
    falls = found["way"] == "減" or (found["sign"] == "-" and named is not None)
    rises = found["sign"] == "+" or found["way"] not in (None, "減")
    if (falls and rises) or (found["sign"] == "-" and found["way"]):
        raise NoNumber
    if falls or rises:
        return _grown(basis, number if rises else -number)
    if named is None:
        return None
    if number < 50:
        raise ValueError(
            _(
                "“{text}” may mean a share of the earlier value or growth over it; "
                "write 110% YoY or +10% YoY.",
                text=excerpt(body),
            )
        )
    return Relative(basis, number / 100)


def _grown(basis: str, percent: float) -> Relative:
    if percent < -100:
        raise NoNumber
    return Relative(basis, (100 + percent) / 100)


# Bands

_BAND = re.compile(
    r"(?P<low>[^0-9〜]*[0-9一二三四五六七八九十百千][^〜]*?)\s*"
    r"(?P<between>〜|\.\.|から|以上|\bto\b|(?<![eE(])-(?=\s*[¥$€£0-9.]))\s*"
    r"(?P<high>\S.*)"
)


def _read_band(lower: str, higher: str, text: str) -> Quantity:
    high = read_amount(higher)
    low = read_amount(lower, high)
    unit, upper = low.unit or high.unit, high.value
    if high.unit in SECONDS and unit in SECONDS:
        upper *= SECONDS[high.unit] / SECONDS[unit]
    elif not agree(high.unit, unit):
        raise NoNumber
    if low.value > upper:
        raise ValueError(
            _(
                "The band “{text}” begins above its end; write the smaller number first, "
                "each with its unit.",
                text=excerpt(text),
            )
        )
    return Quantity(low.value, unit, upper=upper, text=text)
