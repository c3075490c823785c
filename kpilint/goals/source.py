"""Where records come from, and which record is which."""

from __future__ import annotations

from collections.abc import Mapping

from kpilint.goals.expectation import Expectation, expectations
from kpilint.goals.node import Entry, Named, given
from kpilint.goals.readers import entry, list_of, mapping_of, one_of, text, zone

GRAINS = ("minute", "hour", "day", "week", "month", "quarter", "year")
UPDATED = ("hourly", "daily", "weekly", "monthly", "quarterly", "yearly")


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
    expect: tuple[Expectation, ...] = given(expectations, default=())
