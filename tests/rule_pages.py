"""The rules as pages of the documentation: ``docs/rules.md`` and ``docs/rules.ja.md``.

``python -m tests.rule_pages`` writes them anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kpilint.i18n import _, speaking
from kpilint.linter import RULES
from kpilint.manual import marked, page_of
from kpilint.rule import Rule

DOCS = Path(__file__).parents[1] / "docs"
PAGES = {"en": DOCS / "rules.md", "ja": DOCS / "rules.ja.md"}
_HEAD = {
    "en": (
        "Rules",
        "[日本語](rules.ja.md)",
        "| code | name | severity | asks |",
        "Written by `python -m tests.rule_pages`; `kpilint explain A001` shows the same.",
    ),
    "ja": (
        "ルール一覧",
        "[English](rules.md)",
        "| コード | 名前 | 重さ | 求めること |",
        "`python -m tests.rule_pages` で作成。`kpilint explain A001` でも同じ内容を表示します。",
    ),
}


def pages(language: str) -> str:
    """All rules in ``ja`` or ``en``: a table, and a page each."""
    with speaking(language):
        title, other, columns, made = _HEAD[language]
        parts = [f"# {title}\n\n{other} · {made}", "\n".join(_table(columns))]
        parts += [_page(rule) for rule in RULES.values()]
        return "\n\n".join(parts) + "\n"


def _table(columns: str) -> Iterator[str]:
    yield columns
    yield "|---|---|---|---|"
    for rule in RULES.values():
        title = _(page_of(rule).title)
        yield f"| [{rule.code}](#{_anchor(rule)}) | {rule.name} | {rule.severity.word} | {title} |"


def _page(rule: Rule) -> str:
    return f"## {rule.code} {rule.name}\n\n*{_(page_of(rule).title)}*\n\n{marked(rule)}"


def _anchor(rule: Rule) -> str:
    """The anchor that a heading of the rule's page gets."""
    return f"{rule.code.lower()}-{rule.name}"


if __name__ == "__main__":
    for spoken, path in PAGES.items():
        path.write_text(pages(spoken), encoding="utf-8")
