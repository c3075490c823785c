"""D: the data says what it seems to say."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from kpilint.finding import Subject
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.source import Source
from kpilint.i18n import _, listed
from kpilint.rule import DATA, INFO, WARNING, Flaw, Flaws, rule
from kpilint.rules.resting import touched, using

if TYPE_CHECKING:
    from kpilint.data.aside import Aside
    from kpilint.data.dataset import Dataset


@rule("D002", WARNING)
def no_expectations(goals: GoalSet) -> Flaws:
    """The records behind a KGI are checked.

    A deal that is counted twice, or an amount of minus one, changes the KGI and nobody sees why.
    A few expectations on the source catch it. A preset brings its own.

    Bad:
        sources:
          deals: {path: data/deals.csv, key: deal_id}
    Good:
        sources:
          deals: {path: data/deals.csv, key: deal_id, expect: [{unique: deal_id}]}

    When to ignore: the records are checked before they come here, as in a warehouse with tests.

    Source: Great Expectations, whose expectations are written here in short forms.
    """
    for goal, source in _behind_kgis(goals):
        if source.preset or source.has("expect"):
            continue
        message = _(
            "The KGI “{goal}” is computed from {source}, which nobody checks. Write expect:, for "
            "example that its key is unique and that amounts are not negative.",
            goal=goal.title,
            source=source.name,
        )
        about = Subject("source", source.name)
        yield Flaw(source.at("path"), message, {"goal": goal.id}, about=about)


def _behind_kgis(goals: GoalSet) -> Iterator[tuple[Goal, Source]]:
    """Each source that a KGI is computed from, through all its parts, with the first such KGI."""
    found: set[str] = set()
    for goal in goals.goals:
        for metric in goals.behind(goal.metric) if goal.role == "kgi" else ():
            source = goals.sources.get(metric.source or "")
            if source is not None and source.name not in found:
                found.add(source.name)
                yield goal, source


@rule("D009", WARNING, needs={DATA}, requires={"M003"})
def unreadable_cells(source: Source, goals: GoalSet, data: Dataset) -> Flaws:
    """Every cell of a number or date column can be read as one.

    A cell such as 要確認 in the amount column counts as empty. How many there are, and in which
    rows, is said here, so that nothing is missing in silence.

    Titles above the headings, and totals and footers below the records, are left out. That is a
    note and no warning, unless one of them gives the amounts another unit, as （単位：千円） does.
    Where a source is many files, a column that goals need and some of them lack is told as well,
    and so is one that shares its heading with another.

    Where no date of a column such as 4/1/2026 has a day beyond 12, and no other column tells either,
    it might mean January as well as April. It is read month first, and that is said.

    Rows between the records that hold 小計 or Subtotal and numbers alone are read as records, so that
    what they sum is there twice; they are told.

    Bad:
        path: data/unreadable.csv
    Good:
        path: data/deals.csv
    """
    for cells in data.unreadable(source.name):
        message = _(
            "Cells of {column} that cannot be read as a {kind} and count as empty: {count} "
            "({examples}). "
            "Correct them in the CRM or in the export.",
            count=cells.count,
            column=cells.column,
            kind={"time": _("date"), "number": _("number"), "flag": _("yes or no")}[cells.kind],
            examples=_rows(cells.examples),
        )
        harmed = using(goals, data, source.name, [cells.column])
        evidence = {
            "source": source.name,
            "column": cells.column,
            "count": cells.count,
            "rows": [row for row, _text in cells.examples],
            "goals": [goal.id for goal in harmed],
        }
        place = source.at("path" if source.path else "url")
        yield Flaw(place, message + touched(harmed), evidence)
    yield from _guessed(source, goals, data)
    yield from _lacking(source, goals, data)
    yield from _doubled(source, goals, data)
    for aside in data.aside(source.name):
        yield _left_out(source, aside)
        if aside.unit is not None:
            yield _in_another_unit(source, aside, *aside.unit)
    for subtotals in data.subtotals(source.name):
        yield _among_records(source, subtotals)


def _guessed(source: Source, goals: GoalSet, data: Dataset) -> Flaws:
    """Dates that goals are computed from and that may have the day or the month first."""
    for column, examples, file in data.guessed(source.name):
        harmed = using(goals, data, source.name, [column])
        if harmed:
            message = _(
                "Dates of {column} in {file} may have the day or the month first, since none has a "
                "day beyond 12 ({examples}). The month is taken to come first. Export dates as "
                "2026-04-01, or excuse this if that is right.",
                column=column,
                file=file,
                examples=_rows(examples),
            )
            evidence = {
                "source": source.name,
                "column": column,
                "rows": [row for row, _text in examples],
                "goals": [goal.id for goal in harmed],
            }
            yield Flaw(source.at("path"), message + touched(harmed), evidence)


def _lacking(source: Source, goals: GoalSet, data: Dataset) -> Flaws:
    """Columns that goals are computed from and some files do not have."""
    for column, files in data.lacking(source.name):
        harmed = using(goals, data, source.name, [column])
        if harmed:
            message = _(
                "{count:of {total} files of {source} has|of {total} files of {source} have} no "
                "column {column}, which counts as empty there: {files}. Export it as well, or "
                "leave these files out.",
                count=len(files),
                total=len(data.files(source.name)),
                source=source.name,
                column=column,
                files=listed(files, _FILES),
            )
            evidence = {
                "source": source.name,
                "column": column,
                "files": list(files),
                "goals": [goal.id for goal in harmed],
            }
            yield Flaw(source.at("path"), message + touched(harmed), evidence)


def _doubled(source: Source, goals: GoalSet, data: Dataset) -> Flaws:
    """Columns that goals are computed from and that share their heading with another."""
    for column, file in data.doubled(source.name).items():
        harmed = using(goals, data, source.name, [column])
        if harmed and column not in source.columns:  # which one is meant has been said
            heading = data.opened(source.name).headings.columns[column]
            message = _(
                "More than one column of {file} is headed {heading}; the first is read. Where "
                "another is meant, write columns: {{{column}: {heading}_1}}; else rename one.",
                file=file,
                heading=heading,
                column=column,
            )
            evidence = {
                "source": source.name,
                "column": column,
                "goals": [goal.id for goal in harmed],
            }
            yield Flaw(source.at("path"), message + touched(harmed), evidence)


_FILES = 3  # files that a message names


def _rows(examples: tuple[tuple[int, str], ...]) -> str:
    return listed(_("row {row} “{text}”", row=row, text=text) for row, text in examples)


def _evidence(source: Source, aside: Aside) -> dict[str, object]:
    rows = [row for row, _text in aside.examples]
    return {"source": source.name, "count": aside.count, "rows": rows}


def _left_out(source: Source, aside: Aside) -> Flaw:
    """A note of rows that are no records."""
    message = _(
        "Rows of {file} that are left out, since they are titles, totals or footers and no records: "
        "{count} ({examples}).",
        file=aside.file,
        count=aside.count,
        examples=_rows(aside.examples),
    )
    return Flaw(source.at("path"), message, _evidence(source, aside), severity=INFO)


def _among_records(source: Source, subtotals: Aside) -> Flaw:
    """A warning of totals between the records."""
    message = _(
        "Rows of {file} between the records that look like subtotals and count as records: "
        "{count} ({examples}). Delete them, or export the records alone.",
        file=subtotals.file,
        count=subtotals.count,
        examples=_rows(subtotals.examples),
    )
    return Flaw(source.at("path"), message, _evidence(source, subtotals))


def _in_another_unit(source: Source, aside: Aside, row: int, text: str) -> Flaw:
    """A warning that the file's amounts are told in thousands, say."""
    message = _(
        "{file} gives its unit in row {row}, “{text}”, but its amounts are read as they stand. "
        "Multiply them in the metric, as in column: amount * 1000, and excuse this.",
        file=aside.file,
        row=row,
        text=text,
    )
    return Flaw(source.at("path"), message, {"source": source.name, "row": row})
