"""``kpilint import``: goals from a spreadsheet as YAML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kpilint.cli import options
from kpilint.errors import Misuse
from kpilint.goals.document import is_table, read
from kpilint.i18n import _, preferred, speaking

if TYPE_CHECKING:
    from kpilint.goals.goalset import GoalSet


@click.command("import", help=_("Write the goals of an Excel or CSV table as YAML."))
@click.argument("table", type=click.Path(path_type=Path))
@options.metrics
@options.form("yaml", "json")
@options.lang
@options.silent
def import_(table: Path, metrics: Path | None, form: str, lang: str | None) -> int:
    """Print the table's goals as a goals file; exit code 1 where something cannot be read."""
    with speaking(lang or preferred()):
        if not is_table(table):
            message = _("{path} is no table; name an Excel workbook or a CSV file.", path=table)
            raise Misuse(message)
        goals = read(table, metrics=metrics, language=lang)
        with speaking(lang or goals.language):
            if content := _as_json(goals) if form == "json" else _as_yaml(goals):
                click.echo(content)
    for fault in goals.faults:
        place = f"[{fault.span.cell}]" if fault.span.cell else f":{fault.span.line}"
        click.echo(f"{fault.span.path}{place}: {fault.message}", err=True)
    return 1 if goals.faults else 0


def _as_yaml(goals: GoalSet) -> str:
    """The goals file; empty where it would be nothing but its head."""
    from kpilint.goals.table.yamlwriter import to_yaml

    return to_yaml(goals) if any(goal.origin == goals.origin for goal in goals) else ""


def _as_json(goals: GoalSet) -> str:
    """The content of that file, what the table leaves open, and what cannot be read."""
    import yaml

    from kpilint.output.json import plain, span

    told = {
        "version": 1,
        "content": yaml.load(_as_yaml(goals), yaml.BaseLoader),  # every value as it was written
        "unchecked": [
            {"code": code, "subject": {"kind": kind, "id": name}, "reason": reason}
            for code, kind, name, reason in goals.undecided
        ],
        "faults": [
            {
                "code": fault.code,
                "message": fault.message,
                **span(fault.span),
                "goal": fault.goal,
                "evidence": plain(fault.evidence),
            }
            for fault in goals.faults
        ],
    }
    return json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False)
