"""Metrics and a user's own numbers as series on one grid of weeks or months."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, NamedTuple, TypeAlias

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from kpilint.analysis.stats import FloatArray
from kpilint.errors import Misuse
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period
from kpilint.goals.slip import near
from kpilint.goals.workdays import workdays_between
from kpilint.i18n import _, language

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset

Grain: TypeAlias = Literal["week", "month", ""]
CYCLE: dict[Grain, float | None] = {"week": 365.25 / 7, "month": 12.0, "": None}  # steps a year
REACH: dict[Grain, int] = {"week": 12, "month": 6, "": 12}  # how far ahead a lead is sought
_GRAINS: dict[str, Grain] = {"W": "week", "M": "month"}
_SPACING = {1: "D", 7: "W-SUN", 28: "M", 29: "M", 30: "M", 31: "M"}  # days from date to date
_DAY = timedelta(days=1)


class Measured(NamedTuple):
    """A metric's complete weeks or months on a PeriodIndex, and what was done to them."""

    values: pd.Series
    notes: tuple[str, ...]


def measured(
    data: Dataset,
    goals: GoalSet,
    name: str,
    grain: Grain,
    until: date,
    *,
    per_workday: bool = True,
) -> Measured:
    """A metric's complete weeks or months that end by ``until``.

    With ``per_workday`` an amount or a count that follows its periods' working days is divided by
    them and multiplied by their mean; a period without any becomes a gap. Raises Misuse for an
    unknown metric, Unavailable with the reason for one that cannot be computed.
    """
    from kpilint.data.measure import history

    metric = goals.metrics.get(name)
    if metric is None:
        hint = near(name, goals.metrics)
        raise Misuse(_("The goals file has no metric “{name}”.{near}", name=name, near=hint))
    found = history(data, goals, metric, grain=grain, until=until)
    values = pd.Series(found.to_numpy(), index=found.index, name=metric.title)
    values, notes = values.where(np.isfinite(values)), []
    if len(values) and values.index[-1].end_time.date() < until:
        notes.append(
            _(
                "{name} ends on {day}, with its last complete {grain}.",
                name=metric.title,
                day=_day(values.index[-1].end_time.date()),
                grain=_frequency(values.index),
            )
        )
    if per_workday and found.kind in ("amount", "count") and len(values):
        days = [_workdays(period, goals) for period in values.index]
        open_ = pd.Series(days, index=values.index, dtype="float64")
        shared = (values / open_.where(open_ > 0) * open_.mean()).rename(metric.title)
        if _roughness(shared) < _roughness(values):
            values = shared
            notes.append(_("{name} is taken per working day.", name=metric.title))
    return Measured(values, tuple(notes))


def _roughness(values: pd.Series) -> float:
    """How far each value is from the one before, squared, relative to the mean."""
    level = float(values.abs().mean())
    return float((values.diff() ** 2).mean()) / max(level, 1e-300) ** 2 if level else 0.0


def _day(when: date) -> str:
    return Period(when, when, "day").label(language())


def _workdays(period: pd.Period, goals: GoalSet) -> int:
    first, last = period.start_time.date(), period.end_time.date()
    return workdays_between(first - _DAY, last + _DAY, goals.closures)


def paired(x: ArrayLike | pd.Series, y: ArrayLike | pd.Series) -> tuple[pd.Series, pd.Series]:
    """Two series on one index, from the first to the last point that both have.

    Arrays are taken point by point and must be of one length. Pandas series with dates or periods
    are matched by these, whatever their order; points that one lacks become NaN. Raises Misuse
    for what cannot be matched, and for infinite values.
    """
    zones = {zone for each in (x, y) for zone in _zones(each)}
    if len(zones) > 1:
        raise Misuse(_("The two series are in different time zones; bring both into one."))
    a, b = _read(x, "x"), _read(y, "y")
    dated = isinstance(a.index, pd.PeriodIndex), isinstance(b.index, pd.PeriodIndex)
    if dated[0] != dated[1]:
        raise Misuse(_("One series has dates and the other none; give both dates, or arrays."))
    if all(dated):
        if a.index.dtype != b.index.dtype:
            raise Misuse(
                _(
                    "{x} comes by {grain} and {y} by {other}; bring both to one grain, such as "
                    "weeks.",
                    x=a.name,
                    y=b.name,
                    grain=_frequency(a.index),
                    other=_frequency(b.index),
                )
            )
        if not (a.index.equals(b.index) and _gapless(a.index)):
            every = a.index.append(b.index)
            index = pd.period_range(every.min(), every.max()) if len(every) else a.index
            a, b = a.reindex(index), b.reindex(index)
    elif len(a) != len(b):
        raise Misuse(
            _(
                "{x} has {n:point|points} and {y} {other}; give two series of one length.",
                x=a.name,
                y=b.name,
                n=len(a),
                other=len(b),
            )
        )
    return _common(a, b)


