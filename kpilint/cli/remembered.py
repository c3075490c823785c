"""A check of goals and data that have not changed since is remembered, not made again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from kpilint.data.cache import key_of, software
from kpilint.data.dataset import Dataset
from kpilint.errors import Unavailable
from kpilint.finding import (
    Excused,
    Finding,
    Findings,
    Related,
    Severity,
    Span,
    Subject,
    Title,
    Unchecked,
)
from kpilint.goals.goalfile import GoalSet
from kpilint.linter import Config, lint
from kpilint.output.json import plain

_KIND = "checks"


def checked(
    goals: GoalSet,
    data: Dataset,
    *,
    as_of: date,
    config: Config,
    language: str | None = None,
) -> Findings:
    """What ``lint`` finds; taken from the cache where goals, data and software are as they were.

    Findings on a database are never remembered: what it holds cannot be told without asking it.
    """
    key = _key(goals, data, as_of, config, language)
    found = _read(data.cache.get(_KIND, key)) if key is not None else None
    if found is not None:
        return found
    found = lint(goals, data, as_of=as_of, config=config, language=language)
    if key is not None:
        data.cache.put(_KIND, key, _written(found))
    return found


def _key(
    goals: GoalSet, data: Dataset, as_of: date, config: Config, language: str | None
) -> str | None:
    """All that findings come from; None where some of it cannot be told."""
    if not goals.sources or any(source.path is None for source in goals.sources.values()):
        return None
    return key_of(
        [
            software(),
            language or goals.language,
            as_of,
            [config.select, config.ignore, config.options],
            [goals.origin, goals.home, str(goals.folder.absolute())],
            [(path, _text(path, text)) for path, text in goals.texts.items()],
            [(name, _content(data, name)) for name in goals.sources],
            _recorded(data),
        ]
    )


def _text(path: str, text: str) -> str:
    """What a goals file says; of a workbook, whose text is its cells, the file itself."""
    if text:
        return text
    try:
        return Path(path).read_bytes().hex()
    except OSError:
        return ""


def _content(data: Dataset, source: str) -> str:
    try:
        return data.fingerprint(source)
    except Unavailable as problem:
        return str(problem)


def _recorded(data: Dataset) -> list[object]:
    """What earlier runs left: of a file the content, of a server the end of the book."""
    ledger = data.ledger
    try:
        file = ledger.file
        if file is None:
            return [ledger.head(), ledger.expected]
        left = data.cache.fingerprint((file,), "ledger") if file.exists() else ""
        return [left, ledger.book, ledger.expected]
    except Unavailable as problem:
        return [str(problem)]


def _written(found: Findings) -> dict[str, Any]:
    return {
        "as_of": found.as_of.isoformat(),
        "findings": [_finding_written(f) for f in found.findings],
        "unchecked": found.unchecked,
        "goals": found.goals,
        "language": found.language,
        "rules": sorted(found.rules),
        "titles": list(found.titles.items()),
    }


def _finding_written(found: Finding) -> list[object]:
    """A finding's values in their order, as JSON can say them."""
    excused = found.excused
    until = excused.until.isoformat() if excused and excused.until else None
    return [
        found.code,
        found.name,
        int(found.severity),
        found.message,
        found.span,
        found.subject,
        plain(found.evidence),
        found.related,
        (excused.reason, until) if excused else None,
    ]


def _read(kept: Any) -> Findings | None:
    """The findings that ``_written`` wrote; None where it is not what it wrote."""
    try:
        return Findings(
            as_of=date.fromisoformat(kept["as_of"]),
            findings=tuple(_finding_read(*values) for values in kept["findings"]),
            unchecked=tuple(
                Unchecked(code, name, Subject(*subject), reason, path)
                for code, name, subject, reason, path in kept["unchecked"]
            ),
            goals=int(kept["goals"]),
            language=str(kept["language"]),
            rules=frozenset(kept["rules"]),
            titles={Subject(*subject): Title(*title) for subject, title in kept["titles"]},
        )
    except (LookupError, TypeError, ValueError):
        return None


def _finding_read(
    code: str,
    name: str,
    severity: int,
    message: str,
    span: list[Any],
    subject: list[str],
    evidence: Mapping[str, object],
    related: list[tuple[list[Any], str]],
    excused: tuple[str, str | None] | None,
) -> Finding:
    until = date.fromisoformat(excused[1]) if excused and excused[1] else None
    return Finding(
        code=code,
        name=name,
        severity=Severity(severity),
        message=message,
        span=Span(*span),
        subject=Subject(*subject),
        evidence=evidence,
        related=tuple(Related(Span(*place), told) for place, told in related),
        excused=Excused(excused[0], until) if excused else None,
    )
