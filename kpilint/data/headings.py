"""The columns of a source: canonical names, the headings behind them, and how one is found."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from kpilint.errors import ColumnMissing
from kpilint.i18n import _, listed

_SHOWN = 12  # headings that a message lists


def folded(heading: str) -> str:
    """What names are compared by: NFKC, without case; a line break or spaces are one space."""
    return " ".join(unicodedata.normalize("NFKC", heading).split()).casefold()


def unique(headings: Iterable[str]) -> tuple[str, ...]:
    """Headings as names that differ even without regard to case, since engines compare so.

    Of two columns called ``x`` the second is ``x_1``; one without a heading is ``column_3``.
    """
    taken: set[str] = set()
    names = []
    for number, heading in enumerate(headings, 1):
        base = heading.lstrip("\ufeff").strip() or f"column_{number}"
        name, again = base, 0
        while folded(name) in taken:
            again += 1
            name = f"{base}_{again}"
        taken.add(folded(name))
        names.append(name)
    return tuple(names)


def doubled(headings: Sequence[str]) -> tuple[str, ...]:
    """The headings that stand over more than one column; one that is blank is none."""
    counted = Counter(folded(heading) for heading in headings)
    firsts = {folded(heading): heading.strip() for heading in reversed(headings)}
    return tuple(firsts[name] for name, count in counted.items() if name and count > 1)


def united(
    files: Iterable[Sequence[str]], aliases: Callable[[Sequence[str]], Mapping[str, str]]
) -> dict[str, str]:
    """The heading that each heading of several files, ``folded``, stands under in one table.

    That is the first that is written like it, or that means the same: ``aliases`` gives the
    canonical names in a file's headings, so that 金額 and Amount of two exports are one column.
    """
    told: dict[str, str] = {}
    meant: dict[str, str] = {}
    for headings in files:
        names = {heading: name for name, heading in aliases(headings).items()}
        for heading in headings:
            same = meant.setdefault(names.get(heading, heading), heading)
            told.setdefault(folded(heading), told.get(folded(same), same))
    return told


@dataclass(frozen=True, slots=True)
class Headings:
    """The columns of one source.

    ``columns`` maps each column's name to the file's heading: canonical names first, then the
    headings that none stands for, under their own text. ``declared`` are the canonical names of
    ``columns:`` whose heading the file lacks.
    """

    source: str
    columns: Mapping[str, str]
    declared: Mapping[str, str]

    @classmethod
    def of(
        cls,
        source: str,
        real: Iterable[str],
        written: Mapping[str, str],
        preset: Mapping[str, str],
    ) -> Headings:
        """Match the ``real`` headings with ``columns:`` as written and with a preset's."""
        known = {folded(heading): heading for heading in reversed(list(real))}
        named = {name: known[folded(h)] for name, h in written.items() if folded(h) in known}
        declared = {name: h for name, h in written.items() if folded(h) not in known}
        taken = {*named.values()}
        for name, heading in preset.items():
            if name not in written and heading not in taken:
                named[name] = heading
                taken.add(heading)
        names = {folded(name) for name in named}
        rest = [heading for heading in real if heading not in taken]
        # A heading that is itself some other column's canonical name gives way to it.
        own = {h if folded(h) not in names else unique([*named, h])[-1]: h for h in rest}
        return cls(source, named | own, declared)

    def resolve(self, column: str) -> str:
        """The column's exact name; ColumnMissing with did-you-mean where there is none."""
        if column in self.columns:
            return column
        if column in self.declared:
            raise self._missing(self.declared[column])
        wanted = folded(column)
        behind = {folded(heading): name for name, heading in self.columns.items()}
        exact = {folded(name): name for name in self.columns}
        found = exact.get(wanted) or behind.get(wanted)
        if found is None:
            raise self._missing(column)
        return found

    def _missing(self, column: str) -> ColumnMissing:
        names = list(dict.fromkeys([*self.columns, *self.columns.values()]))
        near = self._near(column, names)
        message = _(
            "The source {source} has no column {column}.", source=self.source, column=_cut(column)
        )
        if near is not None:
            message += _(" Did you mean {near}?", near=_cut(near))
        else:
            shown = listed(map(_cut, names), _SHOWN)
            message += _(" It has {columns}.", columns=shown)
        return ColumnMissing(message, source=self.source, column=column, near=near)

    def _near(self, column: str, names: list[str]) -> str | None:
        by_fold = {folded(name)[:200]: name for name in reversed(names)}
        match = get_close_matches(folded(column)[:200], list(by_fold), n=1, cutoff=0.6)
        return by_fold[match[0]] if match else None


def _cut(name: str, length: int = 60) -> str:
    """A name on one line, short enough for a message."""
    line = " ".join(name.split())
    return line if len(line) <= length else line[: length - 1] + "…"
