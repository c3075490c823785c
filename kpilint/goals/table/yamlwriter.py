"""Goals read from a table, written as the YAML of a goals file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from yaml import MappingNode, Node, ScalarNode

from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.written import excerpt
from kpilint.i18n import _

_SETTINGS = (
    "organization",
    "language",
    "timezone",
    "fiscal_year_start",
    "fiscal_year_named",
    "currency",
    "maturity",
)
_WIDE = 10_000  # no line of the output is folded


def to_yaml(goals: GoalSet) -> str:
    """The goals of a table as a goals file beside it, which includes the file with the metrics.

    What the table leaves open stands as a comment above its goal, so that nothing is lost.
    """
    own = [goal for goal in goals.goals if goal.origin == goals.origin]
    return "\n".join([*_head(goals), "goals:", *(line for g in own for line in _goal(goals, g))])


def _head(goals: GoalSet) -> Iterator[str]:
    name = Path(goals.origin).name
    yield f"# {_comment(_('From {name}; actuals and remarks stay there.', name=name))}"
    yield "version: 1"
    for key in _SETTINGS:
        value = getattr(goals, "language_" if key == "language" else key)
        if value != getattr(GoalSet, "language_" if key == "language" else key):
            yield _dumped({key: value})
    if goals.home:
        yield _dumped({"include": [_beside(goals.home, goals.origin)]})
    for code, kind, name, reason in goals.undecided:
        if kind != "goal":
            yield f"# {code} {_comment(name)}: {_comment(reason)}"


def _beside(home: str, origin: str) -> str:
    """The path from the table's folder to the file with the metrics, as YAML files write it."""
    return Path(os.path.relpath(home, Path(origin).parent)).as_posix()


def _goal(goals: GoalSet, goal: Goal) -> Iterator[str]:
    for code, kind, name, reason in goals.undecided:
        if kind == "goal" and name == goal.id:
            yield f"  # {code}: {_comment(reason)}"
    for line in _dumped([_plain(goal.node)]).splitlines():
        yield f"  {line}"


def _comment(text: str) -> str:
    """A text as one line of a comment that cannot be read as an excuse."""
    return excerpt(" ".join(text.split()), 300).replace("kpilint:", "kpilint :")


def _plain(node: Node) -> Any:
    """A node of the table as what YAML is written from."""
    if isinstance(node, ScalarNode):
        return str(node.value)
    if isinstance(node, MappingNode):
        return {str(k.value): _plain(value) for k, value in node.value}
    return [_plain(item) for item in node.value]


def _dumped(content: Any) -> str:
    dumped: str = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=_WIDE)
    return dumped.rstrip("\n")
