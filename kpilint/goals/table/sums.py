"""Total rows are checked against the rows that they sum; they are never goals."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from yaml import MappingNode, Node, ScalarNode

from kpilint.goals.display import show
from kpilint.goals.node import Fault, span_of
from kpilint.goals.period import Period
from kpilint.goals.quantity import Quantity, read_quantity
from kpilint.goals.table.draft import Draft, Sheet
from kpilint.goals.table.grid import Cell
from kpilint.goals.table.rows import Total
from kpilint.goals.target import is_level
from kpilint.goals.written import plain_name
from kpilint.i18n import _, language

TOLERANCE = 0.005  # for rounding, as a share of the whole


def summed(total: Total, drafts: Sequence[Draft], totals: Sequence[Total]) -> list[Draft]:
    """The goals that a total covers: all of the table, or those since the total above."""
    above = max((t.row for t in totals if t.row < total.row), default=0)
    return [d for d in drafts if not total.partial or above < d.row < total.row]


def off(sheet: Sheet, total: Total, drafts: Sequence[Draft]) -> Iterator[tuple[Draft, Fault]]:
    """The cells of a total row that are not the sum of their column, with the first goal summed.

    Goals that another of them is named the parent of, and rates, are not summed; nor are goals of
    different metrics, unless the total says which it means.
    """
    measure = sheet.table.cell(total.row, "metric")
    same = [d for d in drafts if measure is None or _alike(d.measure, measure.text)]
    parents = {plain_name(d.parent.text) for d in drafts if d.parent}
    parts = [d for d in same if plain_name(d.title) not in parents]
    if not parts or len({plain_name(d.measure) for d in parts}) > 1:
        return
    metric = sheet.known.metric(parts[0].measure)
    if metric is not None and not metric.additive:
        return
    for cell, column in _columns(sheet, total.row, parts):
        whole = quantity_in(sheet.amount(cell, total.row, parts[0].measure, parts[0].row))
        if whole is not None and len(column) == len(parts):
            fault = apart(sheet.path, cell, total.name.text, whole, column, known=bool(metric))
            if fault is not None:
                yield parts[0], fault


def _alike(measure: str, other: str) -> bool:
    return plain_name(measure) == plain_name(other)


def _columns(
    sheet: Sheet, row: int, parts: Sequence[Draft]
) -> Iterator[tuple[Cell, list[Quantity]]]:
    """The cells of a total row that hold targets, with the amounts above or below them."""
    target = sheet.table.column("target")
    numbers = [target.number] if target else []
    numbers += [*sheet.timeline.parts, *sheet.timeline.sums]
    for number in numbers:
        cell = sheet.table.grid.at(row, number)
        if cell is not None:
            amounts = (amount_at(part, number) for part in parts)
            read = [quantity_in(text) for text in amounts if text]
            yield cell, [quantity for quantity in read if quantity is not None]


def amount_at(draft: Draft, column: int) -> str | None:
    """What a goal's target in a column says."""
    return next((str(n.value) for n in _scalars(draft.keys) if _column(n) == column), None)


def _scalars(keys: Mapping[str, Node]) -> Iterator[ScalarNode]:
    for name in ("target", "targets"):
        node = keys.get(name)
        if isinstance(node, ScalarNode):
            yield node
        elif isinstance(node, MappingNode):
            for _name, split in node.value:
                yield from (value for _period, value in split.value)


def _column(node: ScalarNode) -> int:
    return node.start_mark.column + 1


def quantity_in(text: str) -> Quantity | None:
    """What a text amounts to; None where it is no amount."""
    try:
        return read_quantity(text)
    except ValueError:  # E003 tells of it where it is a goal's
        return None


def across(
    sheet: Sheet, row: int, name: str, measure: str, totals: Iterable[tuple[Period, Cell]]
) -> Iterator[Fault]:
    """The totals inside a row that are not the sum of the cells whose periods they span."""
    cells = sheet.values(row, sheet.timeline.parts)
    for period, total in totals:
        inside = [cell for part, cell in cells.items() if period.contains(part)]
        yield from checked(sheet, total, name, inside, measure)


def checked(
    sheet: Sheet, total: Cell, name: str, cells: Sequence[Cell], measure: str
) -> Iterator[Fault]:
    """The fault of a total that is not the sum of some cells of one metric, if it is one."""
    metric = sheet.known.metric(measure)
    if metric is not None and not metric.additive:
        return
    whole = quantity_in(sheet.amount(total, total.row, measure))
    parts = [q for c in cells if (q := quantity_in(sheet.amount(c, c.row, measure)))]
    if whole is not None and parts and len(parts) == len(cells):
        fault = apart(sheet.path, total, name, whole, parts, known=metric is not None)
        yield from [fault] if fault else []


def apart(
    path: str, cell: Cell, name: str, whole: Quantity, parts: Sequence[Quantity], *, known: bool
) -> Fault | None:
    """The fault of a total whose parts come to something else by more than rounding.

    A rate is no sum, nor, where its metric is not ``known``, is what lies among its parts.
    """
    units = {quantity.unit for quantity in (whole, *parts)}
    values = [quantity.value for quantity in parts]
    if len(units) > 1 or units & {"percent", "ratio"} or any(q.relative for q in (whole, *parts)):
        return None
    made = sum(values)
    if abs(whole.value - made) <= TOLERANCE * max(abs(whole.value), abs(made)):
        return None
    if not known and is_level(whole.value, values):
        return None
    figures = (whole.value, made, made - whole.value)
    shown = [show(value, whole.unit, language()) for value in figures]
    message = _(
        "The parts of {name} add up to {parts}, but its target is {whole}: {residual} apart.",
        name=name,
        whole=shown[0],
        parts=shown[1],
        residual=shown[2],
    )
    evidence = {"of": name, "target": figures[0], "parts": figures[1], "residual": figures[2]}
    return Fault("T003", span_of(path, cell.node()), message, evidence)
