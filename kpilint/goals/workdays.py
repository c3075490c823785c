"""The days on which people work: not weekends, Japan's holidays or the company's closures."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_DAY = timedelta(days=1)


def workdays_between(first: date, last: date, closures: Iterable[tuple[date, date]] = ()) -> int:
    """How many working days lie between two days, neither of them counted.

    ``closures`` are first and last days, both included. From Friday to the Monday after there
    are none.
    """
    import numpy as np

    if last - first <= _DAY:
        return 0
    after = first + _DAY
    if not np.busday_count(after, last):  # a weekend alone; the calendar is slow to load
        return 0
    return int(np.busday_count(after, last, holidays=_off(after, last, closures)))


def are_workdays(days: NDArray[np.datetime64]) -> NDArray[np.bool_]:
    """Which of the days, in order, are neither on a weekend nor one of Japan's holidays."""
    import numpy as np

    if not len(days):
        return np.zeros(0, dtype=np.bool_)
    return np.is_busday(days, holidays=_off(days[0].item(), days[-1].item(), ()))


def _off(first: date, last: date, closures: Iterable[tuple[date, date]]) -> list[date]:
    """Holidays and closures from ``first`` to ``last``."""
    from holidays import country_holidays

    japan = country_holidays("JP", years=range(first.year, last.year + 1))
    closed = [
        max(start, first) + n * _DAY
        for start, end in closures
        for n in range((min(end, last) - max(start, first)).days + 1)
    ]
    return [*japan, *closed]
