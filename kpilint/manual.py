"""A rule's docstring as a manual page, in the language that speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from inspect import cleandoc

from kpilint.i18n import _
from kpilint.rule import Rule

_HEADINGS = ("Bad", "Good", "Options", "When to ignore", "Source")
_SECTION = re.compile(rf"^({'|'.join(_HEADINGS)}):[ \t]*", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Page:
    """The parts of a page; texts in English, examples as YAML."""

    title: str
    why: tuple[str, ...]
    bad: str
    good: str
    options: Mapping[str, str]
    ignore: str
    source: str

    @property
    def texts(self) -> tuple[str, ...]:
        """Every text of the page that is read in two languages."""
        told = (self.title, *self.why, *self.options.values(), self.ignore, self.source)
        return tuple(text for text in told if text)


def page_of(rule: Rule) -> Page:
    """The page of a rule, from its docstring."""
    lead, *rest = _SECTION.split(cleandoc(rule.page))
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    title, *why = (_flowed(part) for part in lead.split("\n\n") if part.strip())
    return Page(
        title=title,
        why=tuple(why),
        bad=_block(sections.get("Bad", "")),
        good=_block(sections.get("Good", "")),
        options=dict(_options(sections.get("Options", ""))),
        ignore=_flowed(sections.get("When to ignore", "")),
        source=_flowed(sections.get("Source", "")),
    )


def _flowed(text: str) -> str:
    return " ".join(text.split())


def _block(text: str) -> str:
    return cleandoc("\n" + text).strip() + "\n"


def _options(text: str) -> list[tuple[str, str]]:
    """Lines ``name: what it does``; a deeper line goes on with the one above."""
    joined = re.sub(r"\n\s+(?![a-z_]+: )", " ", cleandoc("\n" + text))
    pairs = (line.partition(":") for line in joined.splitlines() if line.strip())
    return [(name.strip(), _flowed(told)) for name, _colon, told in pairs]


def shown(rule: Rule) -> str:
    """The page as plain text, for a terminal."""
    page = page_of(rule)
    head = f"{rule.code} {rule.name} ({rule.severity.word})"
    parts = [head, _(page.title), *(_(paragraph) for paragraph in page.why)]
    parts += [f"{_('Bad')}:\n{_indented(page.bad)}", f"{_('Good')}:\n{_indented(page.good)}"]
    if page.options:
        lines = [f"  {n} = {rule.options[n]}: {_(told)}" for n, told in page.options.items()]
        parts.append("\n".join([f"{_('Options')}:", *lines]))
    if page.ignore:
        parts.append(f"{_('When to ignore')}: {_(page.ignore)}")
    if page.source:
        parts.append(f"{_('Source')}: {_(page.source)}")
    return "\n\n".join(parts).replace("``", "")  # a terminal shows no markup


def marked(rule: Rule) -> str:
    """The page as Markdown, without its title."""
    page = page_of(rule)
    parts = [_(paragraph) for paragraph in page.why]
    parts += [f"**{_('Bad')}**\n\n{_fenced(page.bad)}", f"**{_('Good')}**\n\n{_fenced(page.good)}"]
    if page.options:
        lines = [f"- `{n}` = {rule.options[n]}: {_(told)}" for n, told in page.options.items()]
        parts.append("\n".join([f"**{_('Options')}**\n", *lines]))
    for heading, told in ((_("When to ignore"), page.ignore), (_("Source"), page.source)):
        if told:
            parts.append(f"**{heading}**: {_(told)}")
    return "\n\n".join(parts)


def titled(rule: Rule) -> str:
    """The title of the page."""
    return _(page_of(rule).title)


def meanings(rule: Rule) -> dict[str, str]:
    """What each option of the rule does, by its name."""
    return {name: _(told) for name, told in page_of(rule).options.items()}


def plain(rule: Rule) -> dict[str, object]:
    """The page as JSON can say it; null for what it has nothing of."""
    page, means = page_of(rule), meanings(rule)
    return {
        "code": rule.code,
        "name": rule.name,
        "severity": str(rule.severity),
        "title": titled(rule),
        "why": [_(paragraph) for paragraph in page.why],
        "bad": page.bad,
        "good": page.good,
        "options": {n: {"default": rule.options[n], "means": means[n]} for n in means},
        "when_to_ignore": _(page.ignore) if page.ignore else None,
        "source": _(page.source) if page.source else None,
    }


def _fenced(text: str) -> str:
    return f"```yaml\n{text}```"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}".rstrip() for line in text.splitlines())
