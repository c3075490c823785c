"""Where the findings of ``check`` go: to standard output, to files, or to several at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from kpilint.errors import Misuse
from kpilint.finding import Findings
from kpilint.i18n import _
from kpilint.output import FORMATS, written

_SUFFIXES = {  # which formats a file's name may stand for; the first unless --format says another
    ".json": ("json", "gitlab", "sarif"),
    ".jsonl": ("jsonl",),
    ".md": ("markdown",),
    ".sarif": ("sarif",),
    ".xml": ("junit",),
}


@dataclass(frozen=True, slots=True)
class Output:
    """A file to write, and its format where it was given as FORMAT:FILE."""

    path: Path
    form: str | None

    def format(self, chosen: str) -> str:
        """Its own format, else that of its suffix, else the one chosen by --format."""
        suited = _SUFFIXES.get(self.path.suffix.lower(), (chosen,))
        return self.form or (chosen if chosen in suited else suited[0])


class OutputFile(click.ParamType[Output]):
    """FILE or FORMAT:FILE."""

    name = "file"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Output:
        if isinstance(value, Output):
            return value
        form, _colon, path = str(value).partition(":")
        return Output(Path(path), form) if path and form in FORMATS else Output(Path(value), None)


@dataclass(frozen=True, slots=True)
class Report:
    """How findings are to be written; ``form`` is None where nobody chose."""

    form: str | None
    files: tuple[Output, ...] = ()
    quiet: bool = False
    statistics: bool = False

    def __post_init__(self) -> None:
        if self.statistics and self.form not in {None, "text", "json"}:
            raise Misuse(_("--statistics is written as text or as json only."))

    def write(self, findings: Findings, sources: Mapping[str, str]) -> None:
        """Write every file, then standard output unless one of them took its format."""
        form = self.form or self._usual()
        for file in self.files:
            _write(file.path, self._content(file.format(form), findings, sources))
        if self.statistics:
            click.echo(self._counts(form, findings))
        elif form not in {file.format(form) for file in self.files}:
            content = self._content(form, findings, sources)
            if content:
                click.echo(content)

    def _usual(self) -> str:
        """Annotations where GitHub Actions reads the log, else text."""
        in_actions = os.environ.get("GITHUB_ACTIONS") == "true"
        return "github" if in_actions and not self.statistics else "text"

    def _content(self, form: str, findings: Findings, sources: Mapping[str, str]) -> str:
        if form == "text":
            from kpilint.output.text import text

            return text(findings, sources, quiet=self.quiet)
        return written(form, findings, sources)

    def _counts(self, form: str, findings: Findings) -> str:
        from kpilint.output.statistics import as_json, statistics

        if form == "json":
            return as_json(findings)
        parts = [statistics(findings)] if findings.findings else []
        return "\n\n".join(parts + ([] if self.quiet else [findings.text()]))


def _write(path: Path, content: str) -> None:
    from kpilint.atomic import write

    write(path, click.unstyle(content) + "\n")
