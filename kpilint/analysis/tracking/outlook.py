"""What a metric's period will come to: by open deals where it is a funnel's, else by its past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, cast

from kpilint.analysis.projection import project
from kpilint.analysis.tracking.backtest import won_by_end
from kpilint.analysis.tracking.daysums import EVERYBODY
from kpilint.analysis.tracking.deals import Deals, deals
from kpilint.analysis.tracking.forecast import Outlook, Rest, Within, regressed
from kpilint.analysis.tracking.pacing import (
    DAY,
    ENOUGH,
    day_at,
    earlier,
    elapsed,
    expected_share,
)
from kpilint.data import measure
from kpilint.errors import KpilintError, Unavailable
from kpilint.goals.funnel import FunnelSpec
from kpilint.goals.metric import Metric
from kpilint.goals.period import Period

if TYPE_CHECKING:
    from kpilint.analysis.projection import Kind
    from kpilint.analysis.tracking.daily import Daily
    from kpilint.data.series import Series


@dataclass(frozen=True, slots=True)
class Known:
    """An outlook, how many past periods it rests on, and whether open deals tell it."""

    outlook: Outlook
    past: int
    by_deals: bool

    @property
    def guess(self) -> bool:
        """Whether it rests on too little for a probability."""
        return self.past < ENOUGH


@dataclass(frozen=True, slots=True)
class Pipeline:
    """What is open: its ``value``, and the share ``rate`` of closed deals that was won."""

    value: float
    rate: float


@dataclass(frozen=True, slots=True)
class Forecaster:
    """Forecasts as of a day, each metric and period once."""

    daily: Daily
    _known: dict[tuple[str, Period], Known | None] = field(default_factory=dict)
    _deals: dict[tuple[str, int], Deals | None] = field(default_factory=dict)
    _shares: dict[tuple[str, Period, date], float] = field(default_factory=dict)
    _open: dict[str, Pipeline | None] = field(default_factory=dict)
    _seen: dict[str, date] = field(default_factory=dict)

    def seen(self, metric: Metric) -> date:
        """The last day that the records tell of: the day of all this, or where a stale export ends.

        Of a metric with parts that of the first to end; values typed in end with the last of them.
        """
        if metric.name not in self._seen:
            told = (self._ends(each) for each in self._leaves(metric))
            self._seen[metric.name] = min([self.daily.as_of, *told])
        return self._seen[metric.name]

    def _ends(self, leaf: Metric) -> date:
        as_of = self.daily.as_of
        if leaf.manual is not None:
            return max((period.end for period in leaf.manual if period.end <= as_of), default=as_of)
        try:
            covered = self.daily.coverage(leaf)
        except Unavailable:  # its value tells why
            return as_of
        if covered is None or covered.reaches(as_of):
            return as_of
        return self.daily.newest(leaf.source or "")

    def told(self, metric: Metric, period: Period) -> date:
        """The last day of a period, or after it, that the records tell of.

        A period that is over is told to its end by values typed in, and by records that run on until
        a silence before it no longer than theirs have been.
        """
        seen, end = self.seen(metric), period.end
        if seen >= end or end > self.daily.as_of:
            return seen
        return end if all(self._reaches(leaf, end) for leaf in self._leaves(metric)) else seen

    def _reaches(self, leaf: Metric, day: date) -> bool:
        return leaf.manual is not None or self.daily.newest(leaf.source or "", day) >= day

    def lacks(self, metric: Metric, period: Period) -> date | None:
        """Where the records of a period end too early, or the values typed in; None if they do not.

        A value that is typed in by the month is not due before the month is over.
        """
        due, ends = min(self.daily.as_of, period.end), []
        for leaf in self._leaves(metric):
            if leaf.manual is None:
                ends += [] if self._reaches(leaf, due) else [self._ends(leaf)]
            elif typed := [p for p in leaf.manual if p.end <= self.daily.as_of]:
                last = max(typed, key=lambda each: each.end)
                ends += [last.end] if last.after().end <= due else []
        return min(ends, default=None)

    def share(self, metric: Metric, period: Period, day: date | None = None) -> float:
        """The share of a period that should be made by a day, by default the last that is known.

        1 for what is not prorated.
        """
        if not metric.additive:
            return 1.0
        key = (metric.name, period, day or self.told(metric, period))
        if key not in self._shares:
            self._shares[key] = self._share(*key[1:], metric)
        return self._shares[key]

    def known(self, metric: Metric, period: Period) -> Known | None:
        """The outlook of a metric's period; None where there is nothing to go by."""
        key = (metric.name, period)
        if key not in self._known:
            try:
                self._known[key] = (
                    self.by_deals(metric, period)
                    or self._by_past(metric, period)
                    or self._by_course(metric, period)
                )
            except Unavailable:  # the actual value tells why, or there is no history
                self._known[key] = None
        return self._known[key]

    def periods(self, metric: Metric, period: Period) -> int:
        """How many earlier periods are known as a whole; 0 where that cannot be told."""
        try:
            return len(self._past(metric, period))
        except Unavailable:
            return 0

    def pipeline(self, metric: Metric) -> Pipeline | None:
        """What is open behind a metric of won deals."""
        if metric.name not in self._open:
            self._open[metric.name] = self._pipeline(metric)
        return self._open[metric.name]

    def _pipeline(self, metric: Metric) -> Pipeline | None:
        found = self._behind(metric)
        if found is None:
            return None
        day = self.seen(metric).toordinal()
        rate = found.closed_rate(day)
        return Pipeline(found.open(day, money=metric.agg == "sum"), rate) if rate else None

    def _share(self, period: Period, day: date, metric: Metric) -> float:
        closures = self.daily.goals.closures
        if metric.form != "flow":
            return elapsed(period.start, period.end, day, closures)
        course = self.daily.courses(metric)[EVERYBODY]
        made = lambda first, last: course.between(first, last)[0]  # noqa: E731
        return expected_share(period, day, self._past(metric, period), made, closures)

    def _past(self, metric: Metric, period: Period) -> list[Period]:
        """The complete periods before it, oldest first."""
        begun = [self._begins(leaf) for leaf in self._leaves(metric)]
        first = max((day for day in begun if day is not None), default=None)
        if first is None or None in begun:
            return []
        seen = self.seen(metric)
        return [each for each in earlier(period, first) if each.end <= seen]

    def _leaves(self, metric: Metric) -> list[Metric]:
        """The metrics that one is computed from in the end, or itself."""
        return [each for each in self.daily.goals.behind(metric.name) if not each.parts]

    def _begins(self, leaf: Metric) -> date | None:
        """The first day from which a period of whole months is known to be whole."""
        if leaf.manual is not None:
            return min((period.start for period in leaf.manual), default=None)
        covered = self.daily.coverage(leaf)
        if covered is None:
            return None
        month = covered.first.replace(day=1)
        return month if covered.begins_by(month) else covered.first

    def _behind(self, metric: Metric) -> Deals | None:
        """The deals that a metric counts when they are won, where it counts all of them."""
        place = _funnel_of(self.daily.goals.funnels, metric)
        if place is None:
            return None
        spec, stage = place
        day = self.seen(metric)
        if (spec.name, stage) not in self._deals:
            try:
                found = deals(self.daily.data, spec, stage, day)
            except KpilintError:  # the funnel's own commands tell why
                found = None
            self._deals[spec.name, stage] = found if found is not None and len(found.n) else None
        kept = self._deals[spec.name, stage]
        return kept if kept is not None and self._same(metric, kept, day) else None

    def _same(self, metric: Metric, found: Deals, day: date) -> bool:
        """Whether the metric's whole past is that of the funnel, and not of a part of it."""
        own = self.daily.courses(metric)[EVERYBODY].between(date.min, day)[0]
        won = found.won(0, day.toordinal(), money=metric.agg == "sum")
        return own > 0 and abs(own - won) <= 1e-6 * own

    def by_deals(self, metric: Metric, period: Period) -> Known | None:
        """The outlook by open deals; None for a metric that is no funnel's. Raises Unavailable."""
        found = self._behind(metric)
        if found is None:
            return None
        day = self.seen(metric)
        if day < period.start - DAY:
            return None
        past = self._past(metric, period)
        outlook = won_by_end(found, period, past, day, money=metric.agg == "sum")
        return Known(outlook, len(past), by_deals=True) if outlook else None

    def _by_past(self, metric: Metric, period: Period) -> Known | None:
        months = period.months()
        if not months or not _projectable(metric):
            return None
        seen, goals = self.seen(metric), self.daily.goals
        series = measure.history(self.daily.data, goals, metric, until=seen)
        if len(series) < 2 or int(series.notna().sum()) < 2:
            return None
        last = series.index[-1].end_time.date()
        coming = [month for month in months if month.start > last]
        past = len([p for p in series.index if p.end_time.date() < period.start]) // len(months)
        if not coming:
            return None
        gap = (coming[0].start.year - last.year) * 12 + coming[0].start.month - last.month - 1
        projected = project(
            series.to_numpy(),
            len(coming),
            gap,
            weights=None if series.weights is None else series.weights.to_numpy(),
            kind=cast("Kind", series.kind),
        )
        done = elapsed(coming[0].start, coming[-1].end, seen, goals.closures)
        known = self.daily.value(metric, period.start, period.end)
        if metric.additive:
            return Known(Rest(projected, known or 0.0, 1 - done), past, by_deals=False)
        weight = self._weight(metric, period, series, len(coming) * (1 - done))
        return Known(Rest(projected, known or 0.0, 1.0, weight), past, by_deals=False)

    def _by_course(self, metric: Metric, period: Period) -> Known | None:
        """Formulas, stocks, medians, weeks: by how earlier periods ended that had come as far."""
        if not self.daily.by_spans(metric):
            return None
        seen, closures = self.seen(metric), self.daily.goals.closures
        share = elapsed(period.start, period.end, seen, closures)
        past = self._past(metric, period)
        days = [day_at(each.start, each.end, share, closures) for each in past]
        partly = [(each.start, day) for each, day in zip(past, days, strict=True)]
        self.daily.foresee(
            metric, [(period.start, seen), *partly, *((each.start, each.end) for each in past)]
        )
        so_far = self.daily.value(metric, period.start, seen)
        then, ended = [], []
        for each, day in zip(past, days, strict=True):
            at, end = (self.daily.value(metric, each.start, d) for d in (day, each.end))
            if at is not None and end is not None:
                then.append(at)
                ended.append(end)
        found = regressed(so_far, then, ended) if so_far is not None else None
        if found is None or so_far is None:
            return None
        return Known(_within(found, metric, so_far, then, ended), len(ended), by_deals=False)

    def _weight(self, metric: Metric, period: Period, series: Series, left: float) -> float:
        """How much of a mean's records are there already, of all that the period will have."""
        weights = series.weights
        usual = float(weights.tail(12).mean()) if weights is not None else 0.0
        there = self.daily.weight(metric, period.start, period.end)
        return there / (there + usual * left) if there else 0.0


def _within(
    found: Outlook, metric: Metric, so_far: float, then: list[float], ended: list[float]
) -> Outlook:
    """What only ever grew cannot end below what it has come to."""
    grows = metric.additive or metric.agg == "count_distinct"
    if grows and all(end >= at for at, end in zip(then, ended, strict=True)):
        return Within(found, so_far, whole=metric.agg in ("count", "count_distinct"))
    return found


def _projectable(metric: Metric) -> bool:
    """Whether the months' values make the period's: sums, counts, ratios and means."""
    additive = metric.form == "flow" and metric.agg in ("count", "sum", "mean")
    return additive or metric.form == "ratio"


def _funnel_of(funnels: Mapping[str, FunnelSpec], metric: Metric) -> tuple[FunnelSpec, int] | None:
    """The funnel whose last stage a metric counts, and the stage before it."""
    name, _dot, stage = (metric.stage or "").partition(".")
    spec = funnels.get(name)
    if spec is None or len(spec.stages) < 2 or spec.stages[-1].name != stage:
        return None
    counts = metric.agg == "count" or (metric.agg == "sum" and spec.amount is not None)
    return (spec, len(spec.stages) - 2) if metric.form == "flow" and counts else None
