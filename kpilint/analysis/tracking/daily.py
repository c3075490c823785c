"""Flow metrics by day and person: each source is read once for all goals over it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from itertools import accumulate
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

import ibis

from kpilint.data import measure
from kpilint.data.selection import AGGREGATES, Selection, selected
from kpilint.errors import Unavailable
from kpilint.goals.formula import read_formula
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.written import plain_name
from kpilint.i18n import _

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.data.coverage import Coverage
    from kpilint.data.dataset import Dataset

_FROM_DAYS = frozenset({"count", "sum", "mean"})  # what days and people add up to
_Place: TypeAlias = tuple[str, str, str]
People: TypeAlias = tuple[str, ...]


class Course(NamedTuple):
    """Sums up to and with each day: ``value`` and number of records; all lists of one length."""

    day: list[date]
    value: list[float]
    n: list[float]

    @classmethod
    def of(cls, rows: Iterable[tuple[date, float, float]]) -> Course:
        """The running sums of rows in the order of their days."""
        ordered = list(rows)
        return cls(
            [day for day, _value, _n in ordered],
            list(accumulate(value for _day, value, _n in ordered)),
            list(accumulate(n for _day, _value, n in ordered)),
        )

    def between(self, start: date, end: date) -> tuple[float, float]:
        """Value and number of records from ``start`` to ``end``, both included."""
        low, high = bisect_left(self.day, start), bisect_right(self.day, end)
        if high <= low:
            return 0.0, 0.0
        before = (self.value[low - 1], self.n[low - 1]) if low else (0.0, 0.0)
        return self.value[high - 1] - before[0], self.n[high - 1] - before[1]


Courses: TypeAlias = Mapping[str, Course]  # by plain name; "" is everybody
EVERYBODY = ""


@dataclass(frozen=True, slots=True)
class Daily:
    """The values of metrics up to ``as_of``, of everybody and of people, over any days."""

    data: Dataset
    goals: GoalSet
    as_of: date
    _read: dict[str, Courses] = field(default_factory=dict)
    _covered: dict[str, Coverage | None] = field(default_factory=dict)
    _whole: dict[tuple[str, date, date], float | None] = field(default_factory=dict)

    def value(
        self, metric: Metric, start: date, end: date, people: People | None = None
    ) -> float | None:
        """A metric from ``start`` to ``end``, but not beyond ``as_of``.

        ``people`` are names; None asks for everybody. The answer is None where there is nothing
        to tell it from. Raises Unavailable for what cannot be computed, or not by person.
        """
        end = min(end, self.as_of)
        if end < start:
            return None
        if metric.form == "flow" and metric.agg in _FROM_DAYS:
            return self._flow(metric, start, end, people)
        if metric.form == "ratio" and metric.cohort is None and len(metric.parts) == 2:
            above, below = (self._part(metric, name, start, end, people) for name in metric.parts)
            return above / below if above is not None and below else None
        if metric.form == "formula" and metric.parts and not self._circular(metric):
            found = {n: self._part(metric, n, start, end, people) for n in metric.parts}
            values = {n: v for n, v in found.items() if v is not None}
            if len(values) < len(found):
                return None
            result = read_formula(metric.formula or "").evaluate(values)
            return result if isfinite(result) else None
        return self._undivided(metric, start, end, people)

    def weight(self, metric: Metric, start: date, end: date) -> float:
        """The records behind a mean, or the denominator of a ratio."""
        if metric.form == "ratio":
            below = self.goals.metrics.get(metric.denominator or "")
            return (below and self.value(below, start, end)) or 0.0
        return self.courses(metric)[EVERYBODY].between(start, min(end, self.as_of))[1]

    def knows(self, metric: Metric, person: str) -> bool:
        """Whether the data has ever heard of a person; plain name."""
        parts = [m for m in self.goals.behind(metric.name) if m.form == "flow" and m.person]
        return any(person in self.courses(part) for part in parts if part.agg in _FROM_DAYS)

    def coverage(self, metric: Metric) -> Coverage | None:
        """Which days the records of a flow metric's source cover."""
        if metric.name not in self._covered:
            source, time = metric.source or "", metric.time or ""
            self._covered[metric.name] = self.data.coverage(source, time, self.as_of)
        return self._covered[metric.name]

    def courses(self, metric: Metric) -> Courses:
        """The days of a count, sum or mean, of everybody and of each person."""
        if metric.name in self._read:
            return self._read[metric.name]
        chosen = selected(self.data, metric)
        source = metric.source or ""
        person = self.data.resolve(source, metric.person) if metric.person else ""
        place = (source, chosen.time.get_name(), person)
        wanted = {metric.name: chosen} | dict(self._alike(place))
        self._read.update(_read(wanted, person, self.as_of))
        return self._read[metric.name]

    def _alike(self, place: _Place) -> Iterable[tuple[str, Selection]]:
        """The metrics behind any goal that the same reading can tell."""
        source, time, person = place
        behind = {m.name: m for goal in self.goals for m in self.goals.behind(goal.metric)}
        for metric in behind.values():
            if metric.form == "flow" and metric.source == source and metric.agg in _FROM_DAYS:
                with suppress(Unavailable):  # told where that metric itself is wanted
                    own = self.data.resolve(source, metric.person) if metric.person else ""
                    chosen = selected(self.data, metric)
                    if (chosen.time.get_name(), own) == (time, person):
                        yield metric.name, chosen

    def _flow(self, metric: Metric, start: date, end: date, people: People | None) -> float | None:
        courses = self.courses(metric)
        if people is not None and not metric.person:
            raise _not_by_person(metric)
        names = (EVERYBODY,) if people is None else people
        told = [courses[name].between(start, end) for name in names if name in courses]
        if not told:
            return None
        value, n = sum(value for value, _n in told), sum(n for _value, n in told)
        if metric.agg == "mean":
            return value / n if n else None
        if n:
            return value
        covered = self.coverage(metric)
        known = covered is not None and covered.first <= end and covered.reaches(start)
        return 0.0 if known else None

    def _part(
        self, metric: Metric, name: str, start: date, end: date, people: People | None
    ) -> float | None:
        part = self.goals.metrics.get(name)
        if part is None or self._circular(metric):
            measure.value(self.data, self.goals, metric, start, end)  # raises, with the reason
            return None
        return self.value(part, start, end, people)

    def _circular(self, metric: Metric) -> bool:
        return any(metric.name in part.parts for part in self.goals.behind(metric.name))

    def _undivided(
        self, metric: Metric, start: date, end: date, people: People | None
    ) -> float | None:
        if people is not None:
            raise _not_by_person(metric)
        key = (metric.name, start, end)
        if key not in self._whole:
            self._whole[key] = measure.value(
                self.data, self.goals, metric, start, end, as_of=self.as_of
            )
        return self._whole[key]


