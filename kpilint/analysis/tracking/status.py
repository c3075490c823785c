"""Will we make it: every goal's attainment, pace and forecast, as of a day."""

from __future__ import annotations

import gc
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Self

import pandas as pd

from kpilint.analysis.tracking import states, wording
from kpilint.analysis.tracking.attainment import (
    Part,
    attainment,
    parts,
    reached,
    target_on,
)
from kpilint.analysis.tracking.daily import Daily
from kpilint.analysis.tracking.original import Originals
from kpilint.analysis.tracking.outlook import Forecaster, Pipeline
from kpilint.analysis.tracking.pacing import Pace, pace
from kpilint.data.known import as_known
from kpilint.errors import Misuse, Unavailable
from kpilint.goals.dates import read_date
from kpilint.goals.goal import Goal
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.metric import Better, Metric
from kpilint.goals.period import Period
from kpilint.goals.target import better, unit_of
from kpilint.result import Result

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from kpilint.data.dataset import Dataset


@dataclass(frozen=True, slots=True)
class Forecast:
    """Where the period ends: its tenth, middle and ninetieth percentile.

    ``probability`` is that of reaching the target, None for a ``guess`` from fewer than eight
    ``past`` periods. ``by_deals`` is whether open deals tell it.
    """

    p10: float
    p50: float
    p90: float
    probability: float | None
    past: int
    guess: bool
    by_deals: bool


