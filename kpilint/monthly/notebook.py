"""One notebook: found by name, asked for its parameters, executed."""

from __future__ import annotations

import ast
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from kpilint import errors
from kpilint.errors import FileProblem, KpilintError, Misuse
from kpilint.goals.slip import near
from kpilint.i18n import _
from kpilint.monthly.assets import asset

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from kpilint.monthly.kernel import OwnKernel

Progress: TypeAlias = Callable[[str, int, int], None]  # notebook, cells begun, cells in all
PARAMETERS = "parameters"  # the tag of the one cell that papermill writes after


class CellFailed(KpilintError):
    """A cell of a notebook raised, or took the whole process with it."""


@dataclass(frozen=True, slots=True)
class Notebook:
    """A notebook as it was found, not yet run."""

    name: str
    path: Path
    node: NotebookNode
    parameters: tuple[str, ...]


def available() -> tuple[str, ...]:
    """The names of kpilint's own notebooks, in the order in which they are run."""
    return tuple(sorted(path.stem for path in asset("notebooks").glob("*.ipynb")))


def load(name: str) -> Notebook:
    """A notebook by name (``3_funnel_bottleneck``, or just ``funnel_bottleneck``) or by path.

    Raises Misuse for an unknown name, and FileProblem for a file that is no notebook and for a
    notebook without one readable ``parameters`` cell.
    """
    path = _found(name)
    node = _read(path)
    return Notebook(path.stem, path, node, _parameters(node, path))


def _found(name: str) -> Path:
    if name.endswith(".ipynb") and Path(name).is_file():
        return Path(name).resolve()
    wanted = Path(name).stem if name.endswith(".ipynb") else name
    names = available()
    for known in names:
        if wanted in (known, known.partition("_")[2]):
            return asset("notebooks") / f"{known}.ipynb"
    raise Misuse(
        _(
            "There is no notebook “{name}”.{near} There are: {names}.",
            name=name,
            near=near(wanted, [*names, *(known.partition("_")[2] for known in names)]),
            names=", ".join(names),
        )
    )


def _read(path: Path) -> NotebookNode:
    import nbformat  # half a second to import, and an extra

    try:
        node: NotebookNode = nbformat.read(path, as_version=4)  # type: ignore[no-untyped-call]
        return node
    except OSError as problem:
        reason = problem.strerror or str(problem)
    except Exception:  # nbformat lets through whatever its parser and its migrations raise
        reason = _("it is no Jupyter notebook")
    raise FileProblem(_("{path} cannot be read: {reason}.", path=path, reason=reason))


def _parameters(node: NotebookNode, path: Path) -> tuple[str, ...]:
    """The names that the notebook's ``parameters`` cell assigns."""
    cells = [cell for cell in node.cells if PARAMETERS in cell.metadata.get("tags", ())]
    if len(cells) != 1 or cells[0].cell_type != "code":
        raise FileProblem(
            _(
                "{path} needs exactly one code cell with the tag “parameters”; it has {count}.",
                path=path,
                count=len([cell for cell in cells if cell.cell_type == "code"]),
            )
        )
    try:
        statements = ast.parse(cells[0].source).body
    except SyntaxError as problem:
        raise FileProblem(
            _(
                "The parameters cell of {path} cannot be read: line {line}, {reason}.",
                path=path,
                line=problem.lineno,
                reason=problem.msg,
            )
        ) from None
    targets = [
        target
        for statement in statements
        if isinstance(statement, ast.Assign | ast.AnnAssign)
        for target in (
            [statement.target] if isinstance(statement, ast.AnnAssign) else statement.targets
        )
    ]
    return tuple(target.id for target in targets if isinstance(target, ast.Name))


def execute(
    notebook: Notebook,
    parameters: Mapping[str, str],
    target: Path,
    progress: Progress,
    kernels: type[OwnKernel],
) -> NotebookNode:
    """Run the notebook through papermill, write it to ``target`` and return it with its outputs.

    ``parameters`` are strings, so that 007 stays 007. Raises CellFailed for the first cell that
    raises (``target`` then holds what was computed until there) or when the process dies.
    """
    import papermill  # seconds to import, and an extra
    from nbclient.exceptions import DeadKernelError

    logging.getLogger("papermill").setLevel(logging.CRITICAL)  # we say ourselves what failed
    cells = len(notebook.node.cells) + 1  # papermill adds the cell with our parameters

    def begun(cell_index: int, cell: object) -> None:
        progress(notebook.name, cell_index, cells)

    try:
        done: NotebookNode = papermill.execute_notebook(
            notebook.node,
            str(target).replace("{", "{{").replace("}", "}}"),  # papermill formats paths
            dict(parameters),
            kernel_name="python3",
            language="python",
            progress_bar=False,
            request_save_on_cell_execute=False,
            kernel_manager_class=kernels,
            resources={"metadata": {"path": str(target.parent)}},
            on_cell_start=begun,
        )
        return done
    except papermill.PapermillExecutionError as problem:
        message = _(
            "The notebook {name} stopped at cell [{number}]: {reason}",
            name=notebook.name,
            number=problem.exec_count,
            reason=_reason(problem.ename, problem.evalue),
        )
    except DeadKernelError:
        message = _(
            "The notebook {name} stopped: its Python process died, perhaps for want of memory.",
            name=notebook.name,
        )
    finally:
        progress(notebook.name, cells, cells)
    raise CellFailed(message)


def _reason(name: str, message: str) -> str:
    """The last line of an error; kpilint's own errors are sentences and need no name."""
    line = (message.strip().splitlines() or [""])[-1]
    kind = getattr(errors, name, None)
    if isinstance(kind, type) and issubclass(kind, KpilintError):
        return line
    return f"{name}: {line}".rstrip(": .") + "."
