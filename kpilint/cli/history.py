"""``kpilint history``: what earlier runs recorded, what changed between two, whether it is whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import click

from kpilint.analysis.records.history import History
from kpilint.analysis.records.history import history as history_of
from kpilint.cli import options
from kpilint.data.ledger import Ledger
from kpilint.errors import Misuse
from kpilint.goals.slip import near
from kpilint.i18n import _, speaking


@click.command(
    help=_(
        "Show the ledger: list shows targets, original and latest, and what was attained of them; "
        "diff A B what changed from run A to run B; verify whether every row is as it was written."
    )
)
@click.argument("goals", metavar="GOALS")
@click.argument("what", nargs=-1, metavar="[list | diff A B | verify]")
@click.option(
    "--goal", metavar="ID", help=_("With list: this goal in all its periods, run by run.")
)
@click.option("--all", "whole", is_flag=True, help=_("With list: all goals in all periods."))
@options.form("text", "json")
@options.as_of
@options.lang
@options.quiet
def history(
    goals: str,
    what: tuple[str, ...],
    goal: str | None,
    whole: bool,
    form: str,
    as_of: date | None,
    lang: str | None,
    quiet: bool,
) -> int:
    """Print what the ledger holds; exit code 1 where ``verify`` finds a fault."""
    found = options.opened(goals, language=lang)
    with speaking(lang or found.language):
        asked = _asked(what)
        if (goal or whole or as_of) and asked[0] != "list":
            raise Misuse(_("--goal, --all and --as-of belong to kpilint history GOALS list."))
        ledger, written = Ledger.of(found), form == "json"
        match asked:
            case ["list"]:
                told = history_of(found, ledger, until=as_of or date.max, goal=goal, whole=whole)
                _list(told, ledger, written, runs=goal is not None, quiet=quiet)
            case ["diff", before, after]:
                _diff(ledger, written, before, after)
            case _:
                return _verify(ledger, written, quiet=quiet)
    return 0


def _asked(what: tuple[str, ...]) -> tuple[str, ...]:
    """What to show, with its arguments; Misuse for anything else."""
    wanted = {"list": 0, "diff": 2, "verify": 0}
    name, *rest = what or ("list",)
    if name not in wanted:
        message = _("kpilint history shows list, diff or verify, not {what}.", what=name)
        raise Misuse(message + near(name, wanted))
    if len(rest) != wanted[name]:
        if name == "diff":
            raise Misuse(_("diff takes two runs, for example: diff 2026-09 2026-10."))
        raise Misuse(_("{what} takes nothing after it.", what=name))
    return (name, *rest)


def _list(found: History | None, ledger: Ledger, written: bool, *, runs: bool, quiet: bool) -> None:
    from kpilint.output.history_json import history_json
    from kpilint.output.history_text import history_text

    if found is None:
        raise Misuse(_nothing(ledger))
    click.echo(history_json(found) if written else history_text(found, runs=runs, quiet=quiet))


def _diff(ledger: Ledger, written: bool, before: str, after: str) -> None:
    from kpilint.analysis.records.difference import difference
    from kpilint.output.difference_text import difference_text
    from kpilint.output.history_json import difference_json

    if not ledger.begun:
        raise Misuse(_nothing(ledger))
    show: Callable[..., str] = difference_json if written else difference_text
    click.echo(show(difference(ledger, before, after)))


def _verify(ledger: Ledger, written: bool, *, quiet: bool) -> int:
    from kpilint.output.history_json import verified_json

    faults, (number, head) = ledger.verify(), ledger.end
    if not number and not faults:
        raise Misuse(_nothing(ledger))
    if written:
        click.echo(verified_json(ledger.book, number, head, faults))
    elif faults:
        lines = [click.style(_("The ledger is not as it was written."), bold=True, fg="red")]
        click.echo("\n".join([*lines, *(f"  {fault}" for fault in faults)]))
    elif not quiet:
        whole = _(
            "The ledger is whole: {number:record|records}, the last is {head}.",
            number=number,
            head=head,
        )
        click.echo(whole)
    return 1 if faults else 0


def _nothing(ledger: Ledger) -> str:
    return _(
        "Nothing is recorded for {book} yet; kpilint run GOALS --month begins the ledger.",
        book=ledger.book,
    )
