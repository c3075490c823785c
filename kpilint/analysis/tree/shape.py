"""Which goals a tree holds: the arithmetic of ``combine``, else the links of ``parent``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from kpilint.errors import Misuse
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.slip import near
from kpilint.i18n import _, listed


@dataclass(frozen=True, slots=True)
class Branch:
    """A goal in its place: below ``above`` (the root: none), as a part of its arithmetic or not.

    ``parts`` are the ids of the goals that make this one up; empty where none do.
    """

    goal: Goal
    depth: int
    above: str
    is_part: bool
    parts: tuple[str, ...]

    @property
    def how(self) -> str:
        """sum, product or ratio; empty where no parts make it up."""
        return self.goal.combine.how if self.goal.combine and self.parts else ""


def root_of(goals: GoalSet, name: str = "") -> Goal:
    """The goal of that id, else the first KGI that serves no other, else the first goal.

    Raises Misuse for an id that is not there, and where there is no goal.
    """
    if name:
        named = goals.by_id.get(name)
        if named is None:
            message = _("There is no goal {name}.", name=name)
            raise Misuse(message + near(name, goals.by_id))
        return named
    tops = [g for g in goals.goals if g.role == "kgi" and g.id]
    free = [g for g in tops if g.parent not in goals.by_id and g.id not in goals.wholes]
    found = free or tops or [g for g in goals.goals if g.id]
    if not found:
        raise Misuse(_("There is no goal to look at; write one under goals:."))
    return found[0]


def branches(goals: GoalSet, root: Goal) -> tuple[Branch, ...]:
    """All goals below ``root``, each once, every goal before those that serve it."""
    found: dict[str, Branch] = {}
    ahead = [Branch(root, 0, "", False, _parts(goals, root))]
    while ahead:
        branch = ahead.pop()
        if branch.goal.id not in found:
            found[branch.goal.id] = branch
            ahead += reversed([*_below(goals, branch)])
    return tuple(found.values())


def upward(shape: tuple[Branch, ...]) -> tuple[Branch, ...]:
    """The branches in an order in which parts come before what they make up.

    Raises Misuse where a goal is, by its parts, a part of itself.
    """
    by_id = {branch.goal.id: branch for branch in shape}
    try:
        order = [*TopologicalSorter({b.goal.id: b.parts for b in shape}).static_order()]
    except CycleError as problem:
        raise Misuse(
            _(
                "The goals {names} make each other up in a circle; take one of them out of combine:.",
                names=listed(sorted(set(problem.args[1]))),
            )
        ) from None
    return tuple(by_id[name] for name in order)


def _parts(goals: GoalSet, goal: Goal) -> tuple[str, ...]:
    """The goals that make one up, where all of them are there and a ratio has two."""
    if goal.combine is None:
        return ()
    names = goal.combine.children
    whole = all(name in goals.by_id for name in names)
    return names if whole and (goal.combine.how != "ratio" or len(names) == 2) else ()


def _below(goals: GoalSet, branch: Branch) -> Iterator[Branch]:
    here = branch.goal.id
    for name in branch.parts:
        goal = goals.by_id[name]
        yield Branch(goal, branch.depth + 1, here, True, _parts(goals, goal))
    for goal in goals.served_by.get(here, ()):
        if goal.id and goal.id not in branch.parts:
            yield Branch(goal, branch.depth + 1, here, False, _parts(goals, goal))
