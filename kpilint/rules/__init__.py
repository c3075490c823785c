"""All rules, one file or more per family, in the order of their codes."""

from __future__ import annotations

from kpilint.rule import Rule
from kpilint.rules import (
    achievable,
    checkpoints,
    circles,
    computed,
    conduct,
    coverage,
    data,
    definitions,
    departments,
    doubles,
    excuses,
    expected,
    explained,
    file,
    goalposts,
    lead_time,
    leading,
    leads,
    measurable,
    observed,
    people,
    personal,
    portfolio,
    quantities,
    records,
    relevant,
    secrets,
    shares,
    specific,
    timely,
    tradeoff,
)

_FAMILIES = (
    file,
    circles,
    secrets,
    specific,
    definitions,
    measurable,
    computed,
    observed,
    achievable,
    lead_time,
    personal,
    coverage,
    relevant,
    explained,
    shares,
    leading,
    leads,
    departments,
    timely,
    checkpoints,
    portfolio,
    quantities,
    goalposts,
    doubles,
    data,
    expected,
    records,
    people,
    conduct,
    tradeoff,
    excuses,
)

ALL: tuple[Rule, ...] = tuple(
    sorted(
        (thing for family in _FAMILIES for thing in vars(family).values() if type(thing) is Rule),
        key=lambda rule: rule.code,
    )
)