def _gapless(index: pd.Index) -> bool:
    return isinstance(index, pd.PeriodIndex) and bool((np.diff(index.asi8) == 1).all())


def _zones(values: ArrayLike | pd.Series) -> list[str]:
    """The time zone of a series' dates, if it has dates; empty text where they name none."""
    if isinstance(values, pd.Series) and isinstance(values.index, pd.DatetimeIndex):
        return [str(values.index.tz or "")]
    return []


def _common(a: pd.Series, b: pd.Series) -> tuple[pd.Series, pd.Series]:
    """From the first to the last point that both have known; whole where there is no such."""
    spans = [np.flatnonzero(~np.isnan(each.to_numpy())) for each in (a, b)]
    if not all(map(len, spans)):
        return a, b
    inside = slice(max(span[0] for span in spans), min(span[-1] for span in spans) + 1)
    return (a, b) if inside == slice(0, len(a)) else (a.iloc[inside], b.iloc[inside])


def grain_of(series: pd.Series) -> Grain:
    """Week, month, or nothing where the index has neither."""
    if not isinstance(series.index, pd.PeriodIndex):
        return ""
    return _GRAINS.get(series.index.freqstr.partition("-")[0], "")


def start_of(values: pd.Series | pd.DataFrame) -> pd.Period | None:
    """The first week or month, None where there are no dates or other steps."""
    index = values.index
    if not isinstance(index, pd.PeriodIndex) or not len(index):
        return None
    return index[0] if index.freqstr.partition("-")[0] in _GRAINS else None


def _read(values: ArrayLike | pd.Series, name: str) -> pd.Series:
    """Numbers with a name, on a PeriodIndex in order where they have dates."""
    index = values.index if isinstance(values, pd.Series) else None
    name = name if index is None or values.name is None else str(values.name)  # type: ignore[union-attr]
    numbers = _array(values, name)
    infinite = np.flatnonzero(np.isinf(numbers))
    if len(infinite):
        raise Misuse(
            _(
                "{name} is infinite at {place}; give a number, or nan where it is not known.",
                name=name,
                place=infinite[0] if index is None else index[infinite[0]],
            )
        )
    if isinstance(index, pd.DatetimeIndex):
        index = _periods(index, name)
    if not isinstance(index, pd.PeriodIndex):
        return pd.Series(numbers, name=name)
    twice = index[index.duplicated()]
    if len(twice):
        message = _("{name} has two values for {period}; keep one.", name=name, period=twice[0])
        raise Misuse(message)
    return pd.Series(numbers, index, name=name).sort_index()


def _array(values: ArrayLike | pd.Series, name: str) -> FloatArray:
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        array = np.empty((0, 0))
    if array.ndim != 1:
        raise Misuse(_("{name} is no row of numbers.", name=name))
    return array


def _periods(index: pd.DatetimeIndex, name: str) -> pd.PeriodIndex:
    """The days, ISO weeks or months that evenly spaced dates stand for."""
    if index.hasnans:
        raise Misuse(
            _("{name} has a value without a date; give it one or leave it out.", name=name)
        )
    days = index.tz_localize(None).normalize()
    gap = int(np.median(np.diff(np.sort(days.asi8.astype(np.int64)))) if len(days) > 1 else 0)
    spacing = pd.Timedelta(gap, unit=days.unit).days
    if spacing not in _SPACING:
        raise Misuse(
            _(
                "The dates of {name} are {days:day|days} apart; give one value a week or a month.",
                name=name,
                days=spacing,
            )
        )
    return days.to_period(_SPACING[spacing])


def _frequency(index: pd.Index) -> str:
    names = {"D": _("day"), "W": _("week"), "M": _("month")}
    letter = index.freqstr.partition("-")[0] if isinstance(index, pd.PeriodIndex) else ""
    return names.get(letter, letter)
