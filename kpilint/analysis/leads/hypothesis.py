"""Whether the data supports what a goals file claims to lead, month after month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Self

import pandas as pd

from kpilint.analysis.leads import hypothesis_drawing, hypothesis_wording
from kpilint.analysis.leads.judgement import EFFECT, Evidence, Verdict, judge, standing, unjudged
from kpilint.analysis.leads.leadlag import day_of, lead_lag
from kpilint.analysis.leads.series import REACH, Grain, Measured, measured
from kpilint.errors import Misuse, Unavailable
from kpilint.goals.goalfile import GoalSet, Hypothesis
from kpilint.goals.period import DAY, add_months
from kpilint.i18n import _
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset

LOOK_BACK = 12  # months, where the file does not say since when
_MONTH = 365.25 / 12  # days
_MONTHLY: Grain = "month"  # what is tried where there is no history by week


@dataclass(frozen=True, slots=True)
class Month:
    """What a hypothesis looked like at the end of a month: the month's own and what stands."""

    end: date
    evidence: Evidence
    standing: Verdict


@dataclass(frozen=True, slots=True)
class Claim:
    """A hypothesis in steps of its grain, with its months, the newest last."""

    hypothesis: Hypothesis
    leading: str
    lagging: str
    grain: Grain
    low: int
    high: int
    months: tuple[Month, ...]
    notes: tuple[str, ...] = ()
    reason: str = ""

    @property
    def verdict(self) -> Verdict:
        """What stands today."""
        return self.months[-1].standing if self.months else "not detectable"

    @property
    def since(self) -> date | None:
        """The end of the first month in a row at which it stood; None where it never changed."""
        changed = [
            month.end
            for before, month in zip(self.months, self.months[1:], strict=False)
            if before.standing != month.standing
        ]
        return changed[-1] if changed else None

    @property
    def evidence(self) -> Evidence | None:
        """The newest month's."""
        return self.months[-1].evidence if self.months else None


@dataclass(frozen=True, slots=True)
class Hypotheses:
    """All hypotheses of a goals file, as known on ``as_of``.

    ``effect`` is the correlation whose absence refutes. Calling it with a Dataset gives a
    HypothesesResult.
    """

    goals: GoalSet
    as_of: date | None = None
    effect: float = EFFECT

    @classmethod
    def of(cls, goals: GoalSet, *, as_of: date | str | None = None, effect: float = EFFECT) -> Self:
        """Raises Misuse for a day that cannot be read, or an effect outside 0 to 1."""
        if not 0 < effect < 1:
            raise Misuse(
                _("An effect is a correlation between 0 and 1, not {effect}.", effect=effect)
            )
        return cls(goals, day_of(as_of, goals), effect)

    def __call__(self, data: Dataset) -> HypothesesResult:
        """Measure what the hypotheses name and judge each as of every month's end."""
        return HypothesesResult(tuple(self._claim(data, each) for each in self.goals.hypotheses))

    def _claim(self, data: Dataset, hypothesis: Hypothesis) -> Claim:
        names = hypothesis.leading, hypothesis.lagging
        titles = [m.title if (m := self.goals.metrics.get(name)) else name for name in names]
        until = self.as_of or date.today()
        usual = _grain(hypothesis)
        reason = ""
        for grain in dict.fromkeys((usual, _MONTHLY)):
            low, high = _steps(hypothesis, grain)
            try:
                x, y = (measured(data, self.goals, name, grain, until) for name in names)
            except (Misuse, Unavailable) as problem:
                reason = reason or str(problem)
                continue
            months = self._months(hypothesis, x, y, (low, high), until)
            notes = (*x.notes, *y.notes)
            return Claim(hypothesis, titles[0], titles[1], grain, low, high, months, notes)
        low, high = _steps(hypothesis, usual)
        return Claim(hypothesis, titles[0], titles[1], usual, low, high, (), reason=reason)

    def _months(
        self, hypothesis: Hypothesis, x: Measured, y: Measured, lags: tuple[int, int], until: date
    ) -> tuple[Month, ...]:
        sign = self._sign(hypothesis)
        ends = list(_ends(hypothesis, until))
        own: list[Evidence] = []
        for end in ends:
            result = lead_lag(_until(x.values, end), _until(y.values, end), lags[1])
            own.append(
                unjudged(lags[0], result.n, result.reason)
                if result.lagged is None
                else judge(result.lagged, *lags, sign=sign, effect=self.effect)
            )
        stands = standing([evidence.verdict for evidence in own])
        return tuple(map(Month, ends, own, stands))

    def _sign(self, hypothesis: Hypothesis) -> int:
        """-1 where one of the two is better when lower, so that better goes with better."""
        metrics = (self.goals.metrics.get(n) for n in (hypothesis.leading, hypothesis.lagging))
        lower = [metric is not None and metric.better == "lower" for metric in metrics]
        return -1 if lower[0] != lower[1] else 1


