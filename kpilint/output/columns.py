"""Columns of one width for a terminal, where a Japanese letter takes two cells."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from rich.cells import cell_len, set_cell_size

from kpilint.output.visible import visible


def aligned(table: Iterable[Sequence[str]], left: Collection[int]) -> list[str]:
    """A line a row: the columns ``left`` hold words and stand to the left, numbers to the right."""
    rows = list(table)
    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    lines = []
    for row in rows:
        cells = [
            set_cell_size(cell, width) if n in left else " " * (width - cell_len(cell)) + cell
            for n, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    return lines


def cut(text: str, longest: int = 28) -> str:
    """What can be printed of a text, in at most that many cells."""
    shown = visible(text)
    return shown if cell_len(shown) <= longest else set_cell_size(shown, longest - 1) + "…"
