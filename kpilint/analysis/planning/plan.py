"""From a goal back to the leads that it takes, stage by stage and month by month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache, partial
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np
import pandas as pd

from kpilint.analysis.planning import wording
from kpilint.analysis.planning.aim import Aim, aim_of, resolved
from kpilint.analysis.planning.course import Calendar, Course, course, last_day, usual_rate
from kpilint.analysis.planning.feasibility import Beyond, best_of, beyond
from kpilint.analysis.planning.lags import Lag, forward, median_days, required, whole_way
from kpilint.analysis.planning.observed import Observed, Records, Worth
from kpilint.analysis.stats import FloatArray
from kpilint.analysis.untold import Untold
from kpilint.data.known import as_known
from kpilint.errors import KpilintError, Misuse
from kpilint.goals.dates import read_date
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period
from kpilint.i18n import _
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset

DRAWS = 200  # bootstrap samples of the lags
VOLUME_DRAWS = 200
SEED = 20_260_401
TAILS = (0.1, 0.9)  # of an 80 % interval


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan back from one goal, seen from the day ``as_of``.

    ``draws`` is the number of bootstrap samples behind the intervals; with 0 there are none.
    Calling it with a Dataset gives a PlanResult.
    """

    aim: Aim
    as_of: date
    goals: GoalSet
    draws: int = DRAWS

    @classmethod
    def of(
        cls,
        goals: GoalSet,
        goal_id: str,
        *,
        as_of: date | str,
        after: str = "",
        draws: int = DRAWS,
    ) -> Self:
        """The plan of a goal by its id.

        ``after`` names the step of ``after_won`` by whose end the goal counts, see ``aim_of``.
        Raises Misuse for a goal that cannot be planned back, or one whose period is over.
        """
        aim = aim_of(goals, goal_id, after)
        try:
            day = read_date(as_of) if isinstance(as_of, str) else as_of
        except ValueError as problem:
            raise Misuse(str(problem)) from None
        if aim.end <= day:
            raise Misuse(
                _(
                    "The goal {goal} can no longer be planned: what counts for it had to come by "
                    "{end}, and the day is {day}.",
                    goal=goal_id,
                    end=aim.end.isoformat(),
                    day=day.isoformat(),
                )
            )
        return cls(aim, day, goals, draws)

    @classmethod
    def told(
        cls, goals: GoalSet, goal_id: str, data: Dataset, *, as_of: date | str
    ) -> PlanResult | Untold:
        """The plan of a goal, or why there is none, for pages that nobody watches being made.

        Without an id that of the first goal that can be planned back: the KGI that serves no
        other, then further KGIs, then the rest in the order of the file.
        """
        reason = _("There is no goal to plan back from.")
        named = [goal_id] if goal_id else _first_kgi(goals)
        for n, name in enumerate(named):
            try:
                return cls.of(goals, name, as_of=as_of)(data)
            except KpilintError as problem:
                reason = reason if n else str(problem)
        return Untold(reason)

    def __call__(self, data: Dataset) -> PlanResult:
        """Plan from the records of ``data``; only counts leave the engine.

        Raises the data door's errors, and Unavailable where the records are too few to plan from.
        """
        return self.on(Records(as_known(data, self.as_of), self.as_of), data)

    def on(self, records: Records, data: Dataset) -> PlanResult:
        """The same from ``records`` of the plan's day, read once for many plans."""
        aim = resolved(self.aim, self.goals, data, self.as_of)
        plan = replace(self, aim=aim)
        seen = records.observed(aim.spec, aim.stage, money=aim.money)
        calendar = Calendar.of(aim, seen.until, self.as_of)
        lags = tuple(each.lag() for each in seen.stays)
        found = course(aim, seen, calendar, lags, seen.worth)
        come = [seen.between(month.start, min(month.end, seen.until)) for month in calendar.months]
        known = np.array(come).T
        low, high = _limits(plan, seen, calendar, known)
        return PlanResult(plan, seen, calendar, lags, found, known, low, high)


