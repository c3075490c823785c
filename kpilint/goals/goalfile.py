"""The goals file as a whole: read once, all faults kept, every key with its place."""

from __future__ import annotations

import gc
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, reduce
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from yaml import MappingNode, Node

from kpilint.errors import FileProblem
from kpilint.goals.excuse import Excuse, Lint, excuses_in
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goal import Goal
from kpilint.goals.metric import Metric
from kpilint.goals.node import (
    EMPTY,
    Entry,
    Fault,
    Named,
    Reader,
    Reading,
    Undecided,
    given,
    read_entry,
)
from kpilint.goals.period import Period
from kpilint.goals.readers import (
    days,
    entry,
    integer,
    lag,
    list_of,
    mapping_of,
    named,
    one_of,
    text,
    unit,
    when,
    zone,
)
from kpilint.goals.source import Source
from kpilint.goals.yamltext import SIZE_LIMIT, compose, decode
from kpilint.i18n import LANGUAGES, _, preferred, speaking
from kpilint.i18n import language as spoken


def _month(node: Node, reading: Reading) -> int:
    number: int = integer.parse(node, reading)
    if not 1 <= number <= 12:
        raise ValueError(_("A month is a number from 1 to 12, such as 4 for April."))
    return number


_MONTH = Reader(_month, {"type": "integer", "minimum": 1, "maximum": 12})


class Hypothesis(Entry):
    """A claim that one metric leads another, by a range of time."""

    id: str = given(text, required=True, default="")
    leading: str = given(text, required=True, default="")
    lagging: str = given(text, required=True, default="")
    lag: tuple[float, float] | None = given(lag)
    since: Period | None = given(when)


class Alert(Entry):
    """When to tell whom."""

    goal: str | None = given(text)
    when: str | None = given(text)
    on: str | None = given(one_of("run_failed", "error_finding", "report_ready"))
    to: str = given(text, required=True, default="")


_LANGUAGE = re.compile(rb"^language:[ \t]*[\"']?(ja|en)\b", re.MULTILINE)
Identity = tuple[str | None, str | None, str | None]
K = TypeVar("K")


def identity(goal: Goal) -> Identity:
    """What makes goals of successive periods the same goal: metric, department and owner."""
    return goal.metric, goal.department, goal.owner


def _grouped(pairs: Iterable[tuple[K, Goal]]) -> dict[K, tuple[Goal, ...]]:
    groups: dict[K, list[Goal]] = {}
    for name, goal in pairs:
        groups.setdefault(name, []).append(goal)
    return {name: tuple(members) for name, members in groups.items()}


