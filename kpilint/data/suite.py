"""What is expected of a source: by its goals file, and by the preset that it names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from kpilint.data.cache import key_of
from kpilint.data.dataset import Dataset
from kpilint.data.kinds import FLAG, NUMBER, TEXT, TIME, kind_of_type
from kpilint.errors import ColumnMissing, Unavailable
from kpilint.goals.expectation import Expectation, Value, expectations
from kpilint.goals.node import Reading
from kpilint.goals.source import Source
from kpilint.i18n import _

if TYPE_CHECKING:
    import ibis.expr.datatypes as dt

_NUMERIC = frozenset(
    {
        "expect_column_kl_divergence_to_be_less_than",
        "expect_column_mean_to_be_between",
        "expect_column_median_to_be_between",
        "expect_column_quantile_values_to_be_between",
        "expect_column_stdev_to_be_between",
        "expect_column_sum_to_be_between",
        "expect_column_value_z_scores_to_be_less_than",
        "expect_column_values_to_not_be_outliers",
        "expect_multicolumn_sum_to_equal",
    }
)
_GREATER = "expect_column_pair_values_a_to_be_greater_than_b"
_COMPARED = frozenset({_GREATER, "expect_column_pair_values_to_be_equal"})
_RANKED = frozenset(
    {_GREATER, "expect_column_values_to_be_decreasing", "expect_column_values_to_be_increasing"}
)
_SPELT = frozenset(
    {
        "expect_column_values_to_be_dateutil_parseable",
        "expect_column_values_to_match_strftime_format",
    }
)
_COLUMNS = ("column", "column_A", "column_B")
_COLUMN_LISTS = ("column_list", "column_set")
_TIMED = frozenset({"in_order", "not_future"})


@dataclass(frozen=True, slots=True)
class Asked:
    """An expectation with its columns' exact names and its arguments as the columns need them.

    ``reason`` says in a sentence why it cannot be judged; then ``arguments`` mean nothing.
    """

    expectation: Expectation
    arguments: Mapping[str, Any]
    reason: str = ""

    @property
    def columns(self) -> tuple[str, ...]:
        """The exact names of the columns that it looks at."""
        return replace(self.expectation, arguments=self.arguments).columns


@dataclass(frozen=True, slots=True)
class Verdict:
    """How the records stand against one expectation.

    ``passed`` is None where that cannot be told, for the ``reason``. ``checked`` and ``failed``
    count records where the expectation is about each of them, and ``examples`` are keys of some
    that fail, or their numbers. ``observed`` is the one value that other expectations are about.
    """

    expectation: Expectation
    passed: bool | None
    checked: int | None = None
    failed: int | None = None
    examples: tuple[str, ...] = ()
    observed: object = None
    reason: str = ""

    @property
    def share(self) -> float | None:
        """The share of the checked records that fail."""
        return self.failed / self.checked if self.checked and self.failed is not None else None


def expected(source: Source) -> tuple[Expectation, ...]:
    """What its goals file says, then what its preset adds to that; presets' have no place."""
    written = [(e.name, e.columns) for e in source.expect]
    added = (e for e in _of_preset(source.preset or "") if (e.name, e.columns) not in written)
    return (*source.expect, *added)


