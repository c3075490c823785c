"""The history of a ledger for programs: the JSON of ``history``, ``diff`` and ``verify``."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from kpilint.analysis.records.course import Course, Step
from kpilint.analysis.records.difference import Body, Difference, Moved
from kpilint.analysis.records.history import History
from kpilint.output.json import plain

_NAMES = ("id", "label", "role", "metric", "department", "owner")


def history_json(found: History) -> str:
    """One object: version, book, run, as_of, and the goals with their targets, changes and runs."""
    return _written(
        {
            "book": found.book,
            "run": found.run,
            "as_of": found.as_of,
            "goals": [_course(course) for course in found.courses],
        }
    )


def difference_json(found: Difference) -> str:
    """One object: what was added, gone, renewed, changed, found, solved and judged otherwise."""
    return _written(
        {
            "before": found.before,
            "after": found.after,
            "added": [_about(goal) for goal in found.added],
            "gone": [_about(goal) for goal in found.gone],
            "renewed": [_moved(moved) for moved in found.renewed],
            "targets": [{**_moved(moved), "change": moved.change} for moved in found.targets],
            "states": [_moved(moved) for moved in found.states],
            "definitions": [_moved(moved) for moved in found.defined],
            "findings": {"new": found.found, "solved": found.solved},
            "hypotheses": [
                {"hypothesis": name, "before": before, "after": after}
                for name, before, after in found.verdicts
            ],
        }
    )


def verified_json(book: str, number: int, head: str, faults: Sequence[str]) -> str:
    """One object: version, book, how many records there are, the last one's hash, and the faults."""
    return _written({"book": book, "records": number, "head": head, "faults": faults})


def _written(content: Mapping[str, object]) -> str:
    told = plain({"version": 1, **content})
    return json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False)


def _about(goal: Body) -> dict[str, Any]:
    return {"goal": goal.get("id") or goal.get("goal")} | {n: goal.get(n) for n in _NAMES[1:]}


def _moved(moved: Moved) -> dict[str, Any]:
    return {**_about(moved.goal), "before": moved.before, "after": moved.after}


def _course(course: Course) -> dict[str, Any]:
    last = course.last
    return {
        **_about(course.about),
        "unit": course.about.get("unit"),
        "period": {"start": course.start, "end": course.end} if course.start else None,
        "original_target": _value(course.original),
        "target_then": _value(course.then),
        "target": _value(course.latest),
        "actual": last.actual if last else None,
        "original_attainment": _share(course.against(course.original)),
        "attainment": _share(course.against(course.latest)),
        "status": last.status if last else None,
        "targets": [_step(step) for step in course.steps],
        "runs": [seen._asdict() for seen in course.seen],
    }


def _step(step: Step) -> dict[str, Any]:
    return {**step._asdict(), "at": step.at.isoformat()}


def _value(step: Step | None) -> float | None:
    return step.value if step else None


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
