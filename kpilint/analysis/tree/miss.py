"""What made a gap, factor by factor: from what was expected to what came."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import pandas as pd

from kpilint.analysis.tree import miss_wording as wording
from kpilint.analysis.tree.gap import Gap
from kpilint.analysis.tree.standing import Standing
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.tree.tree import TreeResult


@dataclass(frozen=True, slots=True, eq=False)
class Miss(Result):
    """A whole's gap, split over the goals that make it up; ``whole`` is how it stands."""

    tree: TreeResult
    gap: Gap
    whole: Standing

    @classmethod
    def of(cls, tree: TreeResult, gap: Gap) -> Self:
        """The gap of a tree."""
        return cls(tree, gap, tree.standings[gap.whole])

    def text(self) -> str:
        """How the whole stands, which factors made it so and what to do, to be read out."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a factor: ``goal value``, the largest first, and what none explains, in the
        whole's unit; between a first row of what was expected and a last one of what came.
        """
        factors = sorted(self.gap.factors.items(), key=lambda each: -abs(each[1]))
        rows = [("expected", self.whole.expected), *factors]
        if abs(self.gap.rest) > 1e-9 * abs(self.whole.expected):
            rows.append(("rest", self.gap.rest))
        return pd.DataFrame([*rows, ("actual", self.whole.actual)], columns=["goal", "value"])

    def readable(self) -> pd.DataFrame:
        """The table in the reader's words."""
        return wording.readable(self)

    def figure(self) -> go.Figure:
        """A waterfall from what was expected to what came."""
        from kpilint.analysis.tree.miss_drawing import drawn

        return drawn(self)
