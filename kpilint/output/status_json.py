"""The status for programs: the JSON of ``status``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kpilint.output.json import plain

if TYPE_CHECKING:
    from kpilint.analysis.tracking.attainment import Part
    from kpilint.analysis.tracking.outlook import Pipeline
    from kpilint.analysis.tracking.pacing import Pace
    from kpilint.analysis.tracking.status import Forecast, GoalStatus, StatusResult


def status_json(status: StatusResult) -> str:
    """One object: version, as_of, and the goals in the order of the file."""
    content = {
        "version": 1,
        "as_of": status.as_of.isoformat(),
        "goals": [_goal(goal) for goal in status.goals],
        "problems": list(status.problems),
    }
    return json.dumps(plain(content), ensure_ascii=False, indent=1, allow_nan=False)


def _goal(goal: GoalStatus) -> dict[str, Any]:
    period = goal.period
    return {
        "goal": goal.goal,
        "label": goal.label,
        "role": goal.role,
        "owner": goal.owner,
        "unit": goal.unit,
        "period": {"start": period.start, "end": period.end} if period else None,
        "target": goal.target,
        "original_target": goal.original_target,
        "actual": goal.actual,
        "attainment": _share(goal.attainment),
        "original_attainment": _share(goal.original_attainment),
        "expected_by_now": goal.expected_by_now,
        "forecast": _forecast(goal.forecast) if goal.forecast else None,
        "status": goal.status,
        "by": [_part(part) for part in goal.by if part.leaf and part.owner],
        "totals": [_part(part) for part in goal.by if not (part.leaf and part.owner)],
        "pipeline": _pipeline(goal.pipeline, goal.pace) if goal.pipeline and goal.pace else None,
        "notes": list(goal.notes),
    }


def _forecast(forecast: Forecast) -> dict[str, Any]:
    return {
        "p10": forecast.p10,
        "p50": forecast.p50,
        "p90": forecast.p90,
        "probability": _share(forecast.probability),
        "guess": forecast.guess,
        "periods": forecast.past,
    }


def _pipeline(pipeline: Pipeline, pace: Pace) -> dict[str, Any]:
    """What is open beside the gap; a day is a calendar day."""
    return {
        "open": pipeline.value,
        "win_rate": _share(pipeline.rate),
        "weighted": pace.weighted,
        "coverage": _share(pace.coverage),
        "gap": pace.gap,
        "made_a_day": pace.made,
        "needed_a_day": pace.needed,
    }


def _part(part: Part) -> dict[str, Any]:
    """A person's month has an owner and a month; a total lacks one of them, a team has its name."""
    whose = {"team": part.team} if part.team is not None else {"owner": part.owner}
    period = part.period
    month = None if period is None else f"{period.start:%Y-%m}"
    if period is not None and period.kind != "month":
        month = period.text
    return {
        **whose,
        "month": month,
        "target": part.target,
        "actual": part.actual,
        "attainment": _share(part.attainment),
    }


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
