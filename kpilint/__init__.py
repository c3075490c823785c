"""Lint KPI goals against a client's own data, and diagnose where the money leaks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kpilint.analysis.funnel import Funnel, FunnelResult
    from kpilint.data.dataset import Dataset
    from kpilint.finding import Finding, Findings
    from kpilint.goals.document import read
    from kpilint.goals.goalfile import GoalSet
    from kpilint.i18n import speak
    from kpilint.linter import Config, lint

__all__ = [
    "Config",
    "Dataset",
    "Finding",
    "Findings",
    "Funnel",
    "FunnelResult",
    "GoalSet",
    "lint",
    "read",
    "speak",
]

# Where each name lives; `import kpilint` loads none of them before it is asked for.
_HOMES = {
    "Config": "linter",
    "Dataset": "data.dataset",
    "Finding": "finding",
    "Findings": "finding",
    "Funnel": "analysis.funnel",
    "FunnelResult": "analysis.funnel",
    "GoalSet": "goals.goalfile",
    "lint": "linter",
    "read": "goals.document",
    "speak": "i18n",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'kpilint' has no attribute {name!r}")
    return getattr(import_module(f"kpilint.{_HOMES[name]}"), name)


def load_ipython_extension(shell: Any) -> None:
    """``%load_ext kpilint``: the cell magic ``%%kpilint``."""
    from kpilint.cli.magic import load

    load(shell)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
