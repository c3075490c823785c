"""All notebooks of a run: beside each other on the cores there are, the longest first."""

from __future__ import annotations

import asyncio
import os
import shutil
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING

from kpilint.i18n import _, speaking
from kpilint.monthly.manifest import Order
from kpilint.monthly.notebook import CellFailed, Notebook, Progress, execute

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from kpilint.monthly.kernel import OwnKernel


@dataclass(frozen=True, slots=True)
class Executed:
    """A notebook with its outputs, and how many seconds it took."""

    name: str
    node: NotebookNode
    seconds: float


@dataclass(frozen=True, slots=True)
class Folders:
    """Where notebooks are written: ``fresh`` with the month, ``failed`` where a cell raises."""

    fresh: Path
    failed: Path


def cores() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


@contextmanager
def executing(
    chosen: Sequence[Notebook],
    order: Order,
    folders: Folders,
    kernels: type[OwnKernel],
    *,
    jobs: int,
    seconds: Mapping[str, float],
    progress: Progress,
) -> Iterator[Callable[[], tuple[Executed, ...]]]:
    """Begin to run the notebooks, ``jobs`` at a time; what it hands out waits for all of them.

    ``seconds`` is how long each took before: the longest begins first, and before it those that
    nobody has timed. Waiting raises CellFailed with a sentence for each notebook that failed, when
    the others are done. Whoever leaves the block by another exception leaves no kernel running.
    """
    pool = ThreadPoolExecutor(jobs, thread_name_prefix="notebook")
    queue = sorted(chosen, key=lambda notebook: -seconds.get(notebook.name, inf))

    def begin(notebook: Notebook) -> Future[Executed]:
        return pool.submit(_one, notebook, order, folders, kernels, progress)

    running = {notebook.name: begin(notebook) for notebook in queue}
    try:
        yield lambda: _all([running[notebook.name] for notebook in chosen])
    except BaseException:
        pool.shutdown(wait=False, cancel_futures=True)
        kernels.stop()
        raise
    finally:
        pool.shutdown()


@contextmanager
def _own_loop() -> Iterator[None]:
    """Close the event loop that this thread's kernel client runs on."""
    from jupyter_core.utils import ensure_event_loop  # of the extra

    loop = ensure_event_loop()
    try:
        yield
    finally:
        loop.close()
        asyncio.set_event_loop(None)


def _all(running: Sequence[Future[Executed]]) -> tuple[Executed, ...]:
    done: list[Executed] = []
    failures: list[str] = []
    for future in running:
        try:
            done.append(future.result())
        except CellFailed as problem:
            failures.append(str(problem))
    if failures:
        raise CellFailed("\n".join(failures))
    return tuple(done)


def _one(
    notebook: Notebook,
    order: Order,
    folders: Folders,
    kernels: type[OwnKernel],
    progress: Progress,
) -> Executed:
    given = {**order.parameters, **order.own}
    wanted = {name: given[name] for name in notebook.parameters if name in given}
    target = folders.fresh / f"{notebook.name}.ipynb"
    began = time.monotonic()
    try:
        with speaking(order.language), _own_loop():
            node = execute(notebook, wanted, target, progress, kernels)
    except CellFailed as problem:
        if not target.exists():
            raise
        kept = folders.failed / f"{notebook.name}.failed.ipynb"
        kept.parent.mkdir(exist_ok=True)
        shutil.copyfile(target, kept)
        raise CellFailed(
            _("{problem} What it had computed is kept in {path}.", problem=problem, path=kept)
        ) from None
    return Executed(notebook.name, node, time.monotonic() - began)
