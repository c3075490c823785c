"""Events in the order in which a funnel follows them: by record, time and mark."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kpilint.analysis.funnels.ascending import PIECE, Counts, Integers, ascending, pieces

# Of time, in microseconds: the powers of two, by which engines divide at once, hold whole
# milliseconds and seconds.
UNITS = (1, 8, 64, 1_000, 1_000_000, 86_400_000_000)
WORD = 63  # bits of a key


@dataclass(frozen=True, slots=True)
class Ordered:
    """Events by record, time and mark; of each record all.

    ``record`` has each record once, ascending, and ``bounds`` where each begins, then where the
    last ends. ``clock`` and ``mark`` have all events: two are of one record and near enough if
    their clocks differ by up to ``window``. ``time`` gives microseconds of events by their places.
    """

    record: Integers
    bounds: Integers
    clock: Integers
    mark: NDArray[np.int16]
    window: int
    time: Callable[[Integers], Integers]

    def tally(self, chosen: NDArray[np.bool_]) -> Counts:
        """How many of the chosen events each record has."""
        return np.diff(running(chosen)[self.bounds])


@dataclass(frozen=True, slots=True)
class Events:
    """Three arrays of one length: whose event it is, when (microseconds), and what it marks."""

    record: Integers
    time: Integers
    mark: Integers

    def in_order(self, within: int) -> Iterator[Ordered]:
        """The same events in order, in pieces; those up to ``within`` apart are near enough."""
        if not len(self.record):
            return
        record, time = ((int(each.min()), int(each.max())) for each in (self.record, self.time))
        packing = Packing.of(record, time, int(self.mark.max()) + 1, within)
        keys = packing.pack(self) if packing else None
        if packing is not None and keys is not None:
            yield from packing.in_order([keys], len(keys))
            return
        within = min(within, time[1] - time[0])
        few = max(1, min(PIECE, (1 << WORD - 2) // (within + 1)))  # else clocks leave the integers
        order = np.lexsort((self.mark, self.time, self.record))
        for piece in pieces(self.record[order], few):
            yield self._ordered(order[piece], within)

    def _ordered(self, order: Integers, within: int) -> Ordered:
        record, time = self.record[order], self.time[order]
        bounds = _bounds(record)
        # Clocks keep no more of the time between neighbours than tells whether it is too long.
        steps = np.minimum(np.diff(time, prepend=time[0]), within + 1)
        steps[bounds[:-1]] = within + 1
        mark = self.mark[order].astype(np.int16)
        return Ordered(
            record[bounds[:-1]], bounds, np.cumsum(steps), mark, within, time.__getitem__
        )


@dataclass(frozen=True, slots=True)
class Packing:
    """How an event becomes one integer that sorts as (record, time, mark) do.

    Records count from ``first`` and times from ``start``, in steps of ``unit`` microseconds, of
    which ``window`` are near enough. Between the times of two records lie more.
    """

    first: int
    start: int
    unit: int
    window: int
    record_bits: int
    time_bits: int
    mark_bits: int

    @classmethod
    def of(
        cls, record: tuple[int, int], time: tuple[int, int], marks: int, within: int
    ) -> Self | None:
        """The packing with the finest unit that holds these ranges, both ends included.

        Marks are below ``marks``; ``within`` is in microseconds. None where days are too fine.
        """
        record_bits, mark_bits = (record[1] - record[0]).bit_length(), (marks - 1).bit_length()
        span = time[1] - time[0]
        for unit in UNITS:
            window = min(within, span) // unit
            time_bits = (span // unit + window).bit_length()
            if record_bits + time_bits + mark_bits <= WORD:
                return cls(record[0], time[0], unit, window, record_bits, time_bits, mark_bits)
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

    def in_order(self, keys: Iterable[Integers], count: int) -> Iterator[Ordered]:
        """The events of all keys, about ``count``; see ``Events.in_order``."""
        bits = self.record_bits + self.low_bits
        for piece in ascending(keys, count, bits=bits, low=self.low_bits):
            yield self._ordered(piece)

    def _ordered(self, keys: Integers) -> Ordered:
        bounds = _bounds(keys >> self.low_bits)
        mark = (keys & ((1 << self.mark_bits) - 1)).astype(np.int16)

        def time(places: Integers) -> Integers:
            steps = (keys[places] >> self.mark_bits) & ((1 << self.time_bits) - 1)
            return steps * self.unit + self.start

        record = (keys[bounds[:-1]] >> self.low_bits) + self.first
        return Ordered(record, bounds, keys >> self.mark_bits, mark, self.window, time)


def running(chosen: NDArray[np.bool_]) -> Counts:
    """How many are chosen before each place, and in all."""
    before = np.empty(len(chosen) + 1, np.int32)
    before[0] = 0
    np.cumsum(chosen, out=before[1:])
    return before


def _bounds(record: Integers) -> Integers:
    fresh = np.flatnonzero(record[1:] != record[:-1]) + 1
    return np.concatenate((np.zeros(1, np.int64), fresh, np.array([len(record)])))
