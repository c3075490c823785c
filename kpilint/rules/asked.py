"""What people, teams and months are asked for, as numbers: growth is told by the data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from kpilint.analysis.targets import target_in
from kpilint.errors import Unavailable
from kpilint.goals.goal import Goal, Monthly
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Metric
from kpilint.goals.period import Period
from kpilint.goals.quantity import Quantity
from kpilint.goals.target import value_in
from kpilint.goals.written import plain_name
from kpilint.i18n import _
from kpilint.rules.outlook import forecaster

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset


class Asked(NamedTuple):
    """What the parts of a goal ask for, as numbers; growth is told by the data."""

    goals: GoalSet
    goal: Goal
    metric: Metric
    unit: str | None
    data: Dataset | None
    as_of: date

    def whole(self) -> float | None:
        """The goal's own target."""
        if self.goal.target is None and self.goal.share is None:
            return None
        return target_in(self.goals, self.data, self.goal, self.as_of)

    def each(self, parts: Mapping[str, Quantity | Monthly]) -> dict[str, float]:
        """What each person is asked for, or each team with its members."""
        teams = {plain_name(team): names for team, names in self.goals.teams.items()}
        told = {}
        for name, part in parts.items():
            names = teams.get(plain_name(name), (name,))
            value = self.of(part, tuple(plain_name(each) for each in names))
            if value is not None:
                told[name] = value
        return told

    def of(self, part: Quantity | Monthly, people: tuple[str, ...] | None) -> float | None:
        """A total, or the sum of its months. Raises Unavailable for growth on an unknown past."""
        period = self.goal.period
        if isinstance(part, Quantity):
            return self._value(part, period, people)
        values = [self._value(quantity, month, people) for month, quantity in part.items()]
        return sum(v for v in values if v is not None) if None not in values else None

    def _value(
        self, quantity: Quantity, period: Period | None, people: tuple[str, ...] | None
    ) -> float | None:
        if quantity.relative is None or period is None:
            return value_in(quantity, self.unit)
        if self.data is None:
            raise Unavailable(_("The data was not looked at (--offline)."))
        from kpilint.analysis.tracking.attainment import grown_part

        daily = forecaster(self.data, self.as_of).daily
        found = grown_part(daily, self.metric, period, quantity.relative, people)
        if found is None:
            raise Unavailable(
                _(
                    "The target {target} for {period} is held against a past that the data does "
                    "not tell, or not yet.",
                    target=quantity.text,
                    period=period.text,
                )
            )
        return found
