"""What if one goal at a tree's end came out otherwise, and all else stayed?"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from kpilint.analysis.stats import FloatArray, IntArray
from kpilint.analysis.tree import what_if_wording as wording
from kpilint.analysis.tree.likely import POINTS, Likely
from kpilint.analysis.tree.shape import Branch
from kpilint.errors import Misuse
from kpilint.goals.quantity import read_quantity
from kpilint.goals.target import value_in
from kpilint.goals.written import plain
from kpilint.i18n import _
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

_GROWTH = re.compile(r"([+\-▲])\s*([0-9]+(?:\.[0-9]+)?)\s*%")
SEED = 20_417  # a page must come out the same twice
LOW, MIDDLE, HIGH = 10, 50, 90  # percent: 80 % lie between


@dataclass(frozen=True, slots=True)
class Range:
    """The middle of what is likely, and between ``low`` and ``high`` 80 % of it."""

    low: float
    middle: float
    high: float

    @classmethod
    def of(cls, draws: FloatArray) -> Range:
        """The range of ``draws`` ``(n,)``."""
        low, middle, high = np.percentile(draws, [LOW, MIDDLE, HIGH])
        return cls(float(low), float(middle), float(high))


@dataclass(frozen=True, slots=True)
class Moved:
    """One goal as expected, with the change, and what the change adds; all in its unit."""

    branch: Branch
    unit: str | None
    target: float
    before: Range
    after: Range
    adds: Range


@dataclass(frozen=True, slots=True)
class WhatIf(Result):
    """What a change at the tree's end (the first of ``moved``) does up to the top (the last)."""

    moved: tuple[Moved, ...]
    settled: bool  # whether a part of the period has come already and cannot change

    def text(self) -> str:
        """What becomes of the whole, in a sentence."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a goal from the changed one up: ``goal target before_low before before_high
        after_low after after_high adds_low adds adds_high``, each in the goal's unit.
        """
        rows = [
            {
                "goal": each.branch.goal.id,
                "target": each.target,
                **_columns("before", each.before),
                **_columns("after", each.after),
                **_columns("adds", each.adds),
            }
            for each in self.moved
        ]
        return pd.DataFrame(rows)

    def readable(self) -> pd.DataFrame:
        """The table in the reader's words."""
        return wording.readable(self)

    def remarks(self) -> list[str]:
        """What is assumed."""
        return wording.remarks(self)

    def figure(self) -> go.Figure:
        """The whole as expected and with the change, beside its target."""
        from kpilint.analysis.tree.drawing import ranges

        return ranges(self)


def _columns(name: str, found: Range) -> dict[str, float]:
    return {f"{name}_low": found.low, name: found.middle, f"{name}_high": found.high}


def changed(found: Likely, change: str, unit: str | None) -> FloatArray:
    """The values of a period with ``change``: ``+10%`` or ``-10%`` of what is to come, or a level.

    A level moves what is to come, so that the middle of the period's value is as asked. Raises
    Misuse for what cannot be read, does not fit the unit, or would raise a share beyond 100 %.
    """
    middle = float(np.median(found.rest))
    factor = _growth(change)
    if factor is None:
        level = _level(change, unit)
        if middle <= 0:
            raise Misuse(_("“{change}” cannot be set against what is expected.", change=change))
        factor = (level - found.came) / middle
    if factor < 0:
        raise Misuse(_("“{change}” is less than what has come already.", change=change))
    values = found.came + factor * found.rest
    if float(np.median(values)) > found.top:
        raise Misuse(_("“{change}” raises a share beyond 100%.", change=change))
    capped: FloatArray = np.minimum(values, found.top)
    return capped


def _growth(change: str) -> float | None:
    """The factor that ``+10%`` is; None for a level."""
    written = _GROWTH.fullmatch(plain(change))
    if written is None:
        return None
    return 1 + (1 if written[1] == "+" else -1) * float(written[2]) / 100


def _level(change: str, unit: str | None) -> float:
    try:
        level = value_in(read_quantity(change), unit)
    except ValueError as problem:
        raise Misuse(str(problem)) from None
    if level is None:
        raise Misuse(
            _("“{change}” is neither a change such as +10% nor a new value.", change=change)
        )
    return level


def drawn(order: Sequence[Branch], ends: Mapping[str, Likely]) -> dict[str, IntArray]:
    """The orders in which each end's values are drawn: all of them, independent of each other."""
    rng = np.random.default_rng(SEED)
    return {b.goal.id: rng.permutation(POINTS) for b in order if b.goal.id in ends}
