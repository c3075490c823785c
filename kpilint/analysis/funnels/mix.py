"""A stage's past at the mix of records that came last, so that no shift of the mix is a fall."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kpilint.analysis.stats import FloatArray, IntArray

PRIOR = 10  # records of a kind that weigh as much as what it is a part of


@dataclass(frozen=True, slots=True)
class Counts:
    """``passed`` of ``entered``, ``(quarters, strata)`` with the judged quarter last.

    ``levels`` tell, from coarse to fine, of which group each stratum is a part.
    """

    passed: FloatArray
    entered: FloatArray
    levels: Sequence[IntArray]

    def expected(self) -> float:
        """The rate that the past makes of the judged quarter's records, kind by kind."""
        rates = self._rates(self.passed[:-1].sum(axis=0), self.entered[:-1].sum(axis=0))
        return float(self.entered[-1] @ rates / self.entered[-1].sum())

    def past(self) -> FloatArray:
        """What would have passed of each past quarter at the judged quarter's mix.

        Direct standardisation: the rate expected at that mix, plus what the quarter passed beyond
        the other past quarters' rates at its own mix, in standard errors of the rate. A quarter
        is held against the others only, as the judged one is: a kind that came in one quarter
        alone says nothing about how quarters vary. Without strata these are the counts.
        """
        passed, entered = self.passed[:-1], self.entered[:-1]
        whole, size = entered.sum(), entered.sum(axis=1)
        others = self._rates(passed.sum(axis=0) - passed, entered.sum(axis=0) - entered)
        beyond = passed.sum(axis=1) - (entered * others).sum(axis=1)
        beyond *= 1 - size / whole  # as if measured against a mean that it is part of
        own = entered @ self._rates(passed.sum(axis=0), entered.sum(axis=0)) / size
        usual = self.expected()
        spread = own * (1 - own)
        scale = np.sqrt(usual * (1 - usual) / np.where(spread > 0, spread, 1))
        counts: FloatArray = np.clip(size * usual + beyond * scale, 0, size)
        return counts

    def unlike(self) -> float:
        """What a mix that the past hardly knew adds to the variance of ``expected``.

        In units of p (1 - p): the sum of w^2 / N over the strata, w a stratum's share now and N its
        past records, beyond 1 / N of all.
        """
        past = self.entered[:-1].sum(axis=0)
        share = self.entered[-1] / self.entered[-1].sum()
        return max(0.0, float((share**2 / (past + PRIOR)).sum() - 1 / past.sum()))

    def _rates(self, passed: FloatArray, entered: FloatArray) -> FloatArray:
        """Each stratum's rate, drawn to that of the group it is a part of where records are few.

        The last axis is the strata.
        """
        total = np.maximum(entered.sum(axis=-1, keepdims=True), 1)
        rates: FloatArray = passed.sum(axis=-1, keepdims=True) / total + np.zeros(entered.shape)
        for groups in self.levels:
            n, x = _grouped(entered, groups), _grouped(passed, groups)
            rates = (x + PRIOR * rates) / (n + PRIOR)
        return rates


def _grouped(counts: FloatArray, groups: IntArray) -> FloatArray:
    """To each stratum, on the last axis, the sum of its group."""
    sums = np.zeros((*counts.shape[:-1], int(groups.max()) + 1))
    np.add.at(sums.T, groups, counts.T)
    return sums[..., groups]
