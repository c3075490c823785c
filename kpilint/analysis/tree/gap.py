"""A miss explained: what each goal at the tree's ends adds to the gap of the whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum, isfinite

from kpilint.analysis.tree.arithmetic import contributions
from kpilint.analysis.tree.shape import Branch
from kpilint.analysis.tree.standing import Standing

ROUNDING = 1e-9  # of a contribution; what is left below that is no part's own


@dataclass(frozen=True, slots=True)
class Gap:
    """How far a goal is from what is expected of it, split over the goals that make it up.

    ``change`` is actual less expected, ``factors`` what each goal without further parts adds, in
    the whole's unit, ``rest`` what no part explains. Factors and rest sum to the change.
    """

    whole: str
    change: float
    factors: Mapping[str, float]
    rest: float


def explained(
    order: Sequence[Branch], standings: Mapping[str, Standing], whole: Branch
) -> Gap | None:
    """Split a whole's gap over its parts, and theirs over their own; None where one is not known.

    ``order`` has parts before wholes. A part that makes up two wholes adds through both. Where a
    part stands exactly where it should, its own parts, which cancel out, are not told apart.
    """
    first = _split(whole, standings)
    if not first or not standings[whole.goal.id].known:
        return None
    change = _change(standings[whole.goal.id])
    ahead = dict(first)
    factors: dict[str, float] = {}
    for branch in reversed(order):
        name = branch.goal.id
        if name not in ahead:
            continue
        amount, own = ahead.pop(name), _change(standings[name])
        parts = _split(branch, standings) if own else {}
        through = {part: adds * amount / own for part, adds in parts.items()}
        for part, adds in through.items():
            ahead[part] = ahead.get(part, 0.0) + adds
        left = amount - fsum(through.values())
        if not parts or abs(left) > ROUNDING * abs(amount):
            factors[name] = left
    return Gap(whole.goal.id, change, factors, change - fsum(factors.values()))


def _change(standing: Standing) -> float:
    return standing.actual - standing.expected


def _split(branch: Branch, standings: Mapping[str, Standing]) -> dict[str, float]:
    """What each part adds to the change of what they make; empty where that cannot be known."""
    parts = [standings[name] for name in branch.parts]
    if not parts or not all(part.known for part in parts):
        return {}
    before, after = [p.expected for p in parts], [p.actual for p in parts]
    adds = contributions(branch.how, before, after)
    named: dict[str, float] = {}
    for name, amount in zip(branch.parts, adds, strict=False):
        named[name] = named.get(name, 0.0) + amount
    return named if all(map(isfinite, named.values())) else {}
