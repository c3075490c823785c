"""What a leader is worth: how much better the follower is forecast with it than without."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from kpilint.analysis.leads import worth_wording
from kpilint.analysis.leads.breaks import has_season
from kpilint.analysis.leads.crosscorrelation import Innovations, lagged
from kpilint.analysis.leads.leadlag import LeadLagResult
from kpilint.analysis.leads.series import CYCLE, Grain
from kpilint.analysis.stats import FloatArray, IntArray
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

LEAST_FIT = 20  # points behind the first forecast
LEAST_FORECASTS = 10
LEVEL = 0.05


class Forecasts(NamedTuple):
    """Forecasts ``steps`` ahead of the points ``at`` ``(f,)``, each from what was known before.

    ``own`` are from the follower's past alone, ``led`` with the leader besides, ``lags`` the lead
    that the past suggested each time; all ``(f,)``.
    """

    at: IntArray
    actual: FloatArray
    own: FloatArray
    led: FloatArray
    lags: IntArray
    steps: int

    @property
    def gain(self) -> float:
        """By which part the leader lowers the root mean squared error; negative where it harms."""
        own, led = (((self.actual - each) ** 2).mean() for each in (self.own, self.led))
        return 1 - float(np.sqrt(led / own)) if own else 0.0

    @property
    def p_value(self) -> float:
        """One-sided, that the leader adds nothing: the two equations are nested.

        Forecasts several steps ahead err alike; the variance allows for it.
        Source: Clark and West (2007), Journal of Econometrics 138, 291-311; Newey and West (1987).
        """
        from scipy.special import stdtr  # slow to import

        own, led = self.actual - self.own, self.actual - self.led
        better = own**2 - led**2 + (self.own - self.led) ** 2
        n, rest = len(better), better - better.mean()
        weights = 1 - np.arange(1, self.steps) / self.steps
        shared = [rest[k:] @ rest[:-k] for k in range(1, self.steps)]
        variance = (rest @ rest + 2 * float(weights @ np.array(shared))) / n**2
        if variance <= 0:
            return 1.0
        return float(stdtr(n - 1, -better.mean() / np.sqrt(variance)))


def forecasts(
    x: FloatArray, y: FloatArray, steps: int, most: int, cycle: float | None = None
) -> Forecasts:
    """Forecast the later half of ``y`` ``(n,)`` that many ``steps`` ahead, with and without ``x``.

    The equation has y at t - steps and the point before, a known season, and with the leader x at
    t - lag and the point before. Which lag, from ``steps`` to ``most``, the past of each forecast
    decides anew, and so it does the coefficients: nothing later than t - steps is used.
    """
    n = len(y)
    first = max(LEAST_FIT + most + 1, n // 2)
    own, led, lags = [], [], []
    for at in range(first, n):
        past = at - steps + 1  # points known when the forecast is made
        lag = _strongest(x[:past], y[:past], steps, most, cycle)
        t = np.arange(lag + 1, past)
        plain = _columns(y, t, steps, past, cycle)
        ahead = _columns(y, np.array([at]), steps, past, cycle)
        leader, coming = _pair(x, t, lag), _pair(x, np.array([at]), lag)
        own.append(_predicted(plain, y[t], ahead))
        led.append(_predicted(np.hstack([plain, leader]), y[t], np.hstack([ahead, coming])))
        lags.append(lag)
    at_ = np.arange(first, max(n, first))
    return Forecasts(
        at_, y[at_], np.array(own), np.array(led), np.array(lags, dtype=np.int64), steps
    )


def _strongest(x: FloatArray, y: FloatArray, least: int, most: int, cycle: float | None) -> int:
    both = Innovations.of(np.stack([x, y]), cycle)
    lags = np.arange(least, most + 1)
    return int(lags[np.abs(lagged(both[0], both[1], lags).r).argmax()])


def _columns(y: FloatArray, t: IntArray, steps: int, n: int, cycle: float | None) -> FloatArray:
    """Intercept, y at t - steps and before it, and the season that ``n`` points show."""
    columns = [np.ones((len(t), 1)), _pair(y, t, steps)]
    if cycle is not None and has_season(n, cycle):
        turn = 2 * np.pi * t[:, None] / cycle
        columns += [np.sin(turn), np.cos(turn)]
    return np.hstack(columns)


def _pair(series: FloatArray, t: IntArray, lag: int) -> FloatArray:
    return np.stack([series[t - lag], series[t - lag - 1]], axis=1)


def _predicted(past: FloatArray, y: FloatArray, ahead: FloatArray) -> float:
    return float((ahead @ np.linalg.lstsq(past, y, rcond=None)[0])[0])


def worth(result: LeadLagResult) -> WorthResult:
    """What x is worth for forecasting y as far ahead as it leads.

    Without a lead, or with too few points, a result that says so.
    """
    made = None
    if result.direction == "leads" and result.lag is not None and result.lagged is not None:
        x, y = (fit.values for fit in result.fits)
        most = int(result.lagged.lags.max())
        made = forecasts(x, y, result.lag, most, CYCLE[result.grain])
        made = made if len(made.at) >= LEAST_FORECASTS else None
    return WorthResult(result, made)


@dataclass(frozen=True, slots=True, eq=False)
class WorthResult(Result):
    """Forecasts with and without the leader; None where none could be made."""

    lead: LeadLagResult
    forecasts: Forecasts | None

    @property
    def grain(self) -> Grain:
        """Week, month or nothing."""
        return self.lead.grain

    @property
    def shown(self) -> bool:
        """Whether the gain is more than chance would give."""
        made = self.forecasts
        return made is not None and made.gain > 0 and made.p_value <= LEVEL

    def text(self) -> str:
        """The gain, or that there is none to be shown."""
        return worth_wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a forecast: ``at actual own led lag``; ``at`` is a period or a position."""
        made = self.forecasts
        if made is None:
            return pd.DataFrame(columns=["at", "actual", "own", "led", "lag"])
        columns = {"actual": made.actual, "own": made.own, "led": made.led, "lag": made.lags}
        return pd.DataFrame({"at": self.lead.y.index[made.at], **columns})

    def figure(self) -> go.Figure:
        """The follower with both forecasts of it."""
        return worth_wording.drawn(self)

    def readable(self) -> pd.DataFrame:
        """The two errors and the gain, in the reader's words."""
        return worth_wording.readable(self)

    def remarks(self) -> list[str]:
        """What a gain does not prove."""
        return worth_wording.remarks(self)
