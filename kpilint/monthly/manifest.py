"""What a month was made from: its inputs with their hashes, versions and durations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from platform import python_version

from kpilint.data.dataset import Dataset
from kpilint.errors import Unavailable
from kpilint.goals.goalfile import GoalSet
from kpilint.goals.period import Period

RECORDED = ("kpilint", "pandas", "numpy", "ibis-framework", "duckdb", "plotly", "papermill")


@dataclass(frozen=True, slots=True)
class Order:
    """What is asked of a run: the goals, the month, the day it is seen from, the language."""

    goals: GoalSet
    period: Period
    as_of: date
    language: str
    parameters: Mapping[str, str]  # of the notebooks, beside the order's own

    @property
    def own(self) -> Mapping[str, str]:
        """The parameters that every notebook may ask for, as strings."""
        return {
            "goals": str(Path(self.goals.origin).resolve()),
            "month": self.period.text,
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


def inputs(goals: GoalSet) -> tuple[Input, ...]:
    """The goals file, what it includes, and every source, each with the hash of its content."""
    files = [
        Input("goals", Path(path).name, sha256(Path(path).read_bytes()).hexdigest())
        for path in goals.texts
    ]
    with Dataset.of(goals) as data:
        return (*files, *(_source(data, name) for name in goals.sources))


def _source(data: Dataset, name: str) -> Input:
    try:
        return Input("source", name, data.fingerprint(name))
    except Unavailable as problem:
        return Input("source", name, None, str(problem))


def manifest(order: Order, used: tuple[Input, ...], seconds: Mapping[str, float]) -> str:
    """The run as JSON; ``seconds`` is how long each notebook took."""
    facts = {
        "version": 1,
        "month": order.period.text,
        "as_of": order.as_of.isoformat(),
        "language": order.language,
        "parameters": dict(order.parameters),
        "inputs": [asdict(each) for each in used],
        "notebooks": {name: {"seconds": round(took, 2)} for name, took in seconds.items()},
        "versions": {"python": python_version()} | {name: _version(name) for name in RECORDED},
    }
    return json.dumps(facts, ensure_ascii=False, indent=2) + "\n"


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:  # a checkout that was never installed
        return None
