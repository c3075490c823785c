"""The command line: one file a command; only here is anything printed."""

from __future__ import annotations

from importlib import import_module
from keyword import iskeyword
from pathlib import Path

import click

from kpilint.i18n import _

# Named, not imported: a command's libraries load when that command is called.
COMMANDS = (
    "check",
    "demo",
    "explain",
    "history",
    "import",
    "init",
    "notebooks",
    "notify",
    "plan",
    "rules",
    "run",
    "schema",
    "status",
)


class _Commands(click.Group):
    """Commands found by name; a path in place of a command is checked."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        room = f"{name}_" if iskeyword(name) else name
        command: click.Command = getattr(import_module(f"kpilint.cli.{room}"), room)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if args and args[0] not in {*COMMANDS, "--help", "--version"}:
            _refuse_slip(args[0])
            args.insert(0, "check")
        return super().parse_args(ctx, args)


def _refuse_slip(word: str) -> None:
    """Raise Misuse for what is no path that is there, but nearly the name of a command."""
    from kpilint.errors import Misuse
    from kpilint.goals.slip import near

    hint = near(word, COMMANDS) if word.isidentifier() and not Path(word).exists() else ""
    if hint:
        raise Misuse(_("There is neither a file nor a command {word}.", word=word) + hint)


def _version(ctx: click.Context, option: click.Parameter, wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        click.echo(f"kpilint {version('kpilint')}")
        ctx.exit()


@click.group(
    cls=_Commands,
    help=_("Check KPI goals against a client's own data, and find where the money leaks."),
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_version,
    help=_("Show the version."),
)
def kpilint() -> None:
    pass
