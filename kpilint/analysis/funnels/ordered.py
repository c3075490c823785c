"""Ordered funnels over arrays: how far each record came, and when, as ``windowFunnel`` counts."""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

Integers = NDArray[np.int64]

NEVER = np.iinfo(np.int64).min  # the time at which a stage was not entered
# Of time, in microseconds: the powers of two, by which engines divide at once, hold whole
# milliseconds and seconds.
UNITS = (1, 8, 64, 1_000, 1_000_000, 86_400_000_000)
WORD = 63  # bits of a key
PIECE = 1 << 16  # events that are looked at together, so that they stay in the processor's cache


@dataclass(frozen=True, slots=True)
class Events:
    """Three arrays of one length: whose event it is, when (microseconds), and what it marks."""

    record: Integers
    time: Integers
    mark: Integers

    @property
    def heads(self) -> Integers:
        """Where each record begins, if the events are in order."""
        fresh = np.flatnonzero(self.record[1:] != self.record[:-1]) + 1
        return np.concatenate((np.zeros(min(1, len(self.record)), np.int64), fresh))

    def in_order(self) -> Iterator[Events]:
        """The same events by record, time and mark, in pieces; no record is cut in two."""
        if not len(self.record):
            return
        record, time = ((int(each.min()), int(each.max())) for each in (self.record, self.time))
        packing = Packing.of(record, time, int(self.mark.max()) + 1)
        keys = packing.pack(self) if packing else None
        if packing is not None and keys is not None:
            yield from packing.in_order(keys)
            return
        order = np.lexsort((self.mark, self.time, self.record))
        sorted_ = Events(self.record[order], self.time[order], self.mark[order])
        for piece in _pieces(sorted_.record, 0):
            yield Events(sorted_.record[piece], sorted_.time[piece], sorted_.mark[piece])


