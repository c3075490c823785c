"""The KPI tree: goals and what makes them up, on paper and as the data has it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import isfinite
from typing import TYPE_CHECKING, Self

import pandas as pd

from kpilint.analysis.tree import wording
from kpilint.analysis.tree.arithmetic import made_of
from kpilint.analysis.tree.gap import Gap, explained
from kpilint.analysis.tree.likely import Likely, likely
from kpilint.analysis.tree.miss import Miss
from kpilint.analysis.tree.shape import Branch, branches, root_of, upward
from kpilint.analysis.tree.standing import Standing, in_step, standings
from kpilint.analysis.tree.what_if import Moved, Range, WhatIf, changed, drawn
from kpilint.analysis.untold import Untold
from kpilint.errors import Misuse, Unavailable
from kpilint.goals.dates import read_date
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.i18n import _, listed
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.analysis.stats import FloatArray
    from kpilint.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Tree:
    """A goal and all that serve it, seen at the end of ``as_of``.

    Calling it with a Dataset gives a TreeResult.
    """

    goals: GoalSet
    root: Goal
    as_of: date

    @classmethod
    def of(cls, goals: GoalSet, goal_id: str = "", *, as_of: date | str) -> Self:
        """The tree below a goal of the file, else below its first KGI that serves no other.

        Raises Misuse for an id or a day that cannot be understood.
        """
        try:
            day = read_date(as_of) if isinstance(as_of, str) else as_of
        except ValueError as problem:
            raise Misuse(str(problem)) from None
        return cls(goals, root_of(goals, goal_id), day)

    def __call__(self, data: Dataset) -> TreeResult:
        """Measure every goal; what cannot be had is a goal without data, and its reason.

        Raises Misuse where goals make each other up in a circle.
        """
        shape = branches(self.goals, self.root)
        order = upward(shape)
        found = standings(self.goals, shape, data, self.as_of)
        ends = {name for b in shape for name in b.parts} - {b.goal.id for b in shape if b.parts}
        outlooks: dict[str, Likely | str] = {}
        for branch in order:
            if branch.goal.id in ends:
                try:
                    outlooks[branch.goal.id] = likely(self.goals, branch.goal, data, self.as_of)
                except Unavailable as problem:
                    outlooks[branch.goal.id] = str(problem)
        gaps = (explained(order, in_step(order, found, b), b) for b in shape if b.parts)
        first = next((gap for gap in gaps if gap is not None), None)
        return TreeResult(self, shape, order, found, outlooks, first)


@dataclass(frozen=True, slots=True)
class TreeResult(Result):
    """How every goal of the tree stands, and why the first that parts make up is off.

    ``order`` has parts before wholes. ``outlooks`` are what the tree's ends are likely to bring,
    or why that cannot be told; ``gap`` is None where no whole could be split.
    """

    tree: Tree
    shape: tuple[Branch, ...]
    order: tuple[Branch, ...]
    standings: Mapping[str, Standing]
    outlooks: Mapping[str, Likely | str]
    gap: Gap | None

    def made(self, branch: Branch, *, of: str) -> float:
        """What the parts make of a whole, ``of`` their ``target`` or ``actual``.

        nan where there are none or one is not known. Factors of other periods than the whole's
        make nothing.
        """
        goals = [self.tree.goals.by_id[name] for name in branch.parts]
        if not goals or (
            branch.how != "sum" and any(g.period != branch.goal.period for g in goals)
        ):
            return float("nan")
        standings = [self.standings[goal.id] for goal in goals]
        values = [s.target if of == "target" else s.actual for s in standings]
        return made_of(branch.how, values)

    def text(self) -> str:
        """How the top stands, what made the gap, and what is to be done, to be read out."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a goal, each before those that serve it: ``goal above part target expected
        actual state made_target made_actual``, in the goal's unit.

        ``part`` is how the goal goes into the one above: sum, product, ratio or empty; the last
        two columns are what its own parts make.
        """
        hows = {b.goal.id: b.how for b in self.shape}
        rows = []
        for branch in self.shape:
            stands = self.standings[branch.goal.id]
            rows.append(
                {
                    "goal": branch.goal.id,
                    "above": branch.above,
                    "part": hows[branch.above] if branch.is_part else "",
                    "target": stands.target,
                    "expected": stands.expected,
                    "actual": stands.actual,
                    "state": stands.state,
                    "made_target": self.made(branch, of="target"),
                    "made_actual": self.made(branch, of="actual"),
                }
            )
        return pd.DataFrame(rows)

    def readable(self) -> pd.DataFrame:
        """The table in the reader's words."""
        return wording.readable(self)

    def remarks(self) -> list[str]:
        """Where the arithmetic does not hold, and what could not be had."""
        return wording.remarks(self)

    def figure(self) -> go.Figure:
        """The tree from the top down, each goal with its values and its state."""
        from kpilint.analysis.tree.drawing import picture

        return picture(self)

    def miss(self) -> Miss | Untold:
        """What made the gap of the first whole that can be split; Untold where none can."""
        return Untold(self.text()) if self.gap is None else Miss.of(self, self.gap)

    def what_if(self, goal_id: str = "", change: str = "+10%") -> WhatIf | Untold:
        """What becomes of the goals above if one at the tree's end came out otherwise.

        ``change`` is ``+10%`` or ``-10%`` on what is still to come, or a new value in the goal's
        unit. Without an id it is the end that costs most, else the first that can be moved, or
        Untold with the reason. Raises Misuse for a goal that is no part of any arithmetic or has
        parts itself, and where the past is too short to expect anything from.
        """
        if goal_id:
            return self._if(goal_id, change)
        reason = wording.no_arithmetic()
        ends = [b.goal.id for b in self.shape if b.goal.id in self.outlooks]
        for name in sorted(ends, key=lambda name: name != wording.worst(self)):
            try:
                return self._if(name, change)
            except Misuse as problem:
                reason = str(problem)
        return Untold(reason)

    def _if(self, goal_id: str, change: str) -> WhatIf:
        way = self._way_up(goal_id)
        ends = self._ends_below(way)
        end = ends[goal_id]
        unit = self.standings[goal_id].unit
        places = drawn(self.order, ends)
        before = {name: found.values[places[name]] for name, found in ends.items()}
        after = before | {goal_id: changed(end, change, unit)[places[goal_id]]}
        usual, other = self._carried(before), self._carried(after)
        moved = tuple(
            Moved(
                branch,
                self.standings[branch.goal.id].unit,
                self.standings[branch.goal.id].target,
                Range.of(usual[branch.goal.id]),
                Range.of(other[branch.goal.id]),
                Range.of(other[branch.goal.id] - usual[branch.goal.id]),
            )
            for branch in way
        )
        return WhatIf(moved, settled=end.came != 0)

    def _way_up(self, name: str) -> list[Branch]:
        """The goal and all that it goes into, from itself to the highest."""
        own = next((b for b in self.shape if b.goal.id == name), None)
        if own is None:
            raise Misuse(_("The goal {name} is not in this tree.", name=name))
        if own.parts:
            raise Misuse(
                _(
                    "“{goal}” is made of parts; change one of them: {parts}.",
                    goal=own.goal.title,
                    parts=listed(own.parts),
                )
            )
        touched = {name}
        way = [own]
        for branch in self.order:
            if touched & set(branch.parts):
                touched.add(branch.goal.id)
                way.append(branch)
        if len(way) == 1:
            raise Misuse(
                _(
                    "“{goal}” is no part of a combine:, so the tree does not say how much it moves "
                    "another goal.",
                    goal=own.goal.title,
                )
            )
        return way

    def _ends_below(self, wholes: list[Branch]) -> dict[str, Likely]:
        """What each end below ``wholes`` is likely to bring; Misuse where one cannot be told."""
        below, found = {branch.goal.id for branch in wholes}, dict[str, Likely]()
        for branch in reversed(self.order):
            if branch.goal.id in below:
                below |= set(branch.parts)
        for branch in self.order:
            outlook = self.outlooks.get(branch.goal.id)
            if branch.goal.id not in below or outlook is None:
                continue
            if isinstance(outlook, str):
                raise Misuse(
                    _(
                        "What “{goal}” will come to cannot be told: {reason}",
                        goal=branch.goal.title,
                        reason=outlook,
                    )
                )
            found[branch.goal.id] = outlook
        return found

    def _carried(self, ends: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """Draws of the ends carried up to every whole that they make."""
        import numpy as np

        carried = dict(ends)
        for branch in self.order:
            if branch.parts and all(name in carried for name in branch.parts):
                parts = [carried[name] for name in branch.parts]
                rows = zip(*parts, strict=True)
                whole = np.array([made_of(branch.how, row) for row in rows], dtype=np.float64)
                if not all(map(isfinite, whole)):
                    raise Misuse(_("“{goal}” would be divided by 0.", goal=branch.goal.title))
                carried[branch.goal.id] = whole
        return carried
