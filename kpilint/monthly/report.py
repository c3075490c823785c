"""The client's page: executed notebooks become one self-contained HTML file."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING, TypeAlias

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from kpilint.analysis.drawing import DARK
from kpilint.goals.period import Period
from kpilint.i18n import _
from kpilint.monthly.assets import asset
from kpilint.monthly.blocks import Block, Chart, Prose, Verdict, blocks
from kpilint.monthly.manifest import Input, Order

if TYPE_CHECKING:
    from nbformat import NotebookNode

Shown: TypeAlias = Block | Markup


@dataclass(slots=True)
class Section:
    """A numbered part of the page with its heading and blocks."""

    title: str
    blocks: list[Shown] = field(default_factory=list)

    @property
    def verdict(self) -> str | None:
        """The first sentence that a result says here."""
        return next((block.text for block in self.blocks if isinstance(block, Verdict)), None)


def page(notebooks: Sequence[NotebookNode], order: Order, used: Sequence[Input]) -> str:
    """One self-contained page in the language that ``order`` asks for.

    It needs nothing from outside and allows nothing: its content security policy names the hashes
    of its two scripts, so that no other script runs even if one slipped in.
    """
    sections = [section for each in notebooks for section in _sections(each, order.language)]
    charts = any(isinstance(block, Chart) for part in sections for block in part.blocks)
    templates = asset("templates") / "report"
    environment = Environment(
        loader=FileSystemLoader(templates),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.tests["chart"] = lambda block: isinstance(block, Chart)
    environment.tests["of"] = lambda block, name: type(block).__name__ == name
    scripts = _scripts((templates / "page.js").read_text(encoding="utf-8")) if charts else []
    return environment.get_template("page.html.j2").render(
        words=_words(),
        language=order.language,
        organization=order.goals.organization or "",
        month=order.period.label(order.language),
        as_of=Period(order.as_of, order.as_of, "day").label(order.language),
        sections=sections,
        used=used,
        style=Markup((templates / "page.css").read_text(encoding="utf-8")),
        scripts=[Markup(script) for script in scripts],
        hashes=" ".join(f"'sha256-{_hash(script)}'" for script in scripts) or "'none'",
        palette=Markup(json.dumps(DARK)),
    )


def _scripts(own: str) -> list[str]:
    from plotly.offline import get_plotlyjs  # five megabytes of text

    return [get_plotlyjs(), own]


def _hash(script: str) -> str:
    return b64encode(sha256(script.encode()).digest()).decode()


def _sections(notebook: NotebookNode, language: str) -> list[Section]:
    """The notebook's blocks, divided at its headings of the first level."""
    markdown = _markdown()
    sections = [Section("")]
    for block in blocks(notebook, language):
        if not isinstance(block, Prose):
            sections[-1].blocks.append(block)
            continue
        for title, tokens in _divided(markdown.parse(block.markdown)):
            if title:
                sections.append(Section(title))
            if tokens:
                html = markdown.renderer.render(tokens, markdown.options, {})
                sections[-1].blocks.append(Markup(html))
    return [section for section in sections if section.title or section.blocks]


def _divided(tokens: list[Token]) -> list[tuple[str, list[Token]]]:
    """Runs of tokens, each with the first-level heading above it; other headings step down."""
    parts: list[tuple[str, list[Token]]] = [("", [])]
    rest = iter(tokens)
    for token in rest:
        if token.type == "heading_open" and token.tag == "h1":
            parts.append((next(rest).content, []))
            next(rest)  # its closing token
            continue
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 1)}"
        parts[-1][1].append(token)
    return [(title, run) for title, run in parts if title or run]


def _markdown() -> MarkdownIt:
    """Markdown without HTML, and without links and images, which would lead out of the page."""
    markdown = MarkdownIt("commonmark", {"html": False}).enable("table")
    markdown.disable(["link", "image", "autolink", "html_inline", "html_block"])
    return markdown


def _words() -> dict[str, str]:
    return {
        "report": _("Monthly diagnosis"),
        "as_of": _("As of"),
        "contents": _("Contents"),
        "skip": _("Skip to the content"),
        "summary": _("In short"),
        "table": _("Show the figures as a table"),
        "source": _("Source"),
        "inputs": _("What this page was made from"),
        "input": _("Input"),
        "sha256": _("SHA-256 (first 12 digits)"),
        "chart": _("Chart"),
        "made": _("Made with kpilint. The page holds everything it shows and loads nothing."),
    }
