"""What an executed notebook shows, as plain blocks: prose, verdicts, notes, tables, charts."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from html import unescape
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, TypeAlias

from kpilint.analysis.drawing import breadth

if TYPE_CHECKING:
    from nbformat import NotebookNode

FIGURE = "application/vnd.plotly.v1+json"
SENTENCE = 30  # half-width letters in a cell: longer ones are no name and no number
PHONE = 60  # half-width letters that columns of text share on a phone
_MARKUP = re.compile(r"<(?!/?(?:b|i|br|sub|sup|extra)\s*/?>)")  # what a chart's text may not hold
_TAG = re.compile(r"<[^>]*>")
_NUMBER = re.compile(r"[-–▲<>≤≥¥$]?\s*[0-9].*|[-–]?")


@dataclass(frozen=True, slots=True)
class Prose:
    """Markdown of a cell, not yet rendered."""

    markdown: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """A result in a sentence."""

    text: str


@dataclass(frozen=True, slots=True)
class Note:
    """What a careful reader of the result must know besides."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Texts by row; ``numeric`` says which columns hold numbers only."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def numeric(self) -> tuple[bool, ...]:
        """Which columns are numbers, so that they align to the right."""
        columns = zip(*self.rows, strict=True) if self.rows else ((),) * len(self.head)
        return tuple(map(_numeric, columns))

    @property
    def wordy(self) -> bool:
        """Whether cells hold sentences or much text, which a phone shows below one another."""
        columns = zip(*self.rows, strict=True)
        text = [max(map(breadth, column)) for column in columns if not _numeric(column)]
        return any(size > SENTENCE for size in text[1:]) or (len(text) > 2 and sum(text) > PHONE)


def _numeric(column: Iterable[str]) -> bool:
    return all(_NUMBER.fullmatch(cell) for cell in column)


@dataclass(frozen=True, slots=True)
class Chart:
    """A plotly figure: ``spec`` is its JSON, the words stand apart; ``table`` is what it draws.

    Beside plotly's own parts the spec holds ``narrow``: what of the layout is another on a phone.
    It is empty where the figure has nothing to draw.
    """

    spec: str
    title: str = ""
    subtitle: str = ""
    source: str = ""
    table: Table | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """Anything else, as the text that Python shows."""

    text: str


Block: TypeAlias = Prose | Verdict | Note | Table | Chart | Value


@dataclass(frozen=True, slots=True)
class Placed:
    """A block with the tags of its cell."""

    block: Block
    tags: frozenset[str] = frozenset()


def blocks(notebook: NotebookNode, language: str) -> list[Placed]:
    """What the notebook shows to a reader of ``language``, in its order.

    Code, messages and tracebacks are left out, and so are cells tagged for the other language. A
    chart takes in the table just before it, which it draws. Whatever markup a client's data holds
    has become text.
    """
    shown = [cell for cell in notebook.cells if _speaks(cell, language)]
    return _joined(placed for cell in shown for placed in _of_cell(cell))


def _speaks(cell: NotebookNode, language: str) -> bool:
    languages = {tag for tag in _tags(cell) if tag.startswith("lang-")}
    return not languages or f"lang-{language}" in languages


def _tags(cell: NotebookNode) -> frozenset[str]:
    return frozenset(cell.metadata.get("tags", ()))


def _of_cell(cell: NotebookNode) -> Iterator[Placed]:
    tags = _tags(cell)
    if cell.cell_type == "markdown":
        yield Placed(Prose(cell.source), tags)
    for output in cell.get("outputs", ()):
        if output.output_type in ("execute_result", "display_data"):
            yield from (Placed(block, tags) for block in _of_output(output.data))


def _of_output(data: Mapping[str, Any]) -> Iterator[Block]:
    if FIGURE in data:
        yield _chart(data[FIGURE])
    elif "text/html" in data:
        outline = _Outline()
        outline.feed(data["text/html"])
        outline.close()
        yield from outline.blocks
    elif data.get("text/plain", "None") != "None":
        yield Value(data["text/plain"])


def _joined(found: Iterator[Placed]) -> list[Placed]:
    """The same blocks, where each chart has taken in the table before it, for its own readers."""
    together: list[Placed] = []
    for placed in found:
        if isinstance(placed.block, Chart):
            tables = [n for n, other in enumerate(together) if isinstance(other.block, Table)]
            heads = [n for n, other in enumerate(together) if isinstance(other.block, Chart)]
            if tables and tables[-1] > max(heads, default=-1):
                drawn = together.pop(tables[-1])
                assert isinstance(drawn.block, Table)
                kept = {tag for tag in drawn.tags if not tag.startswith("audience-")}
                chart = replace(placed.block, table=drawn.block)
                placed = Placed(chart, placed.tags | kept)
        together.append(placed)
    return together


