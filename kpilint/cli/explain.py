"""``kpilint explain``: a rule's manual page."""

from __future__ import annotations

import json

import click

from kpilint.cli import options
from kpilint.errors import Misuse
from kpilint.goals.slip import near
from kpilint.i18n import _, preferred, speaking
from kpilint.linter import RULES
from kpilint.manual import marked, plain, shown, titled


@click.command(help=_("Show the page of a rule, by its code or name."))
@click.argument("rule")
@options.form("text", "json", "markdown")
@options.lang
@options.silent
def explain(rule: str, form: str, lang: str | None) -> None:
    """Print one page."""
    with speaking(lang or preferred()):
        by_name = {r.name: r for r in RULES.values()}
        found = RULES.get(rule.upper()) or by_name.get(rule.lower())
        if found is None:
            message = _("There is no rule {rule}.", rule=rule)
            hint = near(rule.upper(), RULES) or near(rule.lower(), by_name)
            raise Misuse(message + hint)
        match form:
            case "json":
                click.echo(json.dumps(plain(found), ensure_ascii=False, indent=1))
            case "markdown":
                click.echo(f"# {found.code} {found.name}\n\n{titled(found)}\n\n{marked(found)}")
            case _:
                click.echo(shown(found))