class GoalSet(Entry):
    """All that a goals file and its includes say; ``faults`` is what could not be read."""

    version: int | None = given(integer)
    organization: str | None = given(text)
    language_: str | None = given(one_of(*LANGUAGES), name="language")
    timezone: str = given(zone, default="Asia/Tokyo")
    fiscal_year_start: int | None = given(_MONTH)
    fiscal_year_named: str = given(one_of("start", "end"), default="start")
    currency: str = given(unit, default="JPY")
    closures: tuple[tuple[date, date], ...] = given(list_of(days), default=())
    maturity: str | None = given(one_of("early", "middle", "late"))
    teams: Mapping[str, tuple[str, ...]] = given(mapping_of(list_of(text)), default={})
    ledger: str = given(text, default="sqlite:///.kpilint/ledger.db")
    include: tuple[str, ...] = given(list_of(text), default=())
    sources: Mapping[str, Source] = given(named(Source), default={})
    funnels: Mapping[str, FunnelSpec] = given(named(FunnelSpec), default={})
    metrics: Mapping[str, Metric] = given(named(Metric), default={})
    goals: tuple[Goal, ...] = given(list_of(entry(Goal)), default=())
    hypotheses: tuple[Hypothesis, ...] = given(list_of(entry(Hypothesis)), default=())
    alerts: tuple[Alert, ...] = given(list_of(entry(Alert)), default=())
    lint: Lint | None = given(entry(Lint))
    faults: tuple[Fault, ...] = ()
    undecided: tuple[Undecided, ...] = ()  # what a table leaves open
    home: str | None = None  # the file that paths of sources start from, where it is another
    texts: Mapping[str, str] = MappingProxyType({})
    comments: tuple[Excuse, ...] = ()
    duplicates: tuple[tuple[Named, Named], ...] = ()  # names that two files define

    def __iter__(self) -> Iterator[Goal]:
        return iter(self.goals)

    def __len__(self) -> int:
        return len(self.goals)

    @property
    def language(self) -> str:
        """The language of messages and reports: the file's, else the machine's."""
        return self.language_ or preferred()

    @property
    def folder(self) -> Path:
        """Where relative paths of sources start."""
        return Path(self.home or self.origin).parent

    @cached_property
    def by_id(self) -> Mapping[str, Goal]:
        """Goals by id; of two with one id the first."""
        return {goal.id: goal for goal in reversed(self.goals) if goal.id}

    @cached_property
    def by_owner(self) -> Mapping[str, tuple[Goal, ...]]:
        """The goals of each owner."""
        return _grouped((goal.owner, goal) for goal in self.goals if goal.owner)

    @cached_property
    def by_identity(self) -> Mapping[Identity, tuple[Goal, ...]]:
        """Goals of successive periods are one goal when metric, department and owner are."""
        return _grouped((identity(goal), goal) for goal in self.goals)

    @cached_property
    def wholes(self) -> Mapping[str, tuple[Goal, ...]]:
        """For each goal's id, the goals that it is a part of by their ``combine``."""
        return _grouped((c, g) for g in self.goals if g.combine for c in g.combine.children)

    @cached_property
    def by_metric(self) -> Mapping[str, tuple[Goal, ...]]:
        """The goals on each metric, by the name that they give it."""
        return _grouped((goal.metric, goal) for goal in self.goals if goal.metric)

    @cached_property
    def served_by(self) -> Mapping[str, tuple[Goal, ...]]:
        """For each goal's id, the goals that serve it as parent or by its ``combine``."""
        served = [(goal.parent, goal) for goal in self.goals if goal.parent]
        for goal in self.goals:
            if goal.combine is not None:
                parts = (self.by_id.get(name) for name in goal.combine.children)
                served += [(goal.id, g) for g in parts if g is not None and g.parent != goal.id]
        return _grouped(served)

    @cached_property
    def leads(self) -> frozenset[str]:
        """The names of metrics that a hypothesis says lead another."""
        return frozenset(hypothesis.leading for hypothesis in self.hypotheses)

    @cached_property
    def guards(self) -> frozenset[str]:
        """The ids of goals that another is paired with."""
        return frozenset(goal.paired_with for goal in self.goals if goal.paired_with)

    @property
    def excuses(self) -> tuple[Excuse, ...]:
        """All excuses, of comments and of the ``lint:`` block."""
        listed = (ignore.excuse() for ignore in self.lint.ignore) if self.lint else ()
        return (*self.comments, *listed)

    def behind(self, metric: str | None) -> tuple[Metric, ...]:
        """A metric and all that it is computed from through ratios and formulas, once each."""
        found: dict[str, Metric] = {}
        ahead = [metric] if metric else []
        while ahead:
            part = self.metrics.get(ahead.pop())
            if part is not None and part.name not in found:
                found[part.name] = part
                ahead += part.parts
        return tuple(found.values())

    def metric_of(self, goal: Goal) -> Metric | None:
        """The metric of a goal, if it names one that is defined."""
        return self.metrics.get(goal.metric) if goal.metric else None


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

    def file(self, path: str, content: bytes | str) -> GoalSet:
        """One file and what it includes."""
        self.language = self.language or _told_language(content) or spoken()
        with speaking(self.language):
            return self._file(path, content)

    def _file(self, path: str, content: bytes | str) -> GoalSet:
        own = self._parse(path, content)
        included = [self._include(own, number) for number in range(len(own.include))]
        merged = reduce(self._merge, (other for other in included if other is not None), own)
        comments = (*excuses_in(self.texts[path], path, self.faults, own.node), *merged.comments)
        return merged.but(faults=tuple(self.faults), texts=dict(self.texts), comments=comments)

    def _parse(self, path: str, content: bytes | str) -> GoalSet:
        text = decode(content, path, self.faults) if isinstance(content, bytes) else content
        self.texts[path] = text or ""
        root = compose(text, path, self.faults) if text is not None else None
        reading = Reading(path, self.faults)
        if root is None:
            return GoalSet(EMPTY, path)
        if self.settings is None:
            self.settings = _settings(root, reading)
        return read_entry(GoalSet, root, replace(reading, **self.settings))

    def _include(self, own: GoalSet, number: int) -> GoalSet | None:
        path = Path(own.origin).parent / own.include[number]
        if str(path) in self.texts:
            message = _("{path} is included twice, or includes itself.", path=own.include[number])
        else:
            try:
                text = self.instead.get(str(path))
                return self.file(str(path), _bytes(path) if text is None else text)
            except FileProblem as problem:
                message = str(problem)
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
    """What periods are read against; known before the first of them is met."""
    quiet = replace(reading, faults=[])  # the full reading will report what is wrong with them
    names = ("fiscal_year_start", "fiscal_year_named")
    written = {k.value: value for k, value in root.value if k.value in names}
    read = {name: quiet.value(GoalSet.keys[name].reader, written[name]) for name in written}
    return {name: value for name, value in read.items() if value is not None}
