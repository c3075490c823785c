"""Whether a ledger is as it was written: its own chain, and what the pages made from it remember."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kpilint.data.chain import Chain, Flaw, Head, Row
from kpilint.i18n import _

if TYPE_CHECKING:
    from kpilint.data.storage import Storage


def verified(storage: Storage, folder: Path) -> tuple[str, ...]:
    """A sentence for each fault of the book, and for each month's page that knows it otherwise.

    Pages are those under ``reports/`` in ``folder``: their manifests hold the end of the book at
    the time, so that rows cut off at the end are missed.
    """
    chain = Chain(storage.book)

    def walked(rows: Iterator[Row], head: Head) -> tuple[Flaw, ...]:
        return chain.walk(rows, head)

    flaws = storage.along(walked) or ()
    return (*map(_told, flaws), *_beside(folder, chain))


def _told(flaw: Flaw) -> str:
    rows = _rows(flaw)
    match flaw.damage:
        case "missing":
            return _("{rows}: missing; somebody deleted what stood there.", rows=rows)
        case "edited":
            return _("{rows}: edited after it was written.", rows=rows)
        case "moved":
            return _("{rows}: moved; first written as row {was}.", rows=rows, was=flaw.was)
        case "foreign":
            return _("{rows}: inserted by another hand than kpilint's.", rows=rows)
        case "cut":
            return _(
                "{rows}: does not continue the row before it; one of the two was written anew.",
                rows=rows,
            )


def _rows(flaw: Flaw) -> str:
    if flaw.last > flaw.first:
        return _("Rows {first} to {last}", first=flaw.first, last=flaw.last)
    row = flaw.row
    if row is None:
        return _("Row {number}", number=flaw.first)
    return _(
        "Row {number} ({kind}, {subject}, run {run})",
        number=flaw.first,
        kind=row.kind,
        subject=row.subject,
        run=row.run,
    )


def _beside(folder: Path, chain: Chain) -> Iterator[str]:
    """Pages that were made when the book was another."""
    for page, end in ends(folder):
        if end.number and end.number not in chain.hashes:
            yield _(
                "{page} was made when the ledger reached row {number}; that row is gone.",
                page=page,
                number=end.number,
            )
        elif end.number and chain.hashes[end.number] != end.hash:
            yield _(
                "{page} was made from another row {number} than the ledger now holds; it was "
                "rewritten since.",
                page=page,
                number=end.number,
            )


def ends(folder: Path) -> Iterator[tuple[str, Head]]:
    """The manifests of the pages under ``folder``, each with where the book ended then."""
    for path in sorted(folder.glob("reports/*/manifest.json")):
        try:
            told = json.loads(path.read_text(encoding="utf-8"))["ledger"]
            end = Head(int(told["number"]), str(told["head"]))
        except (OSError, ValueError, LookupError, TypeError):  # older than the ledger
            continue
        yield path.relative_to(folder).as_posix(), end
