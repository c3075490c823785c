"""Which files a source is made of."""

from __future__ import annotations

import glob
import hashlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from kpilint.errors import SourceProblem
from kpilint.goals.source import Source
from kpilint.i18n import _

_CHUNK = 1 << 20
_PARQUET = frozenset({".parquet", ".pq"})
_EXCEL = frozenset({".xlsx", ".xlsm", ".xls"})


def files_of(source: Source, folder: Path) -> tuple[Path, ...]:
    """The files of a source, in the order of their names; at least one.

    ``folder`` is where relative paths start. Raises SourceProblem where there is none.
    """
    if source.path is None:
        message = _("The source {source} has no path; write where its file is.", source=source.name)
        raise SourceProblem(message, source=source.name)
    try:
        found = _matching(source.path, folder)
    except (OSError, ValueError):  # a NUL in the path, a name longer than the system allows
        found = None
    if found is None:
        message = _("{path}: there is no such file; check the path.", path=source.path)
        raise SourceProblem(message, source=source.name)
    if not found:
        message = _("{path}: no file matches this pattern; check the folder.", path=source.path)
        raise SourceProblem(message, source=source.name)
    for path in found:
        if path.is_dir():
            message = _("{path} is a folder; write {path}/*.csv to read its files.", path=path)
            raise SourceProblem(message, source=source.name)
        _check_name(path, source)
    return found


def _check_name(path: Path, source: Source) -> None:
    """Raise SourceProblem for a place whose name the engine, which speaks UTF-8, cannot be told."""
    try:
        os.path.abspath(path).encode()
    except UnicodeEncodeError:
        message = _(
            "{path} lies in a folder, or has a name, that cannot be read as UTF-8; rename it, or "
            "set LANG to a UTF-8 locale such as C.UTF-8.",
            path=source.path,
        )
        raise SourceProblem(message, source=source.name) from None


def _matching(written: str, folder: Path) -> tuple[Path, ...] | None:
    """The files that ``written`` names or, as a pattern, matches; None where it is no pattern."""
    path = folder / written
    if path.exists():
        return (path,)
    if not glob.has_magic(written):
        return None
    names = glob.glob(written, root_dir=folder, recursive=True)
    # Excel keeps ~$name.xlsx beside a workbook that is open.
    return tuple(folder / n for n in sorted(names) if not Path(n).name.startswith("~$"))


def is_parquet(path: Path) -> bool:
    """Whether the file is Parquet by its name."""
    return path.suffix.lower() in _PARQUET


def is_workbook(path: Path) -> bool:
    """Whether the file is an Excel workbook by its name."""
    return path.suffix.lower() in _EXCEL


def fingerprint(paths: tuple[Path, ...], source: str) -> str:
    """SHA-256 of the contents of all files, in order; hexadecimal."""
    digest = hashlib.sha256()
    for path in paths:
        for chunk in chunks(path, source):
            digest.update(chunk)
    return digest.hexdigest()


def chunks(path: Path, source: str, size: int = _CHUNK) -> Iterator[bytes]:
    """The bytes of a file, ``size`` at a time; SourceProblem where it cannot be opened."""
    try:
        with path.open("rb") as file:
            while chunk := file.read(size):
                yield chunk
    except FileNotFoundError:
        message = _("{path}: there is no such file; check the path.", path=path)
        raise SourceProblem(message, source=source) from None
    except PermissionError:
        message = _(
            "{path} may not be read; close it where it is open, or check who may read it.",
            path=path,
        )
        raise SourceProblem(message, source=source) from None
    except OSError as problem:
        reason = problem.strerror or str(problem)
        message = _("{path} cannot be read: {reason}.", path=path, reason=reason)
        raise SourceProblem(message, source=source) from None


def safe_pattern(path: Path) -> str:
    """A path that DuckDB, which reads every path as a pattern, takes by the letter."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))