@dataclass(frozen=True, slots=True)
class GoalStatus:
    """One goal as of a day; numbers are in ``unit``, None where they cannot be told.

    ``original_target`` is the target with which the period began, ``original_attainment`` what
    was attained of that one. Where the records end before the day, all but the target is as of
    their last day, and a note says so. ``pace`` is that of calendar days, where there is a
    ``pipeline``. ``notes`` say what a reader must know of it, a sentence each.
    """

    goal: str
    label: str
    role: str
    owner: str | None
    unit: str | None
    better: Better
    period: Period | None
    target: float | None
    original_target: float | None
    actual: float | None
    attainment: float | None
    original_attainment: float | None
    expected_by_now: float | None
    forecast: Forecast | None
    pipeline: Pipeline | None
    pace: Pace | None
    status: states.State
    by: tuple[Part, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Status:
    """The goals of a file as of a day; calling it with a Dataset gives a StatusResult."""

    goals: GoalSet
    as_of: date

    @classmethod
    def of(cls, goals: GoalSet, *, as_of: date | str) -> Self:
        """All goals that are not given up by the day ``as_of``. Raises Misuse for no such day."""
        if isinstance(as_of, date):
            return cls(goals, as_of)
        try:
            return cls(goals, read_date(as_of))
        except ValueError as problem:
            raise Misuse(str(problem)) from None

    def __call__(self, data: Dataset) -> StatusResult:
        """Compute every goal; a fault in one is told in its notes and stops no other."""
        known = as_known(data, self.as_of)
        forecaster = Forecaster(Daily(known, self.goals, self.as_of))
        originals = Originals.of(known)
        held = [
            g for g in self.goals if not (g.retired and g.retired.on and g.retired.on <= self.as_of)
        ]
        collecting = gc.isenabled()
        gc.disable()  # 500 goals have 200,000 parts, all kept; collecting them doubles the time
        try:
            found = tuple(Following(forecaster, originals, self.goals, g).status() for g in held)
        finally:
            if collecting:
                gc.enable()
        retired, problems = len(self.goals) - len(held), tuple(originals.problems)
        return StatusResult(self.as_of, found, retired, problems)


@dataclass(frozen=True, slots=True)
class Following:
    """One goal being followed."""

    forecaster: Forecaster
    originals: Originals
    goals: GoalSet
    goal: Goal

    @property
    def daily(self) -> Daily:
        return self.forecaster.daily

    def status(self) -> GoalStatus:
        """How the goal stands."""
        metric, period = self.goals.metric_of(self.goal), self.goal.period
        target, unknown = self._target(self.daily.as_of)
        if metric is None or period is None:
            return self._nothing(target, wording.incomplete(self.goal))
        if self.daily.as_of < period.start:
            return self._nothing(target, wording.not_begun(self.goals, period), "not_started")
        try:
            actual = self.daily.value(metric, period.start, period.end)
        except Unavailable as problem:
            return self._nothing(target, str(problem))
        if actual is None:
            return self._nothing(target, wording.no_records(period, metric))
        found = self._followed(metric, period, target, actual)
        return replace(found, notes=(unknown, *found.notes)) if unknown else found

    def _target(self, day: date) -> tuple[float | None, str | None]:
        """The target on a day, or why it is not known."""
        try:
            return target_on(self.goals, self.goal, day, self.daily.data), None
        except Unavailable as problem:
            return None, str(problem)

    def _original(self, target: float | None) -> float | None:
        """The target with which the period began: as the ledger kept it, else as the file says."""
        kept = self.originals.target(self.goal)
        if kept is not None or not self.goal.changes or self.goal.period is None:
            return target if kept is None else kept
        return self._target(self.goal.period.start)[0]

    def _followed(
        self, metric: Metric, period: Period, target: float | None, actual: float
    ) -> GoalStatus:
        way, seen = better(self.goals, self.goal), self.forecaster.told(metric, period)
        split = parts(self.daily, self.goals, self.goal, way)
        if target is None and self.goal.target is None and metric.additive:
            target = split.whole()
        expected = None if target is None else target * self.forecaster.share(metric, period)
        forecast = self._forecast(metric, period, target, way)
        pipeline = None if seen >= period.end else self.forecaster.pipeline(metric)
        notes = [*wording.notes(metric, self._unit(metric), target, actual, way, forecast)]
        if forecast is None and period.start <= seen < period.end:
            notes.append(wording.unforeseen(self.forecaster.periods(metric, period)))
        last = self.forecaster.lacks(metric, period)
        if last is not None:
            notes.append(wording.cut_short(metric, last))
        return self._made(
            target,
            actual=actual,
            expected=expected,
            forecast=forecast,
            pipeline=pipeline,
            pace=self._pace(period, target, actual, pipeline),
            state=self._state(metric, period, target, actual, expected, forecast),
            by=split.rows,
            notes=(*notes, *split.notes),
        )

    def _state(
        self,
        metric: Metric,
        period: Period,
        target: float | None,
        actual: float,
        expected: float | None,
        forecast: Forecast | None,
    ) -> states.State:
        """Met or missed once that is settled; else by the probability, or by pace."""
        if target is None:
            return "no_data"
        way = better(self.goals, self.goal)
        held = reached(actual, target, way)
        if self.forecaster.told(metric, period) >= period.end:
            return "met" if held else "missed"
        if metric.additive and held == (way == "higher"):  # what adds up cannot turn back
            if held:
                return "met"
            return "missed" if self.daily.as_of >= period.end else "off_track"
        return states.state(forecast.probability if forecast else None, actual, expected, way)

    def _pace(
        self, period: Period, target: float | None, actual: float, pipeline: Pipeline | None
    ) -> Pace | None:
        if pipeline is None or target is None:
            return None
        metric = self.goals.metric_of(self.goal)
        seen = self.forecaster.told(metric, period) if metric else self.daily.as_of
        day = (seen - period.start).days + 1
        if not 0 < day <= period.days:
            return None
        return pace(target, actual, day, period.days, pipeline.value, pipeline.rate)

    def _forecast(
        self, metric: Metric, period: Period, target: float | None, way: Better
    ) -> Forecast | None:
        if self.forecaster.told(metric, period) >= period.end:
            return None
        known = self.forecaster.known(metric, period)
        if known is None:
            return None
        outlook = known.outlook
        low, middle, high = (outlook.quantile(p) for p in (0.1, 0.5, 0.9))
        told = not known.guess and target is not None
        chance = outlook.probability(target, way) if told and target is not None else None
        return Forecast(low, middle, high, chance, known.past, known.guess, known.by_deals)

    def _nothing(
        self, target: float | None, note: str, state: states.State = "no_data"
    ) -> GoalStatus:
        return self._made(target, state=state, notes=(note,))

    def _unit(self, metric: Metric | None) -> str | None:
        try:
            return unit_of(self.goals, metric) if metric else None
        except ValueError:  # units that make no sense together: E008 tells of it
            return None

    def _made(
        self,
        target: float | None,
        *,
        state: states.State,
        actual: float | None = None,
        expected: float | None = None,
        forecast: Forecast | None = None,
        pipeline: Pipeline | None = None,
        pace: Pace | None = None,
        by: tuple[Part, ...] = (),
        notes: tuple[str, ...] = (),
    ) -> GoalStatus:
        goal, way = self.goal, better(self.goals, self.goal)
        original = self._original(target)
        return GoalStatus(
            goal=goal.id,
            label=goal.title,
            role=goal.role,
            owner=goal.owner,
            unit=self._unit(self.goals.metric_of(goal)),
            better=way,
            period=goal.period,
            target=target,
            original_target=original,
            actual=actual,
            attainment=attainment(actual, target, way),
            original_attainment=attainment(actual, original, way),
            expected_by_now=expected,
            forecast=forecast,
            pipeline=pipeline,
            pace=pace,
            status=state,
            by=by,
            notes=notes,
        )


@dataclass(frozen=True, slots=True)
class StatusResult(Result):
    """The goals in the order of the file; ``retired`` counts those given up before the day.

    ``problems`` say why original targets are those of the file and not of the ledger.
    """

    as_of: date
    goals: tuple[GoalStatus, ...]
    retired: int = 0
    problems: tuple[str, ...] = ()

    def text(self) -> str:
        """Whether the KGI will be met, and how many goals need attention."""
        return wording.verdict(self)

    def table(self) -> pd.DataFrame:
        """One row a goal: ``goal label role owner unit target original_target actual attainment
        original_attainment expected_by_now p10 p50 p90 probability status``.
        """
        rows = [
            {
                "goal": each.goal,
                "label": each.label,
                "role": each.role,
                "owner": each.owner,
                "unit": each.unit,
                "target": each.target,
                "original_target": each.original_target,
                "actual": each.actual,
                "attainment": each.attainment,
                "original_attainment": each.original_attainment,
                "expected_by_now": each.expected_by_now,
                "p10": each.forecast.p10 if each.forecast else None,
                "p50": each.forecast.p50 if each.forecast else None,
                "p90": each.forecast.p90 if each.forecast else None,
                "probability": each.forecast.probability if each.forecast else None,
                "status": each.status,
            }
            for each in self.goals
        ]
        frame = pd.DataFrame(rows, columns=_COLUMNS)
        return frame.astype(dict.fromkeys(_NUMBERS, "float64"))

    def figure(self) -> go.Figure:
        """A bullet a goal: actual, expected by now, target and the forecast's interval."""
        from kpilint.analysis.tracking.drawing import drawn

        return drawn(self)

    def readable(self) -> pd.DataFrame:
        """The table with its headings, states and numbers as a reader expects them."""
        return wording.readable(self)

    def remarks(self) -> list[str]:
        """What each goal's numbers rest on and lack."""
        return wording.remarks(self)

    def colours(self) -> Mapping[str, str]:
        """The colour of each state's word."""
        return {states.word(state): colour for state, colour in states.COLOURS.items()}


_ATTAINED = ["target", "original_target", "actual", "attainment", "original_attainment"]
_NUMBERS = [*_ATTAINED, "expected_by_now", "p10", "p50", "p90", "probability"]
_COLUMNS = ["goal", "label", "role", "owner", "unit", *_NUMBERS, "status"]
