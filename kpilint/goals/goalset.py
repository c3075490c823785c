"""All that a goals file says, every key with its place."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from yaml import Node, ScalarNode

from kpilint.goals.alert import Alert, alert
from kpilint.goals.excuse import Excuse, Lint
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.goal import Goal
from kpilint.goals.metric import Metric
from kpilint.goals.node import Entry, Fault, Named, Reader, Reading, Undecided, given
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
from kpilint.goals.written import plain
from kpilint.i18n import LANGUAGES, _, preferred


def _month(node: Node, reading: Reading) -> int:
    written = plain(str(node.value)).removesuffix("月") if isinstance(node, ScalarNode) else ""
    if not written.isdecimal() or not 1 <= int(written) <= 12:
        raise ValueError(_("A month is a number from 1 to 12, such as 4 for April."))
    return int(written)


def _version(node: Node, reading: Reading) -> int:
    number: int = integer.parse(node, reading)
    if number != 1:
        message = _("There is no version {read} of the goals language; write 1.", read=number)
        raise ValueError(message)
    return number


_MONTH = Reader(_month, {"type": "integer", "minimum": 1, "maximum": 12})
_VERSION = Reader(_version, {"type": "integer", "const": 1})


class Hypothesis(Entry):
    """A claim that one metric leads another, by a range of time."""

    id: str = given(text, required=True, default="")
    leading: str = given(text, required=True, default="")
    lagging: str = given(text, required=True, default="")
    lag: tuple[float, float] | None = given(lag)
    since: Period | None = given(when)


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

    version: int | None = given(_VERSION)
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
    alerts: tuple[Alert, ...] = given(list_of(alert), default=())
    lint: Lint | None = given(entry(Lint))
    faults: tuple[Fault, ...] = ()
    undecided: tuple[Undecided, ...] = ()  # what a table leaves open
    partial: bool = False  # a file that belongs to it could not be read
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

    def is_ambiguous(self, period: Period) -> bool:
        """Whether a period lies in a fiscal year of which nobody has said when it begins."""
        return period.fiscal and self.fiscal_year_start is None

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

    def defines(self, kind: str, name: str) -> bool:
        """Whether there is a goal, metric, source or funnel of that name."""
        known = {
            "goal": self.by_id,
            "metric": self.metrics,
            "source": self.sources,
            "funnel": self.funnels,
        }
        return name in known[kind]

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
