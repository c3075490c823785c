"""Exports of deals whose truth is known, and the goals file over them."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path

import numpy as np

HEADINGS = ("id", "a", "b", "c", "state", "amount", "channel", "size", "owner")
GOALS = """
language: en
sources: {deals: {path: deals.csv, columns: {channel: Channel}}}
metrics:
  wins: {source: deals, agg: count, where: state = 'won', time: c, person: owner, stage: sales.won}
funnels:
  sales:
    source: deals
    record: id
    stages:
      - {name: lead, entered: a}
      - {name: sql, entered: b}
      - {name: won, entered: c, where: state = 'won'}
    lost: {entered: c, where: state = 'lost'}
    amount: amount
    by: [channel, size]
"""
Rate = Callable[[date, Mapping[str, str], int], float]
Row = tuple[object, ...]


def even(_day: date, _who: Mapping[str, str], stage: int) -> float:
    """The usual rates: half become SQL, four in ten of them are won."""
    return 0.5 if stage == 1 else 0.4


def deals(
    rate: Rate = even,
    *,
    a_day: int = 6,
    start: date = date(2023, 1, 1),
    end: date = date(2025, 12, 31),
    amount: float = 1_000_000,
    seed: int = 7,
    channels: tuple[str, ...] = ("web", "fair", "ads"),
) -> list[Row]:
    """Deals that come every day, move on after five days and are decided after twenty."""
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    days = [start + timedelta(days=n) for n in range((end - start).days + 1)]
    for day in days:
        for _n in range(a_day):
            who = {
                "channel": channels[int(rng.integers(len(channels)))],
                "size": ("big", "small")[int(rng.integers(2))],
                "owner": "ABCDEF"[int(rng.integers(6))],
            }
            sql = rng.random() < rate(day, who, 1)
            won = sql and rng.random() < rate(day, who, 2)
            moved = day + timedelta(days=5) if sql else ""
            closed = day + timedelta(days=25 if sql else 8)
            state = "won" if won else "lost"
            worth = round(rng.normal(amount, abs(amount) / 5)) if sql else ""
            rows.append((len(rows), day, moved, closed, state, worth, *who.values()))
    return [row for row in rows if row[3] <= end]  # type: ignore[operator]


def write(folder: Path, rows: Iterable[Row]) -> None:
    """The export of such deals."""
    with (folder / "deals.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("id", "a", "b", "c", "state", "amount", "Channel", "size", "owner"))
        writer.writerows(rows)
