"""Monthly wins that the rules' examples name, and the CSV exports that show them."""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

LAST = (2026, 9)  # the month before the base's period begins

SERIES: dict[str, tuple[int, ...]] = {
    "five_months": (38, 41, 40, 39, 42),
    "three_years": tuple(35 + 7 * n % 11 for n in range(36)),
    "two_years": tuple(40 + 3 * n % 5 for n in range(20)),
    "slow_growth": tuple(40 + n // 12 + 3 * n % 5 for n in range(36)),
}
_HEADINGS = (
    "deal_id",
    "created_at",
    "entered_opportunity",
    "closed_at",
    "stage",
    "amount",
    "owner",
    "paid_at",
)


def write_deals(
    path: Path,
    wins: Sequence[int],
    *,
    odd: Sequence[str] = (),
    also: Sequence[str] = (),
    last: tuple[int, int] = LAST,
) -> None:
    """An export of won deals, spread over their months up to ``last``, each paid a day later.

    ``also`` are the days of further deals at its end, ``odd`` the amounts of still further ones.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(_HEADINGS)
        days = [*_days(wins, last), *also]
        amounts = [*(["1000000"] * len(days)), *odd]
        days += days[-1:] * len(odd)
        for number, (day, amount) in enumerate(zip(days, amounts, strict=True)):
            owner = f"営業{'ABC'[number % 3]}"
            paid = date.fromisoformat(day) + timedelta(days=1)
            writer.writerow((f"D{number:05}", day, day, day, "won", amount, owner, paid))


def _days(wins: Sequence[int], last: tuple[int, int]) -> Iterator[str]:
    """The days of the wins, each month's from its first to its last day."""
    year, month = last
    ahead = len(wins) - 1
    for back, count in zip(range(ahead, -1, -1), wins, strict=True):
        y, m = divmod(year * 12 + month - 1 - back, 12)
        length = monthrange(y, m + 1)[1]
        for n in range(count):
            day = 1 + n * (length - 1) // max(count - 1, 1)
            yield f"{y}-{m + 1:02}-{day:02}"
