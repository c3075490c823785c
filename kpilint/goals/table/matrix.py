"""A table with people for rows and months for columns: one goal, split over its people."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from yaml import Node, ScalarNode

from kpilint.goals.node import Fault
from kpilint.goals.table.draft import Draft, Sheet, mapping, measured, timed, written
from kpilint.goals.table.grid import Cell
from kpilint.goals.table.heading import is_total, spelled, told
from kpilint.goals.table.sums import across, checked

_EMPTY_WORDS = re.compile(
    r"(?:(?:sheet|シート)[0-9]*|目標値?|計画|予算|ターゲット|一覧|管理|表|月別|月次|年間|個人別|個人|担当者別"
    r"|担当別|別|の|target|plan|budget|monthly|by|person|[_\s-])+$"
)

_SPLIT_BY = re.compile(r"^(?:個人|担当者?|月|チーム|メンバー)別の?")


def is_matrix(sheet: Sheet) -> bool:
    """Whether rows are people: an owner and months, but no column that names a goal."""
    named = sheet.table.column("label") or sheet.table.column("metric")
    return named is None and sheet.table.column("owner") is not None


def matrix(sheet: Sheet) -> tuple[Draft, list[Fault]] | None:
    """The one goal of the table and the sums in it that are off; None where no row holds any."""
    rows = list(_people(sheet))
    people = [(row, name) for row, name in rows if not is_total(name.text)]
    if not people:
        return None
    anchor, title = _subject(sheet, people[0][1])
    metric = sheet.known.metric_in(title)
    measure = metric.name if metric else title
    made = Draft(anchor, title, measure, {"label": anchor.node(title)}, people[0][0])
    measured(sheet, made, None, anchor)
    timed(sheet, made, lambda name: None, list(sheet.timeline.parts.values()))
    split: list[tuple[ScalarNode, Node]] = []
    faults: list[Fault] = []
    for row, name in people:
        cells = sheet.values(row, sheet.timeline.parts)
        single = sheet.table.cell(row, "target")
        if cells:
            split.append((name.node(), mapping(written(sheet, cells, row, measure, row), name)))
        elif single:
            split.append((name.node(), single.node(sheet.amount(single, row, measure))))
        faults += _across(sheet, row, name.text, measure)
    at = people[0][1]
    made.keys["targets"] = mapping([(at.node("people"), mapping(split, at))], at)
    for row, name in rows[len(people) :]:
        faults += _down(sheet, made, row, name, [row for row, _name in people])
    return made, faults


def _people(sheet: Sheet) -> Iterator[tuple[int, Cell]]:
    """Rows with a name, those of totals last."""
    table = sheet.table
    rows = [
        (row, name)
        for row, _cells in table.grid.rows(table.first, table.last)
        if (name := table.cell(row, "owner") or table.cell(row, "department"))
    ]
    yield from sorted(rows, key=lambda found: is_total(found[1].text))


def _subject(sheet: Sheet, first: Cell) -> tuple[Cell, str]:
    """What is aimed at, which only the title, the sheet or the file says; and where it is said."""
    for cell in sheet.table.above:
        if name := _name(cell.text):
            return cell, name
    return first, _name(sheet.table.grid.name) or sheet.table.grid.name or sheet.path


def _name(title: str) -> str:
    words = spelled(title)
    _year, _stretch, said = told(title)
    words = _SPLIT_BY.sub("", words.replace(said, "", 1).strip("_- "))
    return _EMPTY_WORDS.sub("", words).strip("_- ")


def _across(sheet: Sheet, row: int, name: str, measure: str) -> Iterator[Fault]:
    """The sums at the end of a person's row."""
    totals = [*sheet.values(row, sheet.timeline.sums).items(), *sheet.twice(row)]
    yield from across(sheet, row, name, measure, totals)


def _down(sheet: Sheet, made: Draft, row: int, name: Cell, people: Sequence[int]) -> list[Fault]:
    """A total row: its yearly sum is the goal's target, its months are checked."""
    whole = list(sheet.timeline.sums)[-1:]
    target = sheet.table.column("target")
    whole = [target.number] if target else whole
    for number in whole:
        if (cell := sheet.table.grid.at(row, number)) and "target" not in made.keys:
            made.keys["target"] = cell.node(sheet.amount(cell, row, made.measure))
    columns = [*sheet.timeline.parts, *sheet.timeline.sums]
    faults: list[Fault] = []
    known = sheet.known.metric(made.measure) is not None  # then the goal is checked against it
    for number in (n for n in columns if not (known and n in whole)):
        if (total := sheet.table.grid.at(row, number)) is not None:
            cells = [c for n in people if (c := sheet.table.grid.at(n, number))]
            faults += checked(sheet, total, name.text, cells, made.measure)
    return faults
