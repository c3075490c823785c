"""By when a leader must move to still reach the period that is running."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kpilint.analysis.leads.series import Grain
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import DAY, Period, add_months, fiscal_year, read_period
from kpilint.i18n import language


@dataclass(frozen=True, slots=True)
class Deadline:
    """A period that is running, in the fiscal year of its goals file."""

    period: Period
    year_start: int = 1
    year_named: str = "start"

    @classmethod
    def of(cls, goals: GoalSet, metric: str, day: date) -> Deadline:
        """The shortest period of a goal on ``metric`` that ``day`` lies in, else its quarter."""
        start, named = goals.fiscal_year_start or 1, goals.fiscal_year_named
        running = [
            goal.period
            for goal in goals.goals
            if goal.metric == metric and goal.period and goal.period.start <= day <= goal.period.end
        ]
        quarter = (day.month - start) % 12 // 3 + 1
        usual = read_period(f"{fiscal_year(day, start, named)}-Q{quarter}", start, named)
        return cls(min(running, key=lambda period: period.days, default=usual), start, named)

    def last_day(self, lag: int, grain: Grain) -> date | None:
        """The last day on which what is ``lag`` steps earlier still falls into the period."""
        if grain == "week":
            return self.period.end - lag * timedelta(weeks=1)
        if grain == "month":
            return add_months(self.period.end.replace(day=1), 1 - lag) - DAY
        return None

    def label(self) -> str:
        """What a reader calls the period."""
        return self.period.label(language(), self.year_start, self.year_named)
