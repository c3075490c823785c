"""Options that several commands share, and what they mean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import click

from kpilint.goals.dates import read_date
from kpilint.i18n import LANGUAGES, _


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
