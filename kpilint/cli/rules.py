"""``kpilint rules``: all rules on one page."""

from __future__ import annotations

import json

import click
from rich.cells import set_cell_size

from kpilint.cli import options
from kpilint.i18n import _, preferred, speaking
from kpilint.linter import RULES
from kpilint.manual import page_of

_WIDTH = max(len(rule.name) for rule in RULES.values())


@click.command(help=_("List all rules."))
@options.form("text", "json")
@options.lang
@options.silent
def rules(form: str, lang: str | None) -> None:
    """Print code, severity, name and title of each rule."""
    with speaking(lang or preferred()):
        click.echo(_as_json() if form == "json" else _as_text())


def _as_text() -> str:
    lines = [
        f"{code}  {set_cell_size(r.severity.word, 8)} {r.name:<{_WIDTH}} {_(page_of(r).title)}"
        for code, r in RULES.items()
    ]
    return "\n".join(lines)


def _as_json() -> str:
    listed = [
        {
            "code": r.code,
            "severity": str(r.severity),
            "name": r.name,
            "title": _(page_of(r).title),
        }
        for r in RULES.values()
    ]
    return json.dumps(listed, ensure_ascii=False, indent=1)
