"""The first goals file of a client, drafted from the exports that there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import yaml

from kpilint.i18n import _
from kpilint.monthly.workspace.exports import Export, Unread
from kpilint.monthly.workspace.guess import Content, Guess, guess

_WIDE = 10_000  # no line is folded


def goals_file(
    exports: Sequence[Export], unread: Sequence[Unread], language: str
) -> tuple[str, list[str]]:
    """The text of the goals file, and what was guessed, a sentence each.

    The guesses stand as comments beside what they are about; goals are left to people.
    """
    drafts = _apart({export.name: guess(export) for export in exports})
    guesses = [f"{name}: {said}" for name, draft in drafts.items() for said in draft.said]
    guesses += [f"{file}: {reason}" for file, reason in unread]
    return "\n".join(_lines(drafts, unread, language)) + "\n", guesses


def _lines(drafts: Mapping[str, Guess], unread: Sequence[Unread], language: str) -> Iterator[str]:
    yield "# yaml-language-server: $schema=goals.schema.json"
    yield _comment(_("Drafted from exports. Lines that begin with # tell what was guessed."))
    yield "version: 1"
    yield f"language: {language}"
    if language == "ja":
        yield _comment(_("Guessed: the fiscal year begins in April."))
        yield "fiscal_year_start: 4"
    yield ""
    yield "sources:"
    for name, draft in drafts.items():
        yield from (f"  {_comment(said)}" for said in draft.said)
        yield from _dumped({name: draft.source})
    yield from (f"  {_comment(f'{file}: {reason}')}" for file, reason in unread)
    for title, parts in (
        ("funnels", [draft.funnels for draft in drafts.values()]),
        ("metrics", [draft.metrics for draft in drafts.values()]),
    ):
        entries = {name: content for part in parts for name, content in part.items()}
        if entries:
            yield ""
            yield f"{title}:"
            yield from _dumped(entries, in_braces=title == "funnels")
    yield ""
    yield _comment(_("Write the goals here: metric, owner, period, target, action."))
    yield "goals: []"


def _apart(drafts: dict[str, Guess]) -> dict[str, Guess]:
    """The drafts with the names of funnels and metrics told apart that two sources share."""
    taken: set[str] = set()
    for source, draft in drafts.items():
        again = {
            name: f"{source}_{name}" for name in (*draft.funnels, *draft.metrics) if name in taken
        }
        draft.funnels = _renamed(draft.funnels, again)
        draft.metrics = _renamed(draft.metrics, again)
        taken |= {*draft.funnels, *draft.metrics}
    return drafts


def _renamed(entries: Mapping[str, Content], names: Mapping[str, str]) -> dict[str, Content]:
    """Entries under other names, and what refers to them: a ratio's parts, a metric's stage."""

    def told(key: str, value: object) -> object:
        if key in ("numerator", "denominator"):
            return names.get(str(value), value)
        if key == "stage":
            funnel, dot, stage = str(value).partition(".")
            return names.get(funnel, funnel) + dot + stage
        return value

    return {
        names.get(name, name): {key: told(key, value) for key, value in entry.items()}
        for name, entry in entries.items()
    }


def _comment(text: str) -> str:
    """A text as one line of a comment that cannot be read as an excuse."""
    return "# " + " ".join(text.split()).replace("kpilint:", "kpilint :")


def _dumped(content: Content, *, in_braces: bool = True) -> Iterator[str]:
    """YAML, a key a line; the innermost lists and mappings ``in_braces`` take one line each."""
    style = None if in_braces else False
    text = yaml.safe_dump(
        content, allow_unicode=True, sort_keys=False, width=_WIDE, default_flow_style=style
    )
    yield from (f"  {line}" for line in text.splitlines())
