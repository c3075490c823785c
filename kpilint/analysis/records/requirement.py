"""An expectation and its verdict in words."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, time
from typing import Any

from kpilint.data.suite import Verdict
from kpilint.goals.expectation import Expectation
from kpilint.goals.written import excerpt
from kpilint.i18n import _, listed

_SHOWN = 6  # values that a sentence lists


def requirement(expectation: Expectation) -> str:
    """What is expected, as a clause without a stop."""
    told = _clause(expectation)
    if expectation.mostly < 1:
        share = percent(expectation.mostly)
        return _("{clause}, for at least {share} of the records", clause=told, share=share)
    return told


def _clause(expectation: Expectation) -> str:
    columns = [excerpt(column) for column in expectation.columns]
    given = expectation.arguments
    match expectation.form:
        case "unique" if len(columns) > 1:
            return _("{columns} are unique together", columns=listed(columns))
        case "unique":
            return _("{column} is unique", column=columns[0])
        case "not_null":
            return _("{column} is filled in", column=columns[0])
        case "between":
            return _range(columns[0], given.get("min_value"), given.get("max_value"))
        case "in_set":
            return _("{column} is one of {values}", column=columns[0], values=_some(given))
        case "regex":
            pattern = excerpt(str(given["regex"]), 60)
            return _("{column} matches {pattern}", column=columns[0], pattern=pattern)
        case "in_order":
            return _("{later} is not before {earlier}", later=columns[0], earlier=columns[1])
        case "not_future":
            return _("{column} is not in the future", column=columns[0])
    if not columns:
        return _("{expectation} holds", expectation=expectation.name)
    return _(
        "{expectation} holds for {columns}",
        expectation=expectation.name,
        columns=listed(columns),
    )


def _range(column: str, low: object, high: object) -> str:
    if high is None:
        return _("{column} is {low} or more", column=column, low=_value(low))
    if low is None:
        return _("{column} is {high} or less", column=column, high=_value(high))
    low, high = _value(low), _value(high)
    return _("{column} lies between {low} and {high}", column=column, low=low, high=high)


def _value(value: object) -> str:
    if isinstance(value, datetime):
        plain = value.time() in (time(), time.max)
        return value.date().isoformat() if plain else value.isoformat(sep=" ")
    return f"{value:,.12g}" if isinstance(value, float) else str(value)


def _some(given: Any) -> str:
    values: Iterable[str] = given["value_set"]
    return listed([excerpt(value) for value in values], _SHOWN)


def percent(share: float) -> str:
    """A share as a percentage, with the decimals that a small one needs."""
    if 0 < share < 0.0001:
        return "<0.01%"
    shown = f"{100 * share:.2f}" if share < 0.01 else f"{100 * share:.1f}"
    return shown.rstrip("0").rstrip(".") + "%"


def failure(verdict: Verdict) -> str:
    """What is wrong with the records, how much of it, and what to do, in sentences."""
    told = requirement(verdict.expectation)
    if verdict.failed is not None and verdict.checked:
        return _(
            "It is expected that {requirement}; {failed:of {checked} records ({share}) is|of "
            "{checked} records ({share}) are} not so{examples}. Correct them in the CRM or in "
            "the export.",
            requirement=told,
            failed=f"{verdict.failed:,}",
            checked=f"{verdict.checked:,}",
            share=percent(verdict.failed / verdict.checked),
            examples=_examples(verdict.examples),
        )
    if verdict.observed is not None:
        observed = verdict.observed
        shown = f"{observed:,.6g}" if isinstance(observed, float) else excerpt(str(observed))
        return _(
            "It is expected that {requirement}; found is {observed}. Look at the records, or "
            "correct what is expected of them.",
            requirement=told,
            observed=shown,
        )
    return _(
        "It is expected that {requirement}; this is not so. Look at the records, or correct what "
        "is expected of them.",
        requirement=told,
    )


def _examples(names: tuple[str, ...]) -> str:
    if not names:
        return ""
    return _(", for example {names}", names=listed(excerpt(name) for name in names[:3]))
