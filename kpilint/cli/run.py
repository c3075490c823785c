"""``kpilint run``: the notebooks of a month or week, then the report."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpilint.cli import options
from kpilint.errors import KpilintError, Misuse
from kpilint.i18n import _, preferred, speaking

if TYPE_CHECKING:
    from kpilint.goals.period import Period
    from kpilint.monthly.clients import Client
    from kpilint.monthly.kernel import OwnKernel
    from kpilint.monthly.notebook import Progress

SHOWN = 20  # changes that are told of a month that was run again


@click.command(help=_("Run the notebooks of a month or week over GOALS and build its report."))
@click.argument("goals", nargs=-1, required=True, metavar="GOALS...")
@click.option("--month", help=_("The month, such as 2026-10."))
@click.option("--week", help=_("The week, such as 2026-W41, for a weekly rhythm."))
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
    "--jobs",
    type=click.IntRange(min=1),
    help=_("How many notebooks run at a time; as many as there are cores if not given."),
)
@click.option(
    "-p",
    "parameters",
    nargs=2,
    multiple=True,
    metavar="NAME VALUE",
    help=_("Set a parameter of the notebooks; may be repeated."),
)
@options.form("text", "json")
@options.as_of
@options.lang
@options.quiet
@click.pass_context
def run(
    ctx: click.Context,
    goals: tuple[str, ...],
    month: str | None,
    week: str | None,
    out: Path | None,
    notebooks: tuple[str, ...],
    jobs: int | None,
    parameters: tuple[tuple[str, str], ...],
    form: str,
    as_of: date | None,
    lang: str | None,
    quiet: bool,
) -> None:
    """Print where the reports are; exit code 2 if one of them could not be made."""
    from kpilint.monthly.clients import clients
    from kpilint.monthly.run import named, warmed  # brings in the data door

    with speaking(lang or preferred()):
        if month and not week:
            period = named(month, "month")
        elif week and not month:
            period = named(week, "week")
        else:
            raise Misuse(_("Give --month or --week, one of them."))
        chosen, failed = clients(goals, out), 0
        with warmed() as kernels:
            each = _Each(
                period,
                as_of or date.today(),
                notebooks,
                dict(parameters),
                lang,
                jobs,
                quiet,
                form,
                kernels,
            )
            if len(chosen) == 1:
                each.run(chosen[0])
            else:
                failed = sum(not each.tried(client) for client in chosen)
    if form == "json":
        click.echo(json.dumps({"version": 1, "runs": each.runs}, ensure_ascii=False, indent=1))
    if failed:
        ctx.exit(2)


@dataclass(frozen=True, slots=True)
class _Each:
    """What is asked of every client's run."""

    period: Period
    as_of: date
    notebooks: tuple[str, ...]
    parameters: dict[str, str]
    lang: str | None
    jobs: int | None
    quiet: bool
    form: str
    kernels: type[OwnKernel]
    runs: list[dict[str, object]] = field(default_factory=list)  # what became of each, for JSON

    def run(self, client: Client) -> None:
        """Run one client's month and say where its report is, and what changed in it."""
        from kpilint.monthly.run import run as run_month

        with _progress(self.quiet) as progress:
            done = run_month(
                client.goals,
                self.period,
                out=client.out,
                as_of=self.as_of,
                notebooks=self.notebooks,
                parameters=self.parameters,
                language=self.lang,
                jobs=self.jobs,
                progress=progress,
                kernels=self.kernels,
            )
        places = {"goals": str(client.goals), "folder": str(done.folder), "page": str(done.page)}
        self.runs.append({**places, "changes": list(done.changes), "problem": None})
        if self.quiet or self.form == "json":
            return
        click.echo(_("The report is ready: {path}", path=done.page))
        for sentence in done.changes[:SHOWN]:
            click.echo(f"  {sentence}")
        if len(done.changes) > SHOWN:
            click.echo(
                "  " + _("… and {count:more change|more changes}.", count=len(done.changes) - SHOWN)
            )

    def tried(self, client: Client) -> bool:
        """The same, where a failure is told in a sentence and stops no other client."""
        try:
            self.run(client)
        except Exception as problem:
            if os.environ.get("KPILINT_DEBUG") and not isinstance(problem, KpilintError):
                raise
            kind = "" if isinstance(problem, KpilintError) else f"{type(problem).__name__}: "
            click.echo(f"kpilint: {client.goals}: {kind}{problem}", err=True)
            self.runs.append({"goals": str(client.goals), "problem": f"{kind}{problem}"})
            return False
        return True


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
            if name not in tasks:  # a notebook has one thread, and so a name of its own
                tasks[name] = bars.add_task(name, total=cells)
            bars.update(tasks[name], completed=begun)

        yield show
