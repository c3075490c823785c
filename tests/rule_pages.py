"""The rules as pages of the documentation, ``docs/rules.md`` and ``docs/rules.ja.md``, and as the
table of both READMEs.

``python -m tests.rule_pages`` writes them anew.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from kpilint.i18n import _, speaking
from kpilint.linter import RULES
from kpilint.manual import marked, page_of
from kpilint.rule import Rule

DOCS = Path(__file__).parents[1] / "docs"
PAGES = {"en": DOCS / "rules.md", "ja": DOCS / "rules.ja.md"}
READMES = {"en": DOCS.with_name("README.md"), "ja": DOCS.with_name("README.ja.md")}
_FOLDED = {"en": "All {count} rules", "ja": "全{count}ルール"}
_MARKED = re.compile(r"(?<=<!-- rules -->\n).*?(?=<!-- /rules -->)", re.DOTALL)
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
        "| コード | 名前 | 重要度 | 求めること |",
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


def readme(language: str) -> str:
    """The README in ``ja`` or ``en`` with its table of all rules as they are now."""
    with speaking(language):
        summary = _FOLDED[language].format(count=len(RULES))
        table = "\n".join(_table(_HEAD[language][2], f"docs/{PAGES[language].name}"))
    folded = f"<details>\n<summary>{summary}</summary>\n\n{table}\n\n</details>\n"
    return _MARKED.sub(lambda _old: folded, READMES[language].read_text(encoding="utf-8"))


def _table(columns: str, page: str = "") -> Iterator[str]:
    yield columns
    yield "|---|---|---|---|"
    for rule in RULES.values():
        title, link = _(page_of(rule).title), f"{page}#{_anchor(rule)}"
        yield f"| [{rule.code}]({link}) | {rule.name} | {rule.severity.word} | {title} |"


def _page(rule: Rule) -> str:
    return f"## {rule.code} {rule.name}\n\n*{_(page_of(rule).title)}*\n\n{marked(rule)}"


def _anchor(rule: Rule) -> str:
    """The anchor that a heading of the rule's page gets."""
    return f"{rule.code.lower()}-{rule.name}"


if __name__ == "__main__":
    for spoken, path in PAGES.items():
        path.write_text(pages(spoken), encoding="utf-8")
        READMES[spoken].write_text(readme(spoken), encoding="utf-8")
