"""A month, unattended: every notebook run, the page built, the folder published as one."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from kpilint.errors import Misuse
from kpilint.goals.goalfile import read
from kpilint.goals.node import near
from kpilint.goals.period import Period, read_period
from kpilint.i18n import _, speaking
from kpilint.monthly.folder import replacing
from kpilint.monthly.manifest import Order, inputs, manifest
from kpilint.monthly.notebook import CellFailed, Notebook, Progress, available, execute, load

if TYPE_CHECKING:
    from nbformat import NotebookNode

NEEDED = ("papermill", "nbformat", "ipykernel", "jinja2", "markdown_it")  # the extra [notebooks]


@dataclass(frozen=True, slots=True)
class Run:
    """A published month: its folder and the page in it."""

    folder: Path
    page: Path


def run(
    goals_path: str | Path,
    month: str,
    *,
    out: str | Path,
    as_of: date,
    notebooks: Sequence[str] = (),
    parameters: Mapping[str, str] | None = None,
    language: str | None = None,
    progress: Progress = lambda name, begun, cells: None,
) -> Run:
    """Run the notebooks (all of them by default) for a month and publish ``out``/2026-10.

    The folder holds index.html, the executed notebooks and manifest.json, and appears whole or
    not at all. ``parameters`` go to the notebooks that know them; ``language`` (ja or en) is the
    goals file's unless given. Raises a KpilintError with one sentence for whatever goes wrong; a
    notebook with a failing cell is kept in ``out``/2026-10.failed.
    """
    _check_installed()
    goals = read(goals_path)
    language = language or goals.language
    with speaking(language):
        order = Order(goals, _month(month), as_of, language, parameters or {})
        chosen = [load(name) for name in notebooks or available()]
        _check_parameters(order, chosen)
        target = Path(out).resolve() / order.period.text
        with replacing(target) as fresh:
            _fill(fresh, order, chosen, _failed(target), progress)
        shutil.rmtree(_failed(target), ignore_errors=True)  # the month is whole after all
    return Run(target, target / "index.html")


def _fill(
    fresh: Path, order: Order, chosen: Sequence[Notebook], failed: Path, progress: Progress
) -> None:
    """Write everything that a month's folder holds into ``fresh``."""
    from kpilint.monthly.report import page  # its template engine is an extra

    executed: list[NotebookNode] = []
    seconds: dict[str, float] = {}
    for notebook in chosen:
        began = time.monotonic()
        executed.append(_executed(notebook, order, fresh, failed, progress))
        seconds[notebook.name] = time.monotonic() - began
    used = inputs(order.goals)
    _write(fresh / "manifest.json", manifest(order, used, seconds))
    _write(fresh / "index.html", page(executed, order, used))


def _executed(
    notebook: Notebook, order: Order, fresh: Path, failed: Path, progress: Progress
) -> NotebookNode:
    given = {**order.parameters, **order.own}
    wanted = {name: given[name] for name in notebook.parameters if name in given}
    target = fresh / f"{notebook.name}.ipynb"
    try:
        return execute(notebook, wanted, target, progress)
    except CellFailed as problem:
        if not target.exists():
            raise
        kept = failed / f"{notebook.name}.failed.ipynb"
        kept.parent.mkdir(exist_ok=True)
        shutil.copyfile(target, kept)
        raise CellFailed(
            _("{problem} What it had computed is kept in {path}.", problem=problem, path=kept)
        ) from None


def _failed(target: Path) -> Path:
    return target.with_name(f"{target.name}.failed")


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _check_installed() -> None:
    missing = [name for name in NEEDED if find_spec(name) is None]
    if missing:
        raise Misuse(
            _(
                "Running notebooks needs {packages}: install kpilint[notebooks].",
                packages=", ".join(missing),
            )
        )


def _month(text: str) -> Period:
    with suppress(ValueError):
        period = read_period(text)
        if period.kind == "month":
            # As ISO text, since a person may write 2026年10月.
            return Period(period.start, period.end, "month", text=f"{period.start:%Y-%m}")
    raise Misuse(_("“{text}” is no month; write for example 2026-10.", text=text))


def _check_parameters(order: Order, chosen: Sequence[Notebook]) -> None:
    known = sorted({name for notebook in chosen for name in notebook.parameters} - order.own.keys())
    for name in order.parameters:
        if name in order.own:
            raise Misuse(
                _(
                    "The run itself sets the parameter “{name}”; "
                    "use GOALS, --month, --as-of or --lang instead of -p.",
                    name=name,
                )
            )
        if name not in known:
            raise Misuse(
                _(
                    "No notebook has a parameter “{name}”.{near} There are: {names}.",
                    name=name,
                    near=near(name, known),
                    names=", ".join(known) or "–",
                )
            )
