"""What a funnel's records tell a plan: arrivals by day, lags, who is still there, and the worth."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from math import sqrt
from typing import TYPE_CHECKING

import ibis
import numpy as np
import pandas as pd

from kpilint.analysis.funnels.maturity import GONE, left, tally
from kpilint.analysis.funnels.passage import passages
from kpilint.analysis.planning.lags import Stays
from kpilint.analysis.stats import FloatArray
from kpilint.errors import Unavailable
from kpilint.goals.period import DAY, Period, add_months, month_of
from kpilint.i18n import _

if TYPE_CHECKING:
    import ibis.expr.types as ir

    from kpilint.analysis.funnels.passage import Passages
    from kpilint.data.dataset import Dataset
    from kpilint.goals.funnel import FunnelSpec

BITS = 34  # of an age or a day's number
YEAR = timedelta(days=365)  # rates and waits are those of who came in it
LEAST = 100  # with fewer in it, those of all who ever came
EPOCH = date(1970, 1, 1)


@dataclass(frozen=True, slots=True)
class Worth:
    """What one record counts towards the goal: 1, or its mean amount with the standard error."""

    mean: float = 1.0
    error: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class Observed:
    """A funnel's records up to the day ``until``.

    ``came`` has shape ``(stages, days)`` and counts arrivals from the day ``first`` on; ``amounts``
    are those of the arrivals at the aimed stage, by day, empty where counts are wanted. ``stays``
    and ``waiting`` have one entry for each stage before the aimed one; the latter are those still
    there, by age in days.
    """

    first: date
    until: date
    came: FloatArray
    amounts: FloatArray
    stays: tuple[Stays, ...]
    waiting: tuple[FloatArray, ...]
    worth: Worth

    def between(self, start: date, end: date) -> FloatArray:
        """How many came to each stage from ``start`` to ``end``, both included."""
        return np.asarray(self.came[:, self._days(start, end)].sum(axis=1))

    def value(self, start: date, end: date) -> float:
        """What the arrivals at the aimed stage between two days, both included, count."""
        days = self._days(start, end)
        return float((self.amounts if len(self.amounts) else self.came[-1])[days].sum())

    def months(self) -> tuple[Period, ...]:
        """The complete months that the records tell of."""
        begin = month_of(self.first if self.first.day == 1 else add_months(self.first, 1)).start
        last = self.until if (self.until + DAY).day == 1 else self.until.replace(day=1) - DAY
        return Period(begin, last, "range").months() if begin < last else ()

    def by_month(self) -> FloatArray:
        """Arrivals in complete months, shape ``(stages, months)``."""
        each = [self.between(month.start, month.end) for month in self.months()]
        return np.array(each).T.reshape(len(self.came), len(each))

    def _days(self, start: date, end: date) -> slice:
        return slice(max((start - self.first).days, 0), max((end - self.first).days + 1, 0))


@dataclass(frozen=True, slots=True)
class Records:
    """Funnels' records as known on the day ``as_of``: each is read once for all that is planned."""

    data: Dataset
    as_of: date
    _counted: dict[str, _Counted] = field(default_factory=dict)
    _seen: dict[tuple[str, int, bool], Observed] = field(default_factory=dict)

    def observed(self, spec: FunnelSpec, stage: int, *, money: bool = False) -> Observed:
        """A funnel's records as far as ``stage``; only counts leave the engine.

        ``money`` asks for amounts. Raises the data door's errors, and Unavailable where a stage
        has no records to learn from.
        """
        key = (spec.name, stage, money)
        if key not in self._seen:
            if spec.name not in self._counted:
                self._counted[spec.name] = _Counted.of(self.data, spec, self.as_of)
            self._seen[key] = self._counted[spec.name].observed(stage, money=money)
        return self._seen[key]


@dataclass(frozen=True, slots=True, eq=False)
class _Counted:
    """One funnel in counts: who came to each stage on which day, and who left each but the last.

    ``arrivals`` are by ``code``, see ``_day_code``; ``left`` has one entry for each stage left.
    """

    spec: FunnelSpec
    found: Passages
    until: date
    arrivals: pd.DataFrame
    left: tuple[tuple[Stays, FloatArray], ...]

    @classmethod
    def of(cls, data: Dataset, spec: FunnelSpec, as_of: date) -> _Counted:
        found = passages(data, spec, as_of)
        codes = [_day_code(found, n, own=own) for n in range(found.stages) for own in (False, True)]
        arrivals = tally(found.records, codes)
        until = min(_newest(found), as_of) if len(arrivals) else as_of
        return cls(spec, found, until, arrivals, _left(found, until))

    def observed(self, stage: int, *, money: bool) -> Observed:
        """See `Records`."""
        place, day = np.divmod(self.arrivals["code"].to_numpy(np.int64), 1 << BITS)
        asked = (place == 2 * stage + 1) | ((place < 2 * stage) & (place % 2 == 0))
        if not asked.any():
            raise Unavailable(
                _("No record of the funnel {funnel} has a date, so nothing can be planned from it.",
                  funnel=self.spec.name)
            )  # fmt: skip
        place, day = place[asked] // 2, day[asked]
        first = EPOCH + timedelta(days=int(day.min()))
        came = np.zeros((stage + 1, (self.until - first).days + 1))
        np.add.at(came, (place, day - day.min()), self.arrivals["count"].to_numpy()[asked])
        for n, (stays, _waiting) in enumerate(self.left[:stage]):
            if not stays.came:
                message = _(
                    "Nobody has come to the stage {stage} yet, so nothing tells how many move on "
                    "from there; plan again when there are records.",
                    stage=self.spec.stages[n].name,
                )
                raise Unavailable(message)
        amounts, worth = np.zeros(0), Worth()
        if money:
            amounts, worth = _money(self.found, self.spec, stage, first, self.until)
        ways, waiting = zip(*self.left[:stage], strict=True) if stage else ((), ())
        return Observed(first, self.until, came, amounts, ways, waiting, worth)


