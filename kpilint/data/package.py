"""An Excel file before it is read: refused where it is locked, broken or would fill the memory."""

from __future__ import annotations

import posixpath
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError, iterparse

from kpilint.data.files import chunks
from kpilint.errors import SourceProblem
from kpilint.i18n import _

UNPACKED_LIMIT = 1_000_000_000  # bytes; a million rows of twenty columns stay below
CELL_LIMIT = 100_000_000  # from the sheet's first corner to its last, since calamine fills them all
_CHUNK = 1 << 20
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")  # the stream that a password makes of a workbook
_WIDTH = re.compile(rb'\br="([A-Z]{1,3})[0-9]{1,7}"[^>]*(?<!/)>')
_HEIGHT = re.compile(rb'<(?:\w+:)?row\b[^>]*\br="([0-9]{1,7})"[^>]*(?<!/)>')
_TELLING = re.compile(rb"""\bt=["']e["']|<(?:\w+:)?f[\s/>]""")  # an error, or a formula
_DAMAGES = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, KeyError, ParseError)

Place = tuple[int, int]
"""A cell's row and column, counted from 0."""


def refuse(path: Path, source: str) -> None:
    """SourceProblem where the file is no workbook, is protected, or unpacks to more than the limit.

    Which it is, the content tells: an .xlsx under the name .xls is read all the same.
    """
    head = next(chunks(path, source), b"")
    if not head:
        raise SourceProblem(_("{path} is empty; export it again.", path=path), source=source)
    if head.startswith(_OLE):
        if any(_LOCKED in chunk for chunk in chunks(path, source)):
            raise locked(path, source)
        return
    if not head.startswith(_ZIP):
        message = _(
            "{path} has an Excel file's name but is none; open it in Excel and save it as .xlsx.",
            path=path,
        )
        raise SourceProblem(message, source=source)
    with _archive(path, source) as archive:
        unpacked = sum(part.file_size for part in archive.infolist())
        if unpacked > UNPACKED_LIMIT:
            raise _too_large(path, source)
        for part in archive.infolist():  # what is damaged, or lies about its size, shows now
            if "worksheets/" not in part.filename:
                with archive.open(part) as stream:
                    while stream.read(_CHUNK):
                        pass


def untold(path: Path, source: str, sheet: str) -> dict[Place, str]:
    """What cells of a sheet show that calamine passes over as blank: errors, and open formulas.

    An error is its text, such as ``#N/A``; a formula that no spreadsheet has computed yet is
    ``=`` and its text. Empty for the old .xls form, whose errors count as blank. Raises
    SourceProblem where the sheet is damaged or reaches too far.
    """
    if next(chunks(path, source), b"").startswith(_OLE):
        return {}
    with _archive(path, source) as archive:
        part = _part(archive, sheet)
        with archive.open(part) as stream:
            height, width, telling = _looked_over(stream)
        if height * width > CELL_LIMIT:
            message = _(
                "{path}: the sheet {sheet} reaches over {height:row|rows} and "
                "{width:column|columns}, most of them blank; delete the rows and columns beyond "
                "the table, or export it as CSV.",
                path=path,
                sheet=sheet,
                height=height,
                width=width,
            )
            raise SourceProblem(message, source=source)
        with archive.open(part) as stream:
            return dict(_marks(stream)) if telling else {}


def _looked_over(stream: IO[bytes]) -> tuple[int, int, bool]:
    """A sheet's last row and last column, and whether any cell needs a closer look."""
    width = height = 0
    telling = False
    kept = b""
    while chunk := stream.read(_CHUNK):
        text = kept + chunk
        width = max([width, *map(_number, set(_WIDTH.findall(text)))])
        height = max([height, *map(int, _HEIGHT.findall(text))])
        telling = telling or _TELLING.search(text) is not None
        # A tag may be cut between two chunks; what is told twice does no harm.
        kept = text[text.rfind(b"<") :] if b"<" in text[-4096:] else b""
    return height, width, telling


def locked(path: Path, source: str) -> SourceProblem:
    """The refusal of a workbook that asks for a password."""
    message = _(
        "{path} is protected by a password; save it in Excel without one, or export it as CSV.",
        path=path,
    )
    return SourceProblem(message, source=source)


def damaged(path: Path, source: str) -> SourceProblem:
    """The refusal of a workbook that is cut off or otherwise broken."""
    message = _(
        "{path} is damaged or incomplete; export it again, or open it in Excel and save it as "
        ".xlsx.",
        path=path,
    )
    return SourceProblem(message, source=source)


def _too_large(path: Path, source: str) -> SourceProblem:
    message = _(
        "{path} holds more than {limit} GB when unpacked, and workbooks of that size are not "
        "read; export the sheet as CSV or Parquet.",
        path=path,
        limit=UNPACKED_LIMIT // 1_000_000_000,
    )
    return SourceProblem(message, source=source)


@contextmanager
def _archive(path: Path, source: str) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except RuntimeError as problem:
        if isinstance(problem, NotImplementedError):
            raise damaged(path, source) from None
        raise locked(path, source) from None  # the zip's own encryption
    except _DAMAGES:
        raise damaged(path, source) from None


def _part(archive: zipfile.ZipFile, sheet: str) -> str:
    """The part of the package that holds a sheet; KeyError where there is none."""
    names = {name.lower().lstrip("/"): name for name in archive.namelist()}
    with archive.open(names["xl/workbook.xml"]) as stream:
        keys = {e.get("name"): _relation(e) for e in _ended(stream) if _local(e) == "sheet"}
    with archive.open(names["xl/_rels/workbook.xml.rels"]) as stream:
        targets = {e.get("Id"): e.get("Target", "") for e in _ended(stream)}
    target = posixpath.normpath(posixpath.join("/xl", targets[keys[sheet]]))
    return names[target.lstrip("/").lower()]


def _relation(element: Element) -> str | None:
    return next((value for key, value in element.items() if key.endswith("}id")), None)


def _ended(stream: IO[bytes]) -> Iterator[Element]:
    """Every element as it ends; forgotten afterwards, so that a long file needs no memory."""
    for _event, element in iterparse(stream):
        yield element
        if _local(element) not in ("v", "f", "is", "t"):
            element.clear()


def _local(element: Element) -> str:
    return element.tag.rpartition("}")[2]


def _marks(stream: IO[bytes]) -> Iterator[tuple[Place, str]]:
    row, column = 0, -1
    for element in _ended(stream):
        match _local(element):
            case "row":
                row, column = row + 1, -1
            case "c":
                place = element.get("r")
                # Both are implied where a writer leaves them out.
                row, column = _place(place) if place else (row, column + 1)
                found = {_local(part): part.text or "" for part in element}
                kind = element.get("t")  # str: a formula that gave a text, if an empty one
                if kind == "e":
                    yield (row, column), found.get("v") or "#N/A"
                elif "f" in found and not found.get("v") and kind != "str":
                    yield (row, column), f"={found['f']}"


def _place(written: str) -> Place:
    letters = written.rstrip("0123456789")
    return int(written[len(letters) :]) - 1, _number(letters.encode()) - 1


def _number(letters: bytes) -> int:
    """A column's number: 1 for A, 27 for AA."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