def _chart(figure: Mapping[str, Any]) -> Chart:
    layout = dict(figure.get("layout", {}))
    title = layout.pop("title", {})
    meta = layout.pop("meta", None) or {}
    layout.pop("images", None)  # they could name a place outside
    parts = {"data": figure.get("data", []), "layout": layout, "narrow": meta.get("narrow", {})}
    spec = json.dumps(
        _harmless(parts),
        ensure_ascii=False,
        separators=(",", ":"),
    )
    return Chart(
        # No text can close the script that carries it.
        spec.replace("<", "\\u003c") if any(map(_draws, figure.get("data", []))) else "",
        _words(title.get("text")),
        _words(title.get("subtitle", {}).get("text")),
        _words(meta.get("source")),
    )


def _draws(trace: Mapping[str, Any]) -> bool:
    """Whether a trace has values, as a list or packed by plotly."""
    values = (trace.get(axis) for axis in ("x", "y", "z"))
    return any(each.get("bdata") if isinstance(each, dict) else each for each in values)


def _harmless(value: Any) -> Any:
    """The same JSON, where only plotly's plain emphasis is left of the markup in its texts."""
    match value:
        case dict():
            return {key: _harmless(each) for key, each in value.items()}
        case list():
            return [_harmless(each) for each in value]
        case str():
            return _MARKUP.sub("&lt;", value)
    return value


def _words(text: str | None) -> str:
    return unescape(_TAG.sub(" ", text or "")).strip()


@dataclass
class _Outline(HTMLParser):
    """Reads HTML down to its sentences and tables; every tag and attribute is dropped."""

    blocks: list[Block] = field(default_factory=list)
    _text: list[str] = field(default_factory=list)
    _rows: list[list[str]] = field(default_factory=list)
    _heads: int = 0  # how many rows of the table are its head
    _depth: int = 0  # of tables
    _in_cell: bool = False
    _mute: int = 0  # inside scripts and styles

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in ("script", "style"):
            self._mute += 1
        elif tag == "table":
            self._sentence()
            self._depth, self._rows, self._heads = self._depth + 1, [], 0
        elif tag in ("tr", "td", "th"):
            self._end_cell()  # HTML lets authors leave out what ends a cell
            if tag == "tr" or not self._rows:
                self._rows.append([])
            self._in_cell = tag != "tr"

    def handle_endtag(self, tag: str) -> None:
        if tag in ("script", "style"):
            self._mute = max(0, self._mute - 1)
        elif tag in ("td", "th", "tr"):
            self._end_cell()
        elif tag == "thead":
            self._end_cell()
            self._heads = len(self._rows)
        elif tag == "table" and self._depth:
            self._end_cell()
            self._depth -= 1
            self._table()
        elif tag == "li" and not self._depth:
            self._sentence(Note)
        elif tag in ("p", "div", "h1", "h2", "h3", "h4") and not self._depth:
            self._sentence()

    def handle_data(self, data: str) -> None:
        if not self._mute:
            self._text.append(data)

    def close(self) -> None:
        """End of the text: what has no closing tag counts too."""
        super().close()
        self._sentence()

    def _taken(self) -> str:
        text, self._text = " ".join("".join(self._text).split()), []
        return text

    def _end_cell(self) -> None:
        text = self._taken()
        if self._in_cell:
            self._rows[-1].append(text)
        self._in_cell = False

    def _sentence(self, kind: type[Verdict] | type[Note] = Verdict) -> None:
        if text := self._taken():
            self.blocks.append(kind(text))

    def _table(self) -> None:
        rows = [tuple(row) for row in self._rows if row]
        width = max((len(row) for row in rows), default=0)
        even = [row + ("",) * (width - len(row)) for row in rows]
        if self._heads > 1:  # pandas names an index in a row of its own, below the columns' names
            heads = zip(*even[: self._heads], strict=True)
            names = tuple(" ".join(dict.fromkeys(filter(None, cells))) for cells in heads)
            even = [names, *even[self._heads :]]
        if len(even) > 1:
            self.blocks.append(Table(even[0], tuple(even[1:])))
