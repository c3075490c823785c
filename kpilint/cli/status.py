"""``kpilint status``: attainment, pace and forecast of each goal."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click

from kpilint.cli import options
from kpilint.i18n import _, speaking


@click.command(help=_("Show attainment, pace and forecast of each goal."))
@click.argument("goals", metavar="GOALS")
@options.form("text", "json")
@options.metrics
@options.as_of
@options.lang
@options.quiet
def status(
    goals: str, form: str, metrics: Path | None, as_of: date | None, lang: str | None, quiet: bool
) -> None:
    """Print the status of one goals file; exit code 0 whatever it is."""
    from kpilint.analysis.tracking.status import Status
    from kpilint.data.dataset import Dataset

    found = options.opened(goals, metrics=metrics, language=lang)
    with speaking(lang or found.language), Dataset.of(found) as data:
        result = Status.of(found, as_of=as_of or date.today())(data)
        if form == "json":
            from kpilint.output.status_json import status_json

            click.echo(status_json(result))
        else:
            from kpilint.output.status_text import status_text

            click.echo(status_text(result, quiet=quiet))
