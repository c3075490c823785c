"""Where records come from, and which record is which."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from yaml import Node

from kpilint.goals.node import (
    Entry,
    Named,
    Reader,
    Reading,
    given,
    shown,
    unique_pairs,
)
from kpilint.goals.readers import entry, list_of, mapping_of, one_of, plain, text, zone
from kpilint.i18n import _

GRAINS = ("minute", "hour", "day", "week", "month", "quarter", "year")
UPDATED = ("hourly", "daily", "weekly", "monthly", "quarterly", "yearly")


def _expectation(node: Node, reading: Reading) -> dict[str, Any]:
    checks = {k.value: plain(value) for k, value in unique_pairs(node, reading)}
    names = checks.keys() - {"mostly", "severity"}
    if len(names) != 1:
        raise ValueError(
            _("One check with its arguments is expected here, found {read}.", read=shown(node))
        )
    return checks


expectation = Reader(_expectation, {"type": "object"})


class Join(Entry):
    """Fields looked up in another source, many to one."""

    source: str = given(text, required=True, default="")
    on: str = given(text, required=True, default="")
    fields: tuple[str, ...] = given(list_of(text), default=())


class Source(Named):
    """A table of records: files by path, or a table of a database by URL."""

    path: str | None = given(text)
    url: str | None = given(text)
    table: str | None = given(text)
    sheet: str | None = given(text)
    encoding: str | None = given(text)
    preset: str | None = given(text)
    columns: Mapping[str, str] = given(mapping_of(text), default={})
    values: Mapping[str, Mapping[str, str]] = given(mapping_of(mapping_of(text)), default={})
    key: str | None = given(text)
    timezone: str | None = given(zone)
    updated: str | None = given(one_of(*UPDATED))
    grain: str | None = given(one_of(*GRAINS))
    join: tuple[Join, ...] = given(list_of(entry(Join)), default=())
    expect: tuple[Mapping[str, Any], ...] = given(list_of(expectation), default=())
