"""``kpilint import``: goals from a spreadsheet as YAML."""

from __future__ import annotations

from pathlib import Path

import click

from kpilint.cli import options
from kpilint.errors import Misuse
from kpilint.goals.document import is_table, read
from kpilint.i18n import _, preferred, speaking


@click.command("import", help=_("Write the goals of an Excel or CSV table as YAML."))
@click.argument("table", type=click.Path(path_type=Path))
@options.metrics
@options.lang
@options.silent
def import_(table: Path, metrics: Path | None, lang: str | None) -> int:
    """Print the table's goals as a goals file; exit code 1 where something cannot be read."""
    with speaking(lang or preferred()):
        if not is_table(table):
            message = _("{path} is no table; name an Excel workbook or a CSV file.", path=table)
            raise Misuse(message)
        goals = read(table, metrics=metrics, language=lang)
        from kpilint.goals.table.yamlwriter import to_yaml

        with speaking(lang or goals.language):
            if any(goal.origin == goals.origin for goal in goals):
                click.echo(to_yaml(goals))  # never a file of nothing but its head
    for fault in goals.faults:
        place = f"[{fault.span.cell}]" if fault.span.cell else f":{fault.span.line}"
        click.echo(f"{fault.span.path}{place}: {fault.message}", err=True)
    return 1 if goals.faults else 0
