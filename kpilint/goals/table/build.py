"""All tables of a file become one tree of YAML nodes, as if the goals had been written in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath

from yaml import MappingNode, Mark, Node, ScalarNode, SequenceNode

from kpilint.goals.node import EMPTY, Fault, Undecided, span_of
from kpilint.goals.table.amount import Note
from kpilint.goals.table.deadline import days_in
from kpilint.goals.table.draft import Draft, Sheet
from kpilint.goals.table.grid import Cell, Grid
from kpilint.goals.table.known import Known
from kpilint.goals.table.layout import Table, tables_of
from kpilint.goals.table.matrix import is_matrix, matrix
from kpilint.goals.table.rows import Total, rows_of
from kpilint.goals.table.sums import across, off, summed
from kpilint.goals.table.timeline import Fiscal, narrowed, timeline_of, told_by
from kpilint.goals.written import plain_name
from kpilint.i18n import _


@dataclass(slots=True)
class Built:
    """The root of the nodes, what is wrong with the tables, and what they leave open."""

    root: MappingNode = EMPTY
    faults: list[Fault] = field(default_factory=list)
    undecided: list[Undecided] = field(default_factory=list)
    borrowed: set[str] = field(default_factory=set)  # goals of the known file that are referred to


def build(path: PurePath, grids: Sequence[Grid], known: Known, fiscal: Fiscal) -> Built:
    """Read every goals table of a file; sheets without one are said not to be read."""
    built = Built()
    drafts: list[Draft] = []
    sums: list[tuple[Draft, Fault]] = []
    for grid in grids:
        tables = tables_of(grid)
        if not tables and grid.cells and len(grids) > 1:
            reason = _("The sheet “{sheet}” holds no table of goals.", sheet=grid.name)
            built.undecided.append(Undecided("E001", "sheet", grid.name, reason))
        for table in tables:
            sheet = _sheet(path, table, known, fiscal, built.faults)
            fiscal = sheet.fiscal
            found, off_by = _goals(sheet)
            drafts += found
            sums += off_by
    if not drafts:
        built.faults.append(_no_table(path))
        return built
    ids = dict(zip(map(id, drafts), _ids(drafts), strict=True))
    built.faults += [fault._replace(goal=ids[id(goal)]) for goal, fault in sums]
    nodes = [_node(path, draft, ids, drafts, known, built) for draft in drafts]
    built.root = _root(nodes, fiscal)
    return built


def _sheet(
    path: PurePath, table: Table, known: Known, fiscal: Fiscal, faults: list[Fault]
) -> Sheet:
    """A table with its year and notes; its months or deadlines may tell the fiscal year's start."""
    told = told_by(table, path)
    deadlines = (
        table.cell(row, "deadline") for row, _c in table.grid.rows(table.first, table.last)
    )
    fiscal = narrowed(fiscal, told.year, days_in(cell for cell in deadlines if cell))
    timeline = timeline_of(table, told.year, fiscal)
    if fiscal.start is None and timeline.fiscal_year_start is not None:
        fiscal = Fiscal(timeline.fiscal_year_start, fiscal.named)
    sheet = Sheet(str(path), table, timeline, told, fiscal, known, None, faults)
    return Sheet(str(path), table, timeline, told, fiscal, known, _note(sheet), faults)


def _note(sheet: Sheet) -> Note | None:
    """The unit that is written above a table for all of it: (単位：千円), or 受注目標（万円）.

    Over rows of differing metrics a title's (件) is meant for some of them only.
    """
    for cell in reversed(sheet.table.above):
        note = sheet.read_note(cell, cell.text)
        said = "単位" in cell.text or "unit" in cell.text.casefold()
        if note and (said or note.is_money or is_matrix(sheet)):
            return note
    return None


