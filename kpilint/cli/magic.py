"""``%%kpilint``: the command in a notebook's cell, for the goals that are written there."""

from __future__ import annotations

import shlex
from datetime import date
from typing import Any, Protocol

import click

from kpilint import settings
from kpilint.cli import options
from kpilint.cli.check import linted
from kpilint.errors import KpilintError
from kpilint.finding import Findings, Severity
from kpilint.goals.document import read
from kpilint.i18n import _, preferred, speaking
from kpilint.linter import Config


class Shell(Protocol):
    """What of IPython's shell is needed here."""

    def register_magic_function(self, func: Any, magic_kind: str, magic_name: str) -> None:
        """Make a function known as a magic."""


def load(shell: Shell) -> None:
    """Make ``%%kpilint`` known to an IPython shell."""
    shell.register_magic_function(kpilint, "cell", "kpilint")


def kpilint(line: str, cell: str) -> Findings | None:
    """Lint the YAML of a cell; ``%%kpilint --help`` tells the options.

    Paths of sources start from the notebook's working folder.
    """
    try:
        found: Findings | int = _cell.main(
            args=shlex.split(line), obj=cell, prog_name="%%kpilint", standalone_mode=False
        )
    except click.ClickException as problem:
        click.echo(f"kpilint: {problem.format_message()}", err=True)
    except (KpilintError, ValueError) as problem:  # shlex: a quotation that is not closed
        click.echo(f"kpilint: {problem}", err=True)
    else:
        return found if isinstance(found, Findings) else None  # --help answers with 0
    return None


@click.command(help=_("Lint the goals that are written in this cell as YAML."))
@options.select
@options.ignore
@options.min_severity
@options.offline
@options.as_of
@options.lang
@click.pass_obj
def _cell(
    cell: str,
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    min_severity: Severity | None,
    offline: bool | None,
    as_of: date | None,
    lang: str | None,
) -> Findings:
    with speaking(lang or preferred()):
        goals = read("<cell>", source=cell, language=lang)
        own = settings.of(goals, Config(select=select, ignore=ignore))
    found = linted(goals, own, offline, as_of or date.today(), lang)
    return found.at_least(min_severity or own.min_severity or Severity.INFO)
