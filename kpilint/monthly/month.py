"""All that the page of a month or week is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kpilint.data.ledger import period_of, subject_of
from kpilint.goals.goal import Goal, Review
from kpilint.monthly.manifest import Input, Order

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from kpilint.analysis.leads.hypothesis import Claim
    from kpilint.analysis.tracking.status import StatusResult
    from kpilint.finding import Findings

Facts = Mapping[str, Any]  # the body of a ledger entry: JSON


@dataclass(frozen=True, slots=True)
class Reviewed:
    """An action that was agreed on, and what came of it.

    ``then`` and ``now`` are bodies of "actual" (see ``output/status_json.py``): the goal in the
    run that was reviewed and in this one. ``then`` is None where that run is not in the ledger.
    """

    goal: Goal
    review: Review
    then: Facts | None
    now: Facts | None


@dataclass(frozen=True, slots=True)
class Before:
    """What the ledger holds of the run before this one in the same rhythm; empty at the first.

    ``actuals`` and ``targets`` are by ``key_of`` a goal, ``hypotheses`` verdicts by id;
    ``reviews`` are those of the month before.
    """

    run: str = ""
    actuals: Mapping[str, Facts] = field(default_factory=dict)
    targets: Mapping[str, Facts] = field(default_factory=dict)
    hypotheses: Mapping[str, str] = field(default_factory=dict)
    reviews: tuple[Reviewed, ...] = ()


@dataclass(frozen=True, slots=True)
class Month:
    """A month or week as its run has found it; ``head`` is the ledger's when it was written.

    ``people`` are the names of everybody whom the data knows, so that no view shows them unasked.
    """

    order: Order
    used: tuple[Input, ...]
    executed: tuple[NotebookNode, ...]
    status: StatusResult
    findings: Findings
    before: Before
    head: str
    hypotheses: tuple[Claim, ...] = ()
    people: frozenset[str] = frozenset()


def key_of(goal: Goal) -> str:
    """How ``Before`` names a goal: its identity and its period, as the ledger has them."""
    return f"{subject_of(goal)}|{period_of(goal)}"
