"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from kpilint.errors import FileProblem
from kpilint.i18n import _


def write(path: Path, content: str, encoding: str = "utf-8") -> None:
    """Write text to ``path``: beside it first, then in one step into its place.

    A file that is there keeps its permissions, and a link goes on leading to it.
    """
    path = path.resolve()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Not tempfile's: its files are closed to the colleagues who share the folder.
        beside = path.with_name(f".{path.name}.{os.urandom(8).hex()}")
        try:
            with beside.open("x", encoding=encoding, newline="\n") as file:
                file.write(content)
            if path.exists():
                shutil.copymode(path, beside)
            os.replace(beside, path)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except OSError as problem:
        reason = problem.strerror or str(problem)
        message = _("{path} cannot be written: {reason}.", path=path, reason=reason)
        raise FileProblem(message) from None
