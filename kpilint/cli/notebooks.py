"""``kpilint notebooks``: the notebooks beside a goals file, to open in JupyterLab."""

from __future__ import annotations

import json
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import click

from kpilint.cli import options
from kpilint.i18n import _, preferred, speaking


@click.command(help=_("Write the notebooks beside GOALS, to open and run them by hand."))
@click.argument("goals", type=click.Path(path_type=Path))
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    help=_("Where the notebooks go; “notebooks” beside the goals file if not given."),
)
@options.form("text", "json")
@options.as_of
@options.lang
@options.quiet
def notebooks(
    goals: Path, out: Path | None, form: str, as_of: date | None, lang: str | None, quiet: bool
) -> None:
    """Print which notebooks were written, and tell how they are opened."""
    from kpilint.monthly.workspace.copies import copies

    folder = out or goals.parent / "notebooks"
    with speaking(lang or preferred()):
        written, kept = copies(goals, folder, as_of=as_of or date.today(), language=lang or "")
        if form == "json":
            listed = {"written": [*map(str, written)], "kept": [*map(str, kept)]}
            click.echo(json.dumps({"version": 1, **listed}, ensure_ascii=False, indent=1))
            return
        for path in written:
            click.echo(path)
        told = [_("{path} is there already and stays as it is.", path=path) for path in kept]
        typed = f'"{folder}"' if " " in str(folder) else folder
        told.append(
            _("Open them with jupyter lab {folder} and choose Run > Run All Cells.", folder=typed)
        )
        if find_spec("jupyterlab") is None:
            told.append(_("JupyterLab is not here yet: install kpilint[notebooks]."))
        for sentence in () if quiet else told:
            click.echo(sentence, err=True)
