"""Workbooks as people keep them, written cell by cell, and what kpilint reads in them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from kpilint.finding import Finding, Findings
from kpilint.goals.document import read
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.quantity import Quantity
from kpilint.linter import Config, lint

METRICS = """
version: 1
language: en
fiscal_year_start: 4
sources:
  deals: {path: deals.csv, key: deal_id}
metrics:
  won_revenue: {label: 受注金額, source: deals, agg: sum, column: amount, time: closed_at, unit: JPY}
  won_count: {label: 受注数, source: deals, agg: count, time: closed_at}
  closed: {label: 決着数, source: deals, agg: count, time: closed_at}
  win_rate: {label: 受注率（決着比）, numerator: won_count, denominator: closed, unit: percent}
goals: []
"""
Row = Sequence[Any]


def sheet(
    rows: Iterable[Row],
    *,
    title: str = "KPI",
    merge: Iterable[str] = (),
    formats: Mapping[str, str] | None = None,
    book: Workbook | None = None,
) -> Workbook:
    """A workbook with one more sheet: rows of values, None for a blank cell."""
    made = book or Workbook()
    page = made.create_sheet(title) if book else _first(made, title)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            if value is not None:
                page.cell(number, column, value)
    for cells in merge:
        page.merge_cells(cells)
    for cell, form in (formats or {}).items():
        page[cell].number_format = form
    return made


def _first(book: Workbook, title: str) -> Worksheet:
    page: Worksheet = book.worksheets[0]
    page.title = title
    return page


def saved(book: Workbook, folder: Path, name: str = "goals.xlsx", *, metrics: bool = True) -> Path:
    """The workbook on disk, beside a goals.yaml with the metrics where they are wanted."""
    if metrics:
        (folder / "goals.yaml").write_text(METRICS, encoding="utf-8")
    path = folder / name
    book.save(path)  # type: ignore[no-untyped-call]
    return path


def goals_of(book: Workbook, folder: Path, name: str = "goals.xlsx", **kwargs: bool) -> GoalSet:
    """What is read in a workbook."""
    return read(saved(book, folder, name, **kwargs), language="en")


def months(goals: GoalSet, goal: str) -> dict[str, float]:
    """The monthly targets of a goal as plain numbers."""
    targets = goals.by_id[goal].targets
    return {m.text: q.value for m, q in targets.months.items()} if targets else {}


def target(goals: GoalSet, goal: str) -> tuple[float, str | None] | None:
    """The target of a goal and its unit."""
    quantity: Quantity | None = goals.by_id[goal].target
    return (quantity.value, quantity.unit) if quantity else None


def linted(goals: GoalSet, *codes: str) -> Findings:
    """What the rules say of the goals, without data."""
    config = Config(select=codes) if codes else None
    return lint(goals, None, as_of=date(2026, 6, 1), config=config, language="en")


def cells(findings: Findings) -> list[tuple[str, str | None]]:
    """Codes and cells of what was found."""
    return [(f.code, f.span.cell) for f in findings]


def codes_by_goal(found: Iterable[Finding]) -> set[tuple[str, str | None]]:
    """Which rules fired on which goal."""
    return {(f.code, f.goal) for f in found if f.goal}
