"""Flow metrics by day and person: each source is read once for all goals over it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, TypeAlias

from kpilint.analysis.tracking.daysums import (
    EVERYBODY,
    Course,
    Courses,
    read,
    stays,
)
from kpilint.analysis.tracking.spellings import Spellings
from kpilint.data import measure
from kpilint.data.selection import KINDS, Selection, selected
from kpilint.errors import Unavailable
from kpilint.goals.formula import read_formula
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.period import Period
from kpilint.i18n import _

if TYPE_CHECKING:
    from kpilint.data.coverage import Coverage
    from kpilint.data.dataset import Dataset

_FROM_DAYS = frozenset({"count", "sum", "mean"})  # what days and people add up to
_Place: TypeAlias = tuple[str, str, str]
People: TypeAlias = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Daily:
    """The values of metrics up to ``as_of``, of everybody and of people, over any days."""

    data: Dataset
    goals: GoalSet
    as_of: date
    _read: dict[str, Courses] = field(default_factory=dict)
    _covered: dict[str, Coverage | None] = field(default_factory=dict)
    _whole: dict[tuple[str, date, date], float | None] = field(default_factory=dict)
    _told: dict[tuple[str, date, date, People | None], float | None] = field(default_factory=dict)
    _levels: dict[str, tuple[Course, Course]] = field(default_factory=dict)
    _named: dict[tuple[str, str], Spellings] = field(default_factory=dict)
    _each: dict[tuple[str, date, date], dict[str, float]] = field(default_factory=dict)

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
            key = (metric.name, start, end, people)
            if key not in self._told:
                self._told[key] = self._flow(metric, start, end, people)
            return self._told[key]
        if metric.form == "stock" and metric.agg in _FROM_DAYS and people is None:
            return self._level(metric, start, end)
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

    def foresee(self, metric: Metric, spans: Sequence[tuple[date, date]]) -> None:
        """Read at once, over all of these spans, what ``value`` would read for each in turn."""
        for leaf in self._leaves(metric):
            if leaf.form == "flow" and leaf.agg not in _FROM_DAYS:
                within = [(start, min(end, self.as_of)) for start, end in spans]
                keys = [(leaf.name, *span) for span in within]
                told = measure.over(self.data, self.goals, leaf, within)
                self._whole.update(zip(keys, told, strict=True))

    def weight(self, metric: Metric, start: date, end: date) -> float:
        """The records behind a mean, or the denominator of a ratio."""
        if metric.form == "ratio":
            below = self.goals.metrics.get(metric.denominator or "")
            return (below and self.value(below, start, end)) or 0.0
        return self.courses(metric)[EVERYBODY].between(start, min(end, self.as_of))[1]

    def by_days(self, metric: Metric) -> bool:
        """Whether its value over any days takes no further reading of the records."""
        return all(
            each.manual is not None or (each.form in ("flow", "stock") and each.agg in _FROM_DAYS)
            for each in self._leaves(metric)
        )

    def by_spans(self, metric: Metric) -> bool:
        """Whether one reading of the records tells its value over any spans of days.

        Not that of a largest or smallest value either: a single record, of which no habit tells.
        """
        return not any(each.cohort for each in self.goals.behind(metric.name)) and all(
            each.agg not in ("min", "max") and (each.form != "stock" or each.agg in _FROM_DAYS)
            for each in self._leaves(metric)
        )

    def _leaves(self, metric: Metric) -> list[Metric]:
        """The metrics that one is computed from in the end, or itself."""
        return [each for each in self.goals.behind(metric.name) if not each.parts]

    def knows(self, metric: Metric, person: str) -> bool:
        """Whether the data has ever heard of a person; plain name."""
        parts = [m for m in self.goals.behind(metric.name) if m.form == "flow" and m.person]
        if any(person in self.courses(part) for part in parts if part.agg in _FROM_DAYS):
            return True
        named = [self._spellings(part) for part in parts if part.agg not in _FROM_DAYS]
        return any(person in each.names for each in named if each is not None)

    def coverage(self, metric: Metric) -> Coverage | None:
        """Which days the records cover: of a flow metric's source, or of a stock's coming and going."""
        if metric.name not in self._covered:
            times = (
                (metric.time,) if metric.stock is None else (metric.stock.from_, metric.stock.to)
            )
            first, *more = (
                self.data.coverage(metric.source or "", time or "", self.as_of) for time in times
            )
            if first is not None:
                last = max([first.last, *(each.last for each in more if each is not None)])
                first = replace(first, last=last)
            self._covered[metric.name] = first
        return self._covered[metric.name]

    def tells(self, metric: Metric, period: Period) -> bool:
        """Whether the records tell the whole of a period; values typed in are taken as they are."""
        for leaf in self._leaves(metric):
            if leaf.manual is None:
                covered = self.coverage(leaf)
                if covered is None or not covered.begins_by(period.start):
                    return False
                if self.newest(leaf.source or "", period.end) < period.end:
                    return False
        return True

    def newest(self, source: str, day: date | None = None) -> date:
        """The day of a source's export: ``day``, by default ``as_of``, where some event runs on to it.

        Else the last of its records. A silence of one kind of event is no stale export while others
        go on.
        """
        day, found = day or self.as_of, []
        for time in sorted(_times(self.goals, source)):
            with suppress(Unavailable):  # told where the column itself is wanted
                covered = self.data.coverage(source, time, self.as_of)
                if covered is not None:
                    found.append(day if covered.reaches(day) else covered.last)
        return max(found, default=day)

    def courses(self, metric: Metric) -> Courses:
        """The days of a count, sum or mean, of everybody and of each person."""
        if metric.name in self._read:
            return self._read[metric.name]
        chosen = selected(self.data, metric)
        source = metric.source or ""
        person = self.data.resolve(source, metric.person) if metric.person else ""
        place = (source, chosen.time.get_name(), person)
        wanted = {metric.name: chosen} | dict(self._alike(place))
        self._read.update(read(wanted, person, self.as_of))
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

    def _level(self, metric: Metric, start: date, end: date) -> float | None:
        """What is open as a day ends: all that came by then, less what has left."""
        if metric.name not in self._levels:
            measure.value(self.data, self.goals, metric, start, end)  # raises, with the reason
            self._levels[metric.name] = stays(self.data, metric, self.as_of)
        came, left = (course.between(date.min, end) for course in self._levels[metric.name])
        covered = self.coverage(metric)
        if covered is None or covered.first > end:
            return None
        value, n = came[0] - left[0], came[1] - left[1]
        if metric.agg == "mean":
            return value / n if n else None
        return value

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
            return self._of_people(metric, start, end, people)
        key = (metric.name, start, end)
        if key not in self._whole:
            self._whole[key] = measure.value(
                self.data, self.goals, metric, start, end, as_of=self.as_of
            )
        return self._whole[key]

    def _of_people(self, metric: Metric, start: date, end: date, people: People) -> float | None:
        """A median or a distinct count: of one person as of all at once, of a team together."""
        known = self._spellings(metric)
        if known is None:
            raise _not_by_person(metric)
        key = (metric.name, start, end)
        if len(people) > 1:
            if (*key, people) not in self._told:
                own = known.together(selected(self.data, metric).between(start, end), people)
                self._told[(*key, people)] = own
            found = self._told[(*key, people)]
        else:
            if key not in self._each:
                self._each[key] = known.each(selected(self.data, metric).between(start, end))
            found = self._each[key].get(people[0])
        counted = metric.agg in KINDS and any(name in known.names for name in people)
        return 0.0 if found is None and counted else found

    def _spellings(self, metric: Metric) -> Spellings | None:
        """Who is named in a flow metric's source; None where it does not say."""
        if metric.form != "flow" or not metric.person:
            return None
        place = (metric.source or "", metric.person)
        if place not in self._named:
            self._named[place] = Spellings.of(self.data, *place)
        return self._named[place]


def _times(goals: GoalSet, source: str) -> set[str]:
    """The columns of a source that tell when something happened."""
    metrics = [metric for metric in goals.metrics.values() if metric.source == source]
    funnels = [funnel for funnel in goals.funnels.values() if funnel.source == source]
    times = {metric.time for metric in metrics}
    times |= {time for m in metrics if m.stock for time in (m.stock.from_, m.stock.to)}
    for funnel in funnels:
        times |= {funnel.entered, *(stage.entered for stage in funnel.stages)}
        times |= {funnel.lost.entered} if funnel.lost else set()
    return {time for time in times if time}


def _not_by_person(metric: Metric) -> Unavailable:
    return Unavailable(_("{metric} cannot be told by person.", metric=metric.title))
