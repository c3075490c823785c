"""What the cells of a column hold, as far as an expression that uses the column tells."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING

from sqlglot import exp

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt

TIME, NUMBER, FLAG, TEXT = "time", "number", "flag", "text"

_ISO_DATE = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2}:\d{2}.*)?")

# Node -> what its operands hold, what it gives; None where it says nothing of them.
_ARITHMETIC = (exp.Add, exp.Sub, exp.Mul, exp.Div, exp.Mod, exp.Neg)
_ROUNDING = (exp.Abs, exp.Round, exp.Floor, exp.Ceil)
_CALENDAR = (exp.Year, exp.Month, exp.Day, exp.Hour)
_WORDS = (exp.Lower, exp.Upper, exp.Trim, exp.Substring, exp.Replace, exp.Concat, exp.DPipe)
_SEARCHES = (exp.Like, exp.ILike, exp.Contains, exp.StartsWith, exp.EndsWith)
_LOGIC = (exp.And, exp.Or, exp.Not)
_COMPARISONS = (exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Between, exp.In)
_CHOICES = (exp.Coalesce, exp.Nullif, exp.Greatest, exp.Least)
SIGNATURES: dict[type[exp.Expr], tuple[str | None, str | None]] = {
    **dict.fromkeys(_ARITHMETIC + _ROUNDING, (NUMBER, NUMBER)),
    **dict.fromkeys(_CALENDAR, (TIME, NUMBER)),
    exp.Date: (TIME, TIME),
    exp.Length: (TEXT, NUMBER),
    **dict.fromkeys(_WORDS, (TEXT, TEXT)),
    **dict.fromkeys(_SEARCHES, (TEXT, FLAG)),
    **dict.fromkeys(_LOGIC, (FLAG, FLAG)),
}
_BETWEEN = frozenset({"hours_between", "days_between", "minutes_between"})


@dataclass(slots=True)
class Uses:
    """What an expression tells of its columns.

    ``kinds`` gives every kind that a column is used as; ``alike`` are pairs of columns that must
    hold the same kind, such as two that are compared.
    """

    kinds: dict[str, set[str]] = field(default_factory=dict)
    alike: list[tuple[str, str]] = field(default_factory=list)

    def add(self, column: str, kind: str | None) -> None:
        found = self.kinds.setdefault(column, set())
        if kind is not None:
            found.add(kind)


def uses_in(tree: exp.Expr, wanted: str | None) -> Uses:
    """What the expression ``tree``, whose value should be of kind ``wanted``, tells."""
    uses = Uses()
    _meet(tree, wanted, uses)
    return uses


def kind_of_type(dtype: dt.DataType) -> str | None:
    """The kind of an engine's type; None where it is none of ours."""
    if dtype.is_numeric():
        return FLAG if dtype.is_boolean() else NUMBER
    if dtype.is_boolean():
        return FLAG
    if dtype.is_timestamp() or dtype.is_date():
        return TIME
    return TEXT if dtype.is_string() else None


def _meet(node: exp.Expr, wanted: str | None, uses: Uses) -> None:
    if isinstance(node, exp.Column):
        uses.add(node.name, wanted)
    elif isinstance(node, exp.Case):
        _meet_case(node, wanted, uses)
    elif isinstance(node, _COMPARISONS):
        _meet_alike(_operands(node), None, uses)
    elif isinstance(node, _CHOICES) or _called(node) == "if_null":
        _meet_alike(_operands(node), wanted, uses)
    elif isinstance(node, exp.Is):
        _meet(node.this, FLAG if isinstance(node.expression, exp.Boolean) else None, uses)
    else:
        _meet_operands(node, wanted, uses)


def _meet_operands(node: exp.Expr, wanted: str | None, uses: Uses) -> None:
    needs = TIME if _called(node) in _BETWEEN else None
    needs = SIGNATURES.get(type(node), (needs, None))[0]
    if isinstance(node, exp.Paren):
        needs = wanted
    counted = isinstance(node, (exp.Substring, exp.Round))
    for number, operand in enumerate(_operands(node)):
        _meet(operand, NUMBER if counted and number else needs, uses)


def _meet_case(node: exp.Case, wanted: str | None, uses: Uses) -> None:
    branches = node.args["ifs"]
    if node.this is not None:
        _meet_alike([node.this, *(branch.this for branch in branches)], None, uses)
    else:
        for branch in branches:
            _meet(branch.this, FLAG, uses)
    results = [branch.args["true"] for branch in branches]
    default = node.args.get("default")
    _meet_alike([*results, default] if default is not None else results, wanted, uses)


def _meet_alike(nodes: list[exp.Expr], wanted: str | None, uses: Uses) -> None:
    """Operands of one kind: what one of them is tells of the others."""
    kind = wanted or next((k for k in map(kind_of, nodes) if k is not None), None)
    columns = [node.name for node in nodes if isinstance(node, exp.Column)]
    uses.alike.extend(pairwise(columns))
    for node in nodes:
        _meet(node, kind, uses)


def kind_of(node: exp.Expr) -> str | None:
    """What a node gives, where its form alone tells."""
    if isinstance(node, exp.Paren):
        return kind_of(node.this)
    if isinstance(node, exp.Literal):
        if not node.is_string:
            return NUMBER
        return TIME if _ISO_DATE.fullmatch(node.this) else TEXT
    if isinstance(node, exp.Boolean):
        return FLAG
    if isinstance(node, exp.Cast):  # only date and timestamp literals are cast
        return TIME
    if _called(node) in _BETWEEN:
        return NUMBER
    return SIGNATURES.get(type(node), (None, None))[1]


def _called(node: exp.Expr) -> str:
    return str(node.this).lower() if isinstance(node, exp.Anonymous) else ""


def _operands(node: exp.Expr) -> list[exp.Expr]:
    return [child for child in node.iter_expressions() if not isinstance(child, exp.DataType)]
