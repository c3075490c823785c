"""A folder of exports, looked at: which files belong together, and what their columns hold."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import yaml

from kpilint.data import crm
from kpilint.data.dataset import Dataset
from kpilint.data.opened import WRITTEN
from kpilint.errors import FileProblem, KpilintError
from kpilint.goals import goalfile
from kpilint.goals.unit import CURRENCIES, read_unit
from kpilint.i18n import _, listed

if TYPE_CHECKING:
    import ibis.expr.types as ir

TABLES = frozenset({".csv", ".tsv", ".xlsx", ".xlsm", ".xls", ".parquet", ".pq"})
_DATED = re.compile(r"(?:19|20)\d{2}[-_.年]?(?:0?[1-9]|1[0-2])?[-_.月]?(?:[0-3]?\d)?[日月]?(?!\d)")
_SAMPLE = 1000  # records that are looked at to tell what a column holds
_MOSTLY = 0.9
_DATE = re.compile(
    r"\s*(?:\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}|\d{1,2} \w{3},? "
    r"|(?:令和|平成|[RH])(?:\d{1,2}|元)[年./-]\d{1,2}[月./-]\d{1,2})"
)
_NUMBERED = re.compile(r"(?i)(?:\b|_)(?:id|no)\.?$|番号|コード|ID$")
_AMOUNT = re.compile(r"(?i)amount|value|revenue|price|sales|金額|売上|受注額|単価")
_RATE = re.compile(
    r"(?i)(?:\b|_)(?:rate|ratio|avg|age|score)(?:\b|_)|percent|%|average|probability|price|latitude|"
    r"longitude|率|割合|確度|単価|平均|年齢|点数|スコア"
)
_SIGN = re.compile(r"[¥￥$＄€£円]|ドル|ユーロ|ポンド|JPY|USD|EUR|GBP")
_PERSON = re.compile(r"(?i)owner|agent|担当|所有者|rep\b|assignee|resource")
_WON = frozenset(
    {"won", "closed won", "closedwon", "受注", "受注済", "受注済み", "成約", "契約", "契約済"}
)
_LOST = frozenset(
    {"lost", "closed lost", "closedlost", "失注", "失注済", "不成約", "不成立", "見送り"}
)


class Unread(NamedTuple):
    """A file that was passed over, and why."""

    file: str
    reason: str


@dataclass(eq=False)
class Export:
    """One source to be: the files under one path, and the CRM's preset that fits, if any.

    ``path`` is as the goals file writes it, a pattern where the files are one a month. ``times``
    are the columns that hold dates, ``numbers`` those that hold quantities.
    """

    data: Dataset
    name: str
    path: str
    preset: str | None
    times: tuple[str, ...]
    numbers: tuple[str, ...]

    @cached_property
    def columns(self) -> tuple[str, ...]:
        """The canonical names of its columns, then the other headings."""
        return self.data.columns(self.name)

    @cached_property
    def records(self) -> int:
        """How many records there are."""
        return int(self.data.table(self.name).count().to_pyarrow().as_py())

    def values(self, column: str) -> tuple[str, ...]:
        """The texts in a column, the most frequent first; of very many the first 200."""
        found = (
            self.data.table(self.name)[column].cast("string").name("value").value_counts(name="n")
        )
        rows = found.order_by([found["n"].desc(), found["value"]]).limit(200).to_pyarrow()
        return tuple(str(v) for v in rows.column("value").to_pylist() if v not in (None, ""))

    def filled(self, column: str) -> bool:
        """Whether any record says something in this column."""
        return bool(self.data.table(self.name)[column].count().to_pyarrow().as_py())

    def kinds_of(self, column: str) -> int:
        """How many different values a column holds."""
        return int(self.data.table(self.name)[column].nunique().to_pyarrow().as_py())

    @cached_property
    def key(self) -> str | None:
        """The column that tells records apart: the preset's, else the first that is unique."""
        canonical = crm.key_of(self.preset) if self.preset else ""
        if canonical in self.columns:
            return canonical
        names = [c for c in self.columns if c not in (*self.times, *self.numbers)]
        names.sort(key=lambda c: not _NUMBERED.search(c))
        return next((c for c in names if self.kinds_of(c) == self.records > 1), None)

    @property
    def quantities(self) -> tuple[str, ...]:
        """The numbers that can be summed: a rate or a price of one cannot."""
        return tuple(column for column in self.numbers if not _RATE.search(column))

    def is_money(self, column: str) -> bool:
        """Whether the heading of a column of numbers says that they are money."""
        return bool(_AMOUNT.search(column))

    @cached_property
    def amount(self) -> str | None:
        """The column with money."""
        return next(filter(self.is_money, self.numbers), None)

    @property
    def money(self) -> tuple[str, str]:
        """The currency of the amounts, yen where nothing tells it, and how that is known."""
        told = self._currencies()
        unit = told[0] if told else "JPY"
        if len(told) > 1:
            return unit, _(
                "“{column}” is in several currencies, {units}; let where: select one. {unit} is "
                "written here.",
                column=self.amount,
                units=listed(told),
                unit=unit,
            )
        if told:
            return unit, _(
                "“{column}” is in {unit}, as the data says.", column=self.amount, unit=unit
            )
        return unit, _("“{column}” is taken to be in {unit}.", column=self.amount, unit=unit)

    def _currencies(self) -> tuple[str, ...]:
        """What a column of currencies or the signs beside a sample of amounts say; most first."""
        if "currency" in self.columns and self.filled("currency"):
            signs = self.values("currency")
        else:
            written = self.data.opened(self.name).written(self.amount or "")
            cells = (
                [] if written is None else written.limit(_SAMPLE).to_pyarrow()[WRITTEN].to_pylist()
            )
            found = Counter(sign[0] for cell in cells if (sign := _SIGN.search(cell or "")))
            signs = tuple(word for word, _count in found.most_common())
        known: dict[str, None] = {}
        for word in signs:
            with suppress(ValueError):  # no currency that a metric's unit can be
                known[read_unit(word.upper())] = None
        return tuple(unit for unit in known if unit in CURRENCIES)

    @cached_property
    def person(self) -> str | None:
        """The column that says whose record it is."""
        return next((c for c in self.columns if _PERSON.search(c) and c not in self.times), None)

    @cached_property
    def outcomes(self) -> tuple[str, Mapping[str, str]] | None:
        """The column that says how a record ended, and its words for won and lost."""
        columns = ["stage"] if "stage" in self.columns else self.columns
        for column in columns:
            if column in self.times or column in self.numbers:
                continue
            found = {v: o for v in self.values(column) if (o := outcome(v))}
            if "won" in found.values():
                return column, found
        return None


