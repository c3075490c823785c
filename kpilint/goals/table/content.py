"""The bytes of a spreadsheet file, or one sentence why they cannot be had."""

from __future__ import annotations

from pathlib import Path

from kpilint.errors import FileProblem
from kpilint.i18n import _


def content_of(path: Path, most: int = 20_000_000) -> bytes:
    """The first bytes of a file; :class:`~kpilint.errors.FileProblem` where there are none."""
    if path.name.startswith("~$"):
        message = _(
            "{path} is the mark that Excel leaves beside an open workbook. Name the workbook "
            "itself, {name}.",
            path=path,
            name=path.name.removeprefix("~$"),
        )
        raise FileProblem(message)
    try:
        with path.open("rb") as file:
            return file.read(most)
    except IsADirectoryError:
        message = _("{path} is a folder; name a table in it, such as goals.xlsx.", path=path)
    except FileNotFoundError:
        message = _("{path}: there is no such file.", path=path)
    except PermissionError:
        message = _(
            "{path} may not be read; close it where it is open, or check who may read it.",
            path=path,
        )
    except OSError as problem:
        message = _(
            "{path} cannot be read: {reason}.", path=path, reason=problem.strerror or problem
        )
    raise FileProblem(message)
