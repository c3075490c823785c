"""How parts make up a whole, and what each part adds to the whole's change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import fsum, isfinite, nan, prod

TOLERANCE: Mapping[str, float] = {"sum": 0.01, "product": 0.05, "ratio": 0.05}


def made_of(how: str, parts: Sequence[float]) -> float:
    """The whole that ``parts`` make as a sum, product or ratio.

    nan for a ratio of other than two parts, or one over 0.
    """
    match how:
        case "sum":
            return fsum(parts)
        case "product":
            return prod(parts)
    return parts[0] / parts[1] if len(parts) == 2 and parts[1] else nan


def fits(how: str, whole: float, parts: Sequence[float]) -> bool:
    """Whether parts make the whole within ``TOLERANCE``, a share of the whole."""
    return abs(made_of(how, parts) - whole) <= TOLERANCE[how] * abs(whole)


def contributions(how: str, before: Sequence[float], after: Sequence[float]) -> tuple[float, ...]:
    """What each part adds to the change of the whole, in the whole's unit; they sum to it.

    Empty where a ratio cannot be made. Products and ratios are split by `attribute`.
    """
    if how == "sum":
        return tuple(now - was for was, now in zip(before, after, strict=True))
    if not (isfinite(made_of(how, before)) and isfinite(made_of(how, after))):
        return ()
    from kpilint.analysis.attribution import attribute  # numpy is slow to import

    if how == "ratio":
        before, after = (before[0], 1 / before[1]), (after[0], 1 / after[1])
    return tuple(attribute(before, after).values())
