"""What a source's records should be like, as written: the short forms and Great Expectations' own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from types import MappingProxyType
from typing import Any

from yaml import MappingNode, Node

from kpilint.finding import Severity, Span
from kpilint.goals.arguments import SEVERITIES, nodes_of, read_argument
from kpilint.goals.mapping import is_null
from kpilint.goals.node import Reader, Reading, shown, span_of, told, unique_pairs
from kpilint.goals.slip import meant, near
from kpilint.goals.vocabulary import EXPECTATIONS, REFUSED, REFUSED_ARGUMENTS, Argument
from kpilint.i18n import _

Value = str | float | bool | datetime | tuple[Any, ...] | Mapping[str, Any] | None

_ONE, _MANY = Argument("column", True), Argument("columns", True)
_FORMS: Mapping[str, Mapping[str, Argument]] = {  # a form with one argument is written without it
    "unique": {"column_list": _MANY},
    "not_null": {"column_list": _MANY},
    "between": {
        "column": _ONE,
        "min": Argument("bound", False),
        "max": Argument("last", False),
    },
    "in_set": {"column": _ONE, "values": Argument("values", True)},
    "regex": {"column": _ONE, "pattern": Argument("pattern", True)},
    "in_order": {"column_list": _MANY},
    "not_future": {"column_list": _MANY},
}
FORMS = tuple(_FORMS)
_WEIGHTS = {"mostly": Argument("share", False), "severity": Argument("severity", False)}
_HEAVY = frozenset({"severity"})  # every expectation has one


@dataclass(frozen=True, slots=True)
class Expectation:
    """One thing that the records of a source should fulfil, in Great Expectations' terms.

    ``form`` is the word it was written with; ``mostly`` the share of records that must comply.
    ``at`` is its place in the goals file, None for those that come with a preset.
    """

    form: str
    name: str
    arguments: Mapping[str, Value]
    mostly: float = 1.0
    severity: Severity = Severity.ERROR
    at: Span | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that it looks at, as written."""
        several = self.arguments.get("column_list")
        listed = several if isinstance(several, tuple) and not self.of_headings else ()
        single = (self.arguments.get(key) for key in ("column", "column_A", "column_B"))
        return (*(str(name) for name in single if name is not None), *map(str, listed))

    @property
    def of_headings(self) -> bool:
        """Whether it is about the headings of the source rather than its records."""
        return self.name.startswith("expect_table_column") or self.name == "expect_column_to_exist"


def _given(
    node: Node, known: Mapping[str, Argument], reading: Reading
) -> tuple[dict[str, Any], bool]:
    """The arguments that can be read, and whether all of them can."""
    found: dict[str, Any] = {}
    before = len(reading.faults)
    written = {k: v for k, v in unique_pairs(node, reading) if not is_null(v)}
    for key, value in written.items():
        if key.value in REFUSED_ARGUMENTS:
            reading.fault("E003", key, _refused(key.value), read=shown(key))
        elif key.value not in known:
            free = known.keys() - {k.value for k in written}
            message = _("This expectation takes no argument {key}.", key=shown(key))
            message += near(key.value, known)
            reading.fault("E002", key, message, key=key.value, **told(meant(key.value, free)))
        else:
            found[key.value] = read_argument(known[key.value].kind, value, reading)
    for name, argument in known.items():
        if argument.required and name not in {k.value for k in written}:
            reading.fault("E003", node, _("The key {key} is missing here.", key=name), missing=name)
    return found, len(reading.faults) == before


def _refused(name: str) -> str:
    return _(
        "{name} would run SQL or code that stands in this file, or reach outside the source; "
        "kpilint does not take it. Give such records a source of their own, and expect it there.",
        name=name,
    )


def _expectations(node: Node, reading: Reading) -> tuple[Expectation, ...]:
    """The expectations of one item of ``expect:``; none where it cannot be read."""
    items = {k.value: (k, value) for k, value in unique_pairs(node, reading)}
    names = [name for name in items if name not in _WEIGHTS]
    if len(names) != 1:
        raise ValueError(
            _("One check with its arguments is expected here, found {read}.", read=shown(node))
        )
    key, value = items[names[0]]
    known = _FORMS.get(key.value) or EXPECTATIONS.get(key.value)
    if known is None:
        _unknown(key, reading)
        return ()
    weights = {
        k: a for k, a in _WEIGHTS.items() if key.value in _FORMS or k in _HEAVY or k in known
    }
    if key.value in _FORMS and len(known) == 1:
        (name, argument), *_rest = known.items()
        before = len(reading.faults)
        found: dict[str, Any] = {name: read_argument(argument.kind, value, reading)}
        whole = len(reading.faults) == before
    else:
        found, whole = _given(value, {**known, **weights}, reading)
    beside = [pair for name, pair in items.items() if name in _WEIGHTS]
    if beside:
        mapping = MappingNode("", beside, beside[0][0].start_mark, beside[-1][1].end_mark)
        weighed, right = _given(mapping, weights, reading)
        found, whole = found | weighed, whole and right
    return tuple(_made(key, found, value, reading)) if whole else ()


