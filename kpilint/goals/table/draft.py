"""A row of a table becomes a goal's keys, each a YAML node that stands in its cell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from yaml import MappingNode, Node, ScalarNode

from kpilint.goals.node import Fault, span_of
from kpilint.goals.period import Period
from kpilint.goals.quantity import read_quantity
from kpilint.goals.table.amount import Note, amount, note_in
from kpilint.goals.table.deadline import When, read_when, until
from kpilint.goals.table.grid import Cell, folded
from kpilint.goals.table.heading import RESPONSIBLE
from kpilint.goals.table.known import Known
from kpilint.goals.table.layout import Table
from kpilint.goals.table.timeline import Fiscal, Timeline, Told, resolved, spanning
from kpilint.goals.table.words import department, review, role, titled_role
from kpilint.goals.target import is_level
from kpilint.i18n import _

_TEXTS: Mapping[str, Callable[[str], str]] = {
    "role": role,
    "department": department,
    "owner": str,
    "action": str,
    "review": review,
    "rationale": str,
}


@dataclass(slots=True)
class Draft:
    """A goal on its way: what is missing is its id, and the id of its parent."""

    anchor: Cell
    title: str
    measure: str
    keys: dict[str, Node]
    row: int
    id: Cell | None = None
    number: Cell | None = None
    parent: Cell | None = None
    undecided: list[tuple[str, str]] = field(default_factory=list)

    def text(self, key: str) -> str | None:
        """What a key says, where it is one word."""
        node = self.keys.get(key)
        return str(node.value) if isinstance(node, ScalarNode) else None


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with all that is known around it: its months, its year, its notes, its metrics."""

    path: str
    table: Table
    timeline: Timeline
    told: Told
    fiscal: Fiscal
    known: Known
    note: Note | None
    faults: list[Fault]

    def amount(self, cell: Cell, row: int, measure: str, group: int | None = None) -> str:
        """The amount of a cell in a row, heeding its unit column, label, heading and title."""
        metric = self.known.metric(measure)
        notes = [self._row_note(row, group or row), *self._over(cell), self.note]
        return amount(cell, notes, self.known.unit(metric), measure)

    def _row_note(self, row: int, group: int) -> Note | None:
        unit = self.table.cell(row, "unit") or self.table.cell(group, "unit")
        if unit is not None:
            return self.read_note(unit, f"単位:{unit.text}")
        labels = (self.table.cell(group, name) for name in ("label", "metric"))
        notes = (self.read_note(label, label.text) for label in labels if label)
        return next((note for note in notes if note), None)

    def _over(self, cell: Cell) -> Iterator[Note | None]:
        for column in self.table.columns:
            if column.number == cell.column:
                yield from (self.read_note(c, c.text) for c in reversed(column.cells))

    def read_note(self, cell: Cell, text: str) -> Note | None:
        """The scale and unit in a text; a unit that is unknown is a fault, told once."""
        try:
            return note_in(text)
        except ValueError as problem:
            fault = Fault("E003", span_of(self.path, cell.node()), str(problem), {"read": text})
            if fault not in self.faults:
                self.faults.append(fault)
        return None

    def values(self, row: int, columns: Mapping[int, Period]) -> dict[Period, Cell]:
        """The cells of a row under the columns that mean a period; of two for one the first."""
        found: dict[Period, Cell] = {}
        for number, period in columns.items():
            cell = self.table.grid.at(row, number)
            if cell is not None and not _is_dash(cell):
                found.setdefault(period, cell)
        return found

    def twice(self, row: int) -> Iterator[tuple[Period, Cell]]:
        """The cells of a row under columns that sum what another column sums already."""
        seen: set[Period] = set()
        for number, period in self.timeline.sums.items():
            cell = self.table.grid.at(row, number)
            if period in seen and cell is not None and not _is_dash(cell):
                yield period, cell
            seen.add(period)


def _is_dash(cell: Cell) -> bool:
    """Whether a cell says that there is nothing, as a dash does."""
    return cell.text.strip("-‐−–—―ー－ ") == ""


def mapping(pairs: Iterable[tuple[ScalarNode, Node]], at: Cell) -> MappingNode:
    """A mapping that stands in a cell."""
    node = at.node()
    return MappingNode("", list(pairs), node.start_mark, node.end_mark)


def draft(sheet: Sheet, row: int, group: int, anchor: Cell, title: str) -> Draft:
    """The goal of a row; ``group`` is the row that names it where several rows belong together."""

    def said(name: str) -> Cell | None:
        cell = sheet.table.cell(row, name) or sheet.table.cell(group, name)
        return cell if cell is None or not _is_dash(cell) else None

    named = said("metric")
    measure = named.text if named else title
    made = Draft(anchor, title, measure, {"label": anchor.node(title)}, row, said("id"))
    made.number, made.parent = said("number"), said("parent")
    for name, read in _TEXTS.items():
        if (cell := said(name)) is not None:
            made.keys[name] = cell.node(read(cell.text))
    _implied(sheet, made, said("department"))
    measured(sheet, made, named, anchor)
    parts = sheet.values(row, sheet.timeline.parts)
    timed(sheet, made, said, list(parts))
    _aimed(sheet, made, group, said("target"), parts)
    return made


def _implied(sheet: Sheet, made: Draft, department: Cell | None) -> None:
    """What other words of the sheet say: 責任部署 names the owner, ■KGI above a table the role."""
    column = sheet.table.column("department")
    responsible = column is not None and folded(column.heading.text) in RESPONSIBLE
    if department is not None and responsible and sheet.table.column("owner") is None:
        made.keys["owner"] = department.node(department.text)
    if sheet.table.column("role") is None:
        titles = ((cell, titled_role(cell.text)) for cell in reversed(sheet.table.above))
        cell, word = next(((c, word) for c, word in titles if word), (made.anchor, None))
        if word:
            made.keys["role"] = cell.node(word)