def _newest(found: Passages) -> date:
    """The day of the newest event: beyond it nobody can tell a stage not reached from one not entered."""
    moments = [*(found.records[f"own_{n}"] for n in range(found.stages)), found.records.lost_at]
    newest = {f"newest_{n}": moment.max() for n, moment in enumerate(moments)}
    row = found.records.aggregate(**newest).to_pandas().iloc[0]
    return max(pd.Timestamp(each).date() for each in row if not pd.isna(each))


def _day_code(found: Passages, n: int, *, own: bool) -> ir.Value:
    """A stage and the day on which a record came there, an odd place for its ``own`` word for it.

    At the aimed stage a plan goes by what the record itself says, as metrics count it; on the way
    there a stage that was skipped counts too, as in the rates.
    """
    records = found.records
    known = ibis.ifelse(records.own_0.notnull(), records[f"at_{n}"], ibis.null("timestamp"))
    moment = records[f"own_{n}"] if own else known
    code = ibis.greatest(_day(moment), 0) + (2 * n + own) * (1 << BITS)
    return ibis.ifelse(moment.notnull(), code, ibis.null("int64"))


def _day(moment: ir.Value) -> ir.Value:
    """The number of a moment's day, from 1970 on."""
    # The floating cast is for Spark, to which a quotient of integers is a decimal.
    return (moment.epoch_seconds().cast("float64") / 86_400).floor().cast("int64")


def _left(found: Passages, until: date) -> tuple[tuple[Stays, FloatArray], ...]:
    """By stage but the last: how long records stayed and how it ended, and who is still there."""
    codes = [_stay_code(found, n, until) for n in range(found.stages - 1)]
    if not codes:
        return ()
    counted = tally(found.records.filter(found.records.own_0.notnull()), codes)
    end, age = np.divmod(counted["code"].to_numpy(np.int64), 1 << BITS)
    count = counted["count"].to_numpy(np.int64)
    told = []
    for n in range(found.stages - 1):
        here = end // 8 == n
        recent = here & (end // 4 % 2 == 1)
        chosen = recent if count[recent].sum() >= LEAST else here
        every = Stays(age[here], np.minimum(end[here] % 4, GONE), count[here])
        stays = Stays(age[chosen], np.minimum(end[chosen] % 4, GONE), count[chosen])
        told.append((stays, every.waiting() if every.came else np.zeros(0)))
    return tuple(told)


def _stay_code(found: Passages, n: int, until: date) -> ir.Value:
    """A stage, whether a record came there lately, how it ended and after how many days."""
    came = found.records[f"at_{n}"]
    cause, when = left(found, (n, n + 1), until)
    # Days of the calendar, not whole days gone by: those lose half a day at each stage.
    age = ibis.greatest(_day(when) - _day(came), 0)
    age = ibis.ifelse(cause > GONE, 0, age)  # lost on no known day counts as at once
    recent = (came.date() > ibis.literal(until - YEAR)).ifelse(4, 0)
    code = (cause.cast("int64") + recent + n * 8) * (1 << BITS) + age
    return ibis.ifelse(came.notnull(), code, ibis.null("int64"))


def _money(
    found: Passages, spec: FunnelSpec, stage: int, first: date, until: date
) -> tuple[FloatArray, Worth]:
    """Amounts at a stage by day, and the mean of one: of the last year's, or where few, of all."""
    records, moment = found.records, found.records[f"own_{stage}"]
    rows: pd.DataFrame = (
        records.filter(moment.notnull() & records.amount.notnull())
        .mutate(day=moment.date(), square=records.amount * records.amount)
        .group_by("day")
        .aggregate(
            n=lambda t: t.count(), amount=lambda t: t.amount.sum(), square=lambda t: t.square.sum()
        )
        .to_pandas()
    )
    place = (pd.to_datetime(rows["day"]) - pd.Timestamp(first)).dt.days.to_numpy(np.int64)
    by_day = np.zeros((3, (until - first).days + 1))
    for row, name in enumerate(("n", "amount", "square")):
        np.add.at(by_day[row], place, rows[name].to_numpy(np.float64))
    recent = by_day[:, -YEAR.days :].sum(axis=1)
    n, total, square = recent if recent[0] >= LEAST else by_day.sum(axis=1)
    if n < 2 or total <= 0:
        message = _(
            "Too few records of {funnel} that came through have an amount above 0 to tell what "
            "one is worth; plan the count instead, or complete the amounts.",
            funnel=spec.name,
        )
        raise Unavailable(message)
    mean = total / n
    return by_day[1], Worth(mean, sqrt(max(square / n - mean**2, 0.0) / (n - 1)))
