"""``kpilint init``: a new workspace, from a template or from a client's exports."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import click

from kpilint.cli import options
from kpilint.errors import Misuse
from kpilint.i18n import _, listed, preferred, speaking
from kpilint.monthly.workspace.scaffold import LIBRARY, drafted, templates, workspace


@click.command(help=_("Write a goals file and its folder from a template or from exports."))
@click.argument("folder", type=click.Path(path_type=Path), metavar="DIR")
@click.option(
    "--template",
    metavar="NAME",
    help=_("The department, such as sales, or the maturity, such as early."),
)
@click.option(
    "--from",
    "exports",
    type=click.Path(path_type=Path),
    metavar="EXPORTS",
    help=_("A folder of exports, whose sources, funnels and metrics are guessed."),
)
@options.form("text", "json")
@options.as_of
@options.lang
@options.quiet
def init(
    folder: Path,
    template: str | None,
    exports: Path | None,
    form: str,
    as_of: date | None,
    lang: str | None,
    quiet: bool,
) -> None:
    """Write the workspace and tell what comes next."""
    language = lang or preferred()
    with speaking(language):
        if (template is None) == (exports is None):
            names = listed(templates(language))
            raise Misuse(_("Give --template ({names}) or --from a folder of exports.", names=names))
        if exports is not None:
            written, told = drafted(folder, exports, language)
            told += [_next_to_exports(folder), _more_metrics(folder)]
        else:
            written = workspace(folder, template or "", language, as_of or date.today())
            told = [_next_to_template(folder), _more_metrics(folder)]
        if form == "json":
            click.echo(_as_json(written, told))
        else:
            _tell(written, told, quiet)


def _as_json(written: Sequence[Path], told: Sequence[str]) -> str:
    """What was written, and what was guessed or comes next."""
    content = {"version": 1, "written": [str(path) for path in written], "notes": list(told)}
    return json.dumps(content, ensure_ascii=False, indent=1)


def _tell(written: Sequence[Path], told: Sequence[str], quiet: bool) -> None:
    for path in written:
        click.echo(path)
    for sentence in () if quiet else told:
        click.echo(sentence, err=True)


def _next_to_exports(folder: Path) -> str:
    return _(
        "Correct what was guessed in {goals}, write the goals, then run kpilint {goals}.",
        goals=folder / "goals.yaml",
    )


def _next_to_template(folder: Path) -> str:
    return _(
        "Put your numbers into {goals} and your exports into {data}, then run kpilint {goals}.",
        goals=folder / "goals.yaml",
        data=folder / "data",
    )


def _more_metrics(folder: Path) -> str:
    return _(
        "{metrics} defines metrics that are often asked for, such as CPL, CAC, ROAS and NPS; copy "
        "those that you need into {goals}.",
        metrics=folder / LIBRARY,
        goals=folder / "goals.yaml",
    )
