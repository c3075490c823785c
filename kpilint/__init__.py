"""Lint KPI goals against a client's own data, and diagnose where the money leaks."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kpilint.analysis.attribution import attribute
    from kpilint.analysis.causes.change import Change, ChangeResult
    from kpilint.analysis.causes.people import People, PeopleResult
    from kpilint.analysis.causes.segments import Segments, SegmentsResult
    from kpilint.analysis.causes.tradeoff import Tradeoffs, TradeoffsResult
    from kpilint.analysis.funnels.funnel import Funnel, FunnelResult
    from kpilint.analysis.leads.distributed_lag import worth
    from kpilint.analysis.leads.hypothesis import Hypotheses
    from kpilint.analysis.leads.leadlag import LeadLag, LeadLagResult, lead_lag
    from kpilint.analysis.leads.screening import Screening
    from kpilint.analysis.planning.plan import Plan, PlanResult
    from kpilint.analysis.records.audit import Audit, AuditResult
    from kpilint.analysis.records.quality import Quality, QualityResult
    from kpilint.analysis.tracking.progress import Progress, ProgressResult
    from kpilint.analysis.tracking.status import Status, StatusResult
    from kpilint.analysis.tree.tree import Tree, TreeResult
    from kpilint.data.dataset import Dataset
    from kpilint.finding import Finding, Findings
    from kpilint.goals.document import read
    from kpilint.goals.goalfile import GoalSet
    from kpilint.i18n import speak
    from kpilint.linter import Config, lint
    from kpilint.output.workshop import Workshop

__all__ = [
    "Audit",
    "AuditResult",
    "Change",
    "ChangeResult",
    "Config",
    "Dataset",
    "Finding",
    "Findings",
    "Funnel",
    "FunnelResult",
    "GoalSet",
    "Hypotheses",
    "LeadLag",
    "LeadLagResult",
    "People",
    "PeopleResult",
    "Plan",
    "PlanResult",
    "Progress",
    "ProgressResult",
    "Quality",
    "QualityResult",
    "Screening",
    "Segments",
    "SegmentsResult",
    "Status",
    "StatusResult",
    "Tradeoffs",
    "TradeoffsResult",
    "Tree",
    "TreeResult",
    "Workshop",
    "attribute",
    "lead_lag",
    "lint",
    "read",
    "speak",
    "worth",
]

# Where each name lives; `import kpilint` loads none of them before it is asked for.
_HOMES = {
    "Audit": "analysis.records.audit",
    "AuditResult": "analysis.records.audit",
    "Change": "analysis.causes.change",
    "ChangeResult": "analysis.causes.change",
    "Config": "linter",
    "Dataset": "data.dataset",
    "Finding": "finding",
    "Findings": "finding",
    "Funnel": "analysis.funnels.funnel",
    "FunnelResult": "analysis.funnels.funnel",
    "GoalSet": "goals.goalfile",
    "Hypotheses": "analysis.leads.hypothesis",
    "LeadLag": "analysis.leads.leadlag",
    "LeadLagResult": "analysis.leads.leadlag",
    "People": "analysis.causes.people",
    "PeopleResult": "analysis.causes.people",
    "Plan": "analysis.planning.plan",
    "PlanResult": "analysis.planning.plan",
    "Progress": "analysis.tracking.progress",
    "ProgressResult": "analysis.tracking.progress",
    "Quality": "analysis.records.quality",
    "QualityResult": "analysis.records.quality",
    "Screening": "analysis.leads.screening",
    "Segments": "analysis.causes.segments",
    "SegmentsResult": "analysis.causes.segments",
    "Status": "analysis.tracking.status",
    "StatusResult": "analysis.tracking.status",
    "Tradeoffs": "analysis.causes.tradeoff",
    "TradeoffsResult": "analysis.causes.tradeoff",
    "Tree": "analysis.tree.tree",
    "TreeResult": "analysis.tree.tree",
    "Workshop": "output.workshop",
    "attribute": "analysis.attribution",
    "lead_lag": "analysis.leads.leadlag",
    "lint": "linter",
    "read": "goals.document",
    "speak": "i18n",
    "worth": "analysis.leads.distributed_lag",
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
