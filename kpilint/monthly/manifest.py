"""What a month was made from: its inputs with their hashes, versions and durations."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version
from typing import Any

from kpilint.data.dataset import Dataset
from kpilint.errors import Unavailable
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period

FIGURES = ("goal", "label", "unit", "period", "target", "actual", "attainment", "status")
RECORDED = ("kpilint", "pandas", "numpy", "ibis-framework", "duckdb", "plotly", "papermill")


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a run: the goals, the month or week, the day of the look, the language."""

    goals: GoalSet
    period: Period  # whose text is 2026-10 or 2026-W41
    as_of: date
    language: str
    parameters: Mapping[str, str]  # of the notebooks, beside the order's own

    @property
    def run(self) -> str:
        """The name of the run, its folder and its place in the ledger: 2026-10 or 2026-W41."""
        return self.period.text

    @property
    def own(self) -> Mapping[str, str]:
        """The parameters that every notebook may ask for, as strings.

        The month of a week is the one in which it ends.
        """
        week = {"week": self.run} if self.period.kind == "week" else {}
        return week | {
            "goals": str(Path(self.goals.origin).resolve()),
            "month": f"{self.period.end:%Y-%m}",
            "as_of": self.as_of.isoformat(),
            "language": self.language,
        }


@dataclass(frozen=True, slots=True)
class Input:
    """A file or source that a month was computed from; ``sha256`` or why there is none."""

    kind: str  # goals or source
    name: str
    sha256: str | None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the ledger: the number and hash of a record, 0 and empty where there is none."""

    number: int = 0
    head: str = ""


def inputs(goals: GoalSet, data: Dataset) -> tuple[Input, ...]:
    """The goals file, what it includes, and every source, each with the hash of its content."""
    files = [
        Input("goals", Path(path).name, sha256(Path(path).read_bytes()).hexdigest())
        for path in goals.texts
    ]
    return (*files, *(_source(data, name) for name in goals.sources))


def _source(data: Dataset, name: str) -> Input:
    try:
        return Input("source", name, data.fingerprint(name))
    except Unavailable as problem:
        return Input("source", name, None, str(problem))


def manifest(
    order: Order,
    used: tuple[Input, ...],
    seconds: Mapping[str, float],
    goals: Sequence[Mapping[str, object]],
    place: Place,
) -> dict[str, Any]:
    """The run as JSON; ``seconds`` is how long each notebook took, ``goals`` their statuses."""
    return {
        "version": 1,
        order.period.kind: order.run,
        "as_of": order.as_of.isoformat(),
        "language": order.language,
        "parameters": dict(order.parameters),
        "inputs": [asdict(each) for each in used],
        "notebooks": {name: {"seconds": round(took, 2)} for name, took in seconds.items()},
        "versions": versions(),
        "goals": [{name: goal.get(name) for name in FIGURES} for goal in goals],
        "ledger": asdict(place),
    }


def written(facts: Mapping[str, Any]) -> str:
    """A manifest as text."""
    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"


def read(folder: Path) -> Mapping[str, Any] | None:
    """The manifest in a folder; None where there is none that can be read."""
    try:
        found = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def durations(target: Path) -> Mapping[str, float]:
    """How many seconds each notebook took when ``target``, else the newest run, was made."""
    beside = sorted(target.parent.glob("*/manifest.json"), key=lambda path: path.stat().st_mtime)
    for folder in (target, *(path.parent for path in reversed(beside))):
        timed = (read(folder) or {}).get("notebooks")
        if isinstance(timed, dict):
            return {name: _seconds(told) for name, told in timed.items()}
    return {}


def _seconds(told: object) -> float:
    seconds = told.get("seconds") if isinstance(told, dict) else None
    return float(seconds) if isinstance(seconds, int | float) else 0.0


def versions() -> Mapping[str, str | None]:
    """Python and the libraries that numbers and drawings come from."""
    return {"python": python_version()} | {name: _version(name) for name in RECORDED}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:  # a checkout that was never installed
        return None
