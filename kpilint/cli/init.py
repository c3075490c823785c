"""``kpilint init``: a new workspace from a template."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from kpilint.cli import options
from kpilint.errors import Misuse
from kpilint.i18n import _, preferred, speaking
from kpilint.monthly.scaffold import templates, workspace


@click.command(help=_("Write a goals file and its folder from a template."))
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--template",
    metavar="NAME",
    help=_("The department, such as sales, or the maturity, such as early."),
)
@options.as_of
@options.lang
@options.quiet
def init(
    folder: Path, template: str | None, as_of: date | None, lang: str | None, quiet: bool
) -> None:
    """Write the workspace and tell what comes next."""
    language = lang or preferred()
    with speaking(language):
        if template is None:
            names = ", ".join(templates(language))
            raise Misuse(_("Name a template with --template: {names}.", names=names))
        for path in workspace(folder, template, language, as_of or date.today()):
            click.echo(path)
        if not quiet:
            click.echo(
                _(
                    "Put your numbers into {goals} and your exports into {data}, then run "
                    "kpilint {goals}.",
                    goals=folder / "goals.yaml",
                    data=folder / "data",
                ),
                err=True,
            )
