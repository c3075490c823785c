"""``kpilint schema``: the JSON Schema of the goals file, for editors."""

from __future__ import annotations

import click

from kpilint.i18n import _


@click.command(help=_("Print the JSON Schema of the goals file."))
def schema() -> None:
    """Print the schema, made from the same declarations that read the file."""
    from kpilint.rules import schema as made

    click.echo(made.schema(), nl=False)
