"""A metric becomes expressions that the engine computes: its history, and its value in a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite

import pandas as pd

from kpilint.data import stock
from kpilint.data.cohort import Cohort
from kpilint.data.coverage import FREQUENCY, whole_periods
from kpilint.data.dataset import Dataset
from kpilint.data.selection import KINDS, selected
from kpilint.data.series import Series, on_periods
from kpilint.data.tally import tally
from kpilint.errors import Unavailable
from kpilint.goals.formula import Formula, read_formula
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.period import Period
from kpilint.goals.target import unit_of, value_in
from kpilint.i18n import _

__all__ = ["Series", "history", "over", "value"]


def history(
    data: Dataset, goals: GoalSet, metric: Metric, *, grain: str = "month", until: date
) -> Series:
    """A metric's values over complete months, or ISO weeks, that end by ``until``.

    It reaches from the first to the last period that the source covers, by all its records and
    not only those that the metric selects (see ``Coverage``). Inside, a period without records
    counts 0 where the metric counts or sums, else nan. A stock is what is open as each ends. A
    ratio is by event time, or with ``cohort:`` by entry, of cohorts mature by ``until``. Empty
    where no period is complete. Raises Unavailable, with the reason, for what cannot be computed.
    """
    return _Measuring(data, goals, grain, until).history(metric, until)


def value(
    data: Dataset,
    goals: GoalSet,
    metric: Metric,
    start: date,
    end: date,
    *,
    as_of: date | None = None,
) -> float | None:
    """A metric over the records from ``start`` to ``end``, both days included.

    A stock is what is open when ``end`` is over. A ratio by cohort is what had become by
    ``as_of`` (``end``, where it is not given) of the records that were mature then. None where
    there is nothing to tell it from: no records behind a mean, no denominator, no mature record,
    or a source whose records end before the period begins. Raises Unavailable like ``history``.
    """
    return _Measuring(data, goals, "month", as_of or end).value(metric, start, end)


def over(
    data: Dataset, goals: GoalSet, metric: Metric, spans: Sequence[tuple[date, date]]
) -> list[float | None]:
    """A flow metric like ``value`` over each of many spans of days, in one look at the records."""
    return _Measuring(data, goals, "month", date.max).flow_values(metric, spans)


@dataclass(frozen=True, slots=True)
class _Measuring:
    """The measuring of one metric and those that it is made of; ``above`` guards from circles."""

    data: Dataset
    goals: GoalSet
    grain: str
    as_of: date
    above: tuple[str, ...] = ()

    def part(self, name: str, metric: Metric) -> tuple[_Measuring, Metric]:
        """A metric that ``metric`` is made of."""
        found = self.goals.metrics.get(name)
        above = (*self.above, metric.name)
        if found is None or name in above:
            reason = (
                _("{name} is not defined", name=name)
                if found is None
                else _("{name} leads back to it", name=name)
            )
            raise Unavailable(
                _(
                    "The metric {metric} cannot be computed: {reason}.",
                    metric=metric.name,
                    reason=reason,
                )
            )
        return replace(self, above=above), found

    def unit(self, metric: Metric) -> str | None:
        try:
            return unit_of(self.goals, metric)
        except ValueError:
            return None  # E008 tells of it

    # History

    def history(self, metric: Metric, until: date) -> Series:
        match metric.form:
            case "flow":
                return self.flow(metric, until)
            case "stock":
                return stock.levels(self.data, metric, self.grain, until, self.unit(metric))
            case "ratio" if metric.cohort is not None:
                return self.cohort(metric).history(self.grain, self.unit(metric))
            case "ratio":
                return self.ratio(metric, until)
            case "formula":
                return self.formula(metric, until)
        return self.manual(metric, until)

    def flow(self, metric: Metric, until: date) -> Series:
        rows = tally(self.data, self.goals, metric, self.grain)
        covered = self.data.coverage(metric.source or "", metric.time or "", until)
        index = whole_periods(covered, until, self.grain)
        undated = sum(n for n, p in zip(rows["n"], rows["period"], strict=True) if p is None)
        found = on_periods(rows, index)
        kind = KINDS.get(metric.agg or "", "mean")
        values = found["value"] if kind == "mean" else found["value"].fillna(0.0)
        weights = found["n"].fillna(0.0) if metric.agg in ("mean", "median") else None
        unit = self.unit(metric)
        return Series.of(values, unit=unit, kind=kind, weights=weights, undated=undated)

    def ratio(self, metric: Metric, until: date) -> Series:
        numerator, denominator = (m.history(p, until) for m, p in self.parts(metric))
        index = numerator.index.intersection(denominator.index)
        above, below = numerator.reindex(index), denominator.reindex(index)
        values = above / below.where(below != 0)
        undated = numerator.undated + denominator.undated
        unit = self.unit(metric)
        closing = numerator.closing and denominator.closing
        return Series.of(
            values, unit=unit, kind="ratio", weights=below, undated=undated, closing=closing
        )

    def cohort(self, metric: Metric) -> Cohort:
        (_above, numerator), (_below, denominator) = self.parts(metric)
        return Cohort.of(self.data, metric, numerator, denominator, self.as_of)

    def parts(self, metric: Metric) -> list[tuple[_Measuring, Metric]]:
        """Numerator and denominator."""
        if len(metric.refers_to) < 2:
            raise Unavailable(
                _(
                    "The metric {metric} cannot be computed: its key {key} is missing.",
                    metric=metric.name,
                    key="denominator" if metric.numerator else "numerator",
                )
            )
        return [self.part(name, metric) for name in metric.refers_to]

    def formula(self, metric: Metric, until: date) -> Series:
        formula = self.read(metric)
        series = {}
        for name in formula.names:
            measuring, part = self.part(name, metric)
            series[name] = measuring.history(part, until)
        frame = pd.concat(series, axis="columns", join="inner")
        values = formula.evaluate({name: frame[name] for name in formula.names})
        unit = self.unit(metric)
        kind = {"count": "count", "percent": "ratio", "ratio": "ratio"}.get(unit or "", "amount")
        undated = sum(s.undated for s in series.values())
        closing = all(s.closing for s in series.values())
        return Series.of(pd.Series(values), unit=unit, kind=kind, undated=undated, closing=closing)

    def read(self, metric: Metric) -> Formula:
        try:
            return read_formula(metric.formula or "")
        except ValueError as problem:
            raise Unavailable(str(problem)) from None

    def manual(self, metric: Metric, until: date) -> Series:
        values = self.typed(metric)
        period = next((p for p in values if p.kind != self.grain), None)
        if period is not None:
            raise Unavailable(
                _(
                    "The values of {metric} are typed for {period}; a history by {grain} needs "
                    "one value for each.",
                    metric=metric.name,
                    period=period.text,
                    grain=self.grain,
                )
            )
        past = {p.start: v for p, v in values.items() if p.end <= until}
        frequency = FREQUENCY[self.grain]
        index = pd.PeriodIndex(pd.to_datetime(list(past)), freq=frequency)
        found = pd.Series(list(past.values()), index=index, dtype="float64").sort_index()
        if len(found):
            found = found.reindex(pd.period_range(found.index[0], found.index[-1], freq=frequency))
        unit = self.unit(metric)
        counted = "count" if unit == "count" else "amount"
        kind = counted if metric.over == "sum" else "mean"
        return Series.of(found, unit=unit, kind=kind, closing=metric.over == "last")

    def typed(self, metric: Metric) -> dict[Period, float]:
        """The values that the goals file gives, in the metric's unit."""
        unit = self.unit(metric)
        try:
            read = {p: value_in(q, unit) for p, q in (metric.manual or {}).items()}
        except ValueError as problem:
            raise Unavailable(str(problem)) from None
        return {p: v for p, v in read.items() if v is not None}

    # One period

    def value(self, metric: Metric, start: date, end: date) -> float | None:
        match metric.form:
            case "flow":
                return self.flow_value(metric, start, end)
            case "stock":
                return stock.level(self.data, metric, start, end)
            case "ratio" if metric.cohort is not None:
                return self.cohort(metric).value(start, end)
            case "ratio":
                above, below = (m.value(p, start, end) for m, p in self.parts(metric))
                return above / below if above is not None and below else None
            case "formula":
                return self.formula_value(metric, start, end)
        return self.manual_value(metric, start, end)

    def flow_value(self, metric: Metric, start: date, end: date) -> float | None:
        return self.flow_values(metric, [(start, end)])[0]

    def flow_values(self, metric: Metric, spans: Sequence[tuple[date, date]]) -> list[float | None]:
        chosen, asked = selected(self.data, metric), {}
        for number, (start, end) in enumerate(spans):
            asked[f"value{number}"], asked[f"n{number}"] = chosen.between(start, end).among_all()
        row = chosen.table.aggregate(**asked).to_pyarrow().to_pylist()[0] if asked else {}
        told = [(row[f"value{number}"], row[f"n{number}"]) for number in range(len(spans))]
        return [
            float(value) if value is not None and n else self.silent(metric, *span)
            for (value, n), span in zip(told, spans, strict=True)
        ]

    def silent(self, metric: Metric, start: date, end: date) -> float | None:
        """What no record means: 0 for a count or a sum while the source tells of these days."""
        if KINDS.get(metric.agg or "") is None:
            return None
        covered = self.data.coverage(metric.source or "", metric.time or "", end)
        known = covered is not None and covered.first <= end and covered.reaches(start)
        return 0.0 if known else None

    def formula_value(self, metric: Metric, start: date, end: date) -> float | None:
        formula = self.read(metric)
        values: dict[str, float] = {}
        for name in formula.names:
            measuring, part = self.part(name, metric)
            value = measuring.value(part, start, end)
            if value is None:
                return None
            values[name] = value
        result = formula.evaluate(values)
        return result if isfinite(result) else None

    def manual_value(self, metric: Metric, start: date, end: date) -> float | None:
        inside = sorted(
            (p.start, v) for p, v in self.typed(metric).items() if start <= p.start and p.end <= end
        )
        values = [v for _start, v in inside]
        if not values:
            return None
        match metric.over:
            case "sum":
                return sum(values)
            case "mean":
                return sum(values) / len(values)
        return values[-1]
