"""Short runs of the simulations behind docs/benchmarks/funnel_rates.md: no gate is missed."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.benchmarks.funnel_rates import Gate
from tests.benchmarks.people_rates import changes, people, windows


@pytest.mark.parametrize(("gates", "worlds"), [(windows, 40), (people, 12), (changes, 25)])
def test_gates(gates: Callable[[int], Iterator[Gate]], worlds: int) -> None:
    assert [gate.row() for gate in gates(worlds) if not gate.kept] == []
