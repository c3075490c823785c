"""Many integers in ascending order, in pieces: in a time in proportion to their count."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array

Integers = NDArray[np.int64]
Counts = NDArray[np.int32]

PIECE = 1 << 17  # numbers that are looked at together, so that they stay in the processor's cache
FEW = 16  # numbers to a bucket, if they are even
ROW = 128  # so many numpy sorts by a network, without a branch


def ascending(parts: Iterable[Integers], count: int, *, bits: int, low: int) -> Iterator[Integers]:
    """All numbers of ``parts``, about ``count``, in pieces of about ``PIECE``.

    All lie below 2 to the ``bits``; what is equal above the ``low`` lowest bits stays in one
    piece. Two counting sorts by leading bits, the second within the cache, bring each number near
    its place: numpy's own sort takes four times as long where processors are slow to compress
    vectors, as AMD's Zen 4 is.
    """
    leading = min((count // PIECE).bit_length(), bits - low)
    runs = [_spread(part, bits - leading, leading) for part in parts]
    if not runs:
        return

    def in_order() -> Iterator[Integers]:
        for n in range(1 << leading):
            mine = [numbers[starts[n] : starts[n + 1]] for numbers, starts in runs]
            numbers = _sorted(np.concatenate(mine), bits - leading)
            for piece in pieces(numbers, PIECE, low):
                yield numbers[piece]

    # The next piece is sorted while the caller works at this one.
    sorted_ = in_order()
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(next, sorted_, None)
        while (piece := coming.result()) is not None:
            coming = pool.submit(next, sorted_, None)
            yield piece


def pieces(ordered: Integers, size: int, low: int = 0) -> Iterator[slice]:
    """Slices of about ``size``; what is equal above the ``low`` lowest bits stays together."""
    start, below = 0, (1 << low) - 1
    while start < len(ordered):
        last = int(ordered[min(start + size, len(ordered)) - 1]) | below
        stop = int(np.searchsorted(ordered, last, side="right"))
        yield slice(start, stop)
        start = stop


def _spread(numbers: Integers, shift: int, bits: int) -> tuple[Integers, Counts]:
    """The numbers by their ``bits`` bits from ``shift`` on, and where each bucket begins.

    A counting sort: that is how scipy turns the one row of a matrix into columns.
    """
    bucket = ((numbers >> shift) & ((1 << bits) - 1)).astype(np.int32)
    whole = np.array([0, len(numbers)], np.int32)
    columns = csr_array((numbers, bucket, whole), shape=(1, 1 << bits)).tocsc()
    return columns.data, columns.indptr


def _sorted(numbers: Integers, shift: int) -> Integers:
    """The numbers, which are alike from the bit ``shift`` on, in order."""
    bits = min((len(numbers) // FEW).bit_length(), shift)
    numbers, _starts = _spread(numbers, shift - bits, bits)
    # A bucket of up to half a row lies within one row, either of the first or of the second rows.
    for rest in (numbers, numbers[ROW // 2 :]):
        rest[: len(rest) // ROW * ROW].reshape(-1, ROW).sort(axis=1)
    numbers[-2 * ROW :].sort()  # the end, which fills no row
    if (numbers[1:] < numbers[:-1]).any():
        numbers.sort()  # they are uneven
    return numbers