def measured(sheet: Sheet, made: Draft, named: Cell | None, anchor: Cell) -> None:
    """The metric by its label or id; one that nobody defines is not decided, and said once."""
    metric = sheet.known.metric(made.measure) or sheet.known.metric(made.title)
    if metric is not None:
        made.keys["metric"] = (named or anchor).node(metric.name)
    elif named is not None or sheet.table.column("metric") is None:
        made.undecided.append(("M001", _unknown(made.measure, sheet.known)))


def _unknown(name: str, known: Known) -> str:
    if known.goals is None:
        return _(
            "No goals.yaml beside the table defines the metric “{name}”. Write one, or name "
            "another file with --metrics.",
            name=name,
        )
    return _(
        "“{name}” is no label or id of a metric in {path}. Define it there, or correct the cell.",
        name=name,
        path=known.goals.origin,
    )


def timed(
    sheet: Sheet, made: Draft, said: Callable[[str], Cell | None], parts: list[Period]
) -> None:
    """The period: as written, up to a deadline, over its months, or what the title is about."""
    for name in ("period", "deadline"):
        if (cell := said(name)) is not None:
            when = read_when(cell, sheet.told, sheet.fiscal, deadline=name == "deadline")
            if when.end is not None:
                when = until(when.end, parts, sheet.told, sheet.fiscal)
            _period(made, when, cell)
            return
    if parts:
        first = sheet.values(made.row, sheet.timeline.parts).get(parts[0], made.anchor)
        end = max(part.end for part in parts)
        _period(made, When(text=spanning(min(p.start for p in parts), end).text), first)
    elif sheet.timeline.unclear:
        heading = sheet.timeline.unclear[0].heading
        year = sheet.told.year
        fiscal = year is not None and year.kind == "fiscal" and sheet.fiscal.start is None
        reason = (
            _(
                "“{year}” does not tell in which month the fiscal year begins. Write "
                "fiscal_year_start: in goals.yaml.",
                year=sheet.told.text.upper(),
            )
            if fiscal
            else _(
                "The columns from “{heading}” on name no year, and neither title, sheet nor file name "
                "tells it for certain. Write the year, as in 2026年度, and fiscal_year_start: in "
                "goals.yaml.",
                heading=heading.text,
            )
        )
        made.undecided += [("T001", reason), ("T003", reason)]
    elif sheet.told.stretch is not None:
        period = resolved(sheet.told.stretch, sheet.told.year, sheet.fiscal)
        text = spanning(period.start, period.end).text if period else sheet.told.text
        made.keys["period"] = (sheet.told.cell or made.anchor).node(text)
    elif sheet.told.text:
        made.keys["period"] = (sheet.told.cell or made.anchor).node(sheet.told.text)


def _period(made: Draft, when: When, cell: Cell) -> None:
    if when.text is not None:
        made.keys["period"] = cell.node(when.text)
    elif when.unclear is not None:
        made.undecided.append(("T001", when.unclear))


def _aimed(
    sheet: Sheet, made: Draft, group: int, target: Cell | None, parts: Mapping[Period, Cell]
) -> None:
    """The target, its months, and what the table says that they come to."""
    row, measure = made.row, made.measure
    sums = sheet.values(row, sheet.timeline.sums)
    if target is None and parts:
        target = _level(sheet, made, parts, sums, group)
    if target is not None:
        made.keys["target"] = target.node(sheet.amount(target, row, measure, group))
    split = {
        name: mapping(written(sheet, cells, row, measure, group), _first(cells))
        for name, cells in (("months", parts), ("totals", sums))
        if cells
    }
    if split:
        at = _first(parts or sums)
        made.keys["targets"] = mapping([(at.node(name), node) for name, node in split.items()], at)
    elif target is None and sheet.timeline.unclear:
        made.undecided += [("M009", reason) for code, reason in made.undecided if code == "T003"]


def _first(cells: Mapping[Period, Cell]) -> Cell:
    return next(iter(cells.values()))


def _level(
    sheet: Sheet,
    made: Draft,
    parts: Mapping[Period, Cell],
    sums: dict[Period, Cell],
    group: int,
) -> Cell | None:
    """The yearly value of what does not add up, such as a rate: it is the target, not a sum."""
    whole = next((p for p in sums if all(p.contains(part) for part in parts)), None)
    if whole is None:
        return None
    metric = sheet.known.metric(made.measure)
    texts = [sheet.amount(c, made.row, made.measure, group) for c in parts.values()]
    value = value_of(sheet.amount(sums[whole], made.row, made.measure, group))
    values = [v for v in map(value_of, texts) if v is not None]
    level = not metric.additive if metric else is_level(value, values)
    return sums.pop(whole) if level else None


def value_of(text: str) -> float | None:
    """The number that a text says; None where it is none, of which a finding tells elsewhere."""
    try:
        return read_quantity(text).value
    except ValueError:
        return None


def written(
    sheet: Sheet, cells: Mapping[Period, Cell], row: int, measure: str, group: int
) -> list[tuple[ScalarNode, Node]]:
    """Periods and amounts as pairs of a mapping, each standing in the amount's cell."""
    return [
        (cell.node(period.text), cell.node(sheet.amount(cell, row, measure, group)))
        for period, cell in cells.items()
    ]
