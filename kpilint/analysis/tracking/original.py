"""The targets with which goals' periods began, as the ledger kept them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

from kpilint.errors import Unavailable

if TYPE_CHECKING:
    from kpilint.data.dataset import Dataset
    from kpilint.data.ledger import Ledger
    from kpilint.goals.goal import Goal


@dataclass(frozen=True, slots=True)
class Originals:
    """What earlier runs recorded; ``problems`` is why that could not be read, asked once."""

    ledger: Ledger | None
    problems: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, data: Dataset) -> Self:
        """Those of the ledger of ``data``, none where nothing was ever recorded."""
        try:
            return cls(data.ledger if data.ledger.begun else None)
        except Unavailable as problem:
            return cls(None, [str(problem)])

    def target(self, goal: Goal) -> float | None:
        """The target with which the goal's period began; None where nobody recorded one."""
        if self.ledger is None or self.problems:
            return None
        try:
            return self.ledger.first_target(goal)
        except Unavailable as problem:  # not to be tried again for every goal
            self.problems.append(str(problem))
            return None
