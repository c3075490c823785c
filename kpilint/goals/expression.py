"""The `where` and `column` expressions of a goals file: which are safe, and what they name.

A small grammar of its own, because an SQL parser takes longer to import than a whole check may.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NoReturn

from kpilint.goals.written import excerpt
from kpilint.i18n import _, listed

_BY_ARGUMENTS = {
    (1, 1): "abs ceil date day floor hour length lower month trim upper year",
    (1, 2): "round",
    (2, 2): "contains days_between ends_with hours_between if_null minutes_between nullif"
    " starts_with",
    (2, 3): "substr",
    (3, 3): "replace",
    (1, 99): "coalesce concat greatest least",
}
_ARGUMENTS = {name: limits for limits, line in _BY_ARGUMENTS.items() for name in line.split()}
FUNCTIONS = frozenset(_ARGUMENTS)

_BY_ROLE = {
    "grammar": "and between case else end ilike in is like not null or then true false when",
    "aggregate": "avg count max mean median min stddev sum variance",
    "clock": "current_date current_time current_timestamp localtime localtimestamp",
    "statement": "alter attach call copy create delete drop except exists export from grant having"
    " import insert install intersect into join load merge over pragma select set table truncate"
    " union update using values vacuum where with",
}
_ROLES = {word: role for role, line in _BY_ROLE.items() for word in line.split()}
_COMPARE = frozenset({"=", "==", "!=", "<>", "<", "<=", ">", ">="})
_ARITHMETIC = frozenset({"+", "-", "*", "/", "%", "||"})
_CHAINED = _ARITHMETIC | {"and", "or", "not"}
_LONGEST, _DEEPEST, _MOST = 10_000, 32, 200

_TOKEN = re.compile(
    r"""\s*+(?:
      (?P<number>(?:[0-9]++(?:\.[0-9]++)?|\.[0-9]++)(?:[eE][+-]?[0-9]++)?(?![\w.]))
    | (?P<string>'(?:[^']|'')*+')
    | (?P<quoted>"(?:[^"]|"")*+")
    | (?P<comment>--|/\*)
    | (?P<word>[^\W\d]\w*+)
    | (?P<sign><=|>=|<>|!=|==|\|\||[=<>+\-*/%(),])
    | (?P<other>\S)
    )""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int

    @property
    def key(self) -> str:
        """What the grammar compares: keywords in lower case, never a quoted name."""
        return self.text.lower() if self.kind in ("word", "sign") else ""

    @property
    def role(self) -> str | None:
        """grammar, aggregate, clock or statement, where the word is no free name."""
        return _ROLES.get(self.key)


def check(text: str) -> None:
    """Raise ValueError, naming what and where, unless ``text`` is one plain expression.

    Plain are columns, strings, numbers, date and timestamp literals, comparisons, arithmetic,
    and/or/not, in, is null, between, like, case, and the scalar ``FUNCTIONS``.
    """
    names(text)


@lru_cache(maxsize=4096)
def names(text: str) -> tuple[str, ...]:
    """The columns that an expression uses, in order, once each; ValueError like ``check``."""
    if len(text) > _LONGEST:
        raise ValueError(
            _("The expression is longer than {limit} characters; shorten it.", limit=_LONGEST)
        )
    tokens = _tokens(text)
    # What reads the expression later descends once for each of these.
    if sum(token.key in _CHAINED for token in tokens) > _MOST:
        raise ValueError(
            _("The expression has more than {limit} operators; simplify it.", limit=_MOST)
        )
    return _Reader(tokens).read()


def _tokens(text: str) -> list[_Token]:
    tokens = []
    for found in _TOKEN.finditer(text.rstrip()):
        kind = found.lastgroup or ""
        token = _Token(kind, found[kind], found.start(kind) + 1)
        if kind == "comment":
            _refuse(token, _("Comments have no place in an expression; put them in the YAML."))
        if kind == "other":
            _refuse_sign(token)
        tokens.append(token)
    if not tokens:
        raise ValueError(_("The expression is empty; write for example stage = 'won'."))
    return tokens


def _refuse(token: _Token, reason: str) -> NoReturn:
    raise ValueError(
        _(
            "“{found}” at character {place}: {reason}",
            found=excerpt(token.text),
            place=token.place,
            reason=reason,
        )
    )


def _refuse_sign(token: _Token) -> NoReturn:
    if token.text in "'\"":
        _refuse(token, _("This quote is never closed."))
    if token.text == ".":
        _refuse(
            token,
            _("An expression sees the columns of its own source only; bring others in by join."),
        )
    if token.text == ";":
        _refuse(token, _("Only one expression may stand here, no further statement."))
    _refuse(
        token,
        _("This sign has no place in an expression; a heading with signs goes in double quotes."),
    )


