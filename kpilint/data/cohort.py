"""A ratio by cohort: what has become, by a given day, of the records that entered in a period."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil

import ibis

from kpilint.data.coverage import Coverage, whole_periods
from kpilint.data.dataset import Dataset
from kpilint.data.selection import KINDS, Selection, selected
from kpilint.data.series import Series, on_periods
from kpilint.data.tally import by_period
from kpilint.errors import Unavailable
from kpilint.goals.metric import Metric
from kpilint.i18n import _

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Cohort:
    """The two sides of a ratio, both placed in time by the cohort's entry.

    Of the numerator's records only those count that the denominator counts too, where both are
    of one source: the ratio is a share of the cohort. What happened after ``as_of`` is not known.
    """

    metric: Metric
    above: Selection
    below: Selection
    covered: Coverage | None
    as_of: date

    @classmethod
    def of(
        cls, data: Dataset, metric: Metric, numerator: Metric, denominator: Metric, as_of: date
    ) -> Cohort:
        """Raises Unavailable and ColumnMissing like ``selected``."""
        above, below = (_placed(data, metric, m, as_of) for m in (numerator, denominator))
        if numerator.source == denominator.source and below.condition is not None:
            above = above.among(below.condition)
        covered = data.coverage(denominator.source or "", metric.cohort or "", as_of)
        return cls(metric, above, below, covered, as_of)

    @property
    def mature_day(self) -> date:
        """The last day of entry from which on ``mature:`` has passed."""
        mature = self.metric.mature
        return self.as_of - timedelta(days=ceil(mature.days)) if mature else self.as_of

    def history(self, grain: str, unit: str | None) -> Series:
        """The ratio of each cohort that is mature as a whole; the others are left out.

        ``immature`` counts the records younger than ``mature:``. A cohort of no record is nan.
        """
        index = whole_periods(self.covered, self.mature_day, grain)
        young = self.below.between(self.mature_day + _DAY, self.as_of)
        became = by_period([self.above], grain).to_pyarrow().to_pydict()
        entered = by_period([self.below, young], grain).to_pyarrow().to_pydict()
        above, below = (on_periods(rows, index)["value0"] for rows in (became, entered))
        if self.above.agg in KINDS:
            above = above.fillna(0.0)
        counts = zip(entered["n0"], entered["period"], strict=True)
        return Series.of(
            above / below.where(below != 0),
            unit=unit,
            kind="ratio",
            weights=below.fillna(0.0),
            undated=sum(n for n, period in counts if period is None),
            immature=sum(entered["n1"]),
        )

    def value(self, start: date, end: date) -> float | None:
        """The ratio of those that entered from ``start`` to ``end`` and are mature; else None."""
        last = min(end, self.mature_day)
        if last < start:
            return None
        above, below = (s.between(start, last) for s in (self.above, self.below))
        sides = [s.records.aggregate(value=s.aggregate()) for s in (above, below)]
        over, under = (side.to_pyarrow().to_pylist()[0]["value"] for side in sides)
        if not under or (over is None and self.above.agg not in KINDS):
            return None
        return float(over or 0.0) / float(under)

    def immature(self, start: date, end: date) -> int:
        """How many that entered from ``start`` to ``end`` are younger than ``mature:``."""
        first, last = max(start, self.mature_day + _DAY), min(end, self.as_of)
        if last < first:
            return 0
        return int(self.below.between(first, last).records.count().to_pyarrow().as_py())


def _placed(data: Dataset, metric: Metric, part: Metric, as_of: date) -> Selection:
    """The records of one side by the cohort's entry, as they were known on ``as_of``."""
    if part.form != "flow":
        raise Unavailable(
            _(
                "{metric} is a ratio by cohort, and {part} is not counted from records; name "
                "metrics with a source: and an agg:.",
                metric=metric.name,
                part=part.name,
            )
        )
    chosen = selected(data, part.but(time=metric.cohort))
    if part.time is None:
        return chosen
    happened = selected(data, part).time
    if happened.get_name() == chosen.time.get_name():
        return chosen
    return chosen.among(happened < ibis.literal(datetime.combine(as_of + _DAY, time())))
