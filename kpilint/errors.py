"""What can go wrong outside the goals: misuse and the world, never a fault in what a user wrote.

::

    KpilintError             one sentence for the user; the command line exits with 2
    ├── Misuse               kpilint was called in a way that cannot be answered
    ├── FileProblem          a file cannot be read or written
    └── Unavailable          what was asked of the data cannot be had: a rule becomes "could not check"
        ├── SourceProblem    a source cannot be opened or read: rule M003
        │   └── ColumnMissing    a heading that the source lacks: rule M004
        └── LedgerProblem    the ledger cannot be opened, read or written
"""

from __future__ import annotations


class KpilintError(Exception):
    """One sentence that says what, where and what to do."""


class Misuse(KpilintError):
    """kpilint was called in a way that cannot be answered."""


class FileProblem(KpilintError):
    """A file that the user named cannot be read or written."""


class Unavailable(KpilintError):
    """What was asked of the data cannot be had; a rule that asked is reported as not checked."""


class SourceProblem(Unavailable):
    """A source cannot be opened or read.

    ``place`` is the row or line inside the source's file, where one is known.
    """

    def __init__(self, message: str, *, source: str, place: int | None = None) -> None:
        super().__init__(message)
        self.source = source
        self.place = place


class ColumnMissing(SourceProblem):
    """A column that the goals name is not among the source's headings."""

    def __init__(self, message: str, *, source: str, column: str, near: str | None = None) -> None:
        super().__init__(message, source=source)
        self.column = column
        self.near = near


class LedgerProblem(Unavailable):
    """The ledger of earlier runs cannot be opened, read or written."""
