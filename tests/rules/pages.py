"""The examples of the rules' pages, put into the base so that they can be linted."""

from __future__ import annotations

import re
from collections.abc import Set
from datetime import date
from pathlib import Path

from kpilint.data.dataset import Dataset
from kpilint.data.ledger import Entry, Ledger, period_of, subject_of
from kpilint.finding import Findings
from kpilint.goals.goalfile import read
from kpilint.linter import Config, lint
from kpilint.manual import page_of
from kpilint.rule import DATA, HISTORY, LEDGER, Rule
from tests.rules.conduct_exports import write_conduct
from tests.rules.series import SERIES, write_deals

BASE = Path(__file__).with_name("base.yaml").read_text(encoding="utf-8")
DAY = date(2026, 10, 1)
LATER = date(2026, 10, 31)  # when a month of the base's period is over
_ENTRIES = {  # the line that an entry of the base stands under, and how deep its keys are
    "GoalSet": (None, 0),
    "Goal": ("  - id: wins", 4),
    "Excuse": ("  - id: wins", 4),
    "Metric": ("  won_revenue:", 4),
    "Source": ("  deals:", 4),
    "FunnelSpec": ("  sales:", 4),
}


def example(rule: Rule, which: str) -> str:
    """The base with the rule's ``bad`` or ``good`` example in it, as text.

    A key of the other example that this one lacks is taken out.
    """
    page = page_of(rule)
    own, other = (page.bad, page.good) if which == "bad" else (page.good, page.bad)
    if rule.code == "E001":
        return own
    return merged(rule.scope, own, keys(other) - keys(own))


def keys(snippet: str) -> set[str]:
    """The keys at the left edge of a snippet."""
    return set(_chunks(snippet.splitlines(), 0))


def merged(scope: str, snippet: str, absent: Set[str] = frozenset()) -> str:
    """The base with the snippet's keys in the entry that stands for the scope."""
    head, depth = _ENTRIES[scope]
    lines = BASE.splitlines()
    start = lines.index(head) + 1 if head else 0
    inside = (n for n in range(start, len(lines)) if not lines[n].startswith(" " * depth))
    end = next(inside, len(lines)) if head else len(lines)
    entry = _chunks(lines[start:end], depth)
    for name, chunk in _chunks(snippet.splitlines(), 0).items():
        entry[name] = [" " * depth + line for line in chunk]
    kept = [line for name, chunk in entry.items() if name not in absent for line in chunk]
    return "\n".join([*lines[:start], *kept, *lines[end:]]) + "\n"


def _chunks(lines: list[str], depth: int) -> dict[str, list[str]]:
    """Lines by the key that they belong to; what comes before the first key stands under ''."""
    chunks: dict[str, list[str]] = {}
    name = ""
    for line in lines:
        found = re.match(rf" {{{depth}}}([\w]+):", line)
        name = found[1] if found else name
        chunks.setdefault(name, []).append(line)
    return chunks


def linted(text: str, folder: Path, *select: str, data: bool = True, day: date = DAY) -> Findings:
    """What is found in ``text``, on the series that it names, in ``folder``."""
    named = re.search(r"# fixture: (\w+)", text)
    write_deals(folder / "data" / "deals.csv", SERIES[named[1] if named else "three_years"])
    write_deals(folder / "data" / "unreadable.csv", SERIES["five_months"], odd=("要確認", "未定"))
    write_deals(folder / "data" / "dollars.csv", SERIES["five_months"], odd=("$12,000", "$9,500"))
    write_deals(folder / "data" / "ended.csv", SERIES["three_years"], last=(2026, 7))
    write_deals(folder / "data" / "ahead.csv", SERIES["three_years"], also=("2062-09-30",))
    write_conduct(folder / "data", text)
    path = folder / "goals.yaml"
    path.write_text(text, encoding="utf-8")
    goals = read(path)
    config = Config(select=select) if select else None
    if not data:
        return lint(goals, None, as_of=day, config=config)
    with Dataset.of(goals) as dataset:
        return lint(goals, dataset, as_of=day, config=config)


def raised(rule: Rule, which: str, folder: Path) -> Findings:
    """What linting one of the rule's examples says, of this rule only where that can be."""
    select = () if rule.scope == "Excuse" else (rule.code,)
    data = bool(rule.needs & {DATA, HISTORY, LEDGER})
    if LEDGER in rule.needs:
        record(folder)
        return linted(example(rule, which), folder, *select, day=LATER)
    return linted(example(rule, which), folder, *select, data=data)


def record(folder: Path) -> None:
    """What the rules' pages say that earlier runs recorded of the base's 受注数."""
    past = merged("Goal", "period: 2026-07..2026-09\n")
    for kind, written in (("goal", past), ("target", BASE)):
        goals = read(folder / "goals.yaml", source=written)
        wins = goals.by_id["wins"]
        body = {name: getattr(wins, name) for name in ("id", "label", "role", "owner")}
        entry = Entry(kind, subject_of(wins), period_of(wins), body | {"target": 125})
        Ledger.of(goals).append([entry], as_of=date(2026, 9, 30), run="2026-09")


def found(scope: str, snippet: str, folder: Path, code: str, *, data: bool = False) -> Findings:
    """What one rule says of the base with the snippet in it."""
    return linted(merged(scope, snippet), folder, code, data=data)
