"""Whose names the page knows, so that a view can do without them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import astuple, dataclass
from typing import Self
from unicodedata import normalize

from kpilint.analysis.funnels.wording import department
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.written import plain_name
from kpilint.i18n import _
from kpilint.monthly.blocks import Block
from kpilint.monthly.manifest import Order
from kpilint.monthly.page.views import ALL, BOARD, Views

ASKED = {"names": "yes", "people": "names"}  # the parameters of notebooks that show people


@dataclass(frozen=True, slots=True)
class People:
    """How the people of a goals file are recognised; None where names may be shown."""

    pattern: re.Pattern[str] | None

    @classmethod
    def of(cls, order: Order) -> Self:
        """Everybody who stands in a team or has a target, unless names were asked for."""
        asked = any(order.parameters.get(name) == value for name, value in ASKED.items())
        names = {plain_name(name) for name in _people(order.goals)} - {""}
        return cls(None if asked or not names else _pattern(names))

    def named_in(self, *texts: str | None) -> bool:
        """Whether one of them is named, though nobody asked for names."""
        if self.pattern is None:
            return False
        found = self.pattern.search
        return any(found(normalize("NFKC", text).casefold()) for text in texts if text)

    def in_block(self, block: Block) -> bool:
        """Whether a block of the page names one of them, in its words or its chart's data."""
        return self.named_in(*_texts(astuple(block)))

    def readers(self, *texts: str | None) -> Views:
        """Who may read the texts: all, but not the field where one of the people is named."""
        return BOARD if self.named_in(*texts) else ALL

    def owner(self, goal: Goal) -> str:
        """Who answers for a goal, as all may read it: the department in place of a person."""
        return department(goal.department) if self.named_in(goal.owner) else owner(goal)


def _people(goals: GoalSet) -> Iterator[str]:
    for members in goals.teams.values():
        yield from members
    for goal in goals:
        yield from goal.targets.people if goal.targets else ()


def _pattern(names: Iterable[str]) -> re.Pattern[str]:
    """Any of the plain names, however spaced; Ann is not found in annual."""
    spaced = (r"\s*".join(map(re.escape, name)) for name in sorted(names))
    return re.compile(rf"(?<![a-z])(?:{'|'.join(spaced)})(?![a-z])")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, tuple | list):
        for each in value:
            yield from _texts(each)


def owner(goal: Goal) -> str:
    """Who answers for a goal, or that nobody does yet."""
    if goal.owner:
        return goal.owner
    return _("{department} (no owner yet)", department=department(goal.department))