def outcome(word: str) -> str | None:
    """Whether a stage's name says that the record was won or lost."""
    name = unicodedata.normalize("NFKC", word).strip().casefold()
    return "won" if name in _WON else "lost" if name in _LOST else None


def _is_date(value: object) -> bool:
    if isinstance(value, date):
        return True
    return isinstance(value, str) and bool(_DATE.match(unicodedata.normalize("NFKC", value)))


def look(folder: Path, goals: Path, language: str) -> tuple[tuple[Export, ...], tuple[Unread, ...]]:
    """The exports in ``folder`` as sources of the goals file ``goals``, and what was passed over.

    Raises FileProblem where the folder cannot be read or holds no table.
    """
    try:
        names = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError as problem:
        reason = problem.strerror or str(problem)
        message = _("{path} cannot be read: {reason}.", path=folder, reason=reason)
        raise FileProblem(message) from None
    tables = [p for p in names if p.suffix.lower() in TABLES and not p.name.startswith(("~$", "."))]
    if not tables:
        message = _("{path} holds no exports; CSV, Excel and Parquet files are read.", path=folder)
        raise FileProblem(message)
    found: list[Export] = []
    unread: list[Unread] = []
    for pattern in dict.fromkeys(map(_pattern_among(tables), tables)):
        try:
            found.append(_export(pattern, goals, language, {each.name for each in found}))
        except KpilintError as problem:
            unread.append(Unread(pattern.name, str(problem)))
    return tuple(found), tuple(unread)


