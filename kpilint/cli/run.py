"""``kpilint run``: a month's notebooks, then the report."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpilint.cli import options
from kpilint.i18n import _, preferred, speaking

if TYPE_CHECKING:
    from kpilint.monthly.notebook import Progress


@click.command(help=_("Run the notebooks of a month over GOALS and build its report."))
@click.argument("goals", type=click.Path(path_type=Path))
@click.option("--month", required=True, help=_("The month, such as 2026-10."))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help=_("Where the month's folder goes; “reports” beside the goals file if not given."),
)
@click.option(
    "--notebook",
    "notebooks",
    multiple=True,
    help=_("Run only this notebook, by name or path; may be repeated."),
)
@click.option(
    "-p",
    "parameters",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help=_("Set a parameter of the notebooks; may be repeated."),
)
@options.as_of
@options.lang
@options.quiet
def run(
    goals: str | Path,
    month: str,
    out: Path | None,
    notebooks: tuple[str, ...],
    parameters: tuple[tuple[str, str], ...],
    as_of: date | None,
    lang: str | None,
    quiet: bool,
) -> None:
    """Print where the report is."""
    from kpilint.monthly.run import run as run_month  # brings in the data door

    with speaking(lang or preferred()):
        with _progress(quiet) as progress:
            done = run_month(
                goals,
                month,
                out=out or Path(goals).parent / "reports",
                as_of=as_of or date.today(),
                notebooks=notebooks,
                parameters=dict(parameters),
                language=lang,
                progress=progress,
            )
        if not quiet:
            click.echo(_("The report is ready: {path}", path=done.page))


@contextmanager
def _progress(quiet: bool) -> Iterator[Progress]:
    """A bar a notebook on stderr, and only on a terminal."""
    if quiet or not sys.stderr.isatty():
        yield lambda name, begun, cells: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeElapsedColumn(), console=Console(stderr=True)) as bars:
        tasks: dict[str, TaskID] = {}

        def show(name: str, begun: int, cells: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=cells)
            bars.update(tasks[name], completed=begun)

        yield show
