"""Expressions of a goals file become Ibis expressions: parsed, held against a list, then built."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache, reduce
from typing import Any

import ibis
import ibis.expr.types as ir
import sqlglot
from sqlglot import exp

from kpilint.data.kinds import FLAG, NUMBER, TEXT, TIME, kind_of_type
from kpilint.goals.expression import check
from kpilint.goals.written import excerpt
from kpilint.i18n import _


@lru_cache(maxsize=1024)
def parse(text: str) -> exp.Expr:
    """The syntax tree of one expression; ValueError, naming what is refused, if it is not plain."""
    check(text)
    try:
        return sqlglot.parse_one(text, read="duckdb")
    except sqlglot.errors.SqlglotError:
        raise ValueError(
            _("“{text}” cannot be read as an expression.", text=excerpt(text))
        ) from None


def build(
    text: str,
    table: ir.Table,
    column: Callable[[str], ir.Value] | None = None,
    *,
    kind: str | None = None,
) -> ir.Value:
    """An expression over the columns of ``table``.

    ``column`` finds a column by the name that the expression uses (it may raise ColumnMissing);
    by default the table's own. ``kind`` is what the value must be, as FLAG for a condition.
    Raises ValueError, naming it, for anything that is not a plain scalar expression. The result
    compiles for every engine that Ibis knows.
    """
    builder = _Builder(text, column or (lambda name: table[name]))
    tree = parse(text)
    return builder.value(tree) if kind is None else builder.of_kind(tree, kind)


class _Builder:
    """Builds one expression node by node; what has no entry in ``_NODES`` is refused."""

    def __init__(self, text: str, column: Callable[[str], ir.Value]) -> None:
        self.text = text
        self.column = column

    def value(self, node: exp.Expr) -> ir.Value:
        make = _NODES.get(type(node))
        if make is None or any(said for name, said in node.args.items() if name not in _PARTS):
            raise self.refused(node.key)
        value = make(self, node)
        return ~value if node.args.get("negate") else value

    def of_kind(self, node: exp.Expr, kind: str) -> Any:
        """A node's value, which must be of ``kind``; a literal is read as one."""
        return self._as(kind, node, self.value(node))

    def alike(self, nodes: list[exp.Expr]) -> list[Any]:
        """Values that meet in a comparison or choice, all of one kind.

        Literals follow the columns: ``closed_at >= '2026-04-01'`` compares moments,
        ``deal_id = 7`` compares text.
        """
        values = [self.value(node) for node in nodes]
        kinds = [kind_of_type(value.type()) for value in values]
        firm = [k for n, k in zip(nodes, kinds, strict=True) if k and not _is_literal(n)]
        kind = next(iter([*firm, *filter(None, kinds)]), None)
        if kind is None:
            return values
        return [self._as(kind, n, v) for n, v in zip(nodes, values, strict=True)]

    def _as(self, kind: str, node: exp.Expr, value: ir.Value) -> ir.Value:
        found = kind_of_type(value.type())
        if found == TIME == kind:
            return value.cast("timestamp") if value.type().is_date() else value
        if found == kind or value.type().is_null():
            return value
        if kind == TEXT and _is_literal(node):
            return ibis.literal(node.sql("duckdb"))
        if isinstance(node, exp.Literal) and node.is_string:
            read = _READ[kind](node.this)
            if read is not None:
                return ibis.literal(read)
        raise ValueError(
            _(
                "“{part}” in “{text}” holds {found} and is used as {kind}; compare like with like.",
                part=excerpt((node.this if isinstance(node, exp.Cast) else node).sql("duckdb")),
                text=excerpt(self.text),
                found=_named(found),
                kind=_named(kind),
            )
        )

    def refused(self, what: str) -> ValueError:
        return ValueError(
            _("“{text}” uses {what}, which has no place here.", text=excerpt(self.text), what=what)
        )


def _named(kind: str | None) -> str:
    match kind:
        case "number":
            return _("numbers")
        case "time":
            return _("dates")
        case "flag":
            return _("true or false")
        case "text":
            return _("text")
    return _("something else")


def _is_literal(node: exp.Expr) -> bool:
    inner = node.this if isinstance(node, (exp.Neg, exp.Paren)) else node
    return isinstance(inner, (exp.Literal, exp.Boolean))


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None


def _flag(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.lower())


_READ: dict[str, Callable[[str], Any]] = {
    NUMBER: _number,
    TIME: _moment,
    FLAG: _flag,
    TEXT: str,
}

# Nodes: everything that an expression may be made of

