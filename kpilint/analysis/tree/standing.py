"""Where each goal of a tree stands on a day, in the numbers that the tree's arithmetic takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from math import isfinite, nan
from typing import TYPE_CHECKING

from kpilint.analysis.tracking.states import State
from kpilint.analysis.tracking.status import GoalStatus, Status
from kpilint.analysis.tree.shape import Branch
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Better
from kpilint.goals.target import better
from kpilint.i18n import _

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Standing:
    """A goal on a day, in the metric's unit; nan is what cannot be known, ``reason`` says why.

    ``expected`` is the part of the target that is due by the day, all of it once the period is
    ``over``, or where the metric does not add up over time (``adds``).
    """

    target: float
    expected: float
    actual: float
    better: Better
    unit: str | None
    adds: bool
    over: bool
    state: State
    reason: str = ""

    @property
    def known(self) -> bool:
        """Whether there is an actual to hold against what is expected."""
        return isfinite(self.actual) and isfinite(self.expected)

    @property
    def short(self) -> float:
        """How far the actual falls behind what is expected; negative where it is ahead."""
        behind = self.expected - self.actual
        return behind if self.better == "higher" else -behind


def standings(
    goals: GoalSet, shape: Sequence[Branch], data: Dataset, day: date
) -> dict[str, Standing]:
    """Every goal of a tree as it stands at the end of ``day``, by its id."""
    shown = {branch.goal.id for branch in shape}
    asked = shown | {b.goal.share.of for b in shape if b.goal.share}  # a share is of its target
    followed = Status(goals.but(goals=tuple(g for g in goals if g.id in asked)), day)(data)
    found = {status.goal: status for status in followed.goals}
    return {b.goal.id: _standing(goals, b, found.get(b.goal.id), day) for b in shape}


def _standing(goals: GoalSet, branch: Branch, status: GoalStatus | None, day: date) -> Standing:
    metric, period = goals.metric_of(branch.goal), branch.goal.period
    adds = metric is not None and metric.additive
    sense = better(goals, branch.goal)
    if status is None:
        gone = _("It was given up.")
        return Standing(nan, nan, nan, sense, None, adds, False, "no_data", gone)
    # What has not begun counts 0 in a sum over several periods.
    begun = 0.0 if adds and status.status == "not_started" else None
    return Standing(
        target=_number(status.target),
        expected=_number(status.expected_by_now if begun is None else begun),
        actual=_number(status.actual if begun is None else begun),
        better=sense,
        unit=status.unit,
        adds=adds,
        over=period is not None and period.end <= day,
        state=status.status,
        reason=" ".join(status.notes) if status.status == "no_data" else "",
    )


def _number(value: float | None) -> float:
    return nan if value is None else value


def in_step(
    order: Sequence[Branch], found: Mapping[str, Standing], whole: Branch
) -> dict[str, Standing]:
    """The standings with one pace for all parts that share the whole's period.

    Each metric has its own habit within a period; held against those, the parts would not make
    what is due of the whole, and the difference would be nobody's.
    """
    top = found[whole.goal.id]
    if not (top.adds and isfinite(top.expected) and top.target):
        return dict(found)
    pace = top.expected / top.target
    alike = {b.goal.id for b in order if b.goal.period == whole.goal.period}
    return {
        name: replace(each, expected=each.target * pace)
        if name in alike and each.adds and not each.over
        else each
        for name, each in found.items()
    }
