"""What every analysis hands back: facts that show themselves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go


class Result(ABC):
    """Frozen facts with three faces: a sentence, a table and a picture."""

    __slots__ = ()

    @abstractmethod
    def text(self) -> str:
        """The verdict in a sentence."""

    @abstractmethod
    def table(self) -> pd.DataFrame:
        """The facts, one row a case."""

    @abstractmethod
    def figure(self) -> go.Figure:
        """A drawing of ``table()``; it computes nothing of its own."""

    def _repr_html_(self) -> str:
        # Every cell is escaped: names and labels come from a client's data.
        rows = self.table().to_html(index=False, border=0, na_rep="–", escape=True)
        return f"<p>{escape(self.text())}</p>\n{rows}"