def _not_by_person(metric: Metric) -> Unavailable:
    return Unavailable(_("{metric} cannot be told by person.", metric=metric.title))


def _read(wanted: Mapping[str, Selection], person: str, as_of: date) -> Mapping[str, Courses]:
    """One row a day and person, for all metrics at once; then their running sums."""
    first = next(iter(wanted.values()))
    who: ir.Value = first.table[person] if person else ibis.literal(EVERYBODY)
    asked: dict[str, ir.Scalar] = {}
    for number, chosen in enumerate(wanted.values()):
        asked[f"value{number}"], asked[f"n{number}"] = _sums(chosen)
    rows = first.table.group_by(day=first.time.date(), who=who).aggregate(**asked)
    told = rows.filter(rows.day <= ibis.literal(as_of)).order_by("day").to_pyarrow().to_pydict()
    plain = {name: plain_name(str(name or "")) for name in set(told["who"])}
    names = [plain[name] for name in told["who"]]
    return {
        metric: _courses(told["day"], names, told[f"value{number}"], told[f"n{number}"])
        for number, metric in enumerate(wanted)
    }


def _sums(chosen: Selection) -> tuple[ir.Scalar, ir.Scalar]:
    """What adds up to the metric over days and people."""
    if chosen.agg == "mean" and chosen.value is not None:
        total = AGGREGATES["sum"](chosen.value, chosen.condition)
        return total, AGGREGATES["count"](chosen.value, chosen.condition)
    return chosen.among_all()


def _courses(
    days: Sequence[date],
    names: Sequence[str],
    values: Sequence[float | None],
    counts: Sequence[float | None],
) -> Courses:
    people: dict[str, list[tuple[date, float, float]]] = {}
    rows = [
        (day, name, float(v or 0), float(n or 0))
        for day, name, v, n in zip(days, names, values, counts, strict=True)
    ]
    for day, name, v, n in rows:
        people.setdefault(name, []).append((day, v, n))
    everybody = Course.of((day, v, n) for day, _name, v, n in rows)
    return {name: Course.of(own) for name, own in people.items()} | {EVERYBODY: everybody}
