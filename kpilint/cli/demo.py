"""``kpilint demo``: the whole thing on the sample company."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import click

from kpilint import atomic
from kpilint.cli import options
from kpilint.cli.check import check
from kpilint.cli.history import history
from kpilint.cli.run import run
from kpilint.cli.status import status
from kpilint.i18n import _, preferred, speaking
from kpilint.monthly.run import check_installed
from kpilint.monthly.workspace.copies import copies
from kpilint.monthly.workspace.scaffold import SAMPLE_DAY, sample

BEFORE = date(2026, 9, 30)  # the last day of the month before
GOALS_ONLY = "5_goal_progress"
# What the company decided in October: a goal of the quarter that had just begun was raised.
SET = "    target: 155件\n"
RAISED = (
    "    target: 165件\n"
    "    changes: [{on: 2026-10-20, from: 155件, reason: 展示会の予算を増やした}]\n"
)


@click.command(help=_("Try everything on a made-up company, in a new folder."))
@click.argument("folder", default="kpilint-demo", type=click.Path(path_type=Path))
@options.lang
@options.quiet
@click.pass_context
def demo(ctx: click.Context, folder: Path, lang: str | None, quiet: bool) -> None:
    """Lint the sample company's goals, follow them over two months, and say where the page is."""
    step: Callable[[str], None] = (lambda _title: None) if quiet else _step
    with speaking(lang or preferred()):
        check_installed()  # before a folder is laid out that a second try would find
        goals = str(sample(folder))
        step(_("Linting the goals of the sample company: {path}", path=goals))
        ctx.invoke(check, paths=(goals,), as_of=SAMPLE_DAY, lang=lang, quiet=quiet)
        if not quiet:
            click.echo(_("Some of these goals are wrong on purpose; README.md there tells which."))
        step(_("Will they be met? kpilint status"))
        ctx.invoke(status, goals=goals, as_of=SAMPLE_DAY, lang=lang, quiet=quiet)
        step(_("Running one notebook for {month}, the month before", month=f"{BEFORE:%Y-%m}"))
        _run(ctx, goals, BEFORE, lang, (GOALS_ONLY,))
        if raise_target(Path(goals)) and not quiet:
            click.echo(_("Since then a target was raised: opportunities_q3, from 155 to 165."))
        step(_("Running all notebooks for {month}", month=f"{SAMPLE_DAY:%Y-%m}"))
        _run(ctx, goals, SAMPLE_DAY, lang)
        step(_("What the ledger knows: kpilint history"))
        ctx.invoke(history, goals=goals, what=(), as_of=SAMPLE_DAY, lang=lang, quiet=quiet)
        step(_("What changed from month to month: kpilint history diff"))
        months = (f"{BEFORE:%Y-%m}", f"{SAMPLE_DAY:%Y-%m}")
        ctx.invoke(history, goals=goals, what=("diff", *months), lang=lang)
        copies(Path(goals), folder / "notebooks", as_of=SAMPLE_DAY, language=lang or "")
        step(_("The notebooks, to open in JupyterLab: {path}", path=folder / "notebooks"))
        page = folder / "reports" / months[1] / "index.html"
        step(_("Open the report in a browser: {path}", path=page.resolve()))


def raise_target(goals: Path) -> bool:
    """Change a target as the company did in October; False where the file is another already."""
    text = goals.read_text(encoding="utf-8")
    if text.count(SET) != 1:
        return False
    atomic.write(goals, text.replace(SET, RAISED))
    return True


def _run(
    ctx: click.Context, goals: str, day: date, lang: str | None, notebooks: tuple[str, ...] = ()
) -> None:
    ctx.invoke(
        run,
        goals=(goals,),
        month=f"{day:%Y-%m}",
        out=Path(goals).parent / "reports",
        notebooks=notebooks,
        as_of=day,
        lang=lang,
    )


def _step(title: str) -> None:
    click.secho(f"\n{title}\n", bold=True)
