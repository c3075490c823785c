"""``kpilint schema``: the JSON Schema of the goals file, for editors."""

from __future__ import annotations

import click

from kpilint.cli import options
from kpilint.i18n import _, preferred, speaking


@click.command(help=_("Print the JSON Schema of the goals file."))
@options.form("json")
@options.lang
@options.silent
def schema(lang: str | None) -> None:
    """Print the schema, made from the same declarations that read the file."""
    from kpilint.rules import schema as made

    with speaking(lang or preferred()):
        click.echo(made.schema(), nl=False)