def _unknown(key: Node, reading: Reading) -> None:
    if key.value in REFUSED:
        reading.fault("E003", key, _refused(key.value), read=shown(key))
        return
    known = (*FORMS, *EXPECTATIONS)
    message = _("There is no expectation {key}.", key=shown(key)) + near(key.value, known)
    reading.fault("E002", key, message, key=key.value, **told(meant(key.value, known)))


def _made(key: Node, found: dict[str, Any], node: Node, reading: Reading) -> Iterator[Expectation]:
    mostly, severity = found.pop("mostly", 1.0), found.pop("severity", Severity.ERROR)
    at = span_of(reading.path, key)
    try:
        for name, arguments in _TERMS[key.value](found) if key.value in _TERMS else [("", found)]:
            known = MappingProxyType({k: v for k, v in arguments.items() if v is not None})
            full = f"expect_{name}" if name else key.value
            yield Expectation(key.value, full, known, mostly, severity, at)
    except ValueError as problem:
        reading.fault("E003", node, str(problem), read=shown(node))


Terms = Iterator[tuple[str, dict[str, Any]]]


def _unique(found: Mapping[str, Any]) -> Terms:
    columns = found["column_list"]
    if len(columns) == 1:
        yield "column_values_to_be_unique", {"column": columns[0]}
    else:
        yield "compound_columns_to_be_unique", {"column_list": columns}


def _not_null(found: Mapping[str, Any]) -> Terms:
    for column in found["column_list"]:
        yield "column_values_to_not_be_null", {"column": column}


def _between(found: Mapping[str, Any]) -> Terms:
    bounds = {"min_value": found.get("min"), "max_value": found.get("max")}
    if len({type(bound) for bound in bounds.values() if bound is not None}) != 1:
        raise ValueError(_("Write min, max or both here, two numbers or two dates."))
    yield "column_values_to_be_between", {"column": found["column"], **bounds}


def _in_set(found: Mapping[str, Any]) -> Terms:
    given = {"column": found["column"], "value_set": found["values"]}
    yield "column_values_to_be_in_set", given


def _regex(found: Mapping[str, Any]) -> Terms:
    yield "column_values_to_match_regex", {"column": found["column"], "regex": found["pattern"]}


def _in_order(found: Mapping[str, Any]) -> Terms:
    columns = found["column_list"]
    if len(columns) < 2:
        raise ValueError(_("Two columns or more are expected here, the earlier one first."))
    for before, after in pairwise(columns):
        pair = {"column_A": after, "column_B": before, "or_equal": True}
        yield (
            "column_pair_values_a_to_be_greater_than_b",
            pair | {"ignore_row_if": "either_value_is_missing"},
        )


def _not_future(found: Mapping[str, Any]) -> Terms:
    for column in found["column_list"]:
        yield "column_values_to_be_between", {"column": column}


_TERMS: Mapping[str, Callable[[Mapping[str, Any]], Terms]] = {
    "unique": _unique,
    "not_null": _not_null,
    "between": _between,
    "in_set": _in_set,
    "regex": _regex,
    "in_order": _in_order,
    "not_future": _not_future,
}
_item = Reader(_expectations, {})


def _all(node: Node, reading: Reading) -> tuple[Expectation, ...]:
    read = (reading.value(_item, n) for n in nodes_of(node) if not is_null(n))
    return tuple(expectation for several in read for expectation in several or ())


def _schema() -> Mapping[str, Any]:
    item = {
        "type": "object",
        "properties": {
            **{name: _form_schema(known) for name, known in _FORMS.items()},
            **{name: {"type": "object"} for name in EXPECTATIONS},
            "mostly": {"type": "number", "minimum": 0, "maximum": 1},
            "severity": {"enum": list(SEVERITIES)},
        },
        "additionalProperties": False,
    }
    return {"anyOf": [{"type": "array", "items": item}, item]}


def _form_schema(known: Mapping[str, Argument]) -> Mapping[str, Any]:
    if len(known) > 1:
        return {"type": "object", "properties": {key: {} for key in (*known, *_WEIGHTS)}}
    return {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}


expectations = Reader(_all, _schema)