@dataclass(frozen=True, slots=True)
class Packing:
    """How an event becomes one integer that sorts as (record, time, mark) do.

    Records count from ``first`` and times from ``start``, in steps of ``unit`` microseconds.
    """

    first: int
    start: int
    unit: int
    time_bits: int
    mark_bits: int

    @classmethod
    def of(cls, record: tuple[int, int], time: tuple[int, int], marks: int) -> Self | None:
        """The packing with the finest unit that holds these ranges, both ends included.

        Marks are below ``marks``. None where even days are too fine.
        """
        mark_bits = (marks - 1).bit_length()
        for unit in UNITS:
            time_bits = ((time[1] - time[0]) // unit).bit_length()
            if (record[1] - record[0]).bit_length() + time_bits + mark_bits <= WORD:
                return cls(record[0], time[0], unit, time_bits, mark_bits)
        return None

    @property
    def low_bits(self) -> int:
        """How many bits stand below the record."""
        return self.time_bits + self.mark_bits

    def pack(self, events: Events) -> Integers | None:
        """The events' keys; None where a time is no whole number of units."""
        steps, rest = np.divmod(events.time - self.start, self.unit)
        if rest.any():
            return None
        record = (events.record - self.first) << self.low_bits
        keys: Integers = record | (steps << self.mark_bits) | events.mark
        return keys

    def in_order(self, keys: Integers) -> Iterator[Events]:
        """The events of the keys, which are sorted in place; see ``Events.in_order``."""
        _sort(keys)
        for piece in _pieces(keys, self.low_bits):
            part = keys[piece]
            steps = (part >> self.mark_bits) & ((1 << self.time_bits) - 1)
            yield Events(
                (part >> self.low_bits) + self.first,
                steps * self.unit + self.start,
                part & ((1 << self.mark_bits) - 1),
            )


def _sort(keys: Integers) -> None:
    """Sort in place, a part on each processor: to follow the keys takes hardly longer than this."""
    parts = min(os.cpu_count() or 1, len(keys) // (16 * PIECE))
    if parts < 2:
        keys.sort()
        return
    cuts = [len(keys) * n // parts for n in range(1, parts)]
    keys.partition(cuts)
    with ThreadPoolExecutor(parts) as threads:
        list(threads.map(np.ndarray.sort, np.split(keys, cuts)))


def _pieces(ordered: Integers, low_bits: int) -> Iterator[slice]:
    """Slices of about ``PIECE``; what is equal above the low bits stays together."""
    start, low = 0, (1 << low_bits) - 1
    while start < len(ordered):
        last = int(ordered[min(start + PIECE, len(ordered)) - 1]) | low
        stop = int(np.searchsorted(ordered, last, side="right"))
        yield slice(start, stop)
        start = stop


@dataclass(frozen=True, slots=True)
class Chains:
    """The chain of each record that first came as far as any of that record.

    ``record`` ascends. ``level`` counts the stages reached, 0 where the first stage was never
    entered. ``entered[n]`` has the times at which the chain came to stage n, NEVER where it did
    not: it begins at the latest possible visit to the first stage, and goes on to the next visit
    of each later stage.
    """

    record: Integers
    level: Integers
    entered: Integers


def chains(
    record: Integers, time: Integers, stage: Integers, *, stages: int, within: int
) -> Chains:
    """Follow each record from stage 0 to stage ``stages`` - 1, ``within`` microseconds in all.

    Arrays of one length, an event each; times in microseconds. A stage that is none of 0 to
    ``stages`` - 1 is an event beside the funnel. A chain may start at any visit to stage 0, other
    visits may lie between its own, and visits at one time count as if in the stages' order: the
    levels of ClickHouse's ``windowFunnel`` without any of its modes. Raises ValueError for
    fewer than one stage and for a negative ``within``.
    """
    if stages < 1 or within < 0:
        raise ValueError("A chain has at least one stage and no negative length.")
    beside = (stage < 0) | (stage >= stages)
    events = Events(record, time, np.where(beside, stages, stage))
    return joined([follow(each, stages, within) for each in events.in_order()], stages)


def levels(
    record: Integers, time: Integers, stage: Integers, *, stages: int, within: int
) -> Integers:
    """How many stages each record reached in order, records ascending; see ``chains``."""
    return chains(record, time, stage, stages=stages, within=within).level


def joined(parts: list[Chains], stages: int) -> Chains:
    """The chains of all parts, in their order."""
    nobody = np.empty(0, np.int64)
    return Chains(
        np.concatenate([nobody, *(part.record for part in parts)]),
        np.concatenate([nobody, *(part.level for part in parts)]),
        np.concatenate(
            [np.empty((stages, 0), np.int64), *(part.entered for part in parts)], axis=1
        ),
    )


def follow(events: Events, stages: int, within: int) -> Chains:
    """The chains of events that are in order; their marks are the stages.

    Of all chains that lead to an event the one that started last is best, and the later an event
    the later that start: so it is a running maximum, and each stage takes one pass. Starts are
    kept as places in the arrays.
    """
    time, size, heads = events.time, len(events.time), events.heads
    stage = events.mark.astype(np.int16)
    whose = _up_to(heads, size) - 1
    visits = [np.flatnonzero(stage == n) for n in range(stages)]
    level, first = np.zeros((2, len(heads)), np.int64)
    here = begun = visits[0]
    for n in range(stages):
        if n:
            before = _up_to(here, size)[visits[n]]
            some = int(np.searchsorted(before, 1))
            here, begun = visits[n][some:], begun[before[some:] - 1]
            linked = (whose[begun] == whose[here]) & (time[here] - time[begun] <= within)
            here, begun = here[linked], begun[linked]
        record = whose[here]
        earliest = np.flatnonzero(np.diff(record, prepend=-1))
        level[record[earliest]] = n + 1
        first[record[earliest]] = begun[earliest]
    return Chains(events.record[heads], level, _entered(time, visits, first, level))


def _up_to(places: Integers, size: int) -> NDArray[np.int32]:
    """How many of the places lie up to each of ``size``: quicker than to search for them."""
    there = np.zeros(size, np.bool_)
    there[places] = True
    return np.cumsum(there, dtype=np.int32)


def _entered(time: Integers, visits: list[Integers], first: Integers, level: Integers) -> Integers:
    """When chains from the places ``first`` came to each stage: at the next visit to it."""
    entered = np.full((len(visits), len(level)), NEVER)
    record, place = np.arange(len(level)), first
    for n, mine in enumerate(visits):
        came = level[record] > n
        record, place = record[came], place[came]
        if n:
            place = mine[_up_to(mine, len(time))[place]]
        entered[n, record] = time[place]
    return entered
