"""``check --fix`` and ``--diff``: what can be repaired without a doubt, written or only shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path

import click

from kpilint import atomic
from kpilint.errors import Misuse
from kpilint.finding import Finding, Findings
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.repair import repaired
from kpilint.i18n import _, speaking
from kpilint.output.visible import masked

Look = Callable[[Mapping[str, str]], tuple[list[GoalSet], Findings]]
_BOMS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16", b"\xef\xbb\xbf": "utf-8-sig"}


@dataclass(slots=True)
class Repairs:
    """What repairing came to: the last look, the texts before and after, and what is settled."""

    files: list[GoalSet]
    found: Findings
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    settled: list[Finding] = field(default_factory=list)


def repair(look: Look) -> Repairs:
    """Look, repair in memory, and look again until nothing is left that can be repaired.

    A repaired key may bring to light what stands below it.
    """
    done = Repairs(*look({}))
    while True:
        texts = {path: text for goals in done.files for path, text in goals.texts.items()}
        for path, text in texts.items():
            done.before.setdefault(path, text)
        step = repaired(done.found, texts)
        if not step.settled:
            return done
        done.settled += step.settled
        done.after |= step.texts
        done.files, done.found = look(done.after)


def save(done: Repairs, *, quiet: bool) -> None:
    """Write every repaired file whole, in UTF-8 or as its byte order mark says."""
    for path, text in done.after.items():
        atomic.write(Path(path), text, _encoding(Path(path)))
    with speaking(done.found.language):
        if not quiet:
            click.echo(_("Faults repaired: {count}.", count=len(done.settled)), err=True)


def show(done: Repairs, *, quiet: bool) -> None:
    """Print what would be written as a unified diff, and nothing else to standard output.

    Passwords in it are masked, as wherever lines are shown; such a hunk is no patch.
    """
    for path, text in done.after.items():
        old, new = done.before[path].splitlines(True), text.splitlines(True)
        for line in unified_diff(old, new, path, path):
            line = line[:1] + masked(line[1:])
            ended = line.endswith("\n")
            click.echo(line if ended else f"{line}\n\\ No newline at end of file", nl=not ended)
    with speaking(done.found.language):
        for finding in done.settled:
            if "encoding" in finding.evidence and not quiet:
                told = _("{path} would be saved as UTF-8.", path=finding.span.path)
                click.echo(told, err=True)
        if not quiet:
            told = _("Faults that --fix can repair: {count}.", count=len(done.settled))
            click.echo(told, err=True)


def refuse(paths: tuple[str, ...], *, fix: bool, diff: bool, watching: bool) -> None:
    """Raise Misuse where the options do not go together."""
    if fix and diff:
        raise Misuse(_("--fix and --diff do not go together; look at the --diff first."))
    if watching:
        raise Misuse(_("--watch goes with neither --fix nor --diff."))
    if fix and "-" in paths:
        raise Misuse(_("--fix needs a file; for standard input there is --diff."))


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        head = file.read(3)
    return next((name for bom, name in _BOMS.items() if head.startswith(bom)), "utf-8")
