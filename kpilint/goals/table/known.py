"""What the goals file beside a table knows: metrics by label and id, their units, its goals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.target import unit_of
from kpilint.goals.written import plain_name


@dataclass(frozen=True, slots=True)
class Known:
    """The goals file that a table's names refer to; nothing where there is none."""

    goals: GoalSet | None = None
    _names: Mapping[str, Metric] = field(default_factory=dict)

    @classmethod
    def of(cls, goals: GoalSet | None) -> Known:
        """All metrics by what they may be called: their label first, then their id."""
        metrics = goals.metrics.values() if goals is not None else ()
        by_id = {plain_name(m.name): m for m in metrics}
        by_label = {plain_name(m.label): m for m in metrics if m.label}
        return cls(goals, by_id | by_label)

    def metric(self, name: str) -> Metric | None:
        """The metric so called; width, spaces and case do not count."""
        return self._names.get(plain_name(name))

    def metric_in(self, title: str) -> Metric | None:
        """The metric that a title speaks of: the longest name that it holds."""
        inside = [name for name in self._names if name and name in plain_name(title)]
        return self._names[max(inside, key=len)] if inside else None

    def unit(self, metric: Metric | None) -> str | None:
        """The unit of a metric, None where it is unknown."""
        if metric is None or self.goals is None:
            return None
        try:
            return unit_of(self.goals, metric)
        except ValueError:  # the rules of the goals file itself tell of it
            return None

    def goal(self, name: str) -> str | None:
        """The id of the goal so called in the goals file, by its label or id."""
        for goal in self.goals.goals if self.goals is not None else ():
            if plain_name(name) in {plain_name(goal.label or ""), plain_name(goal.id)}:
                return goal.id
        return None
