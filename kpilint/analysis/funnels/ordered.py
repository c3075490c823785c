"""Ordered funnels over arrays: how far each record came, and when, as ``windowFunnel`` counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kpilint.analysis.funnels.ascending import Counts, Integers
from kpilint.analysis.funnels.events import Events, Ordered, running

NEVER = np.iinfo(np.int64).min  # the time at which a stage was not entered
_NONE = np.zeros(1, np.int64)


@dataclass(frozen=True, slots=True)
class Chains:
    """The chain of each record that first came as far as any of that record.

    ``record`` ascends. ``level`` counts the stages reached, 0 where the first stage was never
    entered. ``entered[n]`` has the times at which the chain came to stage n, NEVER where it did
    not: it begins at the latest possible visit to the first stage, and goes on to the next visit
    of each later stage. ``visits[n]`` counts all visits to the stage.
    """

    record: Integers
    level: Integers
    entered: Integers
    visits: Integers


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
    return joined([follow(each, each.mark, stages) for each in events.in_order(within)], stages)


def levels(
    record: Integers, time: Integers, stage: Integers, *, stages: int, within: int
) -> Integers:
    """How many stages each record reached in order, records ascending; see ``chains``."""
    return chains(record, time, stage, stages=stages, within=within).level


def joined(parts: list[Chains], stages: int) -> Chains:
    """The chains of all parts, in their order."""
    nobody, never = np.empty(0, np.int64), np.empty((stages, 0), np.int64)
    return Chains(
        np.concatenate([nobody, *(part.record for part in parts)]),
        np.concatenate([nobody, *(part.level for part in parts)]),
        np.concatenate([never, *(part.entered for part in parts)], axis=1),
        np.concatenate([never, *(part.visits for part in parts)], axis=1),
    )


def follow(events: Ordered, stage: NDArray[np.int16], stages: int) -> Chains:
    """The chains of these events, which mark stages; those from ``stages`` on are beside.

    Of all chains that lead to a visit the one that started last is best, and the later a visit
    the later that start: so each visit goes on from the chain that came last to the stage before,
    and each stage takes one pass. A chain is known by the number of its visit to the first stage,
    from 1; 0 is none, and started too long ago.
    """
    there = [stage == n for n in range(stages)]
    before, visits = [running(each) for each in there], [np.flatnonzero(each) for each in there]
    counts = [each[events.bounds] for each in before]
    start = np.concatenate((np.array([-events.window - 1]), events.clock[visits[0]]))
    chain: Integers = np.arange(len(start))  # of each visit to n that links on
    linked: Counts = np.arange(len(start), dtype=np.int32)  # such visits, up to each visit to n
    level, place = np.zeros((2, len(events.record)), np.int64)
    entered = np.full((stages, len(events.record)), NEVER)
    reached: list[Integers] = []
    for n, here in enumerate(visits):
        if n:
            chain = chain[linked[before[n - 1][here]]]
            links = events.clock[here] - start[chain] <= events.window
            chain, linked = np.concatenate((_NONE, chain[links])), running(links)
        chains = linked[counts[n]]
        reached.append(np.flatnonzero(chains[1:] > chains[:-1]))
        level[reached[n]] = n + 1
        place[reached[n]] = visits[0][chain[chains[reached[n]] + 1] - 1]
    for n, records in enumerate(reached):
        if n:
            place[records] = visits[n][before[n][place[records]]]
        entered[n, records] = events.time(place[records])
    return Chains(events.record, level, entered, np.diff(counts))
