"""What a cell shows of a stored number: 0.3 under 0% is 30%, 13 under 0"件" is 13件."""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from kpilint.goals.quantity import read_quantity

_TOKEN = re.compile(
    r"""
      "(?P<quoted>[^"]*)"        # a literal in quotes
    | \\(?P<escaped>.)           # one escaped sign
    | \[\$(?P<currency>[^\]-]*)[^\]]*\]
    | \[[^\]]*\]                 # a colour, a condition or a locale
    | [_*].                      # a space as wide as the next sign, a sign that fills
    | (?P<digits>[0#?][0#?,.]*)
    | (?P<percent>%)
    | (?P<literal>[^0#?;,.])
    """,
    re.VERBOSE,
)
_DATE_PART = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')


class _Format(NamedTuple):
    prefix: str
    suffix: str
    percents: int
    thousands: int  # how often the number shown is divided by a thousand


def shown(value: float, number_format: str) -> tuple[str, bool]:
    """The number as text, with the unit that its format puts beside it, and whether it is whole.

    All stored digits are kept, also those that the format hides. A number whose format divides it
    by thousands without saying so beside it is given undivided: that is ``whole``.
    """
    form = _read(number_format)
    number = Decimal(f"{value:.15g}")  # the digits that Excel itself keeps
    if form.percents:
        return _plain(number * 100**form.percents) + "%", False
    bare = _plain(number)
    if not form.prefix and not form.suffix:
        return bare, form.thousands > 0
    dressed = form.prefix + _plain(number / 1000**form.thousands) + form.suffix
    return (dressed, False) if _is_amount(dressed) else (bare, form.thousands > 0)


def shows_day(number_format: str) -> bool:
    """Whether a date format shows the day, and not only month or year."""
    return "d" in _DATE_PART.sub("", number_format).casefold()


@lru_cache(maxsize=512)
def _read(number_format: str) -> _Format:
    prefix, suffix, percents, thousands, met = "", "", 0, 0, False
    section = re.split(r';(?=(?:[^"]*"[^"]*")*[^"]*$)', number_format)[0]
    if section.casefold() in ("general", "@") or re.search(r"[0#][eE][+-]", section):
        return _Format("", "", 0, 0)
    for token in _TOKEN.finditer(section):
        if token["digits"]:
            met = True
            thousands = len(token["digits"]) - len(token["digits"].rstrip(","))
        elif token["percent"]:
            percents += 1
        else:
            said = token["quoted"] or token["escaped"] or token["currency"] or token["literal"]
            prefix, suffix = (prefix, suffix + (said or "")) if met else (prefix + (said or ""), "")
    return _Format(prefix.strip(), suffix.strip(), percents, thousands)


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_amount(text: str) -> bool:
    try:
        read_quantity(text)
    except ValueError:
        return False
    return True
