"""A goals file and its includes are read once; all faults are kept."""

from __future__ import annotations

import gc
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce
from os.path import realpath
from pathlib import Path
from types import MappingProxyType
from typing import Any

from yaml import MappingNode

from kpilint.errors import FileProblem
from kpilint.goals.excuse import Lint, excuses_in
from kpilint.goals.goalset import GoalSet, Hypothesis, Identity, identity
from kpilint.goals.node import EMPTY, Fault, Reading, read_entry
from kpilint.goals.yamltext import SIZE_LIMIT, compose, decode
from kpilint.i18n import _, speaking
from kpilint.i18n import language as spoken

__all__ = ["GoalSet", "Hypothesis", "Identity", "identity", "read"]

_LANGUAGE = re.compile(rb"^language:[ \t]*[\"']?(ja|en)\b", re.MULTILINE)
# What is said of the whole; the first file to say it holds, whichever it stands in.
_SCALARS = (
    "organization",
    "language",
    "timezone",
    "fiscal_year_start",
    "fiscal_year_named",
    "currency",
    "maturity",
    "ledger",
)
_READ_BY = ("timezone", "fiscal_year_start", "fiscal_year_named", "currency")  # changes numbers
_FORESEEN = ("language", "fiscal_year_start", "fiscal_year_named")
_HINTS = (b"language", b"fiscal_year", b"include")


def read(
    path: str | Path,
    *,
    source: bytes | str | None = None,
    instead: Mapping[str, str] = MappingProxyType({}),
    language: str | None = None,
) -> GoalSet:
    """Read a goals file, or ``source`` in its stead, and all that it includes.

    ``instead`` holds texts by path that are read in place of files, this one or included ones.

    Its faults are told in ``language``, else in the file's own.
    Faults in the file become ``GoalSet.faults``; only a file that cannot be opened raises
    :class:`~kpilint.errors.FileProblem`.
    """
    given = instead.get(str(path), source)
    content = _bytes(Path(path)) if given is None else given
    collecting = gc.isenabled()
    gc.disable()  # a large file makes a million long-lived nodes; collecting them costs 4x
    try:
        return _Pass(language, instead).file(str(path), content)
    finally:
        if collecting:
            gc.enable()