def _pattern_among(tables: Sequence[Path]) -> Callable[[Path], Path]:
    """Files whose names differ in a date alone are one source, written as a pattern."""

    def undated(path: Path) -> Path:
        return path.with_stem(_DATED.sub("*", path.stem))

    count = Counter(map(undated, tables))

    def pattern(path: Path) -> Path:
        return undated(path) if count[undated(path)] > 1 else path

    return pattern


def _export(path: Path, goals: Path, language: str, taken: set[str]) -> Export:
    """The source behind one path: first as it lies there, then with its columns typed."""
    # The goals file's folder may not be there yet, so that a path from it leads nowhere.
    lying = path.absolute().as_posix()

    def opened(name: str, said: Mapping[str, str], metrics: Mapping[str, object]) -> Dataset:
        sources = {name: {"path": lying, **said}}
        text = yaml.safe_dump({"language": language, "sources": sources, "metrics": metrics})
        return Dataset.of(goalfile.read(goals, source=text))

    with opened("raw", {}, {}) as data:
        preset = crm.recognised(data.columns("raw"))
    said = {"preset": preset} if preset else {}
    with opened("raw", said, {}) as data:
        times, numbers = _kinds(data)
    name = _name(path, preset, taken)
    typed: dict[str, object] = {
        f"time {n}": {"source": name, "agg": "count", "time": c} for n, c in enumerate(times)
    }
    typed |= {
        f"sum {n}": {"source": name, "agg": "sum", "column": c} for n, c in enumerate(numbers)
    }
    written = Path(os.path.relpath(path, goals.parent)).as_posix()
    return Export(opened(name, said, typed), name, written, preset, times, numbers)


def _kinds(data: Dataset) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The columns of the source ``raw`` that hold dates, and those that hold quantities.

    A number that only tells records apart is no quantity.
    """
    columns = data.columns("raw")
    told = crm.kinds_of(columns) if data.goals.sources["raw"].preset else {}
    sample = data.table("raw").limit(_SAMPLE)
    cells, numeric = sample.to_pyarrow().to_pydict(), _numeric(sample)
    times = tuple(c for c in columns if told.get(c) == "time" or _mostly(_is_date, cells[c]))
    numbers = tuple(
        c
        for c in columns
        if told.get(c) == "number" or (c not in times and not _NUMBERED.search(c) and c in numeric)
    )
    return times, numbers


def _numeric(sample: ir.Table) -> frozenset[str]:
    """The columns that hold numbers, or text that is mostly read as numbers."""
    from kpilint.data.cells import is_blank, number, with_point
    from kpilint.data.conversion import learn_commas
    from kpilint.data.kinds import NUMBER, TEXT, kind_of_type

    kinds = {column: kind_of_type(dtype) for column, dtype in sample.schema().items()}
    typed = frozenset(column for column, kind in kinds.items() if kind == NUMBER)
    texts = [column for column, kind in kinds.items() if kind == TEXT]
    if not texts:
        return typed
    commas = learn_commas(sample, texts)
    counts: dict[str, ir.Scalar] = {}
    for n, column in enumerate(texts):
        cell = sample[column]
        counts[f"read{n}"] = number(with_point(cell) if column in commas else cell).count()
        counts[f"said{n}"] = (~is_blank(cell)).sum()
    told = sample.aggregate(**counts).to_pyarrow().to_pylist()[0]
    mostly = (
        column
        for n, column in enumerate(texts)
        if told[f"said{n}"] and told[f"read{n}"] >= _MOSTLY * told[f"said{n}"]
    )
    return typed | frozenset(mostly)


def _mostly(test: Callable[[object], bool], values: Sequence[object]) -> bool:
    said = [value for value in values if value not in (None, "")]
    return bool(said) and sum(map(test, said)) >= _MOSTLY * len(said)


def _name(path: Path, preset: str | None, taken: set[str]) -> str:
    """What the source is called: as the CRM calls its records, else as the file is called."""
    own = re.sub(r"\W+", "_", unicodedata.normalize("NFKC", path.stem)).strip("_").lower()
    name = preset.partition("/")[2] if preset else own or "source"
    return next(n for n in _numbered(name) if n not in taken)


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name}_{number}"
        number += 1
