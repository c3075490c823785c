"""The messages of the code and of the rule pages, and the catalogue that must know them.

``python -m tests.catalogue`` brings the Japanese catalogue up to date: new messages come in empty,
those that no longer occur go out.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.pofile import read_po, write_po

from kpilint.manual import page_of
from kpilint.rules import ALL

ROOT = Path(__file__).parents[1]
PO = ROOT / "kpilint" / "locale" / "ja" / "LC_MESSAGES" / "kpilint.po"


def messages() -> dict[str, str]:
    """Every English message, with the first place that it comes from."""
    found: dict[str, str] = {}
    for path in sorted((ROOT / "kpilint").rglob("*.py")):
        for message in _in(path):
            found.setdefault(message, path.relative_to(ROOT).as_posix())
    for rule in ALL:
        for text in page_of(rule).texts:
            found.setdefault(text, f"kpilint explain {rule.code}")
    return found


def _in(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        called = node.func if isinstance(node, ast.Call) else None
        if isinstance(called, ast.Name) and called.id == "_" and isinstance(node, ast.Call):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield first.value


def japanese() -> dict[str, str]:
    """The Japanese catalogue: English to Japanese, empty where it lacks one."""
    with PO.open("rb") as file:
        return {str(m.id): str(m.string) for m in read_po(file, locale="ja") if m.id}


def refresh(known: dict[str, str]) -> None:
    """Write the catalogue anew, sorted by place, with the translations that are known."""
    day = datetime(2026, 1, 1, tzinfo=UTC)  # a date that moves would change the file each time
    catalogue = Catalog("ja", project="kpilint", creation_date=day, revision_date=day, fuzzy=False)
    catalogue.header_comment = "# Japanese messages of kpilint."
    for message, place in messages().items():
        catalogue.add(message, known.get(message, ""), auto_comments=[place])
    with PO.open("wb") as file:
        write_po(file, catalogue, width=100, omit_header=False, no_location=True)


if __name__ == "__main__":
    refresh(japanese() if PO.exists() else {})