# What a node may say of itself; one that says more means more than is built here.
_PARTS = {"this", "expression", "expressions", "low", "high", "query", "negate", "true", "default"}
_PARTS |= {"ifs", "to", "is_string", "quoted", "typed", "safe", "coalesce", "ignore_nulls"}
_PARTS |= {"start", "length", "decimals", "replacement"}


def _column(build: _Builder, node: exp.Expr) -> ir.Value:
    if node.args.get("table") is not None:
        raise build.refused(node.sql("duckdb"))
    return build.column(node.name)


def _literal(build: _Builder, node: exp.Expr) -> ir.Value:
    if node.args["is_string"]:
        return ibis.literal(node.this)
    text = node.this
    return ibis.literal(int(text) if text.isdigit() and len(text) < 19 else float(text))


def _cast(build: _Builder, node: exp.Expr) -> ir.Value:
    """A date or timestamp literal; nothing else is cast."""
    read = _moment(node.this.this) if isinstance(node.this, exp.Literal) else None
    to = node.args["to"].this
    if read is None or to not in (exp.DType.DATE, exp.DType.TIMESTAMP, exp.DType.TIMESTAMPNTZ):
        raise build.refused("cast")
    return ibis.literal(read)


def _logic(build: _Builder, node: exp.Expr) -> ir.Value:
    conditions = [build.of_kind(part, FLAG) for part in node.flatten()]
    both = (lambda a, b: a & b) if isinstance(node, exp.And) else (lambda a, b: a | b)
    return reduce(both, conditions)


def _compare(sign: Callable[[Any, Any], Any]) -> Callable[[_Builder, exp.Expr], ir.Value]:
    return lambda build, node: sign(*build.alike([node.this, node.expression]))


def _arithmetic(sign: Callable[[Any, Any], Any]) -> Callable[[_Builder, exp.Expr], ir.Value]:
    def make(build: _Builder, node: exp.Expr) -> ir.Value:
        left, right = (build.of_kind(n, NUMBER) for n in (node.this, node.expression))
        value: ir.Value = sign(left, right)
        return value

    return make


def _between(build: _Builder, node: exp.Expr) -> ir.Value:
    value, low, high = build.alike([node.this, node.args["low"], node.args["high"]])
    return (value >= low) & (value <= high)


def _in(build: _Builder, node: exp.Expr) -> ir.Value:
    if node.args.get("query") is not None:
        raise build.refused("sub-query")
    value, *choices = build.alike([node.this, *node.expressions])
    found: ir.Value = value.isin(choices)
    return found


def _is(build: _Builder, node: exp.Expr) -> ir.Value:
    if isinstance(node.expression, exp.Null):
        return build.value(node.this).isnull()
    if not isinstance(node.expression, exp.Boolean):
        raise build.refused(node.sql("duckdb"))
    value = build.of_kind(node.this, FLAG)
    return ibis.coalesce(value if node.expression.this else ~value, ibis.literal(False))


def _like(build: _Builder, node: exp.Expr) -> ir.Value:
    value = build.of_kind(node.this, TEXT)
    if not isinstance(node.expression, exp.Literal):
        raise build.refused(node.expression.sql("duckdb"))
    pattern = node.expression.this
    return value.ilike(pattern) if isinstance(node, exp.ILike) else value.like(pattern)


def _case(build: _Builder, node: exp.Expr) -> ir.Value:
    ifs = node.args["ifs"]
    conditions = [branch.this for branch in ifs]
    if node.this is not None:
        subject, *values = build.alike([node.this, *conditions])
        tests = [subject == value for value in values]
    else:
        tests = [build.of_kind(condition, FLAG) for condition in conditions]
    default = node.args.get("default") or exp.Null()
    *results, otherwise = build.alike([*(branch.args["true"] for branch in ifs), default])
    return ibis.cases(*zip(tests, results, strict=True), else_=otherwise)


def _choice(choose: Callable[..., Any]) -> Callable[[_Builder, exp.Expr], ir.Value]:
    def make(build: _Builder, node: exp.Expr) -> ir.Value:
        value: ir.Value = choose(*build.alike(list(node.iter_expressions())))
        return value

    return make


def _method(kind: str, call: Callable[..., Any]) -> Callable[[_Builder, exp.Expr], ir.Value]:
    """A function of values that are all of one kind."""

    def make(build: _Builder, node: exp.Expr) -> ir.Value:
        value: ir.Value = call(*(build.of_kind(n, kind) for n in node.iter_expressions()))
        return value

    return make


def _substring(build: _Builder, node: exp.Expr) -> ir.Value:
    start = build.of_kind(node.args["start"], NUMBER)
    length = node.args.get("length")
    text = build.of_kind(node.this, TEXT)
    return text.substr(start - 1, None if length is None else build.of_kind(length, NUMBER))


