"""Integers in ascending order: as numpy sorts them, in pieces that hold together what must."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kpilint.analysis.funnels import ascending as module
from kpilint.analysis.funnels.ascending import Integers, ascending

BITS, LOW = 40, 8
NUMBERS = st.lists(st.integers(0, (1 << BITS) - 1) | st.integers(0, 1 << LOW), max_size=300)


@given(st.lists(NUMBERS, max_size=4), st.sampled_from([1, 7, 64, 1 << 16]))
def test_sorted_and_held_together(parts: list[list[int]], size: int) -> None:
    arrays = [np.array(part, np.int64) for part in parts]
    count = sum(map(len, arrays))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "PIECE", size)
        pieces = list(ascending(arrays, count, bits=BITS, low=LOW))
    assert [n for piece in pieces for n in piece.tolist()] == sorted(n for p in parts for n in p)
    leading = [set((piece >> LOW).tolist()) for piece in pieces]
    assert sum(map(len, leading)) == len(set().union(*leading))


@pytest.mark.parametrize("spread", ["even", "clustered", "one", "descending"])
def test_many(spread: str) -> None:
    rng = np.random.default_rng(20_261_129)
    numbers = {
        "even": rng.integers(0, 1 << 62, 300_000),
        "clustered": rng.geometric(1e-3, 300_000) << 20 | rng.integers(0, 1 << 20, 300_000),
        "one": np.full(300_000, 5),
        "descending": np.arange(300_000)[::-1],
    }[spread]
    parts = np.array_split(numbers, 7)
    pieces = list(ascending(parts, len(numbers), bits=62, low=0))
    assert (np.concatenate(pieces) == np.sort(numbers)).all()


def test_a_wrong_count_changes_nothing() -> None:
    numbers = np.arange(1_000)[::-1]
    for count in (0, 1, 1 << 30):
        found = np.concatenate(list(ascending([numbers], count, bits=10, low=0)))
        assert found.tolist() == list(range(1_000))


def test_what_fails_while_reading_is_told() -> None:
    def broken() -> Iterator[Integers]:
        yield np.arange(3)
        raise OSError("the file ended")

    with pytest.raises(OSError, match="the file ended"):
        list(ascending(broken(), 3, bits=10, low=0))
