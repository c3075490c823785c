"""Great Expectations: a source's records are held against what is expected of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from contextlib import suppress
from datetime import date
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from kpilint.data.cache import key_of, software
from kpilint.data.dataset import Dataset
from kpilint.data.suite import Asked, Verdict, as_exported, asked_of, fitted, suite_key, unresolved
from kpilint.errors import Unavailable
from kpilint.goals.source import Source
from kpilint.i18n import language

_KIND = "verdicts"


def verdicts(data: Dataset, source: Source, as_of: date | None = None) -> tuple[Verdict, ...]:
    """Hold a source's records against all that is expected of them, in the order of the file.

    An unchanged file is not looked at twice. Raises SourceProblem where the source cannot be read
    and Unavailable where Great Expectations is not installed.
    """
    asked = asked_of(data, source, as_of)
    if all(a.reason for a in asked):
        return tuple(Verdict(a.expectation, None, reason=a.reason) for a in asked)
    key = _key(data, source, asked)
    known = data.cache.get(_KIND, key) if key is not None else None
    found = _read(known, asked)
    if not found:
        from kpilint.data.validation import validated  # loads Great Expectations: seconds

        found = validated(data, source, asked)
    if key is not None and not any(verdict.reason for verdict in found):
        data.cache.put(_KIND, key, [_told(verdict) for verdict in found])
    return found


def _key(data: Dataset, source: Source, asked: Iterable[Asked]) -> str | None:
    """All that verdicts come from; None for a database, whose content cannot be told."""
    if source.path is None:
        return None
    types = {name: str(dtype) for name, dtype in data.table(source.name).schema().items()}
    shape = [source.columns, source.values, source.preset, source.sheet, source.encoding]
    zones = [source.timezone, data.goals.timezone]
    content = data.fingerprint(source.name)
    made = [_version(), software(), language()]  # the numbers of records are in words
    return key_of([content, suite_key(asked), types, shape, zones, source.key, made])


def _version() -> str:
    """Which Great Expectations is installed, without loading it."""
    try:
        return version("great_expectations")
    except PackageNotFoundError:
        return ""


def _told(verdict: Verdict) -> Mapping[str, Any]:
    names = ("passed", "checked", "failed", "examples", "observed")
    return {name: getattr(verdict, name) for name in names}


def _read(known: Any, asked: tuple[Asked, ...]) -> tuple[Verdict, ...]:
    if not isinstance(known, list) or len(known) != len(asked):
        return ()
    return tuple(
        Verdict(a.expectation, **{**told, "examples": tuple(told["examples"])})
        for a, told in zip(asked, known, strict=True)
    )


def suite_json(data: Dataset | None, source: Source, as_of: date | None = None) -> str:
    """What is expected of a source as Great Expectations' own JSON, to be held against the export.

    Columns have the export's headings, and values every spelling that ``values:`` knows; what is
    about a field of another source is left out. Without ``data`` columns are as written, and a
    preset's expectations about columns that the export lacks are in it too. Raises Unavailable
    where Great Expectations is not installed, or does not take one of them.
    """
    from kpilint.data.library import suite_of

    asked = unresolved(source, as_of)
    if data is not None:
        with suppress(Unavailable):  # the source cannot be opened, which M003 tells
            found = asked_of(data, source, as_of)
            schema = data.table(source.name).schema()
            typed = (a if a.reason else fitted(a, schema) for a in found)
            exported = (as_exported(data, source, a) for a in typed)
            asked = tuple(a for a in exported if a is not None)
    content = suite_of(source.name, asked).to_json_dict()
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"
