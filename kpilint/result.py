"""What every analysis hands back: facts that show themselves."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
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

    def readable(self) -> pd.DataFrame:
        """``table()`` in the reader's words and number formats, where that differs."""
        return self.table()

    def remarks(self) -> list[str]:
        """What a reader must know beside the verdict, a sentence each."""
        return []

    def colours(self) -> Mapping[str, str]:
        """CSS colours of cells that say more at a glance, by the word in the cell."""
        return {}

    def _repr_html_(self) -> str:
        from html import escape  # its table of entities is slow to import

        # Every cell is escaped: names and labels come from a client's data.
        table = self.readable()
        rows = table.to_html(index=False, border=0, na_rep="–", escape=True) if len(table) else ""
        for word, colour in self.colours().items():
            cell = escape(word)
            marked = f'<td style="color: {colour}; font-weight: bold">{cell}</td>'
            rows = rows.replace(f"<td>{cell}</td>", marked)
        notes = "".join(f"<li>{escape(remark)}</li>" for remark in self.remarks())
        return f"<p>{escape(self.text())}</p>\n{rows}\n" + (f"<ul>{notes}</ul>" if notes else "")
