"""The baseline of ``check``: read or written, and what is told of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from kpilint import atomic, baseline
from kpilint.finding import Findings
from kpilint.i18n import _, speaking


def marked(
    findings: Findings, path: Path, files: Sequence[str], *, write: bool, quiet: bool
) -> Findings:
    """The findings with those marked that the baseline at ``path`` knows.

    With ``write`` it is written first, from the open findings of these goals ``files``. Raises
    FileProblem where the file is not a baseline: nothing else is ever overwritten.
    """
    with speaking(findings.language):
        known = _written(findings, path, files) if write else baseline.read(path)
        if write:
            told = _(
                "{count:finding is|findings are} known from now on: {path}",
                count=_size(known),
                path=path,
            )
        else:
            told = _gone(baseline.gone(findings, known, files), path)
        if told and not quiet:
            click.echo(told, err=True)
    return baseline.apply(findings, known)


def _written(findings: Findings, path: Path, files: Sequence[str]) -> baseline.Baseline:
    if path.exists():
        baseline.read(path)
    known = baseline.of(findings, files, path.parent)
    atomic.write(path, baseline.written(known))
    return known


def _size(known: baseline.Baseline) -> int:
    return sum(known.counts.values())


def _gone(count: int, path: Path) -> str:
    if not count:
        return ""
    return _(
        "{count:entry of {path} is|entries of {path} are} found no longer. Write it anew with "
        "--write-baseline.",
        count=count,
        path=path,
    )
