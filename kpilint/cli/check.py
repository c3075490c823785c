"""``kpilint check``: lint goals files."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import click

from kpilint import settings
from kpilint.cli import options
from kpilint.cli.outputs import Output, OutputFile, Report
from kpilint.errors import Misuse
from kpilint.finding import Finding, Findings, Severity, together
from kpilint.goals.document import read
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _, preferred, speaking
from kpilint.linter import Config, lint
from kpilint.output import FORMATS

USUAL = Path("kpilint-baseline.json")


@click.command(help=_("Lint goals files and tables; - reads YAML from standard input."))
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@options.select
@options.ignore
@options.min_severity
@click.option(
    "--fail-on",
    type=options.LEVELS,
    callback=lambda _ctx, _option, given: options.level(given),
    show_default="warning",
    help=_("The level from which the exit code is 1."),
)
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMATS),
    help=_("How findings are written: text, or github inside GitHub Actions, if not given."),
)
@click.option(
    "--output",
    "outputs",
    type=OutputFile(),
    multiple=True,
    help=_(
        "Write to this file instead, in the format of its suffix or of its prefix, as in "
        "gitlab:report.json; may be repeated."
    ),
)
@click.option("--statistics", is_flag=True, help=_("Print how often each rule found something."))
@click.option(
    "--baseline",
    type=click.Path(path_type=Path),
    help=_("A file of known findings, which are not shown and do not fail."),
)
@click.option(
    "--write-baseline",
    is_flag=True,
    help=_("Write all findings to the baseline; kpilint-baseline.json if no file is given."),
)
@click.option("--watch", "watching", is_flag=True, help=_("Look again after every save."))
@click.option("--fix", is_flag=True, help=_("Repair what can be repaired without a doubt."))
@click.option("--diff", is_flag=True, help=_("Show what --fix would change, and change nothing."))
@options.offline
@click.option(
    "--require-data", is_flag=True, help=_("Fail also where something could not be checked.")
)
@click.option(
    "--no-cache", is_flag=True, help=_("Check anew even where nothing has changed since.")
)
@click.option(
    "--write-suite",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help=_("Write what is expected of each source to this folder, for Great Expectations."),
)
@options.metrics
@options.as_of
@options.lang
@options.quiet
def check(
    paths: tuple[str, ...],
    select: tuple[str, ...],
    ignore: tuple[str, ...],
    min_severity: Severity | None,
    fail_on: Severity | None,
    form: str | None,
    outputs: tuple[Output, ...],
    statistics: bool,
    baseline: Path | None,
    write_baseline: bool,
    watching: bool,
    fix: bool,
    diff: bool,
    offline: bool | None,
    require_data: bool,
    no_cache: bool,
    write_suite: Path | None,
    metrics: Path | None,
    as_of: date | None,
    lang: str | None,
    quiet: bool,
) -> int:
    """Lint each file, write what was found, and answer with the exit code."""
    run = _Check(
        paths=paths,
        chosen=Config(select=select, ignore=ignore),
        report=Report(form, outputs, quiet, statistics),
        fail_on=fail_on,
        min_severity=min_severity,
        baseline=baseline,
        write_baseline=write_baseline,
        offline=offline,
        require_data=require_data,
        caching=not no_cache,
        metrics=metrics,
        as_of=as_of or date.today(),
        lang=lang,
        piped=_piped() if "-" in paths else b"",
    )
    if write_suite is not None:
        from kpilint.cli import suites

        suites.refuse(fix=fix, diff=diff, watching=watching)
        code, files = run.once()
        suites.save(files, write_suite, as_of=run.as_of, offline=bool(offline), quiet=quiet)
        return code
    if fix or diff:
        from kpilint.cli import repairs

        repairs.refuse(paths, fix=fix, diff=diff, watching=watching)
        done = repairs.repair(run.look)
        if diff:
            repairs.show(done, quiet=quiet)
            return 1 if run.failing([*done.settled, *done.found]) else 0
        repairs.save(done, quiet=quiet)
        return run.tell(done.files, done.found)
    if watching:
        return _watch(run)
    return run.once()[0]


def _piped() -> bytes:
    """What comes by standard input, which a scheduler may have closed."""
    if sys.stdin is None:
        raise Misuse(_("There is no standard input to read the goals from."))
    return sys.stdin.buffer.read()


@dataclass(slots=True, eq=False, repr=False)
class _Check:
    """One call of ``check``: how it looks, what of it fails, and what it writes."""

    paths: tuple[str, ...]
    chosen: Config
    report: Report
    fail_on: Severity | None
    min_severity: Severity | None
    baseline: Path | None  # None: the one that settings name
    write_baseline: bool
    offline: bool | None
    require_data: bool
    caching: bool
    metrics: Path | None
    as_of: date
    lang: str | None
    piped: bytes  # what came by standard input
    held: list[settings.Settings] = field(default_factory=list)  # one a file, in their order

    def once(self) -> tuple[int, list[GoalSet]]:
        """Look and tell; the exit code, and the files that were looked at."""
        files, found = self.look({})
        return self.tell(files, found), files

    def look(self, instead: Mapping[str, str]) -> tuple[list[GoalSet], Findings]:
        """Read and lint each file, with the texts of ``instead`` in place of those on disk."""
        with speaking(self.lang or preferred()):
            files = [self._read(path, instead) for path in self.paths]
            self.held = [settings.of(goals, self.chosen) for goals in files]
        gc.freeze()  # a large file's nodes live to the end; the collector need not visit them again
        parts = [
            linted(goals, own, self.offline, self.as_of, self.lang, caching=self.caching)
            for goals, own in zip(files, self.held, strict=True)
        ]
        return files, together(parts)

    def _read(self, path: str, instead: Mapping[str, str]) -> GoalSet:
        if path == "-":
            return read("<stdin>", source=self.piped, instead=instead, language=self.lang)
        return read(path, instead=instead, metrics=self.metrics, language=self.lang)

    def failing(self, found: Iterable[Finding]) -> bool:
        """Whether something open is found at or above the level that fails."""
        levels = [self.fail_on or own.fail_on for own in self.held]
        level = settings.lowest(levels, Severity.WARNING)
        return any(finding.open and finding.severity >= level for finding in found)

    def baselines(self) -> list[Path]:
        """The baseline that was asked for, else those of the settings; one where it is written."""
        named = list(dict.fromkeys(own.baseline for own in self.held if own.baseline))
        chosen = [self.baseline] if self.baseline else named
        if self.write_baseline and len(chosen) > 1:
            raise Misuse(_("The files have several baselines; name one with --baseline."))
        return chosen or ([USUAL] if self.write_baseline else [])

    def tell(self, files: list[GoalSet], found: Findings) -> int:
        """Write what was found, less what a baseline knows; the exit code."""
        for baseline in self.baselines():
            from kpilint.cli.known import marked

            origins = [goals.origin for goals in files]
            writing, quiet = self.write_baseline, self.report.quiet
            found = marked(found, baseline, origins, write=writing, quiet=quiet)
        sources = {path: text for goals in files for path, text in goals.texts.items()}
        levels = [self.min_severity or own.min_severity for own in self.held]
        self.report.write(found.at_least(settings.lowest(levels, Severity.INFO)), sources)
        unsettled = self.require_data and bool(found.unchecked)
        return 1 if self.failing(found) or unsettled else 0


def _watch(run: _Check) -> int:
    from kpilint.cli.watch import watch

    if run.write_baseline:
        raise Misuse(_("--watch and --write-baseline do not go together; write it first."))
    if "-" in run.paths:
        raise Misuse(_("--watch needs a file; standard input cannot be watched."))
    others = [*map(Path, run.paths), *([run.metrics] if run.metrics else [])]
    return watch(run.once, lambda: [*others, *run.baselines()], quiet=run.report.quiet)


def linted(
    goals: GoalSet,
    own: settings.Settings,
    offline: bool | None,
    as_of: date,
    lang: str | None,
    *,
    caching: bool = True,
) -> Findings:
    """The findings of one file; with its data unless the command line or its settings say not."""
    if own.offline if offline is None else offline:
        return lint(goals, None, as_of=as_of, config=own.config, language=lang)
    from kpilint.cli.remembered import checked
    from kpilint.data.cache import Cache
    from kpilint.data.dataset import Dataset

    with Dataset(goals, None if caching else Cache(None)) as data:
        return checked(goals, data, as_of=as_of, config=own.config, language=lang)
