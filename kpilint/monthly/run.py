"""A month or week, unattended: notebooks run, the page built, the folder published as one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from kpilint.data.dataset import Dataset
from kpilint.data.people import known
from kpilint.errors import FileProblem, KpilintError, Misuse
from kpilint.goals.document import legible
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period, read_period
from kpilint.goals.slip import near
from kpilint.i18n import _, listed, speaking
from kpilint.monthly import manifest, record
from kpilint.monthly.before import before
from kpilint.monthly.changes import changes
from kpilint.monthly.executing import Folders, cores, executing
from kpilint.monthly.folder import replacing
from kpilint.monthly.manifest import Input, Order, inputs
from kpilint.monthly.month import Month
from kpilint.monthly.notebook import Notebook, Progress, available, load

if TYPE_CHECKING:
    from kpilint.monthly.kernel import OwnKernel

NEEDED = ("papermill", "nbformat", "ipykernel", "jinja2", "markdown_it")  # the extra [notebooks]


@dataclass(frozen=True, slots=True)
class Run:
    """A published month or week: its folder, the page in it, and what changed, a sentence each.

    ``changes`` is against the same month as it was published before; empty the first time.
    """

    folder: Path
    page: Path
    changes: tuple[str, ...] = ()


@contextmanager
def warmed() -> Iterator[type[OwnKernel]]:
    """Kernels that several runs can share, so that libraries are imported once."""
    check_installed()
    from kpilint.monthly.kernel import kernels  # of the extra

    with kernels() as started:
        yield started


def run(
    goals_path: str | Path,
    period: str | Period,
    *,
    out: str | Path,
    as_of: date,
    notebooks: Sequence[str] = (),
    parameters: Mapping[str, str] | None = None,
    language: str | None = None,
    jobs: int | None = None,
    progress: Progress = lambda name, begun, cells: None,
    kernels: type[OwnKernel] | None = None,
) -> Run:
    """Run the notebooks (all of them by default) and publish ``out``/2026-10 or ``out``/2026-W41.

    The folder holds the pages, the executed notebooks and manifest.json, and appears whole or
    not at all; what was seen is entered in the ledger. ``parameters`` go to the notebooks that
    know them; ``language`` (ja or en) is the goals file's unless given; ``jobs`` notebooks run at
    a time, as many as there are cores unless given. Raises a KpilintError with a sentence for
    whatever goes wrong; notebooks with a failing cell are kept in ``out``/2026-10.failed.
    """
    check_installed()
    goals = legible(goals_path, language=language)
    language = language or goals.language
    with speaking(language):
        order = Order(goals, _period(period), as_of, language, parameters or {})
        _check_begun(order)
        target = Path(out).resolve() / order.run
        with Dataset.of(goals) as data, _told(order, data):
            chosen = _chosen(notebooks or _answerable(goals))
            _check_parameters(order, chosen)
            with (
                replacing(target) as fresh,
                nullcontext(kernels) if kernels else warmed() as started,
            ):
                turn = _Turn(order, data, chosen, jobs or cores(), progress, started)
                facts = turn.fill(Folders(fresh, _failed(target)), manifest.durations(target))
                told = changes(manifest.read(target), facts)
            record.published(order, data.ledger, facts)
        shutil.rmtree(_failed(target), ignore_errors=True)  # the month is whole after all
    return Run(target, target / "index.html", told)


@dataclass(frozen=True, slots=True)
class _Turn:
    """One turn of a run: what is asked, and on what its notebooks run."""

    order: Order
    data: Dataset
    chosen: Sequence[Notebook]
    jobs: int
    progress: Progress
    kernels: type[OwnKernel]

    def fill(self, folders: Folders, seconds: Mapping[str, float]) -> dict[str, Any]:
        """Write all that the folder of a run holds; returns its manifest.

        The goals go into the ledger before anything looks at them, so that what is computed sees
        the same ledger when the run is repeated; what was found follows when all is known.
        """
        from kpilint.monthly.report import pages  # its template engine is an extra

        order, data, ledger = self.order, self.data, self.data.ledger
        used = inputs(order.goals, data)
        ledger.append(record.planned(order, data), as_of=order.as_of, run=order.run)
        with executing(
            self.chosen,
            order,
            folders,
            self.kernels,
            jobs=self.jobs,
            seconds=seconds,
            progress=self.progress,
        ) as finished:
            found = record.found(order, data)
            executed = finished()
        found = replace(found, quality=record.quality(order, data))
        _check_unchanged(used, inputs(order.goals, data))
        earlier = before(order, ledger, found.status)
        ledger.append(record.judged(order, ledger, found), as_of=order.as_of, run=order.run)
        end = record.end(ledger, order.run)
        nodes = tuple(each.node for each in executed)
        month = Month(
            order,
            used,
            nodes,
            found.status,
            found.findings,
            earlier,
            end.head,
            found.hypotheses.claims,
            known(data),
        )
        for name, html in pages(month).items():
            _write(folders.fresh / name, html)
        took = {each.name: each.seconds for each in executed}
        goals = [body for _goal, body in record.paired(order.goals, found.status)]
        facts = manifest.manifest(order, used, took, goals, end)
        _write(folders.fresh / "manifest.json", manifest.written(facts))
        return facts


@contextmanager
def _told(order: Order, data: Dataset) -> Iterator[None]:
    """Enter in the ledger that a run failed, and why; misuse is no run."""
    try:
        yield
    except Misuse:
        raise
    except Exception as problem:
        sentence = str(problem) if isinstance(problem, KpilintError) else repr(problem)
        with suppress(KpilintError):  # the ledger itself may be what failed
            record.failed(order, data.ledger, sentence)
        raise


def _failed(target: Path) -> Path:
    return target.with_name(f"{target.name}.failed")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def check_installed() -> None:
    """Raise Misuse where the extra that runs notebooks is missing."""
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise Misuse(
            _(
                "Running notebooks needs {packages}: install kpilint[notebooks].",
                packages=listed(missing),
            )
        )


def _check_unchanged(before: tuple[Input, ...], after: tuple[Input, ...]) -> None:
    changed = [old.name for old, new in zip(before, after, strict=True) if old != new]
    if changed:
        raise FileProblem(
            _(
                "{names} changed while the notebooks ran, so that they may not have seen the same. "
                "Run the month again.",
                names=listed(changed),
            )
        )


def named(text: str, kind: Literal["month", "week"]) -> Period:
    """The month or week that a person names; as ISO text. Raises Misuse for anything else."""
    with suppress(ValueError):
        period = read_period(text)
        if period.kind == kind:
            iso = f"{period.start:%Y-%m}" if kind == "month" else f"{period.start:%G-W%V}"
            return replace(period, text=iso)
    if kind == "month":
        raise Misuse(_("“{text}” is no month; write for example 2026-10.", text=text))
    raise Misuse(_("“{text}” is no week; write for example 2026-W41.", text=text))


def _period(given: str | Period) -> Period:
    if isinstance(given, Period):
        return given
    with suppress(Misuse):
        return named(given, "week")
    return named(given, "month")


def _check_begun(order: Order) -> None:
    if order.period.start > order.as_of:
        raise Misuse(
            _(
                "{run} has not begun on {day}, so there is nothing to tell of it; name an earlier "
                "one, or give a later day with --as-of.",
                run=order.run,
                day=order.as_of.isoformat(),
            )
        )


def _answerable(goals: GoalSet) -> list[str]:
    """kpilint's own notebooks, but not those whose subject the goals file does not have."""
    known = {
        "1_goal_review": bool(goals.goals),
        "3_funnel_bottleneck": any(funnel.stages for funnel in goals.funnels.values()),
        "5_goal_progress": bool(goals.goals),
    }
    return [name for name in available() if known.get(name, True)]


def _chosen(names: Sequence[str]) -> list[Notebook]:
    chosen = [load(name) for name in names]
    paths: dict[str, Path] = {}
    for notebook in chosen:
        if paths.setdefault(notebook.name, notebook.path) != notebook.path:
            raise Misuse(
                _(
                    "{one} and {other} have the same name; rename one of them.",
                    one=paths[notebook.name],
                    other=notebook.path,
                )
            )
    return list({notebook.name: notebook for notebook in chosen}.values())


def _check_parameters(order: Order, chosen: Sequence[Notebook]) -> None:
    known = sorted({name for notebook in chosen for name in notebook.parameters} - order.own.keys())
    for name in order.parameters:
        if name in order.own:
            raise Misuse(
                _(
                    "The run itself sets the parameter “{name}”; "
                    "use GOALS, --month, --week, --as-of or --lang instead of -p.",
                    name=name,
                )
            )
        if name not in known:
            raise Misuse(
                _(
                    "No notebook has a parameter “{name}”.{near} There are: {names}.",
                    name=name,
                    near=near(name, known),
                    names=listed(known) or "–",
                )
            )
