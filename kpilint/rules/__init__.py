"""All rules, one file or more per family, in the order of their codes."""

from __future__ import annotations

from kpilint.rule import Rule
from kpilint.rules import (
    achievable,
    checkpoints,
    computed,
    data,
    definitions,
    departments,
    doubles,
    excuses,
    file,
    leading,
    measurable,
    portfolio,
    quantities,
    relevant,
    specific,
    timely,
)

_FAMILIES = (
    file,
    specific,
    definitions,
    measurable,
    computed,
    achievable,
    relevant,
    leading,
    departments,
    timely,
    checkpoints,
    portfolio,
    quantities,
    doubles,
    data,
    excuses,
)

ALL: tuple[Rule, ...] = tuple(
    sorted(
        (thing for family in _FAMILIES for thing in vars(family).values() if type(thing) is Rule),
        key=lambda rule: rule.code,
    )
)
