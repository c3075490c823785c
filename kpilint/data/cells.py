"""Text cells become numbers and flags, as expressions that the engine computes."""

from __future__ import annotations

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir

# In narrow form. A formula's #N/A is none: a lookup that failed is a fault to be told.
_NOTHING = (
    r"(?i)^(?:[-ー]*|[-(<\[]*(?:n[/.]?a\.?|null|none|nil|no value|blank|"
    r"未入力|未記入|未設定|(?:該当|値|入力|設定)?(?:なし|無し)|空白|空欄)[-)>\]]*|\\N)$"
)
_TRUE = ("true", "t", "yes", "y", "1", "はい", "有", "有り", "あり", "○", "〇", "✓")
_FALSE = ("false", "f", "no", "n", "0", "いいえ", "無", "無し", "なし", "×")

_FORMS = dict(zip("０１２３４５６７８９，．：／％（）＋￥＄", "0123456789,.:/%()+¥$", strict=True))
_FORMS |= dict.fromkeys("－−▲△‐–—―", "-")
_FORMS |= dict.fromkeys("\u3000\u00a0\u2007\u2009\u202f", " ") | {"’": "'"}
_WIDE, _NARROW = "".join(_FORMS), "".join(_FORMS.values())

_GROUPED = "[0-9]{1,3}(?:,[0-9]{3}){1,5}"
_SPACED = "[1-9][0-9]{0,2}(?:(?: [0-9]{3}){1,5}|(?:'[0-9]{3}){1,5})"  # in much of Europe
_N = rf"((?:{_GROUPED}|[0-9]{{1,18}})(?:\.[0-9]{{1,18}})?|\.[0-9]{{1,18}})"
_ANY = rf"(?:(?:{_GROUPED}|{_SPACED}|[0-9]{{1,18}})(?:\.[0-9]{{1,18}})?|\.[0-9]{{1,18}})"
# In cp932 the yen sign is the byte of the backslash.
_CURRENCY = r"(?:¥|\\|US\$|\$|€|£|JPY|USD|EUR|GBP)"
_MONEY = "円|ドル|ユーロ|元|JPY|USD|EUR|GBP|[¥$€£]"
_COUNTED = rf"(?:{_MONEY}|件|社|人|名|回|個|本|台)"
_DECORATED = rf"^[+-]? *{_CURRENCY}? *{_ANY} *(?:{_COUNTED}|%)?$"
# 1.2m is millions beside a currency; without one it might be metres or minutes, and 1.2M is not.
_WORDS = "(?:[kK]|MM|mn|bn|(?i:thousand|million|billion)s?)"
_WESTERN = (
    rf"^[+-]? *(?:{_CURRENCY} *{_ANY} ?(?:{_WORDS}|[mMbB]) *(?:{_MONEY})?|"
    rf"{_ANY} ?(?:(?:{_WORDS}|[mMbB]) *(?:{_MONEY})|(?:{_WORDS}|[MB]) *{_COUNTED}?))$"
)
_SCALED = rf"^[+-]?{_CURRENCY}?(?:{_N}兆)?(?:{_N}億)?(?:{_N}(千)?万)?(?:{_N}(千)?)?{_COUNTED}?$"
_SCALE = "[0-9]千?[兆億万千]"
# 1.234,56 and 0,5 can only be read so, and 1,234.56 and 0.5 only the other way.
_COMMA = r"[0-9],[0-9]{1,2}(?:[^0-9,.]|$)|\.[0-9]{3},[0-9]"
_POINT = r",[0-9]{3}[,.]|[0-9]\.[0-9]{1,2}(?:[^0-9,.]|$)"
_NONE = ibis.null("float64")
LARGEST = 1e100  # what cannot be squared and summed is a slip, and no number
_POWERS = {"k": "e3", "t": "e3", "m": "e6", "b": "e9"}
_PARTS = dt.Struct(dict.fromkeys(("cho", "oku", "man", "senman", "en", "sen"), "string"))


@ibis.udf.scalar.builtin(
    name="regexp_extract", signature=((dt.string, dt.string, dt.Array(dt.string)), _PARTS)
)
def _extract(text, pattern, names):  # type: ignore[no-untyped-def]
    """DuckDB's own: the groups of a pattern by the names that they are given."""


def is_blank(cell: ir.StringValue) -> ir.BooleanValue:
    """Whether a cell of numbers, moments or flags says nothing.

    It is empty or spaces, dashes as ledgers write "none", or a word for it: N/A, NULL, 未入力, なし.
    In a column of text such a word is a text.
    """
    return cell.isnull() | narrow(cell).re_search(_NOTHING)


