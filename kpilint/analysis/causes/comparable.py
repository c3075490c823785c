"""Whether two periods can be compared: old enough, of like months, and recorded from the start."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import ceil
from typing import TYPE_CHECKING

import numpy as np

from kpilint.analysis.causes.strata import AGE, Population, quarter
from kpilint.analysis.stats import FloatArray
from kpilint.analysis.survival import LateStart, late_start
from kpilint.data.quantile import quantile
from kpilint.goals.period import DAY, Period

if TYPE_CHECKING:
    import pandas as pd

MOST = 1_000_000  # records; more are thinned evenly
UNEVEN = 0.1  # of a period's days in a month of the quarter, or of its length
YOUNG = 0.5  # of the usual age; below it hardly any win has come
_EPOCH = datetime(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Doubts:
    """What stands between two periods; records of both are seen ``days`` days after they came.

    ``young`` is whether most wins take longer than that, ``too_young`` whether twice as long.
    ``months`` is whether they cover different months of the quarter, ``length`` the later one's
    days over the earlier one's where those differ. ``late`` tells of outcomes that were not yet
    recorded in the earlier period.
    """

    days: int
    young: bool
    too_young: bool
    months: bool
    length: float | None
    late: LateStart | None

    @property
    def barred(self) -> bool:
        """Whether a comparison would tell of the periods and not of what happened."""
        return self.too_young or self.months or self.length is not None or self.late is not None

    @property
    def since(self) -> date | None:
        """The day from which outcomes are recorded."""
        return _day(self.late.since) if self.late else None


def whole_age(people: Population) -> float | None:
    """The days within which most wins come, from the first stage; None where nobody has won."""
    records = people.records
    if people.stages < 2:
        return None
    won = records[f"at_{people.stages - 1}"]
    days = (won.epoch_seconds() - records.own_0.epoch_seconds()).cast("float64") / 86_400
    value = records.aggregate(age=quantile(days, AGE, days >= 0)).to_pandas()["age"].iloc[0]
    return None if value is None or np.isnan(value) else max(float(value), 1.0)


def last_period(people: Population, age: float | None, year_start: int) -> Period | None:
    """The last quarter whose records are old enough, and not the first of the data."""
    if people.until is None or age is None:
        return None
    rows = people.by_quarter(1, age, year_start)
    mature = people.until - timedelta(days=ceil(age))
    numbers = sorted(int(number) for number in rows["quarter"].unique())
    old = [n for n in numbers[1:] if quarter(n, year_start).end <= mature]
    return quarter(old[-1], year_start) if old else None


def doubts(
    people: Population, before: Period, after: Period, age: float, year_start: int
) -> Doubts:
    """Look at two periods; the records of both are counted at one age."""
    until = people.until or after.end
    days = min(ceil(age), max((until - max(after.end, before.end)).days, 1))
    late = _late(people, until)
    touched = late is not None and _day(late.since) > before.start
    longer = after.days / before.days
    return Doubts(
        days,
        days < ceil(age),
        days < YOUNG * age,
        _differ(_months(before, year_start), _months(after, year_start)),
        longer if abs(longer - 1) > UNEVEN else None,
        late if touched else None,
    )


def recorded_since(people: Population) -> date | None:
    """The day from which outcomes are recorded, though records came before; None where none did."""
    late = _late(people, people.until) if people.until is not None else None
    return _day(late.since) if late else None


def _day(number: float) -> date:
    return (_EPOCH + timedelta(days=number)).date()


def _months(period: Period, year_start: int) -> list[float]:
    """The share of a period's days in the first, second and third months of quarters."""
    days = [0.0, 0.0, 0.0]
    day = period.start
    while day <= period.end:
        days[(day.month - year_start) % 3] += 1 / period.days
        day += DAY
    return days


def _differ(one: list[float], other: list[float]) -> bool:
    return max(abs(a - b) for a, b in zip(one, other, strict=True)) > UNEVEN


def _late(people: Population, until: date) -> LateStart | None:
    """``survival.late_start`` on the days on which records came and were won."""
    records, last = people.records, people.stages - 1
    counted = (
        records.mutate(came=records.own_0.date(), won=records[f"at_{last}"].date())
        .group_by("came", "won")
        .aggregate(count=lambda t: t.count())
        .to_pandas()
    )
    if not len(counted):
        return None
    thin = max(1, -(-int(counted["count"].sum()) // MOST))
    count = np.maximum(counted["count"].to_numpy(np.int64) // thin, 1)
    came, won = (np.repeat(_days(counted[name]), count) for name in ("came", "won"))
    won = np.maximum(won, came)  # a win dated before its lead is a fault of dates, told elsewhere
    end = (datetime.combine(until, time()) - _EPOCH).days
    return late_start(came, won, float(end))


def _days(column: pd.Series) -> FloatArray:
    import pandas as pd

    days = (pd.to_datetime(column) - pd.Timestamp(_EPOCH)).dt.days
    return np.asarray(days.astype("float64"), dtype=np.float64)
