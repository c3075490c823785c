"""A goal over one period: the values that its target had, and what the runs saw of it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from kpilint.analysis.tracking.attainment import attainment
from kpilint.data.ledger import Record, begun_with, days_of, original
from kpilint.goals.metric import Better


class Step(NamedTuple):
    """A value that a target had from one record on.

    ``at``, ``by``, ``run`` and ``as_of`` are the record's; ``on``, ``who`` and ``reason`` what the
    goals file says of the change, where it does.
    """

    value: float
    at: datetime
    by: str
    run: str
    as_of: date
    on: str | None = None
    who: str | None = None
    reason: str | None = None


class Seen(NamedTuple):
    """A goal as one run saw it: the target of then, and the actual as known then."""

    run: str
    as_of: date
    target: float | None
    actual: float | None
    attainment: float | None
    status: str | None


@dataclass(frozen=True, slots=True)
class Course:
    """A goal in one period, as seen on the day ``until``; ``about`` is how it was recorded last.

    The first of ``steps`` is the original target; ``seen`` are the runs up to that day, in the
    order of the days that they looked from. Values are in the metric's unit.
    """

    about: Mapping[str, Any]  # id, label, role, metric, department, owner, unit
    start: date | None
    end: date | None
    better: Better
    until: date
    steps: tuple[Step, ...]
    seen: tuple[Seen, ...]

    @property
    def original(self) -> Step | None:
        """The target that the period began with."""
        return self.steps[0] if self.steps else None

    @property
    def then(self) -> Step | None:
        """The target that held on the day ``until``."""
        held = [step for step in self.steps if step.as_of <= self.until]
        return held[-1] if held else self.original

    @property
    def latest(self) -> Step | None:
        """The target that was recorded last, be it after that day."""
        return self.steps[-1] if self.steps else None

    @property
    def last(self) -> Seen | None:
        """The goal as the last run saw it."""
        return self.seen[-1] if self.seen else None

    def against(self, step: Step | None) -> float | None:
        """What the last actual attains of a target, as a share of one."""
        if step is None or self.last is None:
            return None
        return attainment(self.last.actual, step.value, self.better)


def courses(
    targets: Sequence[Record], actuals: Sequence[Record], until: date, better: Better | None
) -> Iterator[Course]:
    """The course of one goal in one period, from its records in the order of writing.

    Several goals of one metric, department, owner and period are told apart by their ids. Where
    nobody says which way is ``better``, the attainments do that were recorded.
    """
    if not _several(targets):
        yield _course(targets, actuals, until, better)
        return
    for name in dict.fromkeys(_id(record) for record in targets):
        own = [record for record in targets if _id(record) == name]
        seen = [record for record in actuals if record.entry.body.get("goal") == name]
        yield _course(own, seen, until, better)


def _several(targets: Iterable[Record]) -> bool:
    """Whether one run recorded more than one goal."""
    names: dict[str, set[object]] = {}
    for record in targets:
        names.setdefault(record.run, set()).add(_id(record))
    return any(len(each) > 1 for each in names.values())


def _id(record: Record) -> object:
    return record.entry.body.get("id")


def _course(
    targets: Sequence[Record], actuals: Sequence[Record], until: date, better: Better | None
) -> Course:
    start, end = days_of(targets[-1].entry.period)
    steps = tuple(_steps(targets, start or date.min))
    latest = {record.run: record for record in actuals if record.as_of <= until}
    held = {record.run: record for record in targets}
    runs = sorted(latest.values(), key=lambda record: (record.as_of, record.number))
    seen = tuple(_seen(record, held.get(record.run)) for record in runs)
    about = targets[-1].entry.body
    return Course(about, start, end, better or _direction(seen), until, steps, seen)


def _steps(targets: Sequence[Record], start: date) -> Iterator[Step]:
    """The original target, and each other one that was recorded after it.

    A past month that was run again changes nothing: what counts is the day that was looked from.
    """
    began = original(targets, start)
    value = begun_with(began, start) if began is not None else None
    if began is None or value is None:
        return
    yield Step(value, began.at, began.by, began.run, began.as_of)
    after = [r for r in targets if r.number >= began.number and r.as_of >= began.as_of]
    facts: Mapping[str, Any] = began.entry.body
    known = (facts.get("changes") if began.as_of <= start else None) or ()
    for record in sorted(after, key=lambda record: (record.as_of, record.number)):
        body: Mapping[str, Any] = record.entry.body
        now, changes = body.get("target"), body.get("changes") or ()
        if isinstance(now, (int, float)) and now != value:
            fresh = [change for change in changes if change not in known]
            yield _step(record, float(now), fresh[-1] if fresh else {})
            value = now
        known = changes


def _step(record: Record, value: float, change: Mapping[str, Any]) -> Step:
    on, who, reason = (change.get(name) for name in ("on", "who", "reason"))
    return Step(value, record.at, record.by, record.run, record.as_of, on, who, reason)


def _seen(record: Record, held: Record | None) -> Seen:
    body: Mapping[str, Any] = record.entry.body
    of_then: Mapping[str, Any] = held.entry.body if held is not None else body
    actual, attained, status = (body.get(name) for name in ("actual", "attainment", "status"))
    return Seen(record.run, record.as_of, of_then.get("target"), actual, attained, status)


def _direction(seen: Iterable[Seen]) -> Better:
    for one in seen:
        if one.attainment and one.target and one.actual and one.attainment != 1:
            higher = abs(one.actual / one.target - one.attainment) < 1e-3
            return "higher" if higher else "lower"
    return "higher"
