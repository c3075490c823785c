"""Rules that are agreed upon and not there yet; their codes are taken."""

from __future__ import annotations

from collections.abc import Mapping

PLANNED: Mapping[str, str] = {
    "M005": "no-observations",
    "M006": "stale-source",
    "M007": "period-shorter-than-grain",
    "A005": "lead-time-too-short",
    "A006": "volume-infeasible",
    "A007": "personal-target-outside-history",
    "A008": "coverage-too-thin",
    "R004": "tree-does-not-explain",
    "R006": "unsupported-lead",
    "R009": "share-does-not-fit",
    "R010": "price-for-rate",
    "P010": "moved-goalpost",
    "P011": "dropped-goal",
    "P012": "correlated-kpis",
    "D001": "expectation-failed",
    "D003": "stage-order-violated",
    "D004": "future-dated",
    "D005": "target-heaping",
    "D006": "late-entry",
    "D007": "unknown-owner",
    "D008": "mixed-currency",
}


def planned(word: str) -> frozenset[str]:
    """The codes of the rules that ``word`` names: a code or a name, never a prefix."""
    return frozenset(code for code, name in PLANNED.items() if word in {code, name})
