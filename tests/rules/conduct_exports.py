"""CSV exports whose records betray, or do not, what targets have done to them."""

from __future__ import annotations

import csv
from calendar import monthrange
from collections.abc import Callable, Iterable, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

_HEADINGS = ("deal_id", "created_at", "entered_opportunity", "closed_at", "stage", "amount")
_MONTHS = [(year, month) for year in (2024, 2025, 2026) for month in range(1, 13)][:33]
Row = tuple[object, ...]


def write_conduct(folder: Path, text: str) -> None:
    """Those of the exports that a goals file names."""
    for name, rows in _EXPORTS.items():
        if f"data/{name}.csv" in text:
            headings, found = rows()
            folder.mkdir(parents=True, exist_ok=True)
            with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
                writer = csv.writer(file)
                writer.writerow(headings)
                writer.writerows((f"D{n:05}", *row) for n, row in enumerate(found))


def _day(month: tuple[int, int], number: int) -> date:
    return date(*month, 1 + number % monthrange(*month)[1])


def _wins(pushed: bool) -> tuple[Row, Iterable[Row]]:
    """Monthly wins of eight people around a target of 30; those short of it may be pushed over."""
    rng = np.random.default_rng(5)

    def rows() -> Iterator[Row]:
        for month in _MONTHS[21:31]:
            for person in "ABCDEFGH":
                wins = round(rng.normal(30, 6))
                if pushed and 27 <= wins < 30 and rng.random() < 0.9:
                    wins = 30
                for number in range(wins):
                    day = _day(month, number)
                    yield day, day, day, "won", 1_000_000, f"営業{person}"

    return (*_HEADINGS, "owner"), rows()


def _entered(late: bool) -> tuple[Row, Iterable[Row]]:
    """Wins that are entered the next day, but perhaps the last month's at its end."""

    def rows() -> Iterator[Row]:
        for month in _MONTHS[-12:]:
            for number in range(40):
                day = _day(month, number)
                end = date(*month, monthrange(*month)[1])
                hurried = late and month == _MONTHS[-1] and number % 8
                yield day, day, day, "won", 1, "営業A", end if hurried else day + timedelta(days=1)

    return (*_HEADINGS, "owner", "recorded_at"), rows()


def _traded(discounted: bool) -> tuple[Row, Iterable[Row]]:
    """Deals won and lost; in the last quarter more may be won, at a lower price."""
    rng = np.random.default_rng(6)

    def rows() -> Iterator[Row]:
        for month in _MONTHS:
            cheap = discounted and month >= (2026, 7)
            for number in range(60):
                day = _day(month, number)
                won = rng.random() < (0.7 if cheap else 0.4)
                amount = round(rng.normal(1_000_000, 150_000) * (0.7 if cheap else 1))
                yield day, day, day, "won" if won else "lost", amount, "営業A"

    return (*_HEADINGS, "owner"), rows()


_EXPORTS: dict[str, Callable[[], tuple[Row, Iterable[Row]]]] = {
    "pushed": lambda: _wins(pushed=True),
    "unpushed": lambda: _wins(pushed=False),
    "hurried": lambda: _entered(late=True),
    "prompt": lambda: _entered(late=False),
    "discounted": lambda: _traded(discounted=True),
    "steady": lambda: _traded(discounted=False),
}
