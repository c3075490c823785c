"""Executed notebooks become the page's sections: by their tags, each cell for its readers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, TypeAlias

from markdown_it import MarkdownIt
from markupsafe import Markup

from kpilint.i18n import _
from kpilint.monthly.blocks import Block, Chart, Note, Placed, Prose, Verdict, blocks
from kpilint.monthly.page.people import People
from kpilint.monthly.page.views import ALL, MANAGER, SECTIONS, View, Views, audience, section_title

if TYPE_CHECKING:
    from nbformat import NotebookNode

Shown: TypeAlias = Block | Markup  # markup is what markdown has become


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of the page and who sees it; ``tags`` are those of its cell."""

    block: Shown
    views: Views
    tags: frozenset[str] = frozenset()


@dataclass(slots=True)
class Section:
    """A numbered part of the page: its key, its heading, its pieces and who sees it at all.

    ``opening`` is how many of the pieces come before its first result.
    """

    key: str
    title: str = ""
    pieces: list[Piece] = field(default_factory=list)
    opening: int | None = None
    views: Views = MANAGER
    level: int = 2  # of its last heading

    def of(self, view: View | None) -> tuple[Piece, ...]:
        """What a view shows of it."""
        return tuple(piece for piece in self.pieces if view is None or view in piece.views)

    def said(self, tag: str) -> Iterator[str]:
        """The verdicts of cells with a tag."""
        for piece in self.pieces:
            if tag in piece.tags and isinstance(piece.block, Verdict):
                yield piece.block.text


def sections(notebooks: Sequence[NotebookNode], language: str, people: People) -> list[Section]:
    """The sections of the notebooks in the order of the page.

    A cell belongs to the section whose tag came last, the first ones to the first section; a
    notebook without such tags is a section of its own for managers, after the others. What a
    field team sees names nobody.
    """
    found = {key: Section(key) for key in SECTIONS}
    for number, notebook in enumerate(notebooks, 1):
        shown = blocks(notebook, language)
        key = next((key for placed in shown if (key := _tagged(placed))), f"own{number}")
        for placed in shown:
            key = _tagged(placed) or key
            _add(found.setdefault(key, Section(key)), placed, people)
    for key, section in found.items():
        section.title = section.title or section_title(key)
        section.views = MANAGER.union(*(piece.views for piece in section.pieces))
    found["goals"].views = ALL
    _leave_out_repeated(found.values())
    return list(found.values())


def _leave_out_repeated(found: Iterable[Section]) -> None:
    """In place of a chart that all its readers have seen in an earlier section, say where."""
    seen: dict[str, tuple[Section, Views]] = {}
    for section in found:
        for place, piece in enumerate(section.pieces):
            if not isinstance(piece.block, Chart) or not piece.block.spec:
                continue
            first, readers = seen.setdefault(piece.block.spec, (section, piece.views))
            if first is not section and piece.views <= readers:
                told = Note(_("The chart stands under “{section}”.", section=first.title))
                section.pieces[place] = replace(piece, block=told)


def _tagged(placed: Placed) -> str | None:
    return next((key for key in SECTIONS if f"section-{key}" in placed.tags), None)


def _add(section: Section, placed: Placed, people: People) -> None:
    if section.opening is None and not isinstance(placed.block, Prose):
        section.opening = len(section.pieces)
    if section.key == "goals" and "summary" in placed.tags:
        return  # the status of all goals: the page's own rows
    block, views = placed.block, audience(section.key, placed.tags)
    if "field" in views and people.in_block(block):
        withheld = Note(_("A result is left out here, since it names people."))
        section.pieces.append(Piece(withheld, frozenset({"field"})))
        views -= {"field"}
    shown = _rendered(section, block.markdown) if isinstance(block, Prose) else block
    if shown:
        section.pieces.append(Piece(shown, views, placed.tags))


def _rendered(section: Section, text: str) -> Markup:
    """Markdown as HTML; a section's title is the first heading of the first level, if any comes.

    Other headings follow it, none skipping a level; one that only says the title again goes.
    """
    markdown = _markdown()
    tokens = markdown.parse(text)
    if tokens and tokens[0].type == "heading_open":
        heading = tokens[1].content
        usual = section_title(section.key)
        if not section.title and (tokens[0].tag == "h1" or not usual):
            section.title = heading
        if heading in (section.title, usual):
            tokens = tokens[3:]
    for token in tokens:
        if token.type == "heading_open":
            section.level = max(3, min(int(token.tag[1]) + 1, section.level + 1, 6))
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{section.level}"
    return Markup(markdown.renderer.render(tokens, markdown.options, {}))


def _markdown() -> MarkdownIt:
    """Markdown without HTML, and without links and images, which would lead out of the page."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.disable(["link", "image", "autolink", "html_inline", "html_block"])
    return markdown