def _until(values: pd.Series, end: date) -> pd.Series:
    """The periods that were over by the end of that day."""
    over = pd.PeriodIndex(values.index).end_time < pd.Timestamp(end + DAY)
    return values[over]


def _grain(hypothesis: Hypothesis) -> Grain:
    """Weeks where the claimed lags are whole weeks, or shorter than three months."""
    low, high = hypothesis.lag or (7.0, 7.0)
    weeks = low % 7 == 0 and high % 7 == 0
    return "week" if weeks or (high < 3 * _MONTH - 2 and low % round(_MONTH)) else "month"


def _steps(hypothesis: Hypothesis, grain: Grain) -> tuple[int, int]:
    """The claimed lags in whole steps; from 1 to the usual reach where none are claimed."""
    if hypothesis.lag is None:
        return 1, REACH[grain]
    step = 7 if grain == "week" else _MONTH
    low, high = (round(days / step) for days in hypothesis.lag)
    return (max(low, 1) if high else 0), high


def _ends(hypothesis: Hypothesis, until: date) -> Iterator[date]:
    """The ends of the months from when the hypothesis was put up, and of a year at most."""
    last = add_months((until + DAY).replace(day=1), 0) - DAY
    earliest = add_months(last.replace(day=1), 1 - LOOK_BACK)
    since = hypothesis.since.start if hypothesis.since else earliest
    first = max(since.replace(day=1), earliest)
    while (end := add_months(first, 1) - DAY) <= last:
        yield end
        first = add_months(first, 1)


@dataclass(frozen=True, slots=True, eq=False)
class HypothesesResult(Result):
    """The claims with their verdicts, in the order of the goals file."""

    claims: tuple[Claim, ...]

    def text(self) -> str:
        """Each verdict in a sentence."""
        return hypothesis_wording.verdicts(self)

    def table(self) -> pd.DataFrame:
        """One row a hypothesis and month: ``id month verdict standing lag r low high p power n``."""
        rows = [
            {
                "id": claim.hypothesis.id,
                "month": f"{month.end:%Y-%m}",
                "standing": month.standing,
                **month.evidence._asdict(),
            }
            for claim in self.claims
            for month in claim.months
        ]
        columns = [
            "id",
            "month",
            "verdict",
            "standing",
            "lag",
            "r",
            "low",
            "high",
            "p",
            "power",
            "n",
        ]
        return pd.DataFrame(rows, columns=columns)

    def figure(self) -> go.Figure:
        """The correlation inside the claimed lags month by month, with the verdict that stood."""
        return hypothesis_drawing.course(self)

    def readable(self) -> pd.DataFrame:
        """One row a hypothesis in the reader's words."""
        return hypothesis_wording.readable(self)

    def remarks(self) -> list[str]:
        """How verdicts come about, and what could not be judged."""
        return hypothesis_wording.remarks(self)
