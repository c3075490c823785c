"""What a text file is written in, and its content as UTF-8, which is what the engine reads."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from weakref import finalize

from kpilint.data.files import chunks
from kpilint.errors import SourceProblem
from kpilint.goals.source import Source
from kpilint.i18n import _
from kpilint.scratch import Scratch

_UTF8 = "utf-8-sig"
_CHUNK = 1 << 20
_DECODED = 1 << 15  # bytes at once: for much longer texts memory is mapped anew each time
_END = 1 << 16  # bytes at a text's end where totals and notes may stand
_MARK = "\ufeff"
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_SIGNATURES = (
    (b"PK\x03\x04", "Excel/ZIP"),
    (b"\xd0\xcf\x11\xe0", "Excel (xls)"),
    (b"PAR1", "Parquet"),
    (b"\x1f\x8b", "gzip"),
    (b"%PDF", "PDF"),
)
_OPENINGS = (
    (re.compile(rb"<(?:!doctype|html|head|meta|body|table|script)\b", re.IGNORECASE), "HTML"),
    (re.compile(rb"<\?xml\b"), "XML"),
    (re.compile(rb"\{\s*\"|\[\s*\{"), "JSON"),
)
_ISO_2022 = b"\x1b$"  # changes to Japanese letters where every byte is ASCII


@dataclass(frozen=True, slots=True, weakref_slot=True)
class Text:
    """A file as UTF-8: the file itself, or a copy that lives as long as this does.

    ``lines`` counts the last one with or without a line end.
    """

    path: Path
    lines: int

    def size_of(self, beginning: str) -> int:
        """How many bytes the ``beginning`` of the text takes, with the mark before it."""
        with self.path.open("rb") as file:
            marked = file.read(len(codecs.BOM_UTF8)) == codecs.BOM_UTF8
        return len(beginning.encode()) + len(codecs.BOM_UTF8) * (marked and beginning != "")

    def last_lines(self, start: int) -> list[bytes]:
        """The last lines behind ``start``, with their ends; the first of them may be cut."""
        with self.path.open("rb") as file:
            file.seek(max(start, self.path.stat().st_size - _END))
            return re.findall(rb"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+", file.read())

    def cut(self, start: int, end: int) -> Text:
        """A text of its own without the bytes before ``start`` and without the last ``end``."""
        left = self.path.stat().st_size - start - end

        def content() -> Iterator[bytes]:
            with self.path.open("rb") as file:
                file.seek(start)
                for position in range(0, left, _CHUNK):
                    yield file.read(min(left - position, _CHUNK))

        return _copied(content())


class _Joined(Exception):
    """A byte order mark stands inside the file."""


class _Undecodable(Exception):
    """``args`` holds the first line that is not in the encoding."""


def text_of(path: Path, source: Source) -> Text:
    """A file of text, written as declared, else in UTF-8, UTF-16, cp932 or what fits.

    The whole file is tried, since a file may be ASCII for a long way. Raises SourceProblem for
    an empty file, for one that holds no text, and where nothing fits.
    """
    head = next(chunks(path, source.name), b"")
    _refuse(path, head, source)
    if source.encoding is not None:
        return _declared(path, source)
    for name in _likely(head):
        with suppress(_Undecodable):
            return _read_as(name, path, source.name)
    guessed = _guessed(path)
    if guessed is not None:
        with suppress(_Undecodable):
            return _read_as(guessed, path, source.name)
    message = _(
        "{path}: the encoding cannot be told; write it, as in encoding: cp932, "
        "or save the file as UTF-8.",
        path=path,
    )
    raise SourceProblem(message, source=source.name)


def _likely(head: bytes) -> tuple[str, ...]:
    """The encodings to try, the surest first, of a file that begins so."""
    if head.startswith(_UTF16):
        return ("utf-16",)
    if (name := _padded(head)) is not None:
        return (name,)
    return ("iso2022_jp_ext",) if _ISO_2022 in head else (_UTF8, "cp932")


def _padded(head: bytes) -> str | None:
    """UTF-16 without its mark: every second byte of delimiters, digits and line ends is zero."""
    if b"\0" not in head:
        return None
    name = "utf-16-be" if head[::2].count(0) > head[1::2].count(0) else "utf-16-le"
    try:
        text = codecs.getincrementaldecoder(name)().decode(head)
    except UnicodeError:
        return None
    return name if all(sign >= " " or sign in "\t\r\n" for sign in text) else None


def _refuse(path: Path, head: bytes, source: Source) -> None:
    if not head.removeprefix(codecs.BOM_UTF8).strip():
        message = _("{path} is empty; export it again.", path=path)
        raise SourceProblem(message, source=source.name)
    kind = next((name for start, name in _SIGNATURES if head.startswith(start)), None)
    declared = (source.encoding or "").casefold()
    padded = head.startswith(_UTF16) or "16" in declared or "32" in declared  # UTF-16, UTF-32
    opening = head.removeprefix(codecs.BOM_UTF8).lstrip()
    if kind is None:
        kind = next((name for sign, name in _OPENINGS if sign.match(opening)), None)
    if kind is None and b"\0" in head and not padded and _padded(head) is None:
        kind = _("binary")
    if kind is not None:
        message = _(
            "{path} is no text table, it holds {kind} data; export it as CSV.", path=path, kind=kind
        )
        raise SourceProblem(message, source=source.name)


def _declared(path: Path, source: Source) -> Text:
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
    name = {"utf-8": _UTF8, "shift_jis": "cp932"}.get(name, name)
    try:
        return _read_as(name, path, source.name)
    except _Undecodable as problem:
        (line,) = problem.args
    message = _(
        "{path}: line {line} is not written in {encoding}; leave encoding: out or correct it.",
        path=path,
        line=line,
        encoding=declared,
    )
    raise SourceProblem(message, source=source.name, place=line)


def _read_as(name: str, path: Path, source: str) -> Text:
    """The file read to its end, once; _Undecodable where it is not written so."""
    if name == _UTF8:
        with suppress(_Joined):
            return Text(path, _lines(_as_utf8(name, path, source)))
    return _copied(_as_utf8(name, path, source, clean=True))


def _copied(content: Iterable[bytes]) -> Text:
    """The content in a file that lives as long as the text."""
    scratch = Scratch()
    copy = scratch.path / "copy.csv"
    try:
        with copy.open("wb", buffering=_CHUNK) as out:
            lines = _lines(chunk for chunk in content if out.write(chunk))
    except BaseException:
        scratch.close()
        raise
    text = Text(copy, lines)
    finalize(text, scratch.close)
    return text


def _as_utf8(name: str, path: Path, source: str, *, clean: bool = False) -> Iterator[bytes]:
    """The content as UTF-8; ``clean`` of the byte order marks that files joined to one leave in it.

    Raises _Undecodable, and _Joined for such marks where they would have to be kept.
    """
    decoder = codecs.getincrementaldecoder(name)()
    read = 0
    for chunk in chain(chunks(path, source, _DECODED), [b""]):
        try:
            text = decoder.decode(chunk, final=not chunk)
        except UnicodeError as problem:
            line = _line_at(path, read + getattr(problem, "start", 0))
            raise _Undecodable(line) from None
        read += len(chunk)
        if clean:
            yield (text.replace(_MARK, "") if _MARK in text else text).encode()
        elif _MARK in text:
            raise _Joined
        else:
            yield chunk


def _line_at(path: Path, position: int) -> int:
    with path.open("rb") as file:
        return file.read(position).count(b"\n") + 1


def _lines(content: Iterable[bytes]) -> int:
    feeds = returns = 0
    last = b""
    for chunk in content:
        feeds += chunk.count(b"\n")
        returns += 0 if feeds else chunk.count(b"\r")
        last = chunk[-1:] or last
    return (feeds or returns) + (last not in (b"\n", b"\r", b""))


def _guessed(path: Path) -> str | None:
    from charset_normalizer import from_path

    best = from_path(path).best()
    return None if best is None else str(best.encoding)
