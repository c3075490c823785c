"""A metric made of other metrics: `opportunities * unit_price / 100`."""

from __future__ import annotations

import ast
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import isfinite, nan
from typing import Any, TypeVar, cast

from kpilint.goals.unit import product_unit, ratio_unit, sum_unit
from kpilint.goals.written import excerpt, plain
from kpilint.i18n import _

_LONGEST, _DEEPEST = 500, 50
_LETTERS = re.compile(r"[\w\s.+\-*/()]+")

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class Formula:
    """Sums, differences, products and quotients of metrics and numbers.

    ``names`` are the metrics in order, once each.
    """

    text: str
    names: tuple[str, ...]
    _tree: ast.expr = field(repr=False, compare=False)

    def evaluate(self, values: Mapping[str, Value]) -> Value:
        """The formula on numbers, or element by element on numpy arrays or pandas series.

        A division by zero gives nan. Raises KeyError for a metric without a value.
        """
        return cast(Value, _value(self._tree, values))

    def unit(self, units: Mapping[str, str | None]) -> str | None:
        """The unit of the result from the units of the metrics; None where one is unknown.

        Numbers in the formula take any unit. Raises ValueError where units do not combine, and
        KeyError for a metric that ``units`` lacks.
        """
        unit = _unit(self._tree, units)
        return "ratio" if unit == _BARE else unit


@lru_cache(maxsize=2048)
def read_formula(text: str) -> Formula:
    """Read a formula of metric names, numbers, ``+ - * /`` and parentheses.

    Raises ValueError with a sentence that names what is refused.
    """
    line = " ".join(plain(text).replace("×", "*").replace("÷", "/").split())
    if not line or len(line) > _LONGEST or not _LETTERS.fullmatch(line):
        raise ValueError(_refused(text))
    try:
        tree = ast.parse(line, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(_refused(text)) from None
    found: dict[str, None] = {}
    _check(tree, line, found, 0)
    if not found:
        raise ValueError(
            _("The formula “{text}” names no metric; write for example a * b.", text=excerpt(text))
        )
    return Formula(text, tuple(found), tree)


def _refused(text: str) -> str:
    return _(
        "“{text}” is not a formula of metric names, numbers, + - * / and parentheses.",
        text=excerpt(text),
    )


def _check(node: ast.expr, line: str, found: dict[str, None], depth: int) -> None:
    """Refuse all but the allowed nodes; gather the names in order."""
    match node:
        case _ if depth > _DEEPEST:
            raise ValueError(_refused(line))
        case ast.BinOp(left, ast.Add() | ast.Sub() | ast.Mult() | ast.Div(), right):
            _check(left, line, found, depth + 1)
            _check(right, line, found, depth + 1)
        case ast.UnaryOp(ast.UAdd() | ast.USub(), operand):
            _check(operand, line, found, depth + 1)
        case ast.Name():
            # Python folds identifiers (ｱ becomes ア); the goals file keys metrics as written.
            node.id = ast.get_source_segment(line, node) or node.id
            found[node.id] = None
        case ast.Constant(int() | float() as number) if not isinstance(number, bool):
            node.value = _number(str(number), line)
        case _:
            raise ValueError(_refused(line))


def _number(digits: str, line: str) -> float:
    number = float(digits)
    if not isfinite(number):
        raise ValueError(_refused(line))
    return number


def _quotient(first: Any, second: Any) -> Any:
    if isinstance(second, (int, float)):
        return first / (second if second != 0 else nan)
    import numpy as np

    with np.errstate(divide="ignore", invalid="ignore"):
        # 0 / False is nan and x / True is x: keeps an index, where np.where would lose it.
        return first / (second / (second != 0))


_OPERATORS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: _quotient,
}


def _value(node: ast.expr, values: Mapping[str, Any]) -> Any:
    match node:
        case ast.Name(name):
            return values[name]
        case ast.Constant(number):
            return number
        case ast.UnaryOp(sign, operand):
            value = _value(operand, values)
            return -value if isinstance(sign, ast.USub) else value
        case ast.BinOp(left, sign, right):
            first, second = _value(left, values), _value(right, values)
            return _OPERATORS[type(sign)](first, second)
    raise TypeError(node)


_BARE = "number"  # the unit of a number written in the formula


def _unit(node: ast.expr, units: Mapping[str, str | None]) -> str | None:
    match node:
        case ast.Name(name):
            return units[name]
        case ast.UnaryOp(_, operand):
            return _unit(operand, units)
        case ast.BinOp(left, sign, right):
            first, second = _unit(left, units), _unit(right, units)
            if isinstance(sign, ast.Div):
                if second == _BARE:
                    return first
                return ratio_unit("ratio" if first == _BARE else first, second)
            if _BARE in (first, second):
                return second if first == _BARE else first
            combine = product_unit if isinstance(sign, ast.Mult) else sum_unit
            return combine(first, second)
    return _BARE
