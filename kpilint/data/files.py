"""Which files a source is made of, and what they are written in."""

from __future__ import annotations

import codecs
import glob
import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

from kpilint.errors import SourceProblem, Unavailable
from kpilint.goals.source import Source
from kpilint.i18n import _

_CHUNK = 1 << 20
_PARQUET = frozenset({".parquet", ".pq"})
_EXCEL = frozenset({".xlsx", ".xlsm", ".xls"})
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SIGNATURES = (
    (b"PK\x03\x04", "Excel/ZIP"),
    (b"\xd0\xcf\x11\xe0", "Excel (xls)"),
    (b"PAR1", "Parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "PDF"),
)


def files_of(source: Source, folder: Path) -> tuple[Path, ...]:
    """The files of a source, in the order of their names; at least one.

    ``folder`` is where relative paths start. Raises SourceProblem where there is none, and
    Unavailable for kinds of sources that are not read.
    """
    if source.path is None:
        raise _without_path(source)
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
    return found


def _without_path(source: Source) -> Unavailable:
    if source.url is not None:
        message = _(
            "The source {source} is a database; databases cannot be read. "
            "Export the table as CSV or Parquet and write path: instead of url:.",
            source=source.name,
        )
        return Unavailable(message)
    message = _("The source {source} has no path; write where its file is.", source=source.name)
    return SourceProblem(message, source=source.name)


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


def fingerprint(paths: tuple[Path, ...], source: str) -> str:
    """SHA-256 of the contents of all files, in order; hexadecimal."""
    digest = hashlib.sha256()
    for path in paths:
        for chunk in chunks(path, source):
            digest.update(chunk)
    return digest.hexdigest()


def chunks(path: Path, source: str) -> Iterator[bytes]:
    """The bytes of a file, a megabyte at a time; SourceProblem where it cannot be opened."""
    try:
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
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


def encoding_of(path: Path, source: Source) -> str:
    """The encoding of a text file: as declared, else UTF-8, UTF-16, cp932 or what fits.

    The whole file is tried, since a file may be ASCII for a long way. Raises SourceProblem for
    an empty file, for one that holds no text, and where nothing fits.
    """
    if path.suffix.lower() in _EXCEL:
        message = _("{path}: Excel files cannot be read; save the sheet as CSV.", path=path)
        raise Unavailable(message)
    head = next(chunks(path, source.name), b"")
    _refuse(path, head, source.name)
    if source.encoding is not None:
        return _declared(path, source)
    candidates = ("utf-16",) if head.startswith(_UTF16) else ("utf-8-sig", "cp932")
    for name in candidates:
        if _undecodable(path, name, source.name) is None:
            return name
    guessed = _guessed(path)
    if guessed is None or _undecodable(path, guessed, source.name) is not None:
        message = _(
            "{path}: the encoding cannot be told; write it, as in encoding: cp932, "
            "or save the file as UTF-8.",
            path=path,
        )
        raise SourceProblem(message, source=source.name)
    return guessed


def _refuse(path: Path, head: bytes, source: str) -> None:
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        message = _("{path} is empty; export it again.", path=path)
        raise SourceProblem(message, source=source)
    kind = next((name for start, name in _SIGNATURES if head.startswith(start)), None)
    if kind is None and b"\0" in head and not head.startswith(_UTF16):
        kind = _("binary")
    if kind is not None:
        message = _(
            "{path} is no text table, it holds {kind} data; export it as CSV.", path=path, kind=kind
        )
        raise SourceProblem(message, source=source)


def _declared(path: Path, source: Source) -> str:
    declared = source.encoding or ""
    try:
        name = codecs.lookup(declared).name
        "".encode(name)  # codecs such as hex are known but are none of text
    except LookupError:
        message = _(
            "{read} is no encoding; write for example utf-8 or cp932, or leave it out.",
            read=declared,
        )
        raise SourceProblem(message, source=source.name) from None
    # Files that Windows calls Shift_JIS hold ① ㈱ 髙, which only cp932 knows.
    name = {"utf-8": "utf-8-sig", "shift_jis": "cp932"}.get(name, name)
    at = _undecodable(path, name, source.name)
    if at is None:
        return name
    message = _(
        "{path}: line {line} is not written in {encoding}; leave encoding: out or correct it.",
        path=path,
        line=at,
        encoding=declared,
    )
    raise SourceProblem(message, source=source.name, place=at)


def _undecodable(path: Path, name: str, source: str) -> int | None:
    """The first line that cannot be decoded, or None where all can."""
    decoder = codecs.getincrementaldecoder(name)()
    lines = 0
    for chunk in chunks(path, source):
        try:
            decoder.decode(chunk)
        except UnicodeError as problem:
            good = getattr(problem, "start", 0)
            return lines + chunk[:good].count(b"\n") + 1
        lines += chunk.count(b"\n")
    try:
        decoder.decode(b"", final=True)
    except UnicodeError:
        return lines + 1
    return None


def line_count(path: Path) -> int:
    """How many lines a UTF-8 file has, the last one with or without a line end."""
    feeds = returns = 0
    last = b""
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            feeds += chunk.count(b"\n")
            returns += chunk.count(b"\r")
            last = chunk[-1:]
    return (feeds or returns) + (last not in (b"\n", b"\r", b""))


def _guessed(path: Path) -> str | None:
    from charset_normalizer import from_path

    best = from_path(path).best()
    return None if best is None else str(best.encoding)


def safe_pattern(path: Path) -> str:
    """A path that DuckDB, which reads every path as a pattern, takes by the letter."""
    return re.sub(r"([*?\[])", r"[\1]", str(path))
