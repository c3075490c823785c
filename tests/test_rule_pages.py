"""The rules' pages in ``docs/`` are those of the code and of the catalogue."""

from __future__ import annotations

import re

import pytest

from kpilint.linter import RULES
from tests.rule_pages import PAGES, READMES, pages, readme


@pytest.mark.parametrize("language", PAGES)
def test_the_pages_are_up_to_date(language: str) -> None:
    stale = f"{PAGES[language].name} is stale: python -m tests.rule_pages"
    assert PAGES[language].read_text(encoding="utf-8") == pages(language), stale


@pytest.mark.parametrize("language", READMES)
def test_the_tables_of_the_readmes_are_up_to_date(language: str) -> None:
    stale = f"{READMES[language].name} is stale: python -m tests.rule_pages"
    text = READMES[language].read_text(encoding="utf-8")
    assert text == readme(language), stale
    assert text.count(f"](docs/{PAGES[language].name}#") == len(RULES)


@pytest.mark.parametrize("language", PAGES)
def test_every_link_leads_to_a_heading(language: str) -> None:
    text = pages(language)
    headings = {
        re.sub(r"[^\w-]", "", h.lower().replace(" ", "-"))
        for h in re.findall("^## (.+)$", text, re.M)
    }
    linked = set(re.findall(r"\]\(#([^)]+)\)", text))
    assert linked
    assert linked <= headings
