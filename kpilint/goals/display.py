"""Values and departments as a message shows them: 3,900万円, 31.6%, 2.5時間; ¥39.0M, 31.6%, 2.5 hours."""

from __future__ import annotations

from math import floor, isfinite, log10

from kpilint.goals.unit import CURRENCIES
from kpilint.i18n import _

_SYMBOLS = {"JPY": "¥", "USD": "$", "EUR": "€", "GBP": "£", "KRW": "₩"}
_JAPANESE = {
    "count": "件",
    "points": "ポイント",
    "ratio": "倍",
    "seconds": "秒",
    "minutes": "分",
    "hours": "時間",
    "days": "日",
    "weeks": "週",
    "months": "か月",
    "JPY": "円",
    "USD": "ドル",
    "EUR": "ユーロ",
    "GBP": "ポンド",
    "KRW": "ウォン",
}
_LARGE = {"ja": {"兆": 1e12, "億": 1e8, "万": 1e4}, "en": {"T": 1e12, "B": 1e9, "M": 1e6}}


def show(value: float, unit: str | None, language: str) -> str:
    """``value`` in ``unit`` as business readers of ``ja`` or ``en`` write it.

    Round amounts stay exact (1億2,345万円), others keep three figures from a million on; smaller
    numbers have at most one decimal, or two figures below one.
    """
    if not isfinite(value):
        return "–"
    sign, size = ("-" if value < 0 else ""), abs(value)
    if unit == "percent":
        return f"{sign}{_small(size * 100)}%"
    if unit in CURRENCIES:
        return sign + _money(size, unit, language)
    number = _small(size)
    if unit is None:
        return sign + number
    if language == "ja":
        return f"{sign}{number}{_JAPANESE.get(unit, f' {unit}')}"
    return sign + number + _english(unit, number)


def department(name: str | None) -> str:
    """A department as readers know it; names beyond the usual ones stay as written."""
    usual = {
        "marketing": _("Marketing"),
        "inside_sales": _("Inside sales"),
        "field_sales": _("Field sales"),
        "customer_success": _("Customer success"),
    }
    return usual.get(name, name) if name else _("no department")


def _english(unit: str, number: str) -> str:
    if unit == "count":
        return ""
    if unit == "ratio":
        return "x"
    return f" {unit.removesuffix('s') if number == '1' else unit}"


def _money(size: float, unit: str, language: str) -> str:
    amount = _large(size, language)
    if language == "ja":
        return amount + _JAPANESE.get(unit, f" {unit}")
    return f"{_SYMBOLS[unit]}{amount}" if unit in _SYMBOLS else f"{unit} {amount}"


def _large(size: float, language: str) -> str:
    """Money: whole units up to a million, then in 万, 億, 兆 or M, B, T."""
    size = float(round(size)) if size >= 1000 else size
    whole = size % 1e4 == 0
    if size < 1e6 and not (whole and size >= 1e4 and language == "ja"):
        return _small(size) if size < 1000 else f"{size:,.0f}"
    if not whole:
        size = float(f"{size:.2e}")
    if size >= 1e16:
        return f"{size:.3g}"
    letter, scale = next((k, v) for k, v in _LARGE[language].items() if size >= v)
    scaled = size / scale
    if language == "ja" and scale > 1e4 and round(scaled, 2) != scaled:
        rest = size % scale / (scale / 1e4)
        below = {"億": "万", "兆": "億"}[letter]
        return f"{scaled // 1:,.0f}{letter}{rest:,.0f}{below}"
    decimals = 0 if language == "ja" else 2 - min(2, floor(log10(scaled)))
    exact = next((n for n in range(decimals, 3) if round(scaled, n) == scaled), 2)
    return f"{scaled:,.{exact}f}{letter}"


def _small(size: float) -> str:
    if size >= 1e16:
        return f"{size:.3g}"
    if size >= 1 or size == 0:
        return f"{size:,.1f}".removesuffix(".0")
    return f"{float(f'{size:.1e}'):.15f}".rstrip("0").rstrip(".") if size >= 1e-6 else f"{size:.1e}"
