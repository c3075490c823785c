"""The forecast of what is won in a period, as wide as past forecasts were wrong."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kpilint.analysis.tracking.deals import Deals
from kpilint.analysis.tracking.forecast import ScaledT, scaled_t
from kpilint.goals.period import Period

_DROPPED = 2  # the first periods, of which too little was known to forecast anything


def won_by_end(
    deals: Deals, period: Period, past: Sequence[Period], day: date, *, money: bool
) -> ScaledT | None:
    """What will have been won by the end of ``period``, as seen at the end of ``day``.

    ``past`` are the complete periods before it, oldest first. Each but the first two is forecast
    in turn as many days before its end, with what was known then; how far they missed sets the
    width, see `scaled_t`. None where there is nothing to go by.
    """
    horizon = (period.end - day).days
    ahead = deals.remainder(day.toordinal(), horizon, money=money)
    if ahead is None:
        return None
    made, mean, variance = [], [], []
    for each in past[_DROPPED:]:
        end = each.end.toordinal()
        then = deals.remainder(end - horizon, horizon, money=money)
        if then is not None:
            made.append(deals.won(end - horizon + 1, end, money=money))
            mean.append(then.mean)
            variance.append(then.variance)
    known = deals.won(period.start.toordinal(), day.toordinal(), money=money)
    return scaled_t(known, ahead.mean, ahead.variance, made, mean, variance)
