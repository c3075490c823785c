"""Where the files that are no code lie: notebooks, templates and the sample company."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from kpilint.errors import FileProblem
from kpilint.i18n import _

_PACKAGE = Path(__file__).parents[1]


def asset(name: Literal["notebooks", "templates", "data_samples"]) -> Path:
    """The folder ``name`` of the installed package, else of the checkout beside it.

    Raises FileProblem where an installation lacks it.
    """
    # A wheel carries the folders inside the package; an editable install leaves them beside it.
    for parent in (_PACKAGE, _PACKAGE.parent):
        if (parent / name).is_dir():
            return parent / name
    raise FileProblem(
        _(
            "The folder “{name}” is missing from the installation at {path}; "
            "install kpilint again.",
            name=name,
            path=_PACKAGE,
        )
    )