def _goals(sheet: Sheet) -> tuple[list[Draft], list[tuple[Draft, Fault]]]:
    """The goals of one table, and the totals that are off, each with a goal that it sums."""
    if is_matrix(sheet):
        found = matrix(sheet)
        return ([found[0]], [(found[0], fault) for fault in found[1]]) if found else ([], [])
    rows = list(rows_of(sheet))
    drafts = [row for row in rows if isinstance(row, Draft)]
    totals = [row for row in rows if isinstance(row, Total)]
    wrong = [pair for t in totals for pair in off(sheet, t, summed(t, drafts, totals))]
    for made in drafts:
        twice = across(sheet, made.row, made.title, made.measure, sheet.twice(made.row))
        wrong += [(made, fault) for fault in twice]
    return drafts, wrong


def _no_table(path: PurePath) -> Fault:
    message = _(
        "No table of goals was found. Give it one row of headings, such as 目標, 指標, 担当, 期限 "
        "and 目標値, and one row a goal below.",
    )
    return Fault("E001", span_of(str(path), EMPTY), message)


def _ids(drafts: Sequence[Draft]) -> Iterator[str]:
    """An id a goal: the one it has, else its name, with what tells it from others so called."""
    names = [draft.id.text if draft.id else "_".join(draft.title.split()) for draft in drafts]
    for key in ("department", "owner", "period"):
        twice = {name for name, count in Counter(names).items() if count > 1}
        names = [
            f"{name}_{told}"
            if name in twice and not draft.id and (told := draft.text(key))
            else name
            for name, draft in zip(names, drafts, strict=True)
        ]
    seen: Counter[str] = Counter()
    for name, draft in zip(names, drafts, strict=True):
        seen[name] += 1
        yield name if seen[name] == 1 or draft.id else f"{name}_{seen[name]}"


def _node(
    path: PurePath,
    draft: Draft,
    ids: dict[int, str],
    drafts: Sequence[Draft],
    known: Known,
    built: Built,
) -> MappingNode:
    """The finished goal, from the first cell of its row to the last."""
    name = ids[id(draft)]
    keys = {"id": (draft.id or draft.anchor).node(name), **draft.keys}
    built.undecided += [Undecided(code, "goal", name, why) for code, why in draft.undecided]
    if draft.parent is not None:
        keys["parent"] = draft.parent.node(_parent(draft.parent, draft, ids, drafts, known, built))
    at = draft.anchor
    pairs = [(_key(name, value.start_mark), value) for name, value in keys.items()]
    return MappingNode("", pairs, at.node().start_mark, at.node().end_mark)


def _key(name: str, mark: Mark | None) -> ScalarNode:
    return ScalarNode("", name, mark, mark)


def _parent(
    cell: Cell,
    draft: Draft,
    ids: dict[int, str],
    drafts: Sequence[Draft],
    known: Known,
    built: Built,
) -> str:
    """The id of the goal that a cell names by label or id, in the table or the file beside it."""
    name = plain_name(cell.text)
    others = [d for d in drafts if d is not draft]
    named = [
        d for d in others if name in (plain_name(d.title), plain_name(d.anchor.text), ids[id(d)])
    ]
    if not named:  # the number of a row of the same sheet
        near = (d for d in others if d.number and d.anchor.sheet == draft.anchor.sheet)
        named = [d for d in near if d.number and plain_name(d.number.text) == name]
    closest = [d for d in named if d.text("role") == "kgi"] or named
    alike = [d for d in closest if d.text("department") == draft.text("department")] or closest
    if alike:
        return ids[id(alike[0])]
    beside = known.goal(cell.text)
    if beside is not None:
        built.borrowed.add(beside)
    return beside or cell.text


def _root(goals: Sequence[MappingNode], fiscal: Fiscal) -> MappingNode:
    mark, end = goals[0].start_mark, goals[-1].end_mark
    pairs: list[tuple[Node, Node]] = [
        (_key("goals", mark), SequenceNode("", list(goals), mark, end))
    ]
    if fiscal.start is not None:
        start = ScalarNode("", str(fiscal.start), mark, mark)
        pairs.insert(0, (_key("fiscal_year_start", mark), start))
    return MappingNode("", pairs, mark, end)