def narrow(cell: ir.StringValue) -> ir.StringValue:
    """Full-width digits and signs as ASCII, minus signs of all kinds as ``-``, trimmed."""
    # Looking letter by letter costs six times as much as telling that there is nothing to do.
    return cell.re_search(r"[^ -~]").ifelse(cell.translate(_WIDE, _NARROW), cell).strip()


def commas(cell: ir.StringColumn) -> dict[str, ir.Scalar]:
    """The aggregates that tell whether a column writes a comma for the decimal point.

    It does where ``sure`` is more than half of ``all``, and ``points`` finds next to nothing
    against it.
    """
    written = cell.contains(",").ifelse(cell, ibis.null("string"))
    return {"sure": written.re_search(_COMMA).sum(), "all": written.count()}


def points(cell: ir.StringColumn) -> dict[str, ir.Scalar]:
    """The aggregate that counts the cells that cannot be read with a decimal comma."""
    return {"against": cell.re_search(_POINT).sum()}


def with_point(cell: ir.StringValue) -> ir.StringValue:
    """A number with a decimal comma as ``number`` reads it: 1.234,56 becomes 1234.56.

    What cannot have one, as 1,234.56, stays as it is.
    """
    return cell.re_search(_POINT).ifelse(cell, cell.replace(".", "").replace(",", "."))


def number(cell: ir.StringValue) -> ir.FloatingValue:
    """A cell as a number; NULL where it is blank or cannot be read.

    Read are ``1234.5 1,234 ¥1,234 $22,700.00 1億2,000万円 3千万 30% (1,234) ▲1,234 1 234 $1.2M 5k``
    in ASCII or full-width letters; a percentage is a fraction. Commas, spaces and apostrophes must
    stand between groups of three. The ways of reading go from the most common and fastest to the
    rarest.
    """
    plain = cell.try_cast("float64")
    finite = (plain.abs() < LARGEST).ifelse(plain, _NONE)
    text = narrow(unless(finite, cell))
    line = text.re_replace(r"^\((.*)\)$", r"-\1").re_replace(rf"^({_CURRENCY}) *-", r"-\1")
    return ibis.coalesce(
        finite,
        line.re_search(_DECORATED).ifelse(_bared(line), _NONE),
        (line.re_search(_SCALED) & line.re_search(_SCALE)).ifelse(_scaled(line), _NONE),
        line.re_search(_WESTERN).ifelse(_in_thousands(line), _NONE),
    )


def unless(read: ir.Value, cell: ir.StringValue) -> ir.StringValue:
    """The cell where it has not been ``read`` yet, else NULL.

    DuckDB works out beforehand, for every cell, what the branches of a choice share: of NULL that
    costs nothing.
    """
    return read.isnull().ifelse(cell, ibis.null("string"))


def _bared(line: ir.StringValue) -> ir.FloatingValue:
    """One number with a currency, commas or a unit around it."""
    digits = line.re_replace("[^0-9.-]", "")
    return (line.endswith("%").ifelse(digits + "e-2", digits)).try_cast("float64")


def _in_thousands(line: ir.StringValue) -> ir.FloatingValue:
    """A number told in k, M or B, or in the words for them."""
    letter = line.re_extract("[0-9] ?([A-Za-z])", 1).lower()
    power = ibis.cases(*((letter == each, power) for each, power in _POWERS.items()))
    return (line.re_replace("[^0-9.-]", "") + power).try_cast("float64")


def _scaled(line: ir.StringValue) -> ir.FloatingValue:
    """A number told in 億, 万 and 千."""
    told = _extract(line, _SCALED, list(_PARTS.names))

    def part(name: str, power: ir.StringValue | str) -> ir.FloatingValue:
        # The power goes into the text, so that 0.29億 is exactly 29000000.
        digits = told[name].replace(",", "")
        return (digits == "").ifelse(0.0, (digits + power).try_cast("float64"))

    total = (
        part("cho", "e12")
        + part("oku", "e8")
        + part("man", (told["senman"] != "").ifelse("e7", "e4"))
        + part("en", (told["sen"] != "").ifelse("e3", "e0"))
    )
    return line.startswith("-").ifelse(-total, total)


def flag(cell: ir.StringValue) -> ir.BooleanValue:
    """A cell as true or false: true/false, yes/no, 1/0, はい/いいえ, 有/無, ○/×; else NULL."""
    word = cell.strip().lower()
    return ibis.cases((word.isin(_TRUE), True), (word.isin(_FALSE), False))
