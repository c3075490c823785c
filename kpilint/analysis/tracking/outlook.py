"""What a metric's period will come to: by open deals where it is a funnel's, else by its past."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, cast

from kpilint.analysis.projection import project
from kpilint.analysis.tracking.backtest import won_by_end
from kpilint.analysis.tracking.deals import Deals, deals
from kpilint.analysis.tracking.forecast import Outlook, Rest
from kpilint.analysis.tracking.pacing import DAY, ENOUGH, earlier, elapsed, expected_share
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
    _shares: dict[tuple[str, Period], float] = field(default_factory=dict)
    _open: dict[str, Pipeline | None] = field(default_factory=dict)

    def seen(self, metric: Metric) -> date:
        """The last day that the records can tell of."""
        covered = self.daily.coverage(metric)
        as_of = self.daily.as_of
        return as_of if covered is None or covered.reaches(as_of) else covered.last

    def share(self, metric: Metric, period: Period) -> float:
        """The share of a period that should be made by now; 1 for what is not prorated."""
        if not metric.additive:
            return 1.0
        key = (metric.name, period)
        if key not in self._shares:
            self._shares[key] = self._share(metric, period)
        return self._shares[key]

    def known(self, metric: Metric, period: Period) -> Known | None:
        """The outlook of a metric's period; None where there is nothing to go by."""
        key = (metric.name, period)
        if key not in self._known:
            try:
                self._known[key] = self._by_deals(metric, period) or self._by_past(metric, period)
            except Unavailable:  # the actual value tells why, or there is no history
                self._known[key] = None
        return self._known[key]

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

    def _share(self, metric: Metric, period: Period) -> float:
        closures = self.daily.goals.closures
        day = self.daily.as_of
        if metric.form != "flow":
            return elapsed(period.start, period.end, day, closures)
        course = self.daily.courses(metric)[""]
        made = lambda first, last: course.between(first, last)[0]  # noqa: E731
        return expected_share(period, day, self._past(metric, period), made, closures)

    def _past(self, metric: Metric, period: Period) -> list[Period]:
        """The complete periods before it, oldest first."""
        covered = self.daily.coverage(metric)
        if covered is None:
            return []
        found = earlier(period, covered.first.replace(day=1))
        seen = self.seen(metric)
        return [each for each in found if covered.begins_by(each.start) and each.end <= seen]

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
        own = self.daily.courses(metric)[""].between(date.min, day)[0]
        won = found.won(0, day.toordinal(), money=metric.agg == "sum")
        return own > 0 and abs(own - won) <= 1e-6 * own

    def _by_deals(self, metric: Metric, period: Period) -> Known | None:
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
        series = measure.history(self.daily.data, self.daily.goals, metric, until=self.daily.as_of)
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
        as_of, goals = self.daily.as_of, self.daily.goals
        done = elapsed(coming[0].start, coming[-1].end, as_of, goals.closures)
        known = self.daily.value(metric, period.start, period.end)
        if metric.additive:
            return Known(Rest(projected, known or 0.0, 1 - done), past, by_deals=False)
        weight = self._weight(metric, period, series, len(coming) * (1 - done))
        return Known(Rest(projected, known or 0.0, 1.0, weight), past, by_deals=False)

    def _weight(self, metric: Metric, period: Period, series: Series, left: float) -> float:
        """How much of a mean's records are there already, of all that the period will have."""
        weights = series.weights
        usual = float(weights.tail(12).mean()) if weights is not None else 0.0
        there = self.daily.weight(metric, period.start, period.end)
        return there / (there + usual * left) if there else 0.0


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