@cache
def _of_preset(preset: str) -> tuple[Expectation, ...]:
    text = files("kpilint.data").joinpath("crm.yaml").read_text(encoding="utf-8")
    book = yaml.compose(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    assert book is not None
    presets = next(value for key, value in book.value if key.value == "expect")
    found = (value for key, value in presets.value if key.value == preset)
    reading = Reading("crm.yaml", [])
    read = [e for node in found for e in expectations.parse(node, reading)]
    assert not reading.faults, reading.faults
    return tuple(replace(e, at=None) for e in read)


def kinds_expected(asked: Iterable[Expectation]) -> Iterator[tuple[str, str]]:
    """What columns must hold for expectations to make sense, each as (column, kind)."""
    for expectation in asked:
        bounds = [expectation.arguments.get(name) for name in ("min_value", "max_value")]
        kind = None
        if expectation.form in _TIMED or any(isinstance(b, datetime) for b in bounds):
            kind = "time"
        elif expectation.name in _NUMERIC or _bounded(expectation, bounds):
            kind = "number"
        if kind is not None:
            yield from ((column, kind) for column in expectation.columns)


def _bounded(expectation: Expectation, bounds: list[Value]) -> bool:
    """Whether it is the column's own values that lie between numbers, not their count or length."""
    about = expectation.name.removeprefix("expect_column_")
    own = about in {"values_to_be_between", "min_to_be_between", "max_to_be_between"}
    return own and any(isinstance(bound, float) for bound in bounds)


def asked_of(data: Dataset, source: Source, as_of: date | None) -> tuple[Asked, ...]:
    """What is expected, in terms of the source's columns; only headings are read.

    A preset's expectation about columns that an export lacks is left out. Raises SourceProblem
    or Unavailable where the source itself cannot be opened.
    """
    data.columns(source.name)
    found = (_asked(data, source, expectation, as_of) for expectation in expected(source))
    return tuple(asked for asked in found if asked is not None)


def unresolved(source: Source, as_of: date | None) -> tuple[Asked, ...]:
    """What is expected, with the columns as written; nothing is opened."""
    return tuple(_dated(Asked(e, e.arguments), as_of) for e in expected(source))


def _asked(
    data: Dataset, source: Source, expectation: Expectation, as_of: date | None
) -> Asked | None:
    arguments = dict(expectation.arguments)
    try:
        for key in _COLUMNS:
            if key in arguments:
                arguments[key] = data.resolve(source.name, str(arguments[key]))
        if "column_list" in arguments and not expectation.of_headings:
            names = (data.resolve(source.name, name) for name in expectation.columns)
            arguments["column_list"] = tuple(names)
    except Unavailable as problem:
        if expectation.of_headings:  # that the column is not there is what it finds out
            return Asked(expectation, expectation.arguments)
        if expectation.at is None and isinstance(problem, ColumnMissing):
            return None
        return Asked(expectation, expectation.arguments, str(problem))
    return _dated(Asked(expectation, arguments), as_of)


def _dated(asked: Asked, as_of: date | None) -> Asked:
    """With the last moment of ``as_of`` where nothing may lie after it."""
    if asked.expectation.form != "not_future":
        return asked
    if as_of is None:
        reason = _("Name the day from which the future begins: as_of.")
        return replace(asked, reason=reason)
    last = datetime.combine(as_of, time.max)
    return replace(asked, arguments={**asked.arguments, "max_value": last})


def fitted(asked: Asked, schema: Mapping[str, dt.DataType]) -> Asked:
    """The same with values of the types that the columns have, or with a reason why not."""
    for column, kind in kinds_expected([replace(asked.expectation, arguments=asked.arguments)]):
        dtype = schema[column]
        if not (dtype.is_numeric() if kind == "number" else dtype.is_timestamp()):
            reason = (
                _("{column} holds no numbers.", column=column)
                if kind == "number"
                else _("{column} holds no dates.", column=column)
            )
            return replace(asked, reason=reason)
    if not asked.expectation.of_headings and (reason := _misfit(asked, schema)):
        return replace(asked, reason=reason)
    values = asked.arguments.get("value_set")
    if values is None:
        return asked
    column = asked.columns[0]
    try:
        typed = [_typed(value, schema[column]) for value in values]
    except ValueError as problem:
        return replace(asked, reason=str(problem))
    return replace(asked, arguments={**asked.arguments, "value_set": typed})


def _misfit(asked: Asked, schema: Mapping[str, dt.DataType]) -> str:
    """Why columns of these types cannot be held against what is asked; blank where they can."""
    name = asked.expectation.name
    kinds = {column: kind_of_type(schema[column]) or TEXT for column in asked.columns}
    words = {TIME: _("date"), NUMBER: _("number"), FLAG: _("yes or no"), TEXT: _("text")}
    if name in _COMPARED and len({*kinds.values()}) > 1:
        (one, its), (other, others) = kinds.items()
        return _(
            "{one} and {other} cannot be compared: one is read as {its}, the other as {others}. Where "
            "both hold dates, write in_order:.",
            one=one,
            other=other,
            its=words[its],
            others=words[others],
        )
    for column, kind in kinds.items():
        if name in _RANKED and kind not in (TIME, NUMBER):
            return _(
                "{column} is read as {kind}, which has no order. Where it holds dates, write "
                "in_order:; numbers are read where a metric uses them.",
                column=column,
                kind=words[kind],
            )
        if name in _SPELT and kind != TEXT:
            return _(
                "{column} is read as {kind}, and how it was written is not kept. What cannot be read "
                "so, D009 tells.",
                column=column,
                kind=words[kind],
            )
    return ""


def _typed(value: str, dtype: dt.DataType) -> str | float | bool | datetime:
    from kpilint.goals.dates import read_date
    from kpilint.goals.quantity import read_quantity

    if dtype.is_boolean():
        return value.lower() in {"true", "yes", "1"}
    if dtype.is_numeric():
        return read_quantity(value).value
    if dtype.is_timestamp():
        return datetime.combine(read_date(value), time())
    return value


def as_exported(data: Dataset, source: Source, asked: Asked) -> Asked | None:
    """The same of the export as it is: columns by its headings, values as they are spelt there.

    None for a column that is looked up in another source. What the export lacks keeps its name.
    """
    headings = data.opened(source.name).headings.columns
    looked_up = {field for join in source.join for field in join.fields}
    if looked_up & set(asked.columns):
        return None
    spelt = source.values.get(asked.columns[0], {}) if asked.columns else {}

    def named(column: Value) -> Value:
        try:
            return headings[data.resolve(source.name, str(column))]
        except Unavailable:
            return column

    def told(name: str, value: Any) -> Any:
        if name == "value_set":
            return [each for v in value for each in (v, *(s for s, c in spelt.items() if c == v))]
        if name in _COLUMNS:
            return named(value)
        return tuple(map(named, value)) if name in _COLUMN_LISTS else value

    return replace(asked, arguments={name: told(name, v) for name, v in asked.arguments.items()})


def suite_key(asked: Iterable[Asked]) -> str:
    """A hash of all that is asked; hexadecimal."""
    return key_of(
        [a.expectation.form, a.expectation.name, dict(a.arguments), a.expectation.mostly]
        for a in asked
        if not a.reason
    )