def _bytes(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(SIZE_LIMIT + 1)  # one more than is allowed is enough to refuse it
    except FileNotFoundError:
        raise FileProblem(_("{path}: there is no such file.", path=path)) from None
    except IsADirectoryError:
        raise FileProblem(
            _("{path} is a folder; name a goals file in it, such as goals.yaml.", path=path)
        ) from None
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise FileProblem(_("{path} cannot be read: {reason}.", path=path, reason=reason)) from None


@dataclass(slots=True)
class _Pass:
    """One reading of a file and its includes; the first file's fiscal year holds for all."""

    language: str | None = None
    instead: Mapping[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    settings: Mapping[str, Any] | None = None
    partial: bool = False

    def file(self, path: str, content: bytes | str) -> GoalSet:
        """One file and what it includes."""
        with speaking(self.language or _told_language(content) or spoken()):
            root = self._composed(path, content)
        if self.settings is None:
            self.settings = self._foreseen(root, path)
            self.language = self.language or self.settings.get("language") or spoken()
        with speaking(self.language or spoken()):
            return self._file(path, root)

    def _file(self, path: str, root: MappingNode | None) -> GoalSet:
        self.partial |= root is None
        own = self._read(path, root)
        included = [self._include(own, number) for number in range(len(own.include))]
        merged = reduce(self._merge, (other for other in included if other is not None), own)
        comments = (*excuses_in(self.texts[path], path, self.faults, own.node), *merged.comments)
        told = {"faults": tuple(self.faults), "texts": dict(self.texts), "partial": self.partial}
        return merged.but(**told, comments=comments)

    def _composed(self, path: str, content: bytes | str) -> MappingNode | None:
        text = decode(content, path, self.faults) if isinstance(content, bytes) else content
        self.texts[path] = text or ""
        return compose(text, path, self.faults) if text is not None else None

    def _read(self, path: str, root: MappingNode | None) -> GoalSet:
        if root is None:
            return GoalSet(EMPTY, path)
        told = self.settings or {}
        start, named = told.get("fiscal_year_start"), told.get("fiscal_year_named", "start")
        return read_entry(GoalSet, root, Reading(path, self.faults, start, named))

    def _foreseen(self, root: MappingNode | None, path: str) -> Mapping[str, Any]:
        """The settings of a file, then of those it includes, before anything is read by them."""
        told: dict[str, Any] = {}
        ahead, met = [(path, root)], {realpath(path)}
        while ahead and not told.keys() >= set(_FORESEEN):
            path, root = ahead.pop(0)
            if root is None:
                continue
            read = _settings(root, Reading(path, []))
            told = {**read, **told}
            new = [included for included in _paths(root, path) if realpath(included) not in met]
            ahead += [(str(included), self._glimpsed(included)) for included in new]
            met |= set(map(realpath, new))
        return told

    def _glimpsed(self, path: Path) -> MappingNode | None:
        """An included file, where it may have something to foresee; its faults come later."""
        try:
            given = self.instead.get(str(path))
            content = _bytes(path) if given is None else given.encode()
        except FileProblem:
            return None
        if not any(name in content for name in _HINTS):
            return None
        text = decode(content, str(path), [])
        return compose(text, str(path), []) if text is not None else None

    def _include(self, own: GoalSet, number: int) -> GoalSet | None:
        path = Path(own.origin).parent / own.include[number]
        if realpath(path) in map(realpath, self.texts):
            message = _("{path} is included twice, or includes itself.", path=own.include[number])
        else:
            try:
                text = self.instead.get(str(path))
                return self.file(str(path), _bytes(path) if text is None else text)
            except FileProblem as problem:
                message = str(problem)
            self.partial = True
        self.faults.append(Fault("E003", own.at("include", number), message))
        return None

    def _merge(self, own: GoalSet, other: GoalSet) -> GoalSet:
        """Everything of both; what the including file says comes first and wins."""
        twice = [
            (mine[name], others[name])
            for mine, others in (
                (own.sources, other.sources),
                (own.funnels, other.funnels),
                (own.metrics, other.metrics),
            )
            for name in mine
            if name in others
        ]
        return own.but(
            **self._scalars(own, other),
            closures=own.closures + other.closures,
            sources={**other.sources, **own.sources},
            funnels={**other.funnels, **own.funnels},
            metrics={**other.metrics, **own.metrics},
            teams={**other.teams, **own.teams},
            goals=own.goals + other.goals,
            hypotheses=own.hypotheses + other.hypotheses,
            alerts=own.alerts + other.alerts,
            comments=own.comments + other.comments,
            duplicates=(*own.duplicates, *other.duplicates, *twice),
            lint=self._lint(own.lint, other.lint),
        )

    def _scalars(self, own: GoalSet, other: GoalSet) -> dict[str, Any]:
        """What only the other file says of the whole; what they say differently is told."""
        taken: dict[str, Any] = {}
        for key in _SCALARS:
            name = GoalSet.keys[key].attribute
            said = vars(other).get(name)
            held = vars(own).get(name)
            if said is not None and held is None:
                taken[name] = said
            elif said != held and said is not None and key in _READ_BY:
                message = _(
                    "{key}: {read} has no effect here, for the files that belong together have "
                    "one {key}: {held}. Remove it, or make the two agree.",
                    key=key,
                    read=said,
                    held=held,
                )
                self.faults.append(Fault("E002", other.key_at(key), message, {"key": key}))
        return taken

    def _lint(self, own: Lint | None, other: Lint | None) -> Lint | None:
        """The excuses of both; which rules run is for one block to say, the including file's."""
        if own is None or other is None:
            return own or other
        for key in ("select", "options"):
            if other.has(key):
                message = _(
                    "{key}: has no effect here, for the lint: block of {path} holds for all "
                    "files. Move it there.",
                    key=key,
                    path=own.origin,
                )
                self.faults.append(Fault("E002", other.key_at(key), message, {"key": key}))
        return own.but(ignore=own.ignore + other.ignore)


def _told_language(content: bytes | str) -> str | None:
    """The file's language, known before anything in it can be faulty."""
    found = _LANGUAGE.search(content if isinstance(content, bytes) else content.encode())
    return found[1].decode() if found else None


def _settings(root: MappingNode, reading: Reading) -> Mapping[str, Any]:
    """What periods are read against, and the language; known before the first of them is met."""
    written = {k.value: value for k, value in root.value if k.value in _FORESEEN}
    read = {name: reading.value(GoalSet.keys[name].reader, node) for name, node in written.items()}
    return {name: value for name, value in read.items() if value is not None}


def _paths(root: MappingNode, path: str) -> list[Path]:
    """The files that a file includes."""
    node = next((value for k, value in root.value if k.value == "include"), None)
    names = Reading(path, []).value(GoalSet.keys["include"].reader, node) if node else ()
    return [Path(path).parent / name for name in names or ()]
