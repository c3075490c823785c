"""Goals kept in Excel or CSV, read as if they had been written in YAML."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from kpilint.errors import FileProblem
from kpilint.finding import Span
from kpilint.goals.excuse import Lint
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet, read
from kpilint.goals.node import Fault, Reading, Undecided, read_entry
from kpilint.goals.table.build import Built, build
from kpilint.goals.table.delimited import read_delimited
from kpilint.goals.table.grid import Grid
from kpilint.goals.table.known import Known
from kpilint.goals.table.timeline import Fiscal
from kpilint.goals.table.workbook import read_workbook
from kpilint.i18n import _, language, speaking

_WORKBOOKS = frozenset({".xlsx", ".xlsm"})
_TEXTS = frozenset({".csv", ".tsv"})
BESIDE = "goals.yaml"  # the file that knows the metrics, unless another is named


def read_table(
    path: str | Path, *, metrics: str | Path | None = None, told: str | None = None
) -> GoalSet:
    """Read the goals of a spreadsheet.

    ``metrics`` is the goals file whose metrics, sources, teams and settings the table refers to;
    without it the goals.yaml in the same folder, where there is one. Of its goals only those are
    taken in that the table names as parents. Faults are told in the language ``told``, else in
    that file's own. Raises :class:`~kpilint.errors.FileProblem` for files that cannot be read.
    """
    path = Path(path)
    beside = _beside(path, metrics, told)
    spoken = told or (beside.language_ if beside is not None else None)
    with speaking(spoken or language()):
        grids, undecided = _grids(path)
        known = Known.of(beside)
        built = build(path, grids, known, _fiscal(beside))
        own = _read(path, built, beside)
        open_ends = (*undecided, *built.undecided)
        if beside is None:
            return own.but(undecided=open_ends)
        return _joined(own, beside, built.borrowed).but(undecided=open_ends)


def _beside(path: Path, metrics: str | Path | None, told: str | None) -> GoalSet | None:
    if metrics is not None:
        return read(metrics, language=told)
    file = path.with_name(BESIDE)
    # `kpilint import goals.xlsx > goals.yaml` finds the file empty that it is about to fill.
    return read(file, language=told) if file.is_file() and file.stat().st_size else None


def _fiscal(beside: GoalSet | None) -> Fiscal:
    if beside is None:
        return Fiscal()
    return Fiscal(beside.fiscal_year_start, beside.fiscal_year_named)


def _grids(path: Path) -> tuple[tuple[Grid, ...], list[Undecided]]:
    suffix = path.suffix.lower()
    if suffix in _TEXTS:
        return (read_delimited(path),), []
    if suffix in _WORKBOOKS:
        book = read_workbook(path)
        reason = _("Hidden sheets are not read. Show the sheet if its goals count.")
        return book.grids, [Undecided("E001", "sheet", name, reason) for name in book.hidden]
    raise FileProblem(_("{path} is not read in this form. Save it as .xlsx or as CSV.", path=path))


def _read(path: Path, built: Built, beside: GoalSet | None) -> GoalSet:
    reading = Reading(str(path), built.faults)
    if beside is not None:
        start, named = beside.fiscal_year_start, beside.fiscal_year_named
        reading = replace(reading, fiscal_year_start=start, fiscal_year_named=named)
    own = read_entry(GoalSet, built.root, _with_start(reading, built))
    return own.but(faults=tuple(_owned(built.faults, own.goals)))


def _owned(faults: list[Fault], goals: tuple[Goal, ...]) -> Iterator[Fault]:
    """The faults, each with the goal in whose rows it stands."""
    rows = {
        (goal.at().sheet, row): goal.id
        for goal in goals
        for row in range(goal.node.start_mark.line + 1, goal.node.end_mark.line + 2)
    }
    for fault in faults:
        owner = fault.goal or rows.get((fault.span.sheet, fault.span.line))
        yield _uncomputed(fault)._replace(goal=owner)


def _uncomputed(fault: Fault) -> Fault:
    """The fault, in clearer words where a formula stands whose value the file does not hold."""
    read = str(fault.evidence.get("read", ""))
    if fault.code != "E003" or not read.startswith("="):
        return fault
    message = _(
        "The formula {formula} has no stored value. Open the workbook in Excel, save it, and "
        "check again.",
        formula=read,
    )
    return fault._replace(message=message)


def _with_start(reading: Reading, built: Built) -> Reading:
    """The reading with the fiscal year that the table itself gives away, where none is told."""
    told = [value.value for key, value in built.root.value if key.value == "fiscal_year_start"]
    if reading.fiscal_year_start is not None or not told:
        return reading
    return replace(reading, fiscal_year_start=int(told[0]))


# The goals file beside it


def _joined(own: GoalSet, beside: GoalSet, borrowed: set[str]) -> GoalSet:
    """The table's goals amid all else that the file beside it says."""
    kept = tuple(_needed(beside, borrowed))
    left = [goal for goal in beside.goals if goal not in kept]
    ids = {goal.id for goal in (*own.goals, *kept)}
    return beside.but(
        node=own.node,
        origin=own.origin,
        home=beside.origin,
        fiscal_year_start=beside.fiscal_year_start or own.fiscal_year_start,
        goals=own.goals + kept,
        alerts=(),
        lint=_lint(beside.lint, ids),
        faults=own.faults + tuple(f for f in beside.faults if not _stands_in(f.span, left)),
        comments=tuple(c for c in beside.comments if not _stands_in(c.span, left)),
    )


def _needed(beside: GoalSet, borrowed: set[str]) -> Iterator[Goal]:
    """The goals that are borrowed, and all that they in turn refer to."""
    wanted, seen = sorted(borrowed), set[str]()
    while wanted:
        goal = beside.by_id.get(wanted.pop())
        if goal is not None and goal.id not in seen:
            seen.add(goal.id)
            yield goal
            share = (goal.share.of,) if goal.share else ()
            children = goal.combine.children if goal.combine else ()
            wanted += [n for n in (goal.parent, goal.paired_with, *share, *children) if n]


def _lint(lint: Lint | None, ids: set[str]) -> Lint | None:
    """The settings, without the excuses of goals that are not looked at."""
    if lint is None:
        return None
    return lint.but(ignore=tuple(i for i in lint.ignore if i.goal is None or i.goal in ids))


def _stands_in(span: Span, goals: list[Goal]) -> bool:
    """Whether a place lies inside one of the goals."""
    return any(
        goal.origin == span.path
        and goal.node.start_mark.line < span.line <= goal.node.end_mark.line + 1
        for goal in goals
    )