def _round(build: _Builder, node: exp.Expr) -> ir.Value:
    digits = node.args.get("decimals")
    value = build.of_kind(node.this, NUMBER)
    if digits is not None:
        return value.round(build.of_kind(digits, NUMBER))
    # PostgreSQL's own would round 2.5 to 2, and the others to 3.
    return ibis.ifelse(value < 0, (value - 0.5).ceil(), (value + 0.5).floor())


def _elapsed(seconds: int) -> Callable[[Any, Any], Any]:
    """Time between two moments, to the second, in units of so many seconds."""
    # To Spark 3600.0 is a decimal with few digits, so that it is the other side which is floating.
    return lambda since, until: (
        (until.epoch_seconds() - since.epoch_seconds()).cast("float64") / seconds
    )


_OWN = {
    "hours_between": _method(TIME, _elapsed(3_600)),
    "days_between": _method(TIME, _elapsed(86_400)),
    "minutes_between": _method(TIME, _elapsed(60)),
    "if_null": _choice(ibis.coalesce),
}


def _own(build: _Builder, node: exp.Expr) -> ir.Value:
    make = _OWN.get(str(node.this).lower())
    if make is None:
        raise build.refused(str(node.this))
    return make(build, node)


_NODES: dict[type[exp.Expr], Callable[[_Builder, exp.Expr], ir.Value]] = {
    exp.Column: _column,
    exp.Literal: _literal,
    exp.Boolean: lambda build, node: ibis.literal(bool(node.this)),
    exp.Null: lambda build, node: ibis.null(),
    exp.Cast: _cast,
    exp.Paren: lambda build, node: build.value(node.this),
    exp.And: _logic,
    exp.Or: _logic,
    exp.Not: lambda build, node: ~build.of_kind(node.this, FLAG),
    exp.EQ: _compare(lambda a, b: a == b),
    exp.NEQ: _compare(lambda a, b: a != b),
    exp.LT: _compare(lambda a, b: a < b),
    exp.LTE: _compare(lambda a, b: a <= b),
    exp.GT: _compare(lambda a, b: a > b),
    exp.GTE: _compare(lambda a, b: a >= b),
    exp.Between: _between,
    exp.In: _in,
    exp.Is: _is,
    exp.Like: _like,
    exp.ILike: _like,
    exp.Case: _case,
    exp.Add: _arithmetic(lambda a, b: a + b),
    exp.Sub: _arithmetic(lambda a, b: a - b),
    exp.Mul: _arithmetic(lambda a, b: a * b),
    # Some engines fail on a division by zero, some give infinity: here it gives no value.
    exp.Div: _arithmetic(lambda a, b: a / b.nullif(0)),
    exp.Mod: _arithmetic(lambda a, b: a % b.nullif(0)),
    exp.Neg: _method(NUMBER, lambda a: -a),
    exp.Abs: _method(NUMBER, lambda a: a.abs()),
    exp.Floor: _method(NUMBER, lambda a: a.floor()),
    exp.Ceil: _method(NUMBER, lambda a: a.ceil()),
    exp.Round: _round,
    exp.DPipe: _method(TEXT, lambda a, b: a + b),
    exp.Concat: _method(TEXT, lambda *parts: reduce(lambda a, b: a + b, parts)),
    exp.Lower: _method(TEXT, lambda a: a.lower()),
    exp.Upper: _method(TEXT, lambda a: a.upper()),
    exp.Trim: _method(TEXT, lambda a: a.strip()),
    exp.Length: _method(TEXT, lambda a: a.length()),
    exp.Contains: _method(TEXT, lambda a, b: a.contains(b)),
    exp.StartsWith: _method(TEXT, lambda a, b: a.startswith(b)),
    exp.EndsWith: _method(TEXT, lambda a, b: a.endswith(b)),
    exp.Replace: _method(TEXT, lambda a, b, c: a.replace(b, c)),
    exp.Substring: _substring,
    exp.Year: _method(TIME, lambda a: a.year()),
    exp.Month: _method(TIME, lambda a: a.month()),
    exp.Day: _method(TIME, lambda a: a.day()),
    exp.Hour: _method(TIME, lambda a: a.hour()),
    exp.Date: _method(TIME, lambda a: a.date()),
    exp.Coalesce: _choice(ibis.coalesce),
    exp.Nullif: _choice(lambda a, b: a.nullif(b)),
    exp.Greatest: _choice(ibis.greatest),
    exp.Least: _choice(ibis.least),
    exp.Anonymous: _own,
}