class _Reader:
    """Recursive descent over the tokens of one expression, gathering the columns it names."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.tokens = tokens
        self.at = 0
        self.depth = 0
        self.found: dict[str, None] = {}

    def read(self) -> tuple[str, ...]:
        self.expression()
        if self.at < len(self.tokens):
            self.stray(self.tokens[self.at])
        return tuple(self.found)

    # Steps

    @property
    def key(self) -> str:
        return self.tokens[self.at].key if self.at < len(self.tokens) else "\0"

    def take(self, *keys: str) -> bool:
        taken = self.key in keys
        self.at += taken
        return taken

    def need(self, key: str) -> None:
        if not self.take(key):
            self.missing(key)

    def missing(self, wanted: str) -> NoReturn:
        if self.at < len(self.tokens):
            self.stray(self.tokens[self.at])
        raise ValueError(
            _("The expression breaks off; after its end {wanted} is missing.", wanted=wanted)
        )

    def stray(self, token: _Token) -> NoReturn:
        if token.role == "statement":
            _refuse(
                token,
                _("Sub-queries and statements are refused; a column of this name is quoted."),
            )
        before = self.tokens[self.at - 1] if self.at else token
        if token.kind == before.kind == "word" and not (token.text + before.text).isascii():
            _refuse(
                token, _("This does not fit here; a heading with spaces goes in double quotes.")
            )
        _refuse(token, _("This does not fit here; check quotes, operators and parentheses."))

    # Grammar

    def expression(self) -> None:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise ValueError(
                _("The expression is nested more than {limit} deep; simplify it.", limit=_DEEPEST)
            )
        self.comparison()
        while self.take("and", "or"):
            self.comparison()
        self.depth -= 1

    def comparison(self) -> None:
        while self.take("not"):
            pass
        self.sum()
        while self.key in _COMPARE or self.key in ("is", "not", "in", "between", "like", "ilike"):
            self.tail()

    def tail(self) -> None:
        """What may follow a sum: a comparison, or a word of SQL."""
        if self.take(*_COMPARE):
            return self.sum()
        if self.take("is"):
            self.take("not")
            return None if self.take("null", "true", "false") else self.missing("null")
        self.take("not")
        if self.take("between"):
            self.sum()
            self.need("and")
            return self.sum()
        if self.take("like", "ilike"):
            return self.sum()
        self.need("in")
        self.need("(")
        self.rest_of_list()
        return None

    def rest_of_list(self) -> int:
        """The expressions up to the closing parenthesis; returns how many."""
        self.expression()
        count = 1
        while self.take(","):
            self.expression()
            count += 1
        self.need(")")
        return count

    def sum(self) -> None:
        self.operand()
        while self.take(*_ARITHMETIC):
            self.operand()

    def operand(self) -> None:
        while self.take("+", "-"):
            pass
        if self.at == len(self.tokens):
            self.missing(_("a value"))
        token = self.tokens[self.at]
        self.at += 1
        if token.kind in ("number", "string"):
            return
        if token.kind == "quoted":
            self.column(token.text[1:-1].replace('""', '"'), token)
        elif token.key == "(":
            self.expression()
            self.need(")")
        elif token.key == "case":
            self.case()
        elif token.key not in ("null", "true", "false"):
            self.word(token)

    def word(self, token: _Token) -> None:
        """A function, a date literal or a column."""
        follower = self.tokens[self.at] if self.at < len(self.tokens) else None
        if token.kind != "word" or token.role in ("grammar", "statement"):
            self.stray(token)
        if token.role == "clock":
            _refuse(token, _("Expressions never read the clock, so that a run can be repeated."))
        if follower and follower.key == "(":
            self.function(token)
        elif follower and follower.kind == "string" and token.key in ("date", "timestamp"):
            self.at += 1
            _check_literal(token, follower)
        else:
            self.column(token.text, token)

    def column(self, name: str, token: _Token) -> None:
        if not name:
            _refuse(token, _("A column has a name; strings go in single quotes."))
        self.found[name] = None

    def function(self, token: _Token) -> None:
        if token.role == "aggregate":
            _refuse(token, _("Aggregates are said by agg:, not in the expression."))
        if not token.text.isascii():
            _refuse(token, _("This is no function; a heading with brackets goes in double quotes."))
        if token.key not in FUNCTIONS:
            _refuse(
                token,
                _(
                    "No such function here; allowed are {functions}.",
                    functions=listed(sorted(FUNCTIONS)),
                ),
            )
        least, most = _ARGUMENTS[token.key]
        self.need("(")
        if not least <= self.rest_of_list() <= most:
            _refuse(
                token,
                _("Number of arguments it takes: {arguments}.", arguments=_span(least, most)),
            )

    def case(self) -> None:
        if self.key != "when":
            self.expression()
        self.need("when")
        self.branch()
        while self.take("when"):
            self.branch()
        if self.take("else"):
            self.expression()
        self.need("end")

    def branch(self) -> None:
        self.expression()
        self.need("then")
        self.expression()


def _span(least: int, most: int) -> str:
    return str(least) if least == most else f"{least}–{most}"


def _check_literal(word: _Token, string: _Token) -> None:
    read: Callable[[str], object] = (
        date.fromisoformat if word.key == "date" else datetime.fromisoformat
    )
    try:
        read(string.text[1:-1])
    except ValueError:
        _refuse(string, _("Not a date; write it as in date '2026-10-01'."))
