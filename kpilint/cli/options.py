"""Options that several commands share, and what they mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from kpilint.finding import Severity
from kpilint.goals.dates import read_date
from kpilint.goals.document import legible
from kpilint.goals.goalset import GoalSet
from kpilint.i18n import LANGUAGES, _, speaking

LEVELS = click.Choice([str(level) for level in Severity])


class Day(click.ParamType[date]):
    """A date as people write it."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return read_date(value)
        except ValueError as problem:
            self.fail(str(problem), param, ctx)


Decorated = Callable[[Callable[..., Any]], Callable[..., Any]]

select: Decorated = click.option(
    "--select",
    multiple=True,
    callback=lambda _ctx, _option, given: _words(given),
    help=_("Rules to run: codes, prefixes, names or ALL."),
)
ignore: Decorated = click.option(
    "--ignore",
    multiple=True,
    callback=lambda _ctx, _option, given: _words(given),
    help=_("Rules not to run."),
)
min_severity: Decorated = click.option(
    "--min-severity",
    type=LEVELS,
    callback=lambda _ctx, _option, given: level(given),
    show_default="info",
    help=_("Findings below this level are not shown."),
)
as_of: Decorated = click.option(
    "--as-of",
    type=Day(),
    help=_("The day from which to look, such as 2026-10-31; today if not given."),
)
lang: Decorated = click.option(
    "--lang", type=click.Choice(LANGUAGES), help=_("The language: ja or en.")
)
metrics: Decorated = click.option(
    "--metrics",
    type=click.Path(path_type=Path),
    help=_("The goals file with the metrics of a table; goals.yaml beside it if not given."),
)
offline: Decorated = click.option(
    "--offline/--online",
    default=None,
    help=_("Look at the goals only, or at the data too, which is usual."),
)
quiet: Decorated = click.option(
    "--quiet", "-q", is_flag=True, help=_("Print what was found and nothing else.")
)
silent: Decorated = click.option(
    "--quiet",
    "-q",
    is_flag=True,
    expose_value=False,
    help=_("Taken as everywhere, though there is nothing else that would be printed."),
)


def form(*forms: str) -> Decorated:
    """``--format`` of a command, the first form being the usual one.

    A command of one form takes it as every other does, and is not told.
    """
    return click.option(
        "--format",
        "form",
        type=click.Choice(forms),
        default=forms[0],
        expose_value=len(forms) > 1,
        help=_("How the answer is written."),
    )


def _words(given: tuple[str, ...]) -> tuple[str, ...]:
    """``--select A,S --select E`` as A, S, E."""
    return tuple(word for part in given for word in part.split(",") if word)


def level(given: str | None) -> Severity | None:
    """The severity of that name."""
    return Severity[given.upper()] if given else None


def opened(path: str | Path, *, metrics: Path | None = None, language: str | None) -> GoalSet:
    """The goals of a file, for a command that lists no faults; says where some are left out."""
    goals = legible(path, metrics=metrics, language=language)
    if goals.faults:
        with speaking(language or goals.language):
            message = _(
                "Some of {path} could not be read ({count}); kpilint check shows where.",
                count=len(goals.faults),
                path=path,
            )
        click.echo(message, err=True)
    return goals
