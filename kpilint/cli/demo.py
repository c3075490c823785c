"""``kpilint demo``: the whole thing on the sample company."""

from __future__ import annotations

from pathlib import Path

import click

from kpilint.cli import options
from kpilint.cli.check import check
from kpilint.cli.run import run
from kpilint.i18n import _, preferred, speaking
from kpilint.monthly.scaffold import SAMPLE_DAY, sample


@click.command(help=_("Try everything on a made-up company, in a new folder."))
@click.argument("folder", default="kpilint-demo", type=click.Path(path_type=Path))
@options.lang
@click.pass_context
def demo(ctx: click.Context, folder: Path, lang: str | None) -> None:
    """Lay out the sample company, lint its goals, run its month."""
    with speaking(lang or preferred()):
        goals = str(sample(folder))
        _step(_("Linting the goals of the sample company: {path}", path=goals))
        ctx.invoke(check, paths=(goals,), as_of=SAMPLE_DAY, lang=lang)
        _step(_("Running its notebooks for {month}", month=f"{SAMPLE_DAY:%Y-%m}"))
        ctx.invoke(
            run,
            goals=goals,
            month=f"{SAMPLE_DAY:%Y-%m}",
            out=folder / "reports",
            as_of=SAMPLE_DAY,
            lang=lang,
        )
        click.echo(_("Some of these goals are wrong on purpose; README.md there tells which."))


def _step(title: str) -> None:
    click.secho(f"\n{title}\n", bold=True)
