"""The conditions of alerts: `days_left <= 7 and attainment < 100%`."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, NoReturn, TypeAlias

from kpilint.goals.dates import read_duration
from kpilint.goals.quantity import Quantity, read_quantity
from kpilint.goals.slip import near
from kpilint.goals.unit import SECONDS
from kpilint.goals.written import excerpt, plain
from kpilint.i18n import _, listed

# What each word is told in; `expected` is short for `expected_by_now`.
WORDS = {
    "attainment": "share",
    "original_attainment": "share",
    "probability": "share",
    "days_left": "days",
    "actual": "amount",
    "target": "amount",
    "original_target": "amount",
    "expected_by_now": "amount",
    "expected": "amount",
    "forecast": "amount",
    "status": "state",
}
STATES = ("met", "missed", "on_track", "at_risk", "off_track", "not_started", "no_data")
_LONGEST, _DEEPEST = 500, 16

Value: TypeAlias = float | str | None
_Side: TypeAlias = "str | Quantity"  # a word, or a number in the word's own kind

_SIGNS: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
    "=": operator.eq,
    "!=": operator.ne,
}
_SPELLINGS = {"==": "=", "<>": "!=", "≤": "<=", "≦": "<=", "≥": ">=", "≧": ">=", "≠": "!="}
_SHARES = ("percent", "ratio", None)
_JOINS = ("and", "or", "not", "in")
_TOKEN = re.compile(
    r"""\s*+(?:
      (?P<sign><=|>=|<>|!=|==|[=<>≤≥≦≧≠(),])
    | (?P<number>[-+▲△¥$€£₩]*[0-9](?:[0-9.]|,[0-9]{3})*+
        (?:\s*(?!(?:and|or|not|in)\b)[^\s<>=!≤≥≦≧≠(),'"0-9]+)?)
    | '(?P<single>[^']*+)' | "(?P<double>[^"]*+)"
    | (?P<word>[^\W\d]\w*+)
    | (?P<other>\S)
    )""",
    re.VERBOSE,
)


class Comparison(NamedTuple):
    """A word, a sign, and what it is compared with: another word, a number, or states."""

    word: str
    sign: str
    than: str | Quantity | tuple[str, ...]

    def holds(self, values: Mapping[str, Value], unit: str | None) -> bool | None:
        """Whether it does; None where a value is not known."""
        value = values[self.word]
        if isinstance(self.than, tuple):
            return (value in self.than) == (self.sign == "in")
        than = values[self.than] if isinstance(self.than, str) else self.amount(unit)
        if not isinstance(value, (int, float)) or not isinstance(than, (int, float)):
            return None
        return _SIGNS[self.sign](value, than)

    def amount(self, unit: str | None) -> float | None:
        """The number that the word is compared with, amounts in ``unit``; ValueError if unfit."""
        if not isinstance(self.than, Quantity):
            return None
        wanted = {"share": "percent", "days": "days"}.get(WORDS[self.word], unit)
        return self.than.to(wanted) if wanted else self.than.value

    def __str__(self) -> str:
        if isinstance(self.than, tuple):
            if len(self.than) == 1:
                return f"{self.word} {'=' if self.sign == 'in' else '!='} {self.than[0]}"
            return f"{self.word} {self.sign} ({', '.join(self.than)})"
        than = self.than.text if isinstance(self.than, Quantity) else self.than
        return f"{self.word} {self.sign} {than}"


class Joined(NamedTuple):
    """Conditions of which all (``and``) or one (``or``) must hold."""

    join: str
    parts: tuple[Comparison | Joined, ...]

    def holds(self, values: Mapping[str, Value], unit: str | None) -> bool | None:
        """Whether they do; None where it hangs on a value that is not known."""
        told = [part.holds(values, unit) for part in self.parts]
        decisive = self.join == "or"
        if decisive in told:
            return decisive
        return None if None in told else not decisive

    def __str__(self) -> str:
        shown = (f"({part})" if isinstance(part, Joined) else str(part) for part in self.parts)
        return f" {self.join} ".join(shown)


@dataclass(frozen=True, slots=True)
class Condition:
    """When an alert is due. As text it is the same however it was spaced and spelled."""

    text: str
    tree: Comparison | Joined

    def holds(self, values: Mapping[str, Value], unit: str | None) -> bool | None:
        """Whether it holds for a goal; None where it hangs on a value that is not known.

        ``values`` has one a word: shares of one, days, amounts in ``unit``, and the state's name.
        Raises ValueError where an amount does not fit ``unit``.
        """
        return self.tree.holds(values, unit)

    def amounts(self) -> Iterator[Comparison]:
        """The comparisons with an amount in the metric's unit."""
        for each in _leaves(self.tree):
            if isinstance(each.than, Quantity) and WORDS[each.word] == "amount":
                yield each

    def __str__(self) -> str:
        return str(self.tree)


def _leaves(tree: Comparison | Joined) -> Iterator[Comparison]:
    if isinstance(tree, Comparison):
        yield tree
        return
    for part in tree.parts:
        yield from _leaves(part)


def read_condition(text: str) -> Condition:
    """Read comparisons of ``WORDS`` with numbers, states or each other, joined by and, or, ().

    Raises ValueError with a sentence that says what cannot be read.
    """
    if len(text) > _LONGEST:
        raise ValueError(
            _("The condition is longer than {limit} characters; shorten it.", limit=_LONGEST)
        )
    found = list(_TOKEN.finditer(plain(text)))
    tokens = [(match.lastgroup or "", match[match.lastgroup or 0]) for match in found]
    return Condition(text, _Reader(tokens).read())


class _Reader:
    """Recursive descent over the tokens of one condition."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0

    def read(self) -> Comparison | Joined:
        tree = self.either()
        if self.at < len(self.tokens):
            self.stray()
        return tree

    @property
    def key(self) -> str:
        """The token ahead, as the grammar compares it; nothing at the end."""
        kind, token = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        key = token.lower() if kind in ("word", "sign") else ""
        return _SPELLINGS.get(key, key)

    def take(self, *keys: str) -> str:
        key = self.key
        if key not in keys:
            return ""
        self.at += 1
        return key

    def stray(self) -> NoReturn:
        if self.at == len(self.tokens):
            raise ValueError(
                _("The condition breaks off; write for example {example}.", example=_EXAMPLE)
            )
        raise ValueError(
            _(
                "“{found}” does not fit here; write comparisons joined by and or or, such as "
                "{example}.",
                found=excerpt(self.tokens[self.at][1]),
                example=_EXAMPLE,
            )
        )

    def either(self) -> Comparison | Joined:
        return self.joined("or", lambda: self.joined("and", self.single))

    def joined(self, join: str, part: Callable[[], Comparison | Joined]) -> Comparison | Joined:
        parts = [part()]
        while self.take(join):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(join, tuple(parts))

    def single(self) -> Comparison | Joined:
        if not self.take("("):
            return self.comparison()
        self.depth += 1
        if self.depth > _DEEPEST:
            self.stray()
        inner = self.either()
        if not self.take(")"):
            self.stray()
        self.depth -= 1
        return inner

    def comparison(self) -> Comparison:
        left = self.side()
        negated = bool(self.take("not"))
        if self.take("in"):
            return self.among(left, "not in" if negated else "in")
        sign = "" if negated else self.take(*_SIGNS)
        if not sign:
            self.stray()
        if isinstance(left, str) and WORDS[left] == "state":
            if sign not in ("=", "!="):
                self.at -= 1
                self.stray()
            return Comparison(left, "in" if sign == "=" else "not in", (self.state(),))
        return _compared(left, sign, self.side())

    def among(self, left: _Side, sign: str) -> Comparison:
        if not isinstance(left, str) or WORDS[left] != "state" or not self.take("("):
            self.at -= 1
            self.stray()
        states = [self.state()]
        while self.take(","):
            states.append(self.state())
        if not self.take(")"):
            self.stray()
        return Comparison(left, sign, tuple(states))

    def side(self) -> _Side:
        """A word or a number."""
        kind, token = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        if kind not in ("word", "number") or token.lower() in _JOINS:
            self.stray()
        self.at += 1
        return _word(token.lower()) if kind == "word" else _number(token)

    def state(self) -> str:
        kind, token = self.tokens[self.at] if self.at < len(self.tokens) else ("", "")
        if kind not in ("word", "single", "double"):
            self.stray()
        self.at += 1
        if token not in STATES:
            message = _(
                "“{found}” is no status; there are {states}.",
                found=excerpt(token),
                states=listed(STATES),
            )
            raise ValueError(message + near(token, STATES))
        return token


_EXAMPLE = "days_left <= 7 and attainment < 100%"


def _word(word: str) -> str:
    if word not in WORDS:
        message = _(
            "A condition knows no “{found}”; its words are {words}.",
            found=excerpt(word),
            words=listed(WORDS),
        )
        raise ValueError(message + near(word, WORDS))
    return "expected_by_now" if word == "expected" else word


def _number(token: str) -> Quantity:
    """An amount as people write it, or a length of time, in days."""
    try:
        found = read_quantity(token)
    except ValueError as problem:
        try:
            return Quantity(read_duration(token).days, "days", text=token)
        except ValueError:
            raise problem from None
    if found.relative or found.bound or found.upper is not None:
        raise ValueError(
            _("“{found}” is not one plain number; write for example 75%.", found=excerpt(token))
        )
    return found


def _compared(left: _Side, sign: str, right: _Side) -> Comparison:
    """The comparison with its word first; both sides must be of one kind."""
    if isinstance(left, Quantity):
        if isinstance(right, Quantity):
            raise ValueError(
                _(
                    "A number is compared with a number; write for example {example}.",
                    example=_EXAMPLE,
                )
            )
        mirrored = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
        return _compared(right, mirrored.get(sign, sign), left)
    if isinstance(right, str):
        if WORDS[left] != WORDS[right]:
            raise ValueError(
                _(
                    "{left} and {right} cannot be compared: one is not told in what the other is.",
                    left=left,
                    right=right,
                )
            )
        return Comparison(left, sign, right)
    kind = WORDS[left]
    if kind == "share" and (right.unit not in _SHARES or (right.unit is None and right.value > 1)):
        raise ValueError(_("{word} is a share; write it in percent, such as 75%.", word=left))
    if kind == "days" and right.unit is not None and right.unit not in SECONDS:
        raise ValueError(_("{word} counts days; write for example 7.", word=left))
    return Comparison(left, sign, right)