def _first_kgi(goals: GoalSet) -> list[str]:
    """The ids of all goals, KGIs first, and of those the ones that serve no other."""
    order = sorted(goals.goals, key=lambda g: (g.role != "kgi", g.parent in goals.by_id))
    return [goal.id for goal in order if goal.id]


def redrawn(seen: Observed, draws: int) -> Iterator[tuple[list[Lag], float]]:
    """Lags and mean worth, drawn anew so many times from the records."""
    rng = np.random.default_rng(SEED)
    for _draw in range(draws):
        lags = [each.redrawn(rng).lag() for each in seen.stays]
        yield lags, max(float(rng.normal(seen.worth.mean, seen.worth.error)), seen.worth.mean / 10)


@lru_cache(maxsize=8)  # goals on one stage share what was drawn for it
def _rates(seen: Observed, draws: int) -> tuple[tuple[tuple[float, ...], float], ...]:
    """Rates from stage to stage and the mean worth, drawn anew so many times."""
    drawn = redrawn(seen, draws)
    return tuple((tuple(max(each.rate, 1e-9) for each in lags), mean) for lags, mean in drawn)


def _limits(
    plan: Plan, seen: Observed, calendar: Calendar, known: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """The 80 % limits of what is needed, by stage and month: lags and worth drawn anew.

    Source: the percentile bootstrap, Efron (1979), Annals of Statistics 7, 1-26.
    """
    drawn = []
    for lags, mean in redrawn(seen, plan.draws):
        found = course(plan.aim, seen, calendar, lags, Worth(mean))
        new = np.full_like(known, np.inf) if found.new is None else found.new
        drawn.append(known + found.open + new)
    if not drawn:
        return np.full_like(known, np.nan), np.full_like(known, np.nan)
    low, high = (np.quantile(drawn, tail, axis=0, method="nearest") for tail in TAILS)
    return low, high


class Volume(NamedTuple):
    """How many a stage must bring in all, with its 80 % interval, and the most that it ever has."""

    stage: str
    needed: float
    low: float
    high: float
    best: float


@dataclass(frozen=True, slots=True, eq=False)
class PlanResult(Result):
    """What must come to each stage in each month for the goal to be reached.

    Arrays have the shape ``(stages, months)``, the stages from the first to the goal's own, the
    months those of ``calendar``: ``known`` have come already, ``course`` has those expected of
    records under way and those to come of new leads.
    """

    plan: Plan
    seen: Observed
    calendar: Calendar
    lags: tuple[Lag, ...]
    course: Course
    known: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages from the first to the goal's own."""
        return tuple(s.name for s in self.plan.aim.spec.stages[: self.plan.aim.stage + 1])

    @property
    def feasible(self) -> bool:
        """Whether new leads can still bring what is missing, at any number."""
        return self.course.new is not None

    @property
    def done(self) -> float:
        """What the goal has reached so far, in its unit."""
        return self.seen.value(self.plan.aim.start, self.seen.until)

    @property
    def leads(self) -> float | None:
        """How many new leads must come, None where none can help any more."""
        return None if self.course.new is None else float(self.course.new[0].sum())

    @property
    def needed(self) -> FloatArray:
        """What must come to each stage in each month; nan where new leads come too late."""
        new = self.course.new
        later = np.full_like(self.known, np.nan) if new is None else new
        return np.asarray(self.known + self.course.open + later)

    @property
    def running(self) -> slice:
        """The months that are not over."""
        return slice(int(self.calendar.month[0]), len(self.calendar.months))

    @property
    def beyond(self) -> tuple[Beyond, ...]:
        """The stages that need more in the months to come than as many months ever brought."""
        span = self.running
        best = best_of(self.seen.by_month(), len(self.calendar.months[span]))
        return beyond(list(self.needed[:, span].sum(axis=1)), list(best))

    @property
    def deadlines(self) -> tuple[date | None, ...]:
        """By stage, the last day on which half of those who come through are still in time."""
        ways = [whole_way(self.lags[n:]) for n in range(len(self.stages))]
        return tuple(last_day(self.plan.aim, median_days(way)) for way in ways)

    def volumes(self, draws: int = VOLUME_DRAWS) -> tuple[Volume, ...]:
        """The reverse funnel of the whole target by stage, whenever they come; none if a rate is 0.

        Each beside the most that months as many as the goal's ever brought. Without ``draws``
        there is no interval: ``low`` and ``high`` are nan.
        """
        rates = [each.rate for each in self.lags]
        if not all(rates):
            return ()
        aim, worth = self.plan.aim, self.seen.worth
        counts = required(aim.target / worth.mean, rates)
        low = high = np.full(len(counts), np.nan)
        if draws:
            drawn = [required(aim.target / mean, each) for each, mean in _rates(self.seen, draws)]
            low, high = np.quantile(drawn, TAILS, axis=0)
        best = best_of(self.seen.by_month(), len(aim.period.months()))
        each = zip(self.stages, counts, low, high, best, strict=True)
        return tuple(Volume(name, *map(float, row)) for name, *row in each)

    @property
    def as_usual(self) -> float:
        """What the goal reaches at the usual number of new leads, in its unit, if all else stays."""
        course = self.course
        return self.done + (course.expected + course.usual) * self.seen.worth.mean

    @property
    def usual_leads(self) -> float:
        """New leads in an average month of the last year."""
        return usual_rate(self.seen) * 365 / 12

    @property
    def under_way(self) -> tuple[float, ...]:
        """How many of those who stand at each stage come to the goal's in time."""
        waiting, days = self.seen.waiting, self.calendar.days
        found = []
        for n, each in enumerate(waiting):
            only = [each if n == m else np.zeros(0) for m in range(len(waiting))]
            came = forward(np.zeros(days), self.lags, only)[-1]
            found.append(float(came @ self.calendar.inside))
        return tuple(found)

    def by_department(self) -> dict[str, float]:
        """How many the departments are to bring to the goal's stage, in time.

        Who stands at a stage counts for the department that the funnel names there, and new leads
        for the first stage's. Stages without a department count under an empty name.
        """
        named = [stage.department or "" for stage in self.plan.aim.spec.stages]
        found = {named[0]: self.course.missing}
        for name, count in zip(named, self.under_way, strict=False):
            found[name] = found.get(name, 0.0) + count
        return found

    def text(self) -> str:
        """What it takes, or why it cannot be had, in one to three sentences."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a month and stage: ``month stage known open new needed low high``.

        ``needed`` is the sum of those who have come, those expected of records under way and those
        to come of new leads; its 80 % interval ``low`` to ``high`` holds the uncertainty of rates,
        waits and worth, not chance. ``new`` and ``needed`` are missing where new leads are too late.
        """
        new = self.needed - self.known - self.course.open
        parts = {"known": self.known, "open": self.course.open, "new": new}
        parts |= {"needed": self.needed, "low": self.low, "high": self.high}
        names, months = self.stages, self.calendar.months
        return pd.DataFrame(
            {
                "month": [f"{month.start:%Y-%m}" for month in months for _stage in names],
                "stage": list(names) * len(months),
                **{
                    name: np.where(np.isfinite(part), part, np.nan).T.ravel()
                    for name, part in parts.items()
                },
            }
        )

    def figure(self) -> go.Figure:
        """A panel a stage: what has come, what is under way and what is new, month by month."""
        from kpilint.analysis.planning import drawing

        return drawing.picture(self)

    def readable(self) -> pd.DataFrame:
        """The plan with a row a stage and a column a month, as readers expect it."""
        return wording.readable(self)

    def remarks(self) -> list[str]:
        """By when, beyond which best, at the usual rate, and what the plan rests on."""
        return wording.remarks(self)

    def targets(self) -> tuple[tuple[str, dict[Period, float]], ...]:
        """By stage, what the months that are not over need: what can be written as targets."""
        whole = partial(zip, self.calendar.months[self.running], strict=True)
        rows = self.needed[:, self.running]
        return tuple(
            (stage, dict(whole(map(float, row))))
            for stage, row in zip(self.stages, rows, strict=True)
        )
